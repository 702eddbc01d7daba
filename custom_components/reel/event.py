"""Event entities: what happened last to the connection and to the library of each source."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .catalog_notice import CatalogHappening, CatalogNotice
from .connection.change import Reason
from .connection.notice import Happening, Notice
from .coordinator import AnyNotice, ReelConfigEntry
from .entity import ReelEntity

PARALLEL_UPDATES = 0

CONNECTION: Final = EventEntityDescription(key="connection", translation_key="connection", event_types=[*Happening])
# That a sync goes on is no event in the life of a library.
LIBRARY_HAPPENINGS: Final = [CatalogHappening.ITEM_ADDED, CatalogHappening.SYNC_COMPLETED, CatalogHappening.SYNC_FAILED]
LIBRARY: Final = EventEntityDescription(key="library", translation_key="library", event_types=[*LIBRARY_HAPPENINGS])


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entities of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        events = [ReelConnectionEvent(coordinator, CONNECTION), ReelLibraryEvent(coordinator, LIBRARY)]
        async_add_entities(events, config_subentry_id=key)


class ReelEvent(ReelEntity, EventEntity):
    """Tells of what happens to a source."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen from now on."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_notice_listener(self._noticed))

    @callback
    def _noticed(self, notice: AnyNotice) -> None:
        if self.concerns(notice):
            self._trigger_event(notice.happening, notice.attributes())
            self.async_write_ha_state()

    def concerns(self, notice: AnyNotice) -> bool:
        """Tell whether this is what the entity tells of."""
        raise NotImplementedError


class ReelConnectionEvent(ReelEvent):
    """Tells of every change of a source's connection, its loss and its return."""

    @override
    def concerns(self, notice: AnyNotice) -> bool:
        """Tell whether it is about the connection; the first one after a start is where it stands, and no event."""
        return isinstance(notice, Notice) and notice.reason is not Reason.INITIAL


class ReelLibraryEvent(ReelEvent):
    """Tells of what is new at a source, and how syncs end."""

    @override
    def concerns(self, notice: AnyNotice) -> bool:
        """Tell whether it is about the library."""
        return isinstance(notice, CatalogNotice) and notice.happening in LIBRARY_HAPPENINGS
