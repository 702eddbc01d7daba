"""What all entities and devices of Reel have in common."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .account import Source
from .backends.model import Kind
from .const import CONF_KIND, DOMAIN
from .coordinator import ReelConfigEntry, ReelCoordinator

_MANUFACTURERS: Final = {Kind.PLEX: "Plex", Kind.JELLYFIN: "Jellyfin", Kind.LOCAL: "Reel"}
_ACCOUNTS: Final = {Kind.PLEX: "Plex account", Kind.JELLYFIN: "Jellyfin account", Kind.LOCAL: "Folders"}
_SOURCES: Final = {Kind.PLEX: "Plex Media Server", Kind.JELLYFIN: "Jellyfin server", Kind.LOCAL: "Folder"}


def register_account(hass: HomeAssistant, entry: ReelConfigEntry) -> str:
    """Return the id of the device that stands for an account; those of its sources hang on it."""
    kind = Kind(entry.data[CONF_KIND])
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, str(entry.unique_id))},
        entry_type=DeviceEntryType.SERVICE,
        manufacturer=_MANUFACTURERS[kind],
        model=_ACCOUNTS[kind],
        name=entry.title,
    )
    return device.id


def unique_id(source: Source, key: str) -> str:
    """Return what an entity of a source is known by."""
    return f"{source.unique_id}:{key}"


class ReelEntity(CoordinatorEntity[ReelCoordinator]):
    """Something about one source."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: ReelCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        source = coordinator.source
        self.entity_description = description
        self._attr_unique_id = unique_id(source, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, source.unique_id)},
            manufacturer=_MANUFACTURERS[source.kind],
            model=_SOURCES[source.kind],
            name=source.name,
            via_device_id=coordinator.config_entry.runtime_data.device_id,
        )
