"""Who watches now, and how much does it take?"""

from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import UnitOfDataRate

from ..backends.model import Kind
from ..coordinator import ReelCoordinator
from .description import ReelSensorDescription


def _has_clients(coordinator: ReelCoordinator) -> bool:
    return coordinator.source.kind is not Kind.LOCAL


CLIENT_SENSORS: Final = (
    ReelSensorDescription(
        key="active_sessions",
        translation_key="active_sessions",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: snapshot.sessions,
        exists_fn=_has_clients,
    ),
    ReelSensorDescription(
        key="bandwidth",
        translation_key="bandwidth",
        device_class=SensorDeviceClass.DATA_RATE,
        entity_registry_enabled_default=False,
        native_unit_of_measurement=UnitOfDataRate.KILOBITS_PER_SECOND,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda snapshot: snapshot.bandwidth,
        exists_fn=_has_clients,
    ),
)
