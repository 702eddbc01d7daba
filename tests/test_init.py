"""An account lives: it loads without its servers, follows them, and leaves nothing behind."""

import asyncio
from contextlib import closing
from datetime import timedelta
import logging
from pathlib import Path
import sqlite3

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_fire_time_changed

from custom_components.reel.catalog.connections import load_discovery, load_states
from custom_components.reel.catalog.database import open_database
from custom_components.reel.const import EVENT_REEL
from custom_components.reel.storage import STORAGE

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
    assert 11 <= len(jellyfin.server.traffic.requests) <= 12
    assert len(jellyfin.server.traffic.to("/Users/Me")) <= 1


async def test_a_token_that_died_is_found_out_within_an_hour_even_if_nobody_uses_it(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    entry = await add_jellyfin(hass, jellyfin)
    jellyfin.server.revoke(entry.data["token"])
    for _ in range(13):
        await pass_time(hass, freezer, 301)
    assert state(hass, "sensor.attic_status") == "needs_auth"


async def test_an_unloaded_account_asks_nobody_any_more(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    assert await hass.config_entries.async_unload(entry.entry_id)
    jellyfin.server.traffic.clear()
    await pass_time(hass, freezer, 3600)
    assert jellyfin.server.traffic.requests == []
    assert state(hass, "sensor.attic_status") == "unavailable"


async def test_a_restart_goes_on_where_it_ended_and_is_no_outage(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.server.fault = NO_PUSH
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.server.shut("local")
    await press_test(hass)
    assert state(hass, "sensor.den_connection_quality") == "remote"
    await hass.config_entries.async_unload(entry.entry_id)
    # What a new process knows is what the file tells.
    hass.data.pop(STORAGE)
    plex.server.traffic.clear()
    told = async_capture_events(hass, EVENT_REEL)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, "sensor.den_connection_quality") == "remote"
    assert [seen.door for seen in plex.server.traffic.to("/identity")] == ["remote"]
    assert told == []


async def test_a_reload_only_asks_whether_it_is_still_welcome_and_who_plays(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    jellyfin.server.fault = NO_PUSH
    entry = await add_jellyfin(hass, jellyfin)
    jellyfin.server.traffic.clear()
    seen: list[str] = []
    hass.bus.async_listen(
        "state_changed",
        callback(
            lambda event: (
                seen.append(event.data["new_state"].state) if event.data["entity_id"] == "sensor.attic_status" else None
            )
        ),
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    asked = {seen.path for seen in jellyfin.server.traffic.requests if "socket" not in seen.path}
    assert asked == {"/Users/Me", "/Sessions"}
    assert seen == ["unavailable", "connected"]


async def test_accounts_that_are_set_up_side_by_side_remember_the_same(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [await add_plex(hass, plex, monkeypatch), await add_jellyfin(hass, jellyfin)]
    for entry in entries:
        await hass.config_entries.async_unload(entry.entry_id)
    hass.data.pop(STORAGE)
    told = async_capture_events(hass, EVENT_REEL)
    await asyncio.gather(*(hass.config_entries.async_setup(entry.entry_id) for entry in entries))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state(hass, "sensor.den_status"), state(hass, "sensor.attic_status")) == ("connected", "connected")
    assert told == []


async def test_a_damaged_file_costs_history_and_nothing_else(
    hass: HomeAssistant, jellyfin: JellyfinHouse, tmp_path: Path
) -> None:
    (tmp_path / "reel.db").write_bytes(b"this is no database" * 100)
    await add_jellyfin(hass, jellyfin)
    assert state(hass, "sensor.attic_status") == "connected"
    assert (tmp_path / "reel.db.damaged-1").exists()


async def test_a_file_of_a_newer_version_is_left_alone(
    hass: HomeAssistant, jellyfin: JellyfinHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(tmp_path / "reel.db")) as database:
        database.execute("PRAGMA user_version = 99")
    entry = await add_jellyfin(hass, jellyfin)
    assert state(hass, "sensor.attic_status") == "connected"
    await hass.config_entries.async_unload(entry.entry_id)
    assert caplog.text.count("goes on without what it knew") == 1
    with closing(sqlite3.connect(tmp_path / "reel.db")) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (99,)


async def test_what_was_learnt_is_written_when_home_assistant_stops(
    hass: HomeAssistant, jellyfin: JellyfinHouse, tmp_path: Path
) -> None:
    await add_jellyfin(hass, jellyfin)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done(wait_background_tasks=True)
    with closing(open_database(tmp_path / "reel.db")) as database:
        assert len(load_states(database)) == 1


async def test_what_was_learnt_is_written_a_minute_later(
    hass: HomeAssistant, jellyfin: JellyfinHouse, tmp_path: Path, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    await add_jellyfin(hass, jellyfin)
    await pass_time(hass, freezer, 61)
    with closing(open_database(tmp_path / "reel.db")) as database:
        assert len(load_states(database)) == 1


async def test_a_file_that_cannot_be_written_is_a_line_in_the_log_and_nothing_else(
    hass: HomeAssistant, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("custom_components.reel.catalog.connections.save_states", full)
    entry = await add_jellyfin(hass, jellyfin)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert caplog.text.count("could not be written") == 1


async def test_a_removed_account_leaves_nothing_in_the_file(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    await hass.config_entries.async_unload(entry.entry_id)
    with closing(open_database(tmp_path / "reel.db")) as database:
        assert len(load_states(database)) == len(load_discovery(database)) == 1
    await hass.config_entries.async_remove(entry.entry_id)
    with closing(open_database(tmp_path / "reel.db")) as database:
        assert (load_states(database), load_discovery(database)) == ({}, {})


async def press_test(hass: HomeAssistant) -> None:
    """Press the button that tests the connections of the Plex server."""
    await hass.services.async_call("button", "press", {"entity_id": "button.den_test_connections"}, blocking=True)
