"""Sensors: how each source is doing, how it is reached, what it has to watch, and who watches."""

from collections.abc import Iterable, Mapping
from typing import override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import ReelConfigEntry, ReelCoordinator
from ..entity import ReelEntity, unique_id
from .catalog import CATALOG_SENSORS, LIBRARY, library_sensor
from .clients import CLIENT_SENSORS
from .connection import CONNECTION_SENSORS
from .description import ReelSensorDescription, Value

PARALLEL_UPDATES = 0

SENSORS = (*CONNECTION_SENSORS, *CATALOG_SENSORS, *CLIENT_SENSORS)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of every source of an account, and of every library for as long as there is such."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        sensors = [ReelSensor(coordinator, each) for each in SENSORS if each.exists_fn(coordinator)]
        async_add_entities(sensors, config_subentry_id=key)
        shelves = LibrarySensors(coordinator, async_add_entities)
        shelves.follow()
        entry.async_on_unload(coordinator.async_add_listener(shelves.follow))


class LibrarySensors:
    """Keeps a sensor for every library of a source."""

    def __init__(self, coordinator: ReelCoordinator, add: AddConfigEntryEntitiesCallback) -> None:
        self._coordinator = coordinator
        self._add = add
        self._known: set[str] | None = None

    @callback
    def follow(self) -> None:
        """Add those of libraries that are new, and forget those of libraries that are gone."""
        libraries = {library.identity: library for library in self._coordinator.data.catalog.libraries if library.kinds}
        # Where nothing is known, as before the first sync, nothing is known to be gone.
        if not libraries or libraries.keys() == self._known:
            return
        new = libraries.keys() - (self._known or set())
        sensors = [ReelSensor(self._coordinator, library_sensor(libraries[each])) for each in libraries if each in new]
        self._add(sensors, config_subentry_id=self._coordinator.source.key)
        self._known = set(libraries)
        self._forget_all_but([library_sensor(library).key for library in libraries.values()])

    def _forget_all_but(self, keys: Iterable[str]) -> None:
        registry, source = er.async_get(self._coordinator.hass), self._coordinator.source
        stay = {unique_id(source, key) for key in keys}
        for entity in er.async_entries_for_config_entry(registry, self._coordinator.config_entry.entry_id):
            if entity.unique_id.startswith(unique_id(source, LIBRARY)) and entity.unique_id not in stay:
                registry.async_remove(entity.entity_id)


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
