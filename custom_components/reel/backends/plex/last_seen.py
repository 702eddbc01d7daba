"""Where does a server tell what was seen last? In one list of everything, if it has such, else in a few."""

from collections.abc import Sequence
from typing import Final

from ..errors import Garbled, Missing, NotAllowed
from ..item import PLAYABLE, ItemKind
from ..model import Library
from ..transport import Json
from .asker import BARE, TYPES, Asker, Query, listed

EVERYTHING: Final = "/library/all"

type Place = tuple[str, int | None]
"""A path, and the number of the type that is asked for there; None for all of them."""


def leaves(libraries: Sequence[Library]) -> list[tuple[Library, ItemKind]]:
    """Return what can be played, by library."""
    return [(library, kind) for library in libraries for kind in library.kinds if kind in PLAYABLE]


async def places(asker: Asker, libraries: Sequence[Library]) -> list[Place]:
    """Return where to look in turn: at one place, if it really has everything that can be played.

    No document tells what a list of everything holds when no type is asked for; counting does.
    """
    found = leaves(libraries)
    types = sorted({TYPES[kind] for _, kind in found})
    counts = [await _count(asker, (EVERYTHING, kind)) for kind in types]
    if None in counts:
        return [(path, TYPES[kind]) for library, kind in found for path, _ in [listed(library, kind, {})]]
    whole = await _count(asker, (EVERYTHING, None)) if len(types) > 1 else None
    is_everything = whole is not None and whole >= sum(count for count in counts if count is not None)
    return [(EVERYTHING, None)] if is_everything else [(EVERYTHING, kind) for kind in types]


def read_places(content: Json) -> list[Place]:
    """Return the places of a mark, without those that make no sense."""
    found: list[Place] = []
    for each in content if isinstance(content, list) else []:
        match each:
            case [str() as path, int() | None as kind]:
                found.append((path, kind))
    return found


def asked(place: Place, query: Query) -> tuple[str, Query]:
    """Return where and how a place is asked for its list."""
    path, kind = place
    return path, query if kind is None else {"type": kind, **query}


async def _count(asker: Asker, place: Place) -> int | None:
    try:
        page = await asker.stretch(*asked(place, BARE), 0, 1, lambda entry: entry)
    except Garbled, Missing, NotAllowed:
        return None
    return page.total
