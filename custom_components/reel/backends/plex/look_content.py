"""What is new, different or gone on a Plex server? One question tells which libraries changed, a few more tell what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..errors import Garbled, Missing, NotAllowed
from ..item import Item, ItemKind
from ..listing import Changes, Known
from ..model import Library
from ..reading import text
from ..transport import Json
from .asker import Asker
from .fresh import Trail, beginning, emptied, holders, look
from .marks import read, read_trails, write, write_trails
from .parse import parse_libraries
from .parse_lists import clock_of

# Has no list of changes of its own, see `look_totals`.
PLAYLISTS: Final = Library("playlists", "Playlists", (ItemKind.PLAYLIST,))


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What a mark holds of a library."""

    stamp: str | None
    trails: Mapping[ItemKind, Trail]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What became of one library."""

    shelf: _Shelf
    items: tuple[Item, ...] = ()
    sweep: frozenset[tuple[str, ItemKind]] = frozenset()
    relist: bool = False


@dataclass(slots=True)
class _Sum:
    shelves: dict[str, _Shelf] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    sweep: set[tuple[str, ItemKind]] = field(default_factory=set)
    relist: set[str] = field(default_factory=set)

    def add(self, library: Library, found: _Found) -> None:
        self.shelves[library.identity] = found.shelf
        self.items += found.items
        self.sweep |= found.sweep
        if found.relist:
            self.relist.add(library.identity)


async def look_for_content(asker: Asker, known: Known) -> Changes:
    """Return what changed in the libraries that are known, and which of all are to be read anew."""
    reply = await asker.get("/library/sections")
    libraries, now = parse_libraries(reply.json()), clock_of(reply)
    content, former = read(known.mark), {library.identity for library in known.libraries}
    before = {} if content is None else _read_shelves(content.get("libraries"))
    found = _Sum()
    for library in libraries:
        if library.kinds:
            shelf = before.get(library.identity)
            found.add(library, await _follow(asker, library, shelf, known, now, wanted=library.identity in former))
    return Changes(
        mark=write({"libraries": {identity: _write(shelf) for identity, shelf in found.shelves.items()}}),
        items=tuple(found.items),
        sweep=frozenset(found.sweep),
        relist=frozenset(found.relist),
        libraries=(*libraries, PLAYLISTS),
    )


async def _follow(
    asker: Asker, library: Library, shelf: _Shelf | None, known: Known, now: float | None, *, wanted: bool
) -> _Found:
    since = beginning(now)
    anew = _Found(shelf=_Shelf(library.stamp, dict.fromkeys(library.kinds, Trail(since))), relist=True)
    if shelf is None or shelf.trails.keys() != set(library.kinds):
        return anew
    if not wanted or (library.stamp is not None and library.stamp == shelf.stamp):
        return _Found(shelf=shelf)
    try:
        return await _examine(asker, library, shelf, known)
    except Garbled, Missing, NotAllowed:
        # Whoever reads the whole library will say what is wrong with it; the others are not held up.
        return anew


async def _examine(asker: Asker, library: Library, shelf: _Shelf, known: Known) -> _Found:
    """Return what changed in a library whose stamp moved.

    What plays is asked for, and what holds it only if nothing of that changed: a small sync has two questions for a
    change. What is missed that way is found by `look_totals`.
    """
    trails = dict(shelf.trails)
    for kind in _order(library):
        fresh = await look(asker, library, kind, trails[kind], known.counts.get((library.identity, kind), 0))
        trails[kind] = fresh.trail
        if fresh.unsorted or fresh.much:
            return _Found(shelf=_Shelf(library.stamp, trails), relist=True)
        if fresh.items or fresh.fewer:
            return _Found(
                shelf=_Shelf(library.stamp, trails),
                items=(*await holders(asker, library, fresh.items), *fresh.items),
                sweep=emptied(library, kind) if fresh.fewer else frozenset(),
            )
    return _Found(shelf=_Shelf(library.stamp, trails))


def _order(library: Library) -> list[ItemKind]:
    """Return the kinds worth asking for: what plays, and then what people know it by, or collections of it."""
    *levels, collections = library.kinds
    return [levels[-1], levels[0] if len(levels) > 1 else collections]


def _read_shelves(content: Json) -> dict[str, _Shelf]:
    if not isinstance(content, Mapping):
        return {}
    return {name: _read(each) for name, each in content.items() if isinstance(each, Mapping)}


def _read(content: Mapping[str, Json]) -> _Shelf:
    named = read_trails(content.get("trails"))
    trails = {ItemKind(name): trail for name, trail in named.items() if name in ItemKind}
    return _Shelf(text(content.get("stamp")), trails)


def _write(shelf: _Shelf) -> Json:
    return {"stamp": shelf.stamp, "trails": write_trails({str(kind): trail for kind, trail in shelf.trails.items()})}
