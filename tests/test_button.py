"""Buttons do at once what the schedule would do later."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex, turn
from .test_init import state


async def press(hass: HomeAssistant, button: str) -> None:
    """Press a button of the source."""
    await hass.services.async_call("button", "press", {"entity_id": f"button.den_{button}"}, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_testing_finds_a_source_that_is_back_long_before_its_next_check(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "remote", "relay", "local")
    await plex.server.open("local")
    assert state(hass, "sensor.den_status") == "offline"
    await press(hass, "test_connections")
    assert state(hass, "sensor.den_connection_quality") == "local"


async def test_refreshing_brings_connections_that_are_new_at_plex_tv(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.server.open("garage")
    plex.tv.advertise(plex.server, "garage", local=True)
    await press(hass, "refresh_servers")
    select = hass.states.get("select.den_preferred_connection")
    assert select is not None
    assert f"local · 127.0.0.1:{plex.server.doors['garage'].port}" in select.attributes["options"]


async def test_refreshing_without_plex_tv_says_so(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.tv.stop()
    with pytest.raises(HomeAssistantError, match=r"plex\.tv did not answer"):
        await press(hass, "refresh_servers")


async def test_nobody_is_asked_for_the_servers_of_a_folder(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert "button.films_test_connections" in hass.states.async_entity_ids("button")
    assert "button.films_refresh_servers" not in hass.states.async_entity_ids("button")
