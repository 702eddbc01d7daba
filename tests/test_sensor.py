"""Sensors tell how a source is reached, and only what a dashboard wants without being asked."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex, turn
from .test_init import pass_time, state

# Entity, category, whether it is enabled, unit, state class.
ENTITIES = [
    ("binary_sensor.den_connectivity", "diagnostic", True, None, None),
    ("button.den_refresh_servers", "diagnostic", True, None, None),
    ("button.den_sync_now", "diagnostic", True, None, None),
    ("button.den_test_connections", "diagnostic", True, None, None),
    ("event.den_connection", None, True, None, None),
    ("event.den_library", None, True, None, None),
    ("select.den_preferred_connection", "config", True, None, None),
    ("sensor.den_active_sessions", None, True, "sessions", "measurement"),
    ("sensor.den_active_url", "diagnostic", False, None, None),
    ("sensor.den_all_albums", "diagnostic", False, "albums", "measurement"),
    ("sensor.den_all_artists", "diagnostic", False, "artists", "measurement"),
    ("sensor.den_all_episodes", "diagnostic", False, "episodes", "measurement"),
    ("sensor.den_all_movies", "diagnostic", False, "movies", "measurement"),
    ("sensor.den_all_shows", "diagnostic", False, "shows", "measurement"),
    ("sensor.den_all_tracks", "diagnostic", False, "tracks", "measurement"),
    ("sensor.den_all_videos", "diagnostic", False, "videos", "measurement"),
    ("sensor.den_bandwidth", None, False, "kbit/s", "measurement"),
    ("sensor.den_connection_quality", "diagnostic", True, None, None),
    ("sensor.den_continue_watching", None, True, "items", "measurement"),
    ("sensor.den_last_check", "diagnostic", False, None, None),
    ("sensor.den_last_sync", "diagnostic", False, None, None),
    ("sensor.den_movies", None, True, "movies", "measurement"),
    ("sensor.den_music", None, True, "artists", "measurement"),
    ("sensor.den_next_check", "diagnostic", False, None, None),
    ("sensor.den_playlists", None, True, "playlists", "measurement"),
    ("sensor.den_recently_added", None, True, "items", "measurement"),
    ("sensor.den_response_time", "diagnostic", True, "ms", "measurement"),
    ("sensor.den_response_time_95th_percentile", "diagnostic", False, "ms", "measurement"),
    ("sensor.den_status", None, True, None, None),
    ("sensor.den_success_rate", "diagnostic", False, "%", "measurement"),
    ("sensor.den_sync_progress", "diagnostic", True, "%", None),
    ("sensor.den_tv_shows", None, True, "shows", "measurement"),
]


@pytest.fixture
def everything_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enable every entity from the start."""
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)


async def test_a_source_has_these_entities_and_enables_what_a_dashboard_wants(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, entity_registry: er.EntityRegistry
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    found = sorted(er.async_entries_for_config_entry(entity_registry, entry.entry_id), key=lambda each: each.entity_id)
    assert [
        (
            each.entity_id,
            each.entity_category,
            each.disabled_by is None,
            each.unit_of_measurement,
            (each.capabilities or {}).get("state_class"),
        )
        for each in found
    ] == [(entity, category and EntityCategory(category), *rest) for entity, category, *rest in ENTITIES]


async def test_unique_ids_hold_no_token_and_no_address(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, entity_registry: er.EntityRegistry
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    ids = [each.unique_id for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)]
    assert len(ids) == len(set(ids))
    assert not any(plex.token in each or "127.0.0.1" in each for each in ids)


@pytest.mark.usefixtures("everything_enabled")
async def test_numbers_are_of_the_connection_in_use(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    assert state(hass, "sensor.den_success_rate") == "100.0"
    assert state(hass, "sensor.den_active_url") == plex.server.url("local")
    await turn(hass, plex, freezer, "local")
    assert state(hass, "sensor.den_active_url") == plex.server.url("remote")
    assert float(state(hass, "sensor.den_response_time_95th_percentile")) >= 0
    await turn(hass, plex, freezer, "remote", "relay")
    lost = ("active_url", "connection_quality", "response_time", "response_time_95th_percentile", "success_rate")
    assert {state(hass, f"sensor.den_{each}") for each in lost} == {"unknown"}


@pytest.mark.usefixtures("everything_enabled")
async def test_checks_and_syncs_are_told_by_the_minute(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-20T12:00:20+00:00")
    await add_quiet_plex(hass, plex, monkeypatch)
    assert state(hass, "sensor.den_last_check") == "2026-11-20T12:00:00+00:00"
    assert state(hass, "sensor.den_next_check") == "2026-11-20T12:05:00+00:00"
    assert state(hass, "sensor.den_last_sync") == "2026-11-20T12:00:00+00:00"


@pytest.mark.usefixtures("everything_enabled")
async def test_a_request_that_changes_nothing_writes_no_state(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-11-20T12:00:01+00:00")
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    (coordinator,) = entry.runtime_data.coordinators.values()
    current = coordinator.connector.state.current
    assert current is not None
    coordinator.connector.heard(current)
    await pass_time(hass, freezer, 1)
    before = {each.entity_id: each.last_reported for each in hass.states.async_all("sensor")}
    for _ in range(20):
        await pass_time(hass, freezer, 1)
        coordinator.connector.heard(current)
    await hass.async_block_till_done()
    assert {each.entity_id: each.last_reported for each in hass.states.async_all("sensor")} == before


async def test_a_folder_is_a_local_source(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert state(hass, "sensor.films_status") == "connected"
    assert state(hass, "sensor.films_connection_quality") == "local"
