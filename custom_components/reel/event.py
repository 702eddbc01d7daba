"""Event entities: what happened last to the connection of each source."""

from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connection.change import Reason
from .connection.notice import Happening, Notice
from .coordinator import ReelConfigEntry
from .entity import ReelEntity

PARALLEL_UPDATES = 0

CONNECTION: Final = EventEntityDescription(key="connection", translation_key="connection", event_types=[*Happening])


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entity of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        async_add_entities([ReelConnectionEvent(coordinator, CONNECTION)], config_subentry_id=key)


class ReelConnectionEvent(ReelEntity, EventEntity):
    """Tells of every change of a source's connection, its loss and its return."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen from now on."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_notice_listener(self._noticed))

    @callback
    def _noticed(self, notice: Notice) -> None:
        # The first connection after a start is where a source stands, not something that happened to it.
        if notice.reason is not Reason.INITIAL:
            self._trigger_event(notice.happening, notice.attributes())
            self.async_write_ha_state()
