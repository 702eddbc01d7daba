"""How many watch, and what that takes, is a number of its server."""

from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from .house import PlexHouse, add_folder
from .screens import Room, jellyfin_screen, plex_screen, shown, until
from .servers.library import Kind
from .test_init import state


@pytest.fixture(autouse=True)
def everything_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable every entity from the start."""
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)


def number(room: Room, name: str) -> str:
    """Return the value of a sensor of the server."""
    return state(room.hass, f"sensor.{room.source.name.lower()}_{name}")


async def test_sessions_and_bandwidth_are_those_of_what_is_played_now(room: Room) -> None:
    house = room.house
    second = plex_screen(house, "Kitchen") if isinstance(house, PlexHouse) else jellyfin_screen(house, "Kitchen")
    await room.begin()
    assert (number(room, "active_sessions"), number(room, "bandwidth")) == ("0", "0")
    room.screen.play(room.of(Kind.MOVIE)[0])
    await until(lambda: number(room, "active_sessions") == "1")
    alone = int(number(room, "bandwidth"))
    assert alone == room.player.attributes["bitrate"]
    second.play(room.of(Kind.MOVIE)[1])
    await until(lambda: number(room, "active_sessions") == "2")
    both = alone + shown(room.hass, "media_player.kitchen").attributes["bitrate"]
    assert int(number(room, "bandwidth")) == both
    second.pause(60_000)
    await until(lambda: number(room, "bandwidth") == str(alone))
    assert number(room, "active_sessions") == "2"
    room.screen.stop()
    second.stop()
    await until(lambda: number(room, "active_sessions") == "0")
    assert number(room, "bandwidth") == "0"


async def test_nobody_knows_how_many_watch_at_a_server_that_is_offline(room: Room) -> None:
    await room.begin()
    for door in room.server.doors:
        await room.server.shut(door)
    await until(lambda: number(room, "status") == "offline")
    assert (number(room, "active_sessions"), number(room, "bandwidth")) == ("unknown", "unknown")


async def test_a_folder_has_no_sessions(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert hass.states.get("sensor.films_status") is not None
    assert hass.states.get("sensor.films_active_sessions") is None
    assert hass.states.get("sensor.films_bandwidth") is None
