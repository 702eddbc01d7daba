"""System health shows how the sources are reached, and plex.tv where it matters."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex, turn


async def health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what system health shows."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, "reel")
    return {key: await value if hasattr(value, "__await__") else value for key, value in info.items()}


async def test_sources_are_counted_by_the_quality_of_their_connection(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory, films: Path
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await add_folder(hass, films)
    await turn(hass, plex, freezer, "local", "remote")
    assert await health(hass) == {
        "sources": 2,
        "connected": 2,
        "connected_local": 1,
        "connected_remote": 0,
        "connected_relay": 1,
        "plex_tv": "ok",
    }


async def test_a_plex_tv_that_is_gone_is_shown(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.tv.stop()
    assert (await health(hass))["plex_tv"] == {"type": "failed", "error": "unreachable"}


async def test_plex_tv_is_nothing_to_those_who_do_not_use_it(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert "plex_tv" not in await health(hass)
