"""The event entity of a source tells what happened to its connection."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event
import pytest

from .house import PlexHouse
from .steps import add_quiet_plex, turn
from .test_init import state

ENTITY = "event.den_connection"


async def test_an_outage_and_its_end_are_told_one_by_one(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    told = []

    @callback
    def changed(event: Event[EventStateChangedData]) -> None:
        new = event.data["new_state"]
        if new is not None and new.state != "unknown":
            attributes = new.attributes
            told.append((attributes["event_type"], attributes["old_quality"], attributes["new_quality"]))

    await add_quiet_plex(hass, plex, monkeypatch)
    async_track_state_change_event(hass, ENTITY, changed)
    await turn(hass, plex, freezer, "remote", "relay", "local", "relay", "local")
    assert told == [
        ("source_lost", "local", None),
        ("source_restored", "local", "relay"),
        ("connection_changed", "relay", "local"),
        ("better_connection_found", "relay", "local"),
    ]


async def test_the_first_connection_after_a_start_is_no_event(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    assert state(hass, ENTITY) == "unknown"


async def test_an_account_that_was_unloaded_tells_nothing_any_more(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await turn(hass, plex, freezer, "local")
    assert state(hass, ENTITY) == "unavailable"
