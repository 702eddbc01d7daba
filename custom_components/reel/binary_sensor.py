"""Binary sensors: is a source reached?"""

from typing import Final, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connection.model import Status
from .coordinator import ReelConfigEntry
from .entity import ReelEntity

PARALLEL_UPDATES = 0

CONNECTIVITY: Final = BinarySensorEntityDescription(
    key="connectivity",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the connectivity of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        async_add_entities([ReelConnectivity(coordinator, CONNECTIVITY)], config_subentry_id=key)


class ReelConnectivity(ReelEntity, BinarySensorEntity):
    """Whether a source can be used."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the source is connected; off is a state automations can see, never `unavailable`."""
        return self.coordinator.data.status is Status.CONNECTED
