"""Sensors: how each source is doing and how it is reached."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .backends.naming import shown_uri
from .connection.model import Quality, Status
from .coordinator import ReelConfigEntry, Snapshot
from .entity import ReelEntity

PARALLEL_UPDATES = 0

type Value = str | float | datetime | None


@dataclass(frozen=True, kw_only=True)
class ReelSensorDescription(SensorEntityDescription):
    """A sensor, and where its value stands in the snapshot of a source."""

    value_fn: Callable[[Snapshot], Value]


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
    ReelSensorDescription(
        key="response_time_p95",
        translation_key="response_time_p95",
        device_class=SensorDeviceClass.DURATION,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda snapshot: snapshot.p95_ms,
    ),
    ReelSensorDescription(
        key="success_rate",
        translation_key="success_rate",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda snapshot: None if snapshot.success_rate is None else round(snapshot.success_rate * 100, 1),
    ),
    ReelSensorDescription(
        key="active_url",
        translation_key="active_url",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda snapshot: snapshot.uri and shown_uri(snapshot.uri),
    ),
    ReelSensorDescription(
        key="last_check",
        translation_key="last_check",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda snapshot: _minute(snapshot.checked_at),
    ),
    ReelSensorDescription(
        key="next_check",
        translation_key="next_check",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda snapshot: _minute(snapshot.next_check),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of every source of an account."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        async_add_entities((ReelSensor(coordinator, description) for description in SENSORS), config_subentry_id=key)


def _minute(at: float | None) -> datetime | None:
    """Return the minute of a time: every answered request counts as a check, and seconds are of no use to anybody."""
    return None if at is None else dt_util.utc_from_timestamp(at // 60 * 60)


class ReelSensor(ReelEntity, SensorEntity):
    """One value of a source's snapshot, written when it changes and not with every request that renews the snapshot."""

    entity_description: ReelSensorDescription
    _written: tuple[Value, bool] | None = None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is another one."""
        if (now := (self.native_value, self.available)) != self._written:
            self._written = now
            super()._handle_coordinator_update()

    @property
    @override
    def native_value(self) -> Value:
        """Return the value, None where a source that is not reached has none."""
        return self.entity_description.value_fn(self.coordinator.data)
