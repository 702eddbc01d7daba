"""Servers hear of every play, once: at once, or when they are back, unless their user went on elsewhere meanwhile."""

from contextlib import closing
from pathlib import Path
import shutil
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_source import async_resolve_media
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.play_tracker import PlayTracker, play_tracker
from custom_components.reel.player_browse import content_id

from .backends.playback import PICKY
from .cinema import Cinema, begin, far, open_cinema, play, plex_cinema, settle
from .house import NO_PUSH, JellyfinHouse, PlexHouse, fill_in, sign_in_to_plex
from .output import Output, add_output
from .page import source_key
from .servers.faults import Cut, Fault, Hang, Status
from .servers.library import Kind, make_library
from .servers.plex import PlexServer
from .test_catalog_services import ask
from .test_init import pass_time

_TRACKER = HassKey[PlayTracker]("reel.play_tracker")
TV = "media_player.tv"


@pytest.fixture(autouse=True)
async def set_up(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(hass, tmp_path, hass_storage, monkeypatch)


@pytest.fixture(params=["plex", "jellyfin"])
def server(request: pytest.FixtureRequest) -> PlexHouse | JellyfinHouse:
    """Start a server of each kind."""
    found: PlexHouse | JellyfinHouse = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def cinema(hass: HomeAssistant, server: PlexHouse | JellyfinHouse, monkeypatch: pytest.MonkeyPatch) -> Cinema:
    """Add a server of each kind."""
    return await open_cinema(hass, server, monkeypatch)


@pytest.fixture
async def tv(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add a player that takes as long for a film as its server says, and goes on when nothing more comes."""
    return await add_output(hass, hass_client_no_auth, has_duration=False, length=100_000.0)


def jump(tv: Output, second: float) -> None:
    """Let a player be somewhere else, with what it has fetched before."""
    tv._jump(second)
    tv.async_write_ha_state()


def copy(source: Path, target: Path) -> None:
    """Put the files of the catalog in place of others."""
    target.mkdir(exist_ok=True)
    for file in target.glob("reel.db*"):
        file.unlink()
    for file in source.glob("reel.db*"):
        shutil.copy(file, target)


# A server that is away


async def test_what_a_server_could_not_hear_it_hears_when_it_is_back(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.2))
    await settle(hass)
    await cinema.go_away()
    for share in 0.3, 0.4, 0.5:
        jump(tv, far(cinema, share))
        await settle(hass)
    assert await cinema.waiting() == 1
    half = far(cinema, 0.5)
    assert (await cinema.item())["position"] == pytest.approx(half, abs=2)
    tv.user_pauses()
    tv.user_stops()
    await settle(hass)
    assert await cinema.continues() == [cinema.film]
    assert cinema.place() // 1000 == far(cinema, 0.2)
    await cinema.come_back()
    assert cinema.place() // 1000 == pytest.approx(half, abs=1)
    assert (cinema.is_watched(), await cinema.waiting()) == (False, 0)
    assert cinema.plays() == (0 if cinema.plex else 1)


async def test_a_play_that_goes_on_is_told_by_itself_when_its_server_is_back(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.4))
    await settle(hass)
    assert await cinema.waiting() == 1
    await cinema.come_back()
    await pass_time(hass, freezer, 11)
    assert await cinema.waiting() == 0
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.4) + 11, abs=2)
    if cinema.plex is not None:
        states = [each.query["state"] for each in cinema.plex.server.traffic.to("/:/timeline")]
        assert "stopped" not in states
    else:
        assert cinema.jellyfin is not None
        assert cinema.jellyfin.server.traffic.to("/Sessions/Playing/Stopped") == []
    tv.user_stops()
    await settle(hass)
    assert cinema.plays() == (0 if cinema.plex else 1)


async def test_a_film_that_begins_and_ends_while_its_server_is_away_is_one_play(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    await play(hass, tv, cinema.content_id)
    tv.user_stops()
    await settle(hass)
    before = cinema.plays()
    url = tv.traffic.urls[0]
    await cinema.go_away()
    for share in 0.0, 0.5, 0.95:
        hass.states.async_set(TV, "playing", {"media_content_id": url, "media_position": far(cinema, share)})
        await settle(hass)
    hass.states.async_set(TV, "idle")
    await settle(hass)
    here = await cinema.item()
    assert (here["watched"], here["position"], await cinema.waiting()) == (True, 0, 1)
    await cinema.come_back()
    assert (cinema.is_watched(), cinema.place(), await cinema.waiting()) == (True, 0, 0)
    assert cinema.plays() == before + 1
    await ask(hass, "sync", mode="full")
    assert ((await cinema.item())["watched"], cinema.plays()) == (True, before + 1)


async def test_a_film_that_is_finished_while_its_server_is_away_and_begun_again_is_watched_and_begun(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    second = (await async_resolve_media(hass, cinema.content_id, None)).url
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.95))
    await settle(hass)
    tv.user_stops()
    await settle(hass)
    # Another address for the same film, which was made before.
    hass.states.async_set(TV, "playing", {"media_content_id": second, "media_position": 0})
    await settle(hass)
    hass.states.async_set(TV, "playing", {"media_content_id": second, "media_position": far(cinema, 0.3)})
    await settle(hass)
    tv.user_stops()
    await settle(hass)
    await cinema.come_back()
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.3), abs=1)
    assert cinema.plays() >= 1
    assert await cinema.waiting() == 0


async def test_what_waits_is_in_the_file_and_outlives_whatever_happens_to_home_assistant(
    hass: HomeAssistant, cinema: Cinema, tv: Output, tmp_path: Path
) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.5))
    await settle(hass)
    (entry,) = hass.config_entries.async_entries("reel")
    # As a process leaves it behind that was killed right now.
    copy(tmp_path, left := tmp_path / "left")
    hass.states.async_remove(TV)
    await settle(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    copy(left, tmp_path)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert await cinema.waiting() == 1
    await cinema.come_back()
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.5), abs=1)
    assert await cinema.waiting() == 0


async def test_a_sync_does_not_take_back_a_place_of_which_the_server_does_not_know(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    cinema.watch_elsewhere(60_000, dt_util.utcnow().timestamp() - 86_400)
    await ask(hass, "sync", mode="full")
    reports = "/:/timeline" if cinema.plex else "/sessions/playing*"
    await play(hass, tv, cinema.content_id)
    cinema.fault(Fault(Status(503), paths=reports))
    jump(tv, far(cinema, 0.5))
    tv.user_pauses()
    await settle(hass)
    await ask(hass, "sync", mode="full")
    assert ((await cinema.item())["position"], await cinema.waiting()) == (far(cinema, 0.5), 1)
    tv.user_stops()
    await settle(hass)
    cinema.fault(NO_PUSH)
    await ask(hass, "sync", mode="full")
    assert (cinema.place(), await cinema.waiting()) == (far(cinema, 0.5) * 1000, 0)


# Conflicts


async def test_who_went_on_elsewhere_meanwhile_is_believed(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.5))
    tv.user_stops()
    await settle(hass)
    elsewhere = far(cinema, 0.2) * 1000
    cinema.watch_elsewhere(elsewhere, dt_util.utcnow().timestamp() + 60)
    await cinema.come_back()
    assert (cinema.place(), await cinema.waiting()) == (elsewhere, 0)
    assert (await cinema.item())["position"] == elsewhere // 1000


async def test_who_was_elsewhere_before_is_where_they_are_here(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    cinema.watch_elsewhere(far(cinema, 0.8) * 1000, dt_util.utcnow().timestamp() - 60)
    jump(tv, far(cinema, 0.5))
    tv.user_stops()
    await settle(hass)
    await cinema.come_back()
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.5), abs=1)
    assert (await cinema.item())["position"] == pytest.approx(far(cinema, 0.5), abs=1)


async def test_a_server_whose_clock_is_ahead_is_told_all_the_same(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.2))
    await settle(hass)
    cinema.watch_elsewhere(cinema.place(), dt_util.utcnow().timestamp() + 300)
    await cinema.go_away()
    jump(tv, far(cinema, 0.5))
    tv.user_stops()
    await settle(hass)
    await cinema.come_back()
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.5), abs=1)


async def test_what_somebody_marks_later_is_what_they_mean(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.5))
    tv.user_stops()
    await settle(hass)
    await ask(hass, "mark_unwatched", item=cinema.film)
    assert await cinema.waiting() == 1
    await cinema.come_back()
    assert (cinema.place(), cinema.is_watched(), await cinema.waiting()) == (0, False, 0)
    assert (await cinema.item())["position"] == 0


# Counting


async def test_an_answer_that_is_lost_on_the_way_adds_no_second_play(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.5))
    await settle(hass)
    path = "/:/timeline" if cinema.plex else "/sessions/playing/stopped"
    cinema.fault(Fault(Cut(), paths=path, times=1))
    jump(tv, far(cinema, 0.97))
    tv.user_stops()
    await settle(hass)
    cinema.fault(NO_PUSH)
    await pass_time(hass, freezer, 601)
    await ask(hass, "sync")
    assert (cinema.plays(), cinema.is_watched(), await cinema.waiting()) == (1, True, 0)


async def test_a_server_that_restarts_in_the_credits_counts_one_play(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.92))
    await settle(hass)
    await pass_time(hass, freezer, 11)
    assert cinema.plays() == 1
    await cinema.go_away()
    await pass_time(hass, freezer, 11)
    if cinema.plex is not None:
        cinema.plex.server.machine.players.forget()
    await cinema.come_back()
    await pass_time(hass, freezer, 11)
    tv.user_stops()
    await settle(hass)
    assert (cinema.plays(), await cinema.waiting()) == (1, 0)


async def test_a_film_of_which_nobody_knows_the_length_keeps_its_place_and_is_never_taken_for_watched(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, tv: Output
) -> None:
    endless = plex.server.add_movie("Endless", seconds=0)
    den = await plex_cinema(hass, plex, monkeypatch)
    key = plex.server.key(endless.number)
    await play(hass, tv, content_id(den.key, key))
    jump(tv, 5)
    tv.user_pauses()
    await settle(hass)
    assert not (await ask(hass, "get_item", item=key))["position"]
    jump(tv, 50_000)
    await settle(hass)
    tv.user_stops()
    await settle(hass)
    here = await ask(hass, "get_item", item=key)
    assert (here["position"], here["watched"]) == (50_000, False)
    assert plex.server.mark(plex.user, endless.number).offset == 50_000_000


async def test_a_song_keeps_no_place_and_is_heard_once(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    song = (await ask(hass, "get_items", kinds="track", limit=1))["items"][0]
    await play(hass, tv, content_id(cinema.key, song["item"]))
    jump(tv, song["duration"] // 2)
    tv.user_pauses()
    await settle(hass)
    assert not (await ask(hass, "get_item", item=song["item"]))["position"]
    tv.user_resumes()
    jump(tv, song["duration"] - 3)
    await settle(hass)
    tv.user_stops()
    await settle(hass)
    here = await ask(hass, "get_item", item=song["item"])
    assert (here["watched"], here["plays"]) == (True, 1)


async def test_an_episode_that_is_seen_is_taken_from_what_is_left_of_its_show(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    episode = (await ask(hass, "get_items", kinds="episode", limit=1))["items"][0]
    show = (await ask(hass, "get_items", kinds="show", limit=100))["items"]
    left = sum(each["unwatched"] for each in show)
    await play(hass, tv, content_id(cinema.key, episode["item"]))
    jump(tv, round(episode["duration"] * 0.95))
    tv.user_stops()
    await settle(hass)
    show = (await ask(hass, "get_items", kinds="show", limit=100))["items"]
    assert sum(each["unwatched"] for each in show) == left - 1


# Restarts


async def restart(hass: HomeAssistant) -> None:
    """Let Home Assistant stop, and another one start with the same players, which play on."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await settle(hass)
    hass.data[_TRACKER] = PlayTracker(hass)
    play_tracker.cache_clear()  # type: ignore[attr-defined]  # it remembers the last one
    (entry,) = hass.config_entries.async_entries("reel")
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
    play_tracker(hass).start()
    await settle(hass)


@pytest.mark.parametrize("share", [0.5, 0.95])
async def test_a_play_goes_on_over_a_restart_and_is_counted_once(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory, share: float
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, share))
    await settle(hass)
    await pass_time(hass, freezer, 5)
    await restart(hass)
    assert play_tracker(hass).played(TV) is not None
    jump(tv, far(cinema, 0.97))
    await settle(hass)
    await pass_time(hass, freezer, 11)
    tv.user_stops()
    await settle(hass)
    assert (cinema.plays(), cinema.is_watched(), cinema.place()) == (1, True, 0)
    assert ((await cinema.item())["plays"], await cinema.waiting()) == (1, 0)


async def test_what_was_left_paused_is_no_news_after_a_restart(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.3))
    tv.user_pauses()
    await settle(hass)
    await restart(hass)
    assert play_tracker(hass).played(TV) is not None
    cinema.watch_elsewhere(far(cinema, 0.7) * 1000, dt_util.utcnow().timestamp() + 60)
    await ask(hass, "sync", mode="full")
    tv.user_stops()
    await settle(hass)
    assert cinema.place() == far(cinema, 0.7) * 1000
    assert (await cinema.item())["position"] == far(cinema, 0.7)


async def test_a_home_assistant_that_stops_tells_where_everybody_is(
    hass: HomeAssistant, cinema: Cinema, tv: Output, tmp_path: Path
) -> None:
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.5))
    await hass.async_stop(force=True)
    assert cinema.place() // 1000 == pytest.approx(far(cinema, 0.5), abs=1)
    with closing(sqlite3.connect(tmp_path / "reel.db")) as database:
        ((place,),) = database.execute("SELECT position_ms FROM user_state WHERE identity = ?", (cinema.film,))
        assert database.execute("SELECT count(*) FROM report").fetchall() == [(0,)]
    assert place // 1000 == pytest.approx(far(cinema, 0.5), abs=1)


async def test_a_home_assistant_that_stops_while_a_server_is_away_keeps_what_to_tell_it(
    hass: HomeAssistant, cinema: Cinema, tv: Output, tmp_path: Path
) -> None:
    await play(hass, tv, cinema.content_id)
    await cinema.go_away()
    jump(tv, far(cinema, 0.5))
    await hass.async_stop(force=True)
    with closing(sqlite3.connect(tmp_path / "reel.db")) as database:
        assert database.execute("SELECT subject, identity FROM report").fetchall() == [("position", cinema.film)]


# Servers of their own mind


async def test_a_play_that_its_server_ends_is_stopped(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    den = await plex_cinema(hass, plex, monkeypatch)
    await play(hass, tv, den.content_id)
    jump(tv, 4000)
    await settle(hass)
    (playback,) = plex.server.machine.players.playbacks
    plex.server.machine.players.kick(playback, "Bedtime")
    await pass_time(hass, freezer, 11)
    await settle(hass)
    assert tv.commands[-1] == ("stop",)
    assert play_tracker(hass).played(TV) is None
    assert den.place() // 1000 == pytest.approx(4010, abs=2)


async def test_a_server_that_wants_to_hear_nothing_is_not_bothered(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    path = "/:/timeline" if cinema.plex else "/sessions/playing*"
    cinema.fault(Fault(Status(403), paths=path))
    await play(hass, tv, cinema.content_id)
    jump(tv, far(cinema, 0.5))
    await settle(hass)
    await pass_time(hass, freezer, 11)
    tv.user_stops()
    await settle(hass)
    house = cinema.plex or cinema.jellyfin
    assert house is not None
    assert len(house.server.traffic.to(path)) == 1
    assert await cinema.waiting() == 0
    assert (await cinema.item())["position"] == pytest.approx(far(cinema, 0.5) + 11, abs=2)


async def test_a_server_that_says_nothing_keeps_nobody_waiting(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    path = "/:/timeline" if cinema.plex else "/sessions/playing*"
    cinema.fault(Fault(Hang(), paths=path))
    jump(tv, far(cinema, 0.5))
    tv.user_pauses()
    await hass.async_block_till_done()
    assert play_tracker(hass).played(TV) is not None
    cinema.fault(NO_PUSH)
    await settle(hass)


async def test_films_of_two_servers_with_the_same_number_are_kept_apart(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, tv: Output
) -> None:
    async with PlexServer("Cabin", library=make_library(7)) as cabin:
        plex.tv.give(cabin, plex.user, owned=True)
        plex.tv.advertise(cabin, "local", local=True)
        cabin.fault = plex.server.fault = NO_PUSH
        result = await sign_in_to_plex(hass, plex, monkeypatch)
        await fill_in(hass, result, {"servers": [plex.server.identifier, cabin.identifier]})
        await ask(hass, "sync", mode="full")
        number = next(each.number for each in plex.server.titles.values() if each.kind is Kind.MOVIE)
        assert cabin.titles[number].kind is Kind.MOVIE
        await play(hass, tv, content_id(source_key(hass, "Cabin"), cabin.key(number)))
        jump(tv, 2000)
        tv.user_pauses()
        await settle(hass)
        assert (cabin.mark(plex.user, number).offset, plex.server.mark(plex.user, number).offset) == (2_000_000, 0)
        begun = (await ask(hass, "get_home"))["continue_watching"]
        assert [(each["source"], each["item"]) for each in begun] == [("Cabin", cabin.key(number))]


async def test_a_conversion_is_ended_with_its_play_and_tells_its_place_in_the_film(
    hass: HomeAssistant, cinema: Cinema, tv: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ABILITIES, Target.GENERIC, PICKY)
    await play(hass, tv, f"{cinema.content_id}?at=600")
    now = play_tracker(hass).played(TV)
    assert now is not None
    assert now.transcodes
    jump(tv, 1000)
    tv.user_pauses()
    await settle(hass)
    assert cinema.place() == now.start_ms + 1_000_000
    assert (now.start_ms > 0) is (cinema.plex is not None)
    ended = "/video/:/transcode/universal/stop" if cinema.plex else "/videos/activeencodings"
    house = cinema.plex or cinema.jellyfin
    assert house is not None
    assert house.server.traffic.to(ended) == []
    tv.user_plays()
    await settle(hass)
    assert len(house.server.traffic.to(ended)) == 1


async def test_a_conversion_is_left_to_a_player_that_is_only_lost_sight_of(
    hass: HomeAssistant, cinema: Cinema, tv: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ABILITIES, Target.GENERIC, PICKY)
    await play(hass, tv, cinema.content_id)
    ended = "/video/:/transcode/universal/stop" if cinema.plex else "/videos/activeencodings"
    house = cinema.plex or cinema.jellyfin
    assert house is not None
    tv.user_unplugs()
    await settle(hass)
    assert house.server.traffic.to(ended) == []
    tv.user_plugs_in()
    tv.user_stops()
    await settle(hass)
    assert len(house.server.traffic.to(ended)) == 1
