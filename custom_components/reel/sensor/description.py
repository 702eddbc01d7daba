"""What is a sensor of Reel? A value of the snapshot of a source, with what belongs to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.components.sensor import SensorEntityDescription

from ..coordinator import ReelCoordinator, Snapshot

type Value = str | float | datetime | None


@dataclass(frozen=True, kw_only=True)
class ReelSensorDescription(SensorEntityDescription):
    """A sensor, and where its value stands in the snapshot of a source."""

    value_fn: Callable[[Snapshot], Value]
    attributes_fn: Callable[[ReelCoordinator], Mapping[str, object]] | None = None
    exists_fn: Callable[[ReelCoordinator], bool] = lambda _: True
    """Of which sources there is such a sensor, as far as is known when an account is loaded."""
