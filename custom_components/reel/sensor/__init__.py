"""Sensors: how each source is doing, how it is reached, and what it has to watch."""

from collections.abc import Mapping
from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import ReelConfigEntry, ReelCoordinator
from ..entity import ReelEntity
from .catalog import CATALOG_SENSORS, library_sensor
from .connection import CONNECTION_SENSORS
from .description import ReelSensorDescription, Value

PARALLEL_UPDATES = 0

SENSORS = (*CONNECTION_SENSORS, *CATALOG_SENSORS)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of every source of an account, and of every library as soon as it is known."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        sensors = [ReelSensor(coordinator, each) for each in SENSORS if each.exists_fn(coordinator)]
        async_add_entities(sensors, config_subentry_id=key)
        shelves = LibrarySensors(coordinator, async_add_entities)
        shelves.add()
        entry.async_on_unload(coordinator.async_add_listener(shelves.add))


class LibrarySensors:
    """Adds a sensor for every library of a source that is new."""

    def __init__(self, coordinator: ReelCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
        self._coordinator = coordinator
        self._add = add
        self._known: set[str] = set()

    @callback
    def add(self) -> None:
        """Add what is missing."""
        new = [each for each in self._coordinator.data.catalog.libraries if each.identity not in self._known]
        if new:
            self._known |= {library.identity for library in new}
            sensors = [ReelSensor(self._coordinator, library_sensor(library)) for library in new if library.kinds]
            self._add(sensors, config_subentry_id=self._coordinator.source.key)


class ReelSensor(ReelEntity, SensorEntity):
    """One value of a source's snapshot, written when it changes and not with every request that renews the snapshot."""

    entity_description: ReelSensorDescription
    # Lists are for a glance at them now; the recorder has no use for them.
    _unrecorded_attributes = frozenset({"items", "done", "total", "items_per_second", "library", "mode"})
    _written: tuple[Value, Mapping[str, object] | None, bool] | None = None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is another one."""
        if (now := (self.native_value, self.extra_state_attributes, self.available)) != self._written:
            self._written = now
            super()._handle_coordinator_update()

    @property
    @override
    def native_value(self) -> Value:
        """Return the value, None where a source that is not reached has none."""
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, object] | None:
        """Return what belongs to the value, if anything does."""
        describe = self.entity_description.attributes_fn
        return describe(self.coordinator) if describe else None
