"""What is there to watch, and how far is it read?"""

from datetime import datetime
from functools import partial
from typing import Final

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.util import dt as dt_util

from ..backends.item import ItemKind
from ..backends.model import Library
from ..catalog_view import CatalogView, Row
from ..coordinator import ReelCoordinator, Snapshot
from ..item_answer import brief
from ..sync.model import Running
from .description import ReelSensorDescription

# What the keys of the sensors of libraries begin with.
LIBRARY: Final = "library_"


def _count(kind: ItemKind, translation_key: str) -> ReelSensorDescription:
    return ReelSensorDescription(
        key=translation_key,
        translation_key=translation_key,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: _known(snapshot.catalog, snapshot.catalog.items(kind)),
    )


def _known(view: CatalogView, value: int) -> int | None:
    """Return a number, None as long as nothing was ever read: that is not to say that there is nothing."""
    return value if view.libraries or view.counts else None


def _time(at: float | None) -> datetime | None:
    return None if at is None else dt_util.utc_from_timestamp(at // 60 * 60)


def _percent(snapshot: Snapshot) -> int | None:
    """Return how far the sync under way is; nothing to tell while there is none."""
    step = snapshot.catalog.step
    return step.percent if isinstance(step, Running) else None


def _progress(view: CatalogView) -> dict[str, object]:
    step = view.step
    if not isinstance(step, Running):
        return {}
    library = view.names.get(step.library or "", step.library)
    return {
        "mode": step.mode,
        "library": library,
        "done": step.done,
        "total": step.total,
        "items_per_second": round(step.rate),
    }


def _row(coordinator: ReelCoordinator, row: Row) -> dict[str, object]:
    """Return the first of a row as a list that is never recorded."""
    place = coordinator.place()
    return {"items": [brief(entry, place) for entry in row.entries]}


CATALOG_SENSORS: Final = (
    ReelSensorDescription(
        key="recently_added",
        translation_key="recently_added",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: _known(snapshot.catalog, snapshot.catalog.recently_added.count),
        attributes_fn=lambda coordinator: _row(coordinator, coordinator.data.catalog.recently_added),
    ),
    ReelSensorDescription(
        key="continue_watching",
        translation_key="continue_watching",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: _known(snapshot.catalog, snapshot.catalog.continue_watching.count),
        attributes_fn=lambda coordinator: _row(coordinator, coordinator.data.catalog.continue_watching),
    ),
    ReelSensorDescription(
        key="last_sync",
        translation_key="last_sync",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        # Every look counts: enabled, it would fill the activity of the source with itself.
        entity_registry_enabled_default=False,
        value_fn=lambda snapshot: _time(snapshot.catalog.synced_at),
    ),
    ReelSensorDescription(
        key="sync_progress",
        translation_key="sync_progress",
        entity_category=EntityCategory.DIAGNOSTIC,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value_fn=_percent,
        attributes_fn=lambda coordinator: _progress(coordinator.data.catalog),
    ),
    # The seasons of shows and the lists of others are no numbers to have on a dashboard.
    _count(ItemKind.MOVIE, translation_key="items_movie"),
    _count(ItemKind.SHOW, translation_key="items_show"),
    _count(ItemKind.EPISODE, translation_key="items_episode"),
    _count(ItemKind.ARTIST, translation_key="items_artist"),
    _count(ItemKind.ALBUM, translation_key="items_album"),
    _count(ItemKind.TRACK, translation_key="items_track"),
    _count(ItemKind.VIDEO, translation_key="items_video"),
)


def _shelf(library: Library, translation_key: str) -> ReelSensorDescription:
    return ReelSensorDescription(
        key=f"{LIBRARY}{library.identity}",
        translation_key=translation_key,
        translation_placeholders={"library": library.name},
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda snapshot: _known(snapshot.catalog, snapshot.catalog.items_in(library)),
        attributes_fn=lambda coordinator: {
            kind: coordinator.data.catalog.counts.get((library.identity, kind), 0) for kind in library.kinds
        },
    )


_SHELVES: Final = {
    ItemKind.MOVIE: partial(_shelf, translation_key="library_movie"),
    ItemKind.SHOW: partial(_shelf, translation_key="library_show"),
    ItemKind.ARTIST: partial(_shelf, translation_key="library_artist"),
    ItemKind.VIDEO: partial(_shelf, translation_key="library_video"),
    ItemKind.COLLECTION: partial(_shelf, translation_key="library_collection"),
    ItemKind.PLAYLIST: partial(_shelf, translation_key="library_playlist"),
}
_ANY_SHELF: Final = partial(_shelf, translation_key="library")


def library_sensor(library: Library) -> ReelSensorDescription:
    """Return the sensor that counts what a library is made of: its movies, its shows, its artists."""
    return _SHELVES.get(library.kinds[0], _ANY_SHELF)(library)
