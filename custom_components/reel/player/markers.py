"""Which stretch of an item is skipped? One that its user does not want to see, long enough, and once per play."""

from collections.abc import Collection, Iterable
from typing import Final

from ..backends.item import Marker, MarkerKind

# Shorter ones are over before anybody notices.
SHORTEST_MS: Final = 5_000
# After credits that end so shortly before the end of their item, nothing follows.
ENDING_MS: Final = 10_000
# What is skipped on the way to the story, and after it.
BEFORE: Final = frozenset({MarkerKind.INTRO, MarkerKind.RECAP})
AFTER: Final = frozenset({MarkerKind.CREDITS, MarkerKind.PREVIEW})


def worth_skipping(markers: Iterable[Marker], kinds: Collection[MarkerKind]) -> tuple[Marker, ...]:
    """Return the markers of these kinds that are long enough, in the order of their beginnings."""
    wanted = (each for each in markers if each.kind in kinds and each.end_ms - each.start_ms >= SHORTEST_MS)
    return tuple(sorted(wanted, key=lambda marker: marker.start_ms))


def marker_at(markers: Iterable[Marker], position_ms: int) -> Marker | None:
    """Return the stretch that a position is in, the one that ends last if there are several."""
    around = (each for each in markers if each.start_ms <= position_ms < each.end_ms)
    return max(around, key=lambda marker: marker.end_ms, default=None)


def due(markers: Iterable[Marker], skipped: Collection[Marker], position_ms: int) -> Marker | None:
    """Return the marker to skip at a position: who goes back into one that was skipped wants to see it."""
    return marker_at((each for each in markers if each not in skipped), position_ms)


def next_due_ms(markers: Iterable[Marker], skipped: Collection[Marker], position_ms: int) -> int | None:
    """Return where the next one begins that is to be skipped, None if nothing more is."""
    starts = (each.start_ms for each in markers if each not in skipped and each.start_ms > position_ms)
    return min(starts, default=None)


def is_ending(marker: Marker, duration_ms: int | None) -> bool:
    """Tell whether nothing of an item follows a stretch."""
    return marker.kind is MarkerKind.CREDITS and duration_ms is not None and marker.end_ms + ENDING_MS >= duration_ms
