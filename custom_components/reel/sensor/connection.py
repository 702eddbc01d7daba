"""How is each source doing, and how is it reached?"""

from datetime import datetime
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.util import dt as dt_util

from ..backends.naming import shown_uri
from ..connection.model import Quality, Status
from .description import ReelSensorDescription

CONNECTION_SENSORS: Final = (
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
        value_fn=lambda snapshot: _tenths(snapshot.response_ms),
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
        value_fn=lambda snapshot: _tenths(snapshot.p95_ms),
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


def _tenths(value: float | None) -> float | None:
    """Return a number as finely as anybody reads it."""
    return None if value is None else round(value, 1)


def _minute(at: float | None) -> datetime | None:
    """Return the minute of a time: every answered request counts as a check, and seconds are of no use to anybody."""
    return None if at is None else dt_util.utc_from_timestamp(at // 60 * 60)
