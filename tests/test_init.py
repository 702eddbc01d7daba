"""An account lives: it loads without its servers, follows them, and leaves nothing behind."""

import asyncio
from datetime import timedelta
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_jellyfin, add_plex

TURNS = 50


async def turn() -> None:
    """Let push channels open and answer: nobody waits for them, but a jump in time must not meet them halfway."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


async def pass_time(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float) -> None:
    """Let time pass, and everything that is due happen."""
    await turn()
    freezer.tick(timedelta(seconds=seconds))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    await turn()


def state(hass: HomeAssistant, entity: str) -> str:
    """Return a state that must be there."""
    found = hass.states.get(entity)
    assert found is not None, f"{entity} is not there"
    return found.state


async def test_a_plex_account_shows_its_server_over_the_local_connection(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    assert state(hass, "sensor.den_status") == "connected"
    assert state(hass, "sensor.den_connection_quality") == "local"
    assert float(state(hass, "sensor.den_response_time")) >= 0
    assert state(hass, "binary_sensor.den_connectivity") == "on"


async def test_doors_that_close_and_open_move_the_source_from_local_to_relay_and_back(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_plex(hass, plex, monkeypatch)
    seen = []
    for door, action in (
        ("local", "shut"),
        ("remote", "shut"),
        ("relay", "shut"),
        ("relay", "open"),
        ("local", "open"),
    ):
        await getattr(plex.server, action)(door)
        await pass_time(hass, freezer, 301)
        seen.append((state(hass, "sensor.den_status"), state(hass, "sensor.den_connection_quality")))
    assert seen == [
        ("connected", "remote"),
        ("connected", "relay"),
        ("offline", "unknown"),
        ("connected", "relay"),
        ("connected", "local"),
    ]


async def test_an_account_loads_while_its_server_is_gone(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    await hass.config_entries.async_unload(entry.entry_id)
    await jellyfin.server.shut("local")
    await pass_time(hass, freezer, 301)
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, "sensor.attic_status") == "offline"
    assert state(hass, "binary_sensor.attic_connectivity") == "off"


async def test_an_outage_is_one_line_in_the_log_when_it_begins_and_one_when_it_ends(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory, caplog: pytest.LogCaptureFixture
) -> None:
    await add_jellyfin(hass, jellyfin)
    await jellyfin.server.shut("local")
    for _ in range(8):
        await pass_time(hass, freezer, 601)
    await jellyfin.server.open("local")
    await pass_time(hass, freezer, 601)
    lines = [
        (record.levelno, record.message)
        for record in caplog.records
        if record.name.startswith("custom_components.reel") and record.levelno >= logging.INFO
    ]
    assert lines == [
        (logging.WARNING, "Attic cannot be reached over any of its connections"),
        (logging.INFO, "Attic is reached again"),
    ]


async def test_the_schedule_runs_even_when_every_entity_is_disabled(
    hass: HomeAssistant, jellyfin: JellyfinHouse, entity_registry: er.EntityRegistry, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    entry = await add_jellyfin(hass, jellyfin)
    for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id):
        entity_registry.async_update_entity(entity.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.async_all() == []
    jellyfin.server.traffic.clear()
    await pass_time(hass, freezer, 301)
    assert len(jellyfin.server.traffic.to("/System/*")) == 1


async def test_an_idle_local_source_is_asked_once_every_five_minutes(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    await add_jellyfin(hass, jellyfin)
    jellyfin.server.traffic.clear()
    for _ in range(60):
        await pass_time(hass, freezer, 60)
    assert 11 <= len(jellyfin.server.traffic.to("/System/*")) <= 12


async def test_an_unloaded_account_asks_nobody_any_more(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    assert await hass.config_entries.async_unload(entry.entry_id)
    jellyfin.server.traffic.clear()
    await pass_time(hass, freezer, 3600)
    assert jellyfin.server.traffic.requests == []
    assert state(hass, "sensor.attic_status") == "unavailable"
