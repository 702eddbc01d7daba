"""Accounts that an older Reel stored are brought to today's version, and those of a newer one are told apart."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.reel import migration
from custom_components.reel.config_flow import ReelConfigFlow
from custom_components.reel.const import DOMAIN
from custom_components.reel.migration import Data, Step

FOLDER: dict[str, Any] = {"identity": "/media/films", "connections": []}


def stored(hass: HomeAssistant, *, version: int = 1, minor_version: int = 1) -> MockConfigEntry:
    """Put an account into storage, as some version of Reel left it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        unique_id="local",
        title="Folders",
        data={"kind": "local"},
        version=version,
        minor_version=minor_version,
        subentries_data=[
            {"data": FOLDER, "subentry_type": "source", "title": "films", "unique_id": "/media/films"},
        ],
    )
    entry.add_to_hass(hass)
    return entry


async def load(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigEntryState:
    """Set an account up and return how that went."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    state: ConfigEntryState = entry.state
    return state


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a Reel two versions ahead: a minor one that names what it keeps, and a major one that spells it anew."""

    def count(data: Data) -> Data:
        return {**data, "counted": len(data)}

    def rename(data: Data) -> Data:
        return {"number" if key == "counted" else key: value for key, value in data.items()}

    steps = {(1, 1): Step(to=(1, 2), account=count, source=count), (1, 2): Step(to=(2, 1), source=rename)}
    monkeypatch.setattr(migration, "STEPS", steps)
    monkeypatch.setattr(migration, "VERSION", 2)
    monkeypatch.setattr(ReelConfigFlow, "VERSION", 2)


async def test_an_account_of_today_is_loaded_as_it_is(hass: HomeAssistant) -> None:
    entry = stored(hass)
    assert await load(hass, entry) is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (ReelConfigFlow.VERSION, ReelConfigFlow.MINOR_VERSION)


@pytest.mark.usefixtures("newer")
async def test_an_old_account_goes_through_a_minor_and_a_major_step(hass: HomeAssistant) -> None:
    entry = stored(hass)
    assert await load(hass, entry) is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (2, 1)
    assert entry.data == {"kind": "local", "counted": 1}
    (subentry,) = entry.subentries.values()
    assert subentry.data == {**FOLDER, "number": 2}


@pytest.mark.usefixtures("newer")
async def test_an_account_in_between_goes_only_the_steps_that_are_left(hass: HomeAssistant) -> None:
    entry = stored(hass, minor_version=2)
    assert await load(hass, entry) is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version, entry.data) == (2, 1, {"kind": "local"})


async def test_an_account_of_a_newer_minor_is_loaded_and_left_as_it_is(hass: HomeAssistant) -> None:
    entry = stored(hass, minor_version=7)
    assert await load(hass, entry) is ConfigEntryState.LOADED
    assert (entry.version, entry.minor_version) == (1, 7)


async def test_an_account_of_a_newer_major_is_refused(hass: HomeAssistant) -> None:
    assert await load(hass, stored(hass, version=2)) is ConfigEntryState.MIGRATION_ERROR


async def test_an_account_no_step_leads_on_from_is_refused(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "VERSION", 2)
    monkeypatch.setattr(ReelConfigFlow, "VERSION", 2)
    assert await load(hass, stored(hass)) is ConfigEntryState.MIGRATION_ERROR
