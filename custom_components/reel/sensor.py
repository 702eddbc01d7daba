"""Sensors: how each source is doing and how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .connection.model import Quality, Status
from .coordinator import ReelConfigEntry, Snapshot
from .entity import ReelEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class ReelSensorDescription(SensorEntityDescription):
    """A sensor, and where its value stands in the snapshot of a source."""

    value_fn: Callable[[Snapshot], str | float | None]


SENSORS: Final = (
    ReelSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=list(Status),
        value_fn=lambda snapshot: snapshot.status,
    ),
    ReelSensorDescription(
        key="connection_quality",
        translation_key="connection_quality",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=list(Quality),
        value_fn=lambda snapshot: snapshot.quality,
    ),
    ReelSensorDescription(
        key="response_time",
        translation_key="response_time",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda snapshot: snapshot.response_ms,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        async_add_entities((ReelSensor(coordinator, description) for description in SENSORS), config_subentry_id=key)


class ReelSensor(ReelEntity, SensorEntity):
    """One value of a source's snapshot."""

    entity_description: ReelSensorDescription

    @property
    @override
    def native_value(self) -> str | float | None:
        """Return the value, None where a source that is not reached has none."""
        return self.entity_description.value_fn(self.coordinator.data)
