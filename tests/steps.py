"""Steps that tests of what users see take, one after the other."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.coordinator import ReelData

from .house import PlexHouse, add_plex
from .servers.faults import Fault, Status
from .test_init import pass_time


async def add_quiet_plex(
    hass: HomeAssistant, house: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> ConfigEntry[ReelData]:
    """Add the Plex account of a user to whom the server pushes nothing: what changes is seen by the schedule alone."""
    house.server.fault = Fault(Status(403), paths="/:/*")
    return await add_plex(hass, house, monkeypatch)


async def turn(hass: HomeAssistant, house: PlexHouse, freezer: FrozenDateTimeFactory, *doors: str) -> None:
    """Shut doors that are open and open those that are shut, one by one, and let everybody notice after each."""
    for door in doors:
        if house.server.doors[door].is_open:
            await house.server.shut(door)
        else:
            await house.server.open(door)
        await pass_time(hass, freezer, 601)
