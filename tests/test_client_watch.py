"""What clients do is known from what servers push; they are asked where that is not enough, and not once more."""

import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .house import JellyfinHouse, PlexHouse, add_plex
from .screens import PlexScreen, Room, Screen, jellyfin_screen, plex_screen, until
from .servers.faults import Fault, Garbage, Status
from .servers.library import Kind
from .servers.plex.element import Json
from .test_init import pass_time, state

A_CHECK = 301
WHO_PLAYS = ("/status/sessions", "/clients", "/Sessions")


@pytest.fixture
def hours(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time jump by minutes: a jump is no silence, and no callback that took so long."""
    monkeypatch.setattr("custom_components.reel.backends.push.HEARTBEAT", 1e9)
    monkeypatch.setattr("custom_components.reel.sync.schedule.LOOK_EVERY", {})
    hass.loop.set_debug(False)


def asked(room: Room) -> list[str]:
    """Return how often the server was asked who plays, by what."""
    return [seen.path for seen in room.server.traffic.requests if seen.path in WHO_PLAYS]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log says that somebody might worry about."""
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING and "reel" in each.name]


def second_screen(room: Room) -> Screen:
    """Open another app in the same house."""
    if isinstance(room.house, PlexHouse):
        return plex_screen(room.house, "Kitchen")
    assert isinstance(room.house, JellyfinHouse)
    return jellyfin_screen(room.house, "Kitchen")


# With push


@pytest.mark.usefixtures("hours")
async def test_two_players_that_play_cost_no_request(room: Room, freezer: FrozenDateTimeFactory) -> None:
    screens = [room.screen, second_screen(room)]
    await room.begin()
    for screen, film in zip(screens, room.of(Kind.MOVIE), strict=False):
        screen.play(film)
    await room.becomes("playing")
    await until(lambda: state(room.hass, "media_player.kitchen") == "playing")
    room.server.traffic.clear()
    for step in range(1, 12 * 6):
        await pass_time(room.hass, freezer, 10)
        for screen in screens:
            screen.resume(step * 10_000)
    assert room.server.traffic.requests == []
    position = room.player.attributes["media_position"]
    assert position < 10, "the place is told once, and not with every message"


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_a_list_of_sessions_that_is_late_is_asked_for_again(room: Room) -> None:
    assert isinstance(room.screen, PlexScreen)
    await room.begin()
    room.screen.server.behaviour.late_sessions = 2
    film = room.of(Kind.MOVIE)[0]
    room.screen.play(film)
    await room.becomes("playing", media_title=film.name)


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_a_list_of_sessions_that_is_late_brings_nothing_back_that_ended(room: Room) -> None:
    assert isinstance(room.screen, PlexScreen)
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    room.screen.server.behaviour.late_sessions = 1
    room.screen.stop()
    await room.becomes("idle")
    await room.source.clients.read()
    assert room.player.state == "idle"


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_an_end_that_was_missed_is_noticed_when_the_channel_is_open_again(room: Room) -> None:
    assert isinstance(room.screen, PlexScreen)
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    players = room.screen.server.machine.players
    players.playbacks.clear()
    room.screen.server.machine.wire.hang_up()
    await room.becomes("idle")


async def test_a_restart_of_the_server_leaves_no_player_behind_that_plays(room: Room) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    room.server.restart()
    await until(lambda: room.player.state != "playing")


# Without push


@pytest.mark.usefixtures("hours")
async def test_without_push_what_is_played_is_seen_within_some_checks_and_then_with_each(
    room: Room, freezer: FrozenDateTimeFactory
) -> None:
    await room.begin_without_push()
    film, other = room.of(Kind.MOVIE)[:2]
    room.screen.play(film)
    for _ in range(5):
        await pass_time(room.hass, freezer, A_CHECK)
    assert (room.player.state, room.player.attributes["media_title"]) == ("playing", film.name)
    room.screen.play(other)
    await pass_time(room.hass, freezer, A_CHECK)
    assert room.player.attributes["media_title"] == other.name
    room.screen.stop()
    await pass_time(room.hass, freezer, A_CHECK)
    assert room.player.state == "idle"


@pytest.mark.usefixtures("hours")
async def test_without_push_an_idle_source_is_asked_no_more_than_once_for_each_check(
    room: Room, freezer: FrozenDateTimeFactory
) -> None:
    await room.begin_without_push()
    await pass_time(room.hass, freezer, A_CHECK)
    room.server.traffic.clear()
    for _ in range(24):
        await pass_time(room.hass, freezer, A_CHECK)
    assert 4 <= len(asked(room)) <= 8
    assert len(room.server.traffic.requests) <= 24


# Nobody tells


@pytest.mark.usefixtures("hours")
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_users_who_may_not_see_who_plays_have_no_players_and_do_not_ask_again_all_day(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    bob = plex.tv.add_user("bob@example.com", username="bob")
    plex.tv.give(plex.server, bob)
    plex.server.behaviour.shared_status, plex.server.behaviour.shared_push = status, False
    plex_screen(plex, user=bob).play(next(iter(plex.server.titles.values())))
    plex.user = bob
    await add_plex(hass, plex, monkeypatch)
    for _ in range(24):
        await pass_time(hass, freezer, A_CHECK)
    assert len(plex.server.traffic.to("/status/sessions")) == 1
    assert hass.states.async_entity_ids("media_player") == []
    assert state(hass, "sensor.den_status") == "connected"
    assert state(hass, "sensor.den_active_sessions") == "unknown"
    assert not [
        record for record in caplog.records if record.levelname in {"WARNING", "ERROR"} and "reel" in record.name
    ]


async def test_an_answer_that_makes_no_sense_leaves_players_as_they_were(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    for failure in (Garbage(), Status(500)):
        for path in WHO_PLAYS:
            room.server.fault = Fault(failure, paths=path)
            await room.source.clients.read()
        assert room.player.state == "playing"
    assert not [
        record for record in caplog.records if record.levelname in {"WARNING", "ERROR"} and "reel" in record.name
    ]


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_a_play_that_no_list_of_sessions_explains_is_not_asked_for_again_and_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.reel.client_watch.PAUSES", (0.0, 0.0))
    assert isinstance(room.screen, PlexScreen)
    await room.begin()
    told: dict[str, Json] = {"clientIdentifier": "somebody", "ratingKey": "1", "state": "playing"}
    for step in range(20):
        room.screen.server.push("playing", "PlaySessionStateNotification", [{**told, "viewOffset": step * 1000}])
        await room.hass.async_block_till_done(wait_background_tasks=True)
    # One that is explained follows, so that all of them were heard.
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    assert asked(room).count("/status/sessions") <= 4


async def test_players_come_back_after_an_order_met_a_source_that_is_offline(room: Room) -> None:
    await room.begin()
    for door in room.server.doors:
        await room.server.shut(door)
    await until(lambda: room.player.state == "unavailable")
    assert not await room.source.clients.read()
    for door in room.server.doors:
        await room.server.open(door)
    await room.source.test()
    await room.becomes("idle")
