"""Whatever plays something of Reel in this house is followed, and its place kept: here at once, and at its server."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_source import async_resolve_media
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.backends.playing import PlayState
from custom_components.reel.play_tracker import Played, PlayTracker, play_tracker
from custom_components.reel.player_browse import content_id

from .cinema import Cinema, begin, far, open_cinema, play, settle
from .house import JellyfinHouse, PlexHouse
from .output import ContentId, Output, add_output
from .test_init import pass_time

# What passes while a test looks, in milliseconds.
SOON = 2_000
TV = "media_player.tv"


@pytest.fixture(autouse=True)
async def set_up(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    await begin(hass, tmp_path, hass_storage, monkeypatch)


@pytest.fixture(params=["plex", "jellyfin", "films"])
def house(request: pytest.FixtureRequest) -> PlexHouse | JellyfinHouse | Path:
    """Start a source of each kind."""
    found: PlexHouse | JellyfinHouse | Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def cinema(
    hass: HomeAssistant, house: PlexHouse | JellyfinHouse | Path, monkeypatch: pytest.MonkeyPatch
) -> Cinema:
    """Add a source of each kind."""
    return await open_cinema(hass, house, monkeypatch)


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Cinema:
    """Add a Plex server."""
    return await open_cinema(hass, plex, monkeypatch)


@pytest.fixture
async def tv(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add a player that takes as long for a film as its server says."""
    return await add_output(hass, hass_client_no_auth, has_duration=False, length=100_000.0)


def played(hass: HomeAssistant, entity_id: str = TV) -> Played | None:
    return play_tracker(hass).played(entity_id)


def now_playing(hass: HomeAssistant, entity_id: str = TV) -> Played:
    found = played(hass, entity_id)
    assert found is not None
    return found


def reports(cinema: Cinema) -> list[tuple[str, int]]:
    """Return what a Plex server was told: the state, and the position in seconds."""
    assert cinema.plex is not None
    seen = cinema.plex.server.traffic.to("/:/timeline")
    return [(each.query["state"], int(each.query["time"]) // 1000) for each in seen]


async def address(hass: HomeAssistant, cinema: Cinema) -> str:
    """Return where the film plays, which nobody in particular asked for."""
    return (await async_resolve_media(hass, cinema.content_id, None)).url


def show(hass: HomeAssistant, state: str, entity_id: str = TV, **attributes: object) -> None:
    """Let a player show something."""
    told = {f"media_{name}": value for name, value in attributes.items()}
    if "position" in attributes:
        told["media_position_updated_at"] = dt_util.utcnow()
    hass.states.async_set(entity_id, state, told)


async def test_a_film_that_is_paused_keeps_its_place_here_and_at_its_server(
    hass: HomeAssistant, cinema: Cinema, tv: Output
) -> None:
    await play(hass, tv, cinema.content_id)
    now = now_playing(hass)
    assert (now.source, now.item, now.state) == (cinema.key, cinema.film, PlayState.PLAYING)
    assert now.duration_ms == cinema.seconds * 1000
    half = far(cinema, 0.5)
    await tv.advance(half)
    tv.user_pauses()
    await settle(hass)
    if cinema.has_server:
        assert (cinema.place(), cinema.is_watched()) == (half * 1000, False)
    assert (await cinema.item())["position"] == half
    assert await cinema.continues() == [cinema.film]
    assert await cinema.waiting() == 0


async def test_a_film_that_is_stopped_keeps_its_place(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    await play(hass, tv, cinema.content_id)
    third = far(cinema, 0.3)
    await tv.advance(third)
    tv.user_stops()
    await settle(hass)
    assert played(hass) is None
    if cinema.has_server:
        assert 0 <= cinema.place() - third * 1000 < SOON
        assert (cinema.plays(), cinema.is_watched()) == (0 if cinema.plex else 1, False)
    assert (await cinema.item())["position"] == pytest.approx(third, abs=2)
    assert await cinema.continues() == [cinema.film]
    assert await cinema.waiting() == 0


async def test_a_film_that_is_seen_to_the_end_is_watched_once(
    hass: HomeAssistant, cinema: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await play(hass, tv, cinema.content_id)
    await tv.advance(far(cinema, 0.5))
    await settle(hass)
    for _ in range(4):
        await tv.advance(far(cinema, 0.11))
        await pass_time(hass, freezer, 11)
    assert ((here := await cinema.item())["watched"], here["plays"], here["position"]) == (True, 1, 0)
    await tv.finish()
    await settle(hass)
    if cinema.has_server:
        assert (cinema.plays(), cinema.place(), cinema.is_watched()) == (1, 0, True)
    assert ((here := await cinema.item())["watched"], here["plays"], here["position"]) == (True, 1, 0)
    assert await cinema.continues() == []
    assert await cinema.waiting() == 0


async def test_a_film_that_is_pushed_forward_and_back_is_told_at_once(
    hass: HomeAssistant, den: Cinema, tv: Output
) -> None:
    await play(hass, tv, den.content_id)
    for second in 1000, 400, 2000:
        await hass.services.async_call(
            "media_player", "media_seek", {"entity_id": TV, "seek_position": second}, blocking=True
        )
        await settle(hass)
    assert reports(den) == [("playing", 0), ("playing", 1000), ("playing", 400), ("playing", 2000)]


async def test_what_goes_on_undisturbed_is_told_every_ten_seconds(
    hass: HomeAssistant, den: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await play(hass, tv, den.content_id)
    for _ in range(6):
        await pass_time(hass, freezer, 10.1)
    told = reports(den)
    assert [state for state, _ in told] == ["playing"] * 7
    assert [round(second / 10) for _, second in told] == [0, 1, 2, 3, 4, 5, 6]
    tv.user_pauses()
    await settle(hass)
    for _ in range(6):
        await pass_time(hass, freezer, 10.1)
    # Who hears nothing of a pause for minutes takes it for an end.
    paused = reports(den)[7:]
    assert (len(paused), len(set(paused)), paused[0][0]) == (7, 1, "paused")


async def test_what_changes_beside_the_play_is_no_report(hass: HomeAssistant, den: Cinema, tv: Output) -> None:
    await play(hass, tv, den.content_id)
    for level in 0.1, 0.2, 0.3:
        await tv.async_set_volume_level(level)
    await settle(hass)
    assert len(reports(den)) == 1


async def test_the_former_film_ends_when_another_one_begins(hass: HomeAssistant, cinema: Cinema, tv: Output) -> None:
    other, *_ = await cinema.others()
    await play(hass, tv, cinema.content_id)
    half = far(cinema, 0.5)
    await tv.advance(half)
    await settle(hass)
    await play(hass, tv, content_id(cinema.key, other))
    assert now_playing(hass).item == other
    assert (await cinema.item())["position"] == pytest.approx(half, abs=2)
    if cinema.has_server:
        assert 0 <= cinema.place() - half * 1000 < SOON


async def test_whatever_else_is_played_is_nobodys_business(hass: HomeAssistant, den: Cinema, tv: Output) -> None:
    await play(hass, tv, den.content_id)
    await tv.advance(2000)
    tv.user_plays()
    await settle(hass)
    assert played(hass) is None
    assert reports(den)[-1] == ("stopped", 2000)
    assert den.plex is not None
    den.plex.server.traffic.clear()
    show(hass, "playing", "media_player.radio", content_id="http://radio.example/stream.mp3", position=3)
    await settle(hass)
    assert den.plex.server.traffic.requests == []


# How players tell what they play


@pytest.mark.parametrize("shown", list(ContentId))
async def test_a_film_is_recognized_whatever_the_player_says_that_it_plays(
    hass: HomeAssistant, cinema: Cinema, tv: Output, shown: ContentId
) -> None:
    tv.shows_content_id = shown
    await play(hass, tv, cinema.content_id)
    assert now_playing(hass).item == cinema.film
    half = far(cinema, 0.5)
    await tv.advance(half)
    tv.user_pauses()
    await settle(hass)
    assert now_playing(hass).position_ms == half * 1000
    tv.user_stops()
    await settle(hass)
    assert played(hass) is None
    assert (await cinema.item())["position"] == half


@pytest.mark.parametrize("shown", [ContentId.OWN, ContentId.NONE])
async def test_a_player_that_hides_what_it_plays_is_believed_until_it_shows_something_else(
    hass: HomeAssistant, den: Cinema, tv: Output, shown: ContentId
) -> None:
    tv.shows_content_id = shown
    await play(hass, tv, den.content_id)
    await tv.advance(900)
    tv.user_plays("4712")
    await settle(hass)
    assert played(hass) is None
    await play(hass, tv, den.content_id)
    assert played(hass) is not None
    tv.user_stops()
    tv.user_plays("4713")
    await settle(hass)
    assert played(hass) is None


async def test_what_was_given_to_a_player_and_not_begun_is_not_what_it_plays(
    hass: HomeAssistant, den: Cinema, tv: Output
) -> None:
    tv.user_plays("4711", "The news")
    tv.starts_by_itself, tv.shows_content_id = False, ContentId.OWN
    await play(hass, tv, den.content_id)
    await tv.async_set_volume_level(0.1)
    assert played(hass) is None
    await tv.starts()
    await settle(hass)
    assert now_playing(hass).item == den.film


async def test_what_was_given_to_a_player_long_ago_is_not_what_it_plays(
    hass: HomeAssistant, den: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    await async_resolve_media(hass, den.content_id, TV)
    await pass_time(hass, freezer, 600)
    tv.user_plays("4711")
    await settle(hass)
    assert played(hass) is None


async def test_what_was_given_to_a_player_is_not_something_that_others_know(
    hass: HomeAssistant, den: Cinema, tv: Output
) -> None:
    await async_resolve_media(hass, den.content_id, TV)
    tv.user_plays("spotify:track:1")
    await settle(hass)
    assert played(hass) is None


@pytest.mark.parametrize(
    "base",
    ["http://192.168.1.2:8123", "https://home.example.org", "http%3A//cast.example/proxy?url=http%3A//homeassistant"],
)
async def test_an_address_is_recognized_however_a_player_got_it(hass: HomeAssistant, den: Cinema, base: str) -> None:
    url = await address(hass, den)
    shown = base + (url.replace("/", "%2F") if "%3A" in base else url + "&authSig=eyJ")
    show(hass, "playing", content_id=shown, position=1200)
    await settle(hass)
    assert now_playing(hass).item == den.film
    show(hass, "idle")
    await settle(hass)
    assert reports(den)[-1] == ("stopped", 1200)


async def test_an_address_that_we_did_not_make_is_none_of_ours(hass: HomeAssistant, den: Cinema) -> None:
    url = await address(hass, den)
    start, _, capability = url.partition("/stream/")
    for forged in (f"{start}/stream/A{capability}", f"{start}/stream/", f"{start}/image/{capability}"):
        show(hass, "playing", content_id=f"http://192.168.1.2:8123{forged}", position=1200)
        await settle(hass)
        assert played(hass) is None
    assert reports(den) == []


async def test_a_player_without_a_position_is_where_time_takes_it(
    hass: HomeAssistant, den: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    tv.has_position = False
    await play(hass, tv, den.content_id)
    for _ in range(30):
        await pass_time(hass, freezer, 20)
    tv.user_pauses()
    await settle(hass)
    await pass_time(hass, freezer, 500)
    tv.user_resumes()
    await settle(hass)
    await pass_time(hass, freezer, 20)
    tv.user_stops()
    await settle(hass)
    state, second = reports(den)[-1]
    assert state == "stopped"
    assert second == pytest.approx(620, abs=3)


async def test_a_player_that_waits_for_more_goes_on_with_the_same_play(hass: HomeAssistant, den: Cinema) -> None:
    url = await address(hass, den)
    show(hass, "buffering", content_id=url)
    await settle(hass)
    assert played(hass) is None
    show(hass, "playing", content_id=url, position=0)
    show(hass, "buffering", content_id=url, position=0)
    show(hass, "playing", content_id=url, position=0)
    await settle(hass)
    assert reports(den) == [("playing", 0)]


async def test_a_player_that_shows_nonsense_is_followed_by_time(hass: HomeAssistant, den: Cinema) -> None:
    url = await address(hass, den)
    for position, moment in ((float("nan"), "soon"), ("far", 4), (-7, None), (None, "2026-13-77")):
        attributes = {"media_content_id": url, "media_position": position, "media_position_updated_at": moment}
        hass.states.async_set(TV, "playing", attributes | {"media_duration": "long"})
        await settle(hass)
    assert now_playing(hass).position_ms < SOON


# Several players


async def test_a_player_that_mirrors_another_one_adds_no_play(hass: HomeAssistant, den: Cinema) -> None:
    url = await address(hass, den)
    show(hass, "playing", content_id=url, position=1000)
    show(hass, "playing", "media_player.everywhere", content_id=url, position=1001)
    await settle(hass)
    assert now_playing(hass, "media_player.everywhere").item == den.film
    show(hass, "idle")
    await settle(hass)
    assert played(hass) is None
    assert reports(den) == [("playing", 1000)]
    show(hass, "paused", "media_player.everywhere", content_id=url, position=1100)
    show(hass, "off", "media_player.everywhere")
    await settle(hass)
    assert [state for state, _ in reports(den)][-1] == "stopped"
    assert reports(den)[-1] == ("stopped", 1100)


async def test_two_players_that_play_the_same_film_are_two_plays(
    hass: HomeAssistant, den: Cinema, tv: Output, hass_client_no_auth: ClientSessionGenerator
) -> None:
    radio = await add_output(hass, hass_client_no_auth, "Bedroom")
    await play(hass, tv, den.content_id)
    await play(hass, radio, den.content_id)
    assert den.plex is not None
    sessions = {each.query["X-Plex-Session-Identifier"] for each in den.plex.server.traffic.to("/:/timeline")}
    assert len(sessions) == 2


async def test_our_own_players_are_followed_by_others(
    hass: HomeAssistant, den: Cinema, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create("media_player", "reel", "a client", suggested_object_id="client")
    show(hass, "playing", "media_player.client", content_id=den.content_id, position=10)
    show(hass, "playing", "media_player.mirror_of_it", content_id=den.content_id, position=10)
    await settle(hass)
    assert played(hass, "media_player.client") is None
    assert played(hass, "media_player.mirror_of_it") is None
    assert reports(den) == []


# What happens to players


async def test_a_player_that_is_lost_has_stopped_and_goes_on_with_the_same_play_when_it_is_back(
    hass: HomeAssistant, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch, tv: Output
) -> None:
    attic = await open_cinema(hass, jellyfin, monkeypatch)
    await play(hass, tv, attic.content_id)
    third = far(attic, 0.3)
    await tv.advance(third)
    tv.user_unplugs()
    await settle(hass)
    assert played(hass) is None
    assert 0 <= attic.place() - third * 1000 < SOON
    tv.user_plugs_in()
    await settle(hass)
    assert now_playing(hass).state is PlayState.PLAYING
    tv.user_stops()
    await settle(hass)
    assert attic.plays() == 1


async def test_a_player_that_is_removed_has_stopped(hass: HomeAssistant, den: Cinema, tv: Output) -> None:
    await play(hass, tv, den.content_id)
    await tv.advance(1500)
    await settle(hass)
    await tv.async_remove(force_remove=True)
    hass.states.async_remove(TV)
    await settle(hass)
    assert played(hass) is None
    assert reports(den)[-1] == ("stopped", 1500)


async def test_who_listens_hears_of_every_change_and_of_the_end(
    hass: HomeAssistant, den: Cinema, tv: Output, freezer: FrozenDateTimeFactory
) -> None:
    heard: list[Played] = []
    forget = play_tracker(hass).async_add_listener(TV, heard.append)
    await play(hass, tv, den.content_id)
    heard.clear()
    await pass_time(hass, freezer, 11)
    assert heard == []
    await tv.advance(600)
    tv.user_pauses()
    tv.user_stops()
    await settle(hass)
    assert [each.state for each in heard] == [PlayState.PLAYING, PlayState.PAUSED, PlayState.STOPPED]
    assert [each.position_ms // 1000 for each in heard] == [600, 600, 600]
    forget()
    await play(hass, tv, den.content_id)
    assert len(heard) == 3


async def test_a_position_that_is_asked_for_is_that_of_the_moment(hass: HomeAssistant, den: Cinema, tv: Output) -> None:
    await play(hass, tv, den.content_id)
    now = now_playing(hass)
    assert now.position_at(now.at + 60) == now.position_ms + 60_000
    assert now.position_at(now.at + 10**6) == den.seconds * 1000
    tv.user_pauses()
    await settle(hass)
    now = now_playing(hass)
    assert now.position_at(now.at + 60) == now.position_ms


async def test_the_states_of_the_house_are_let_pass(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(_: object, player: str) -> bool:
        looked.append(player)
        return False

    monkeypatch.setattr(PlayTracker, "_is_ours", look)
    for number in range(100):
        hass.states.async_set("sensor.power", str(number))
        show(hass, "playing", "media_player.radio", content_id=f"http://radio.example/{number}", position=number)
    await settle(hass)
    assert looked == []
