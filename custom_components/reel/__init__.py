"""Reel: Plex, Jellyfin and folders as one house of media, each over its best connection."""

from asyncio import gather
from dataclasses import replace

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.typing import ConfigType

from .account import Source, sources_of
from .catalog_issue import watch_catalog
from .connection.policy import Policy
from .const import DOMAIN
from .coordinator import ReelConfigEntry, ReelCoordinator, ReelData
from .dashboard_files import async_setup_dashboard
from .entity import register_account
from .issues import TroubleWatch
from .lan_search import start_search
from .migration import migrate
from .play_tracker import play_tracker
from .player_entry import (
    async_setup_player_entry,
    async_unload_player_entry,
    is_player,
    is_unused,
)
from .server_list import ServerList, has_server_list
from .services import async_setup_services
from .storage import storage_of
from .views import async_setup_views
from .websocket_api import async_setup_websocket
from .websocket_play import async_setup_play_reports

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = (
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.MEDIA_PLAYER,
    Platform.REMOTE,
    Platform.SELECT,
    Platform.SENSOR,
)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register Reel's actions, which are there even while no account is loaded, and look around on the LAN."""
    async_setup_services(hass)
    watch_catalog(hass)
    async_setup_websocket(hass)
    async_setup_views(hass)
    await async_setup_dashboard(hass)
    start_search(hass)
    async_setup_play_reports(hass)
    play_tracker(hass).start()
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Load an account from what is stored, or a Reel player; the network follows in the background."""
    if is_player(entry):
        return await async_setup_player_entry(hass, entry)
    storage = storage_of(hass)
    await storage.open()
    entry.async_on_unload(storage.close)
    servers = await _server_list(hass, entry)
    coordinators = {source.key: ReelCoordinator(hass, entry, source, servers) for source in sources_of(entry)}
    device_id = register_account(hass, entry)
    entry.runtime_data = ReelData(device_id=device_id, coordinators=coordinators, servers=servers)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    for coordinator in coordinators.values():
        TroubleWatch(coordinator).start()
        coordinator.start()
    entry.async_on_unload(entry.add_update_listener(_async_updated))
    return True


async def _server_list(hass: HomeAssistant, entry: ReelConfigEntry) -> ServerList | None:
    if not has_server_list(entry):
        return None
    servers = ServerList(hass, entry)
    await servers.begin()
    return servers


async def async_unload_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Unload an account, whose coordinators shut down with it, or a Reel player."""
    if is_player(entry):
        return await async_unload_player_entry(hass, entry)
    # What is under way ends first: the file is closed with the last account.
    await gather(*(each.catalog.close() for each in entry.runtime_data.coordinators.values()))
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> None:
    """Forget what was learnt about an account and its sources."""
    if is_player(entry):
        return
    await storage_of(hass).forget_account(entry.entry_id, list(entry.subentries))


async def async_migrate_entry(hass: HomeAssistant, entry: ReelConfigEntry) -> bool:
    """Bring an account to the version of today."""
    return migrate(hass, entry)


async def async_remove_config_entry_device(hass: HomeAssistant, entry: ReelConfigEntry, device: AnyDeviceEntry) -> bool:
    """Let users remove what is gone: anything but the account and its sources, or a Reel player."""
    if is_player(entry):
        return is_unused(hass, entry, device)
    lasting = {str(entry.unique_id), *(source.unique_id for source in sources_of(entry))}
    return not any((DOMAIN, identifier) in device.identifiers for identifier in lasting)


async def _async_updated(hass: HomeAssistant, entry: ReelConfigEntry) -> None:
    """Follow a change of the entry: other ways to the same sources need no reload, anything else does."""
    if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
        # It is being reloaded, and will read this then.
        return
    coordinators = entry.runtime_data.coordinators
    sources = {source.key: source for source in sources_of(entry)}
    await storage_of(hass).forget_sources(coordinators.keys() - sources.keys())
    if {key: _lasting(each.source) for key, each in coordinators.items()} != {
        key: _lasting(source) for key, source in sources.items()
    }:
        for key in coordinators.keys() & sources.keys():
            if coordinators[key].source.libraries != sources[key].libraries:
                await coordinators[key].catalog.begin_anew()
        hass.config_entries.async_schedule_reload(entry.entry_id)
        return
    for key, coordinator in coordinators.items():
        entry.async_create_background_task(hass, coordinator.retarget(sources[key]), f"{coordinator.name}: new target")


def _lasting(source: Source) -> Source:
    """Return what cannot change while a source is loaded."""
    return replace(source, connections=(), policy=Policy())
