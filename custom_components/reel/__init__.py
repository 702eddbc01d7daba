"""Reel: Plex, Jellyfin and folders as one house of media, each over its best connection."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant

from .account import sources_of
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
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Unload an account; its coordinators shut down with it."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def _async_reload(hass: HomeAssistant, entry: ReelConfigEntry) -> None:
    """Load an account anew when its sources changed."""
    loaded = [coordinator.source for coordinator in entry.runtime_data.coordinators.values()]
    if loaded != list(sources_of(entry)):
        hass.config_entries.async_schedule_reload(entry.entry_id)
