"""When is something watched, and where does one go on? The rules that apps and servers agree on."""

from typing import Final

from ..backends.item import ItemKind

# Whoever got that far has seen it: the rest are credits.
_WATCHED: Final = 0.9
# Before, one has hardly begun.
_BEGUN: Final = 0.05
_BEGUN_MS: Final = 10_000
# After, to go on would be to see the last words only.
_OVER: Final = 0.95
# Songs begin at their beginning.
_RESUMABLE: Final = frozenset({ItemKind.MOVIE, ItemKind.EPISODE, ItemKind.VIDEO})


def is_watched(position_ms: int, duration_ms: int | None) -> bool:
    """Tell whether an item counts as watched at a position; never where nobody knows how long it is."""
    return duration_ms is not None and 0 < duration_ms * _WATCHED < position_ms


def place_at(kind: ItemKind | None, position_ms: int, duration_ms: int | None) -> int | None:
    """Return the place that is kept of a position; None where there is none worth it, so that an older one stays."""
    if kind is not None and kind not in _RESUMABLE:
        return None
    # Of what nobody knows the length, a few seconds are no place.
    least = duration_ms * _BEGUN if duration_ms else _BEGUN_MS
    return position_ms if position_ms >= least else None


def resume_at(position_ms: int, duration_ms: int | None, *, watched: bool) -> int:
    """Return where to go on with an item that was left at a position, 0 for its beginning."""
    if watched or position_ms <= _BEGUN_MS or (duration_ms and position_ms >= duration_ms * _OVER):
        return 0
    return position_ms
