"""Reel: Plex, Jellyfin and folders as one house of media, each over its best connection."""

from dataclasses import replace

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .account import Source, sources_of
from .connection.policy import Policy
from .coordinator import ReelConfigEntry, ReelCoordinator, ReelData
from .entity import register_account

PLATFORMS = (Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR)


async def async_setup_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Load an account from what is stored; the network follows in the background."""
    coordinators = {source.key: ReelCoordinator(hass, entry, source) for source in sources_of(entry)}
    entry.runtime_data = ReelData(device_id=register_account(hass, entry), coordinators=coordinators)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for coordinator in coordinators.values():
        coordinator.start()
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Unload an account; its coordinators shut down with it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def _async_updated(hass: HomeAssistant, entry: ReelConfigEntry) -> None:
    """Follow a change of the entry: other ways to the same sources need no reload, anything else does."""
    coordinators = entry.runtime_data.coordinators
    sources = {source.key: source for source in sources_of(entry)}
    if {key: _lasting(each.source) for key, each in coordinators.items()} != {
        key: _lasting(source) for key, source in sources.items()
    }:
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    for key, coordinator in coordinators.items():
        entry.async_create_background_task(hass, coordinator.retarget(sources[key]), f"{coordinator.name}: new target")


def _lasting(source: Source) -> Source:
    """Return what cannot change while a source is loaded."""
    return replace(source, connections=(), policy=Policy())
