"""Did a play end by itself, or did somebody or something end it?"""

from typing import Final

from ..backends.item import ItemKind

# Whoever leaves so late has seen it all; players differ in what they tell at the end.
_SEEN: Final = 0.95
# A song that is left before its last seconds was not liked.
_LAST_MS: Final = 5_000
# So much of a play since its last trouble shows that this trouble is over.
_SETTLED_MS: Final = 60_000


def is_over(kind: ItemKind, position_ms: int, duration_ms: int | None) -> bool:
    """Tell whether an item that stopped at a position came to its end; never where nobody knows how long it is."""
    if not duration_ms:
        return False
    if kind is ItemKind.TRACK:
        return position_ms >= duration_ms - _LAST_MS
    return position_ms >= duration_ms * _SEEN


def tries_left_off(tries: int, begun_ms: int, position_ms: int) -> int:
    """Return how often a play was begun again that got from one position to another: it is forgiven if it went well."""
    return tries if position_ms - begun_ms < _SETTLED_MS else 0
