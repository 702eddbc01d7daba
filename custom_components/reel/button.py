"""Buttons: what a user may ask of a source."""

from typing import Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import ReelConfigEntry
from .entity import ReelEntity

PARALLEL_UPDATES = 0

TEST_CONNECTIONS: Final = ButtonEntityDescription(
    key="test_connections", translation_key="test_connections", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        async_add_entities([ReelTestButton(coordinator, TEST_CONNECTIONS)], config_subentry_id=key)


class ReelTestButton(ReelEntity, ButtonEntity):
    """Tries every connection of a source now, even while it is offline and waits for its next check."""

    @override
    async def async_press(self) -> None:
        """Test all connections and settle on the best; the sensors tell the result."""
        await self.coordinator.test()
