"""What do the other looks miss? One list after the other is looked at in turn, whatever the server says of it."""

from collections.abc import Sequence

from ..errors import Garbled, Missing, NotAllowed
from ..item import ItemKind
from ..listing import Changes, Known
from ..model import Library
from ..reading import number
from .asker import Asker
from .fresh import Fresh, Trail, beginning, emptied, holders, look
from .marks import read, read_trails, write, write_trails
from .parse_lists import clock_of

type Shelf = tuple[Library, ItemKind]


async def look_at_one(asker: Asker, known: Known) -> Changes:
    """Return what changed in the list whose turn it is; the first time only when it was that we began."""
    content = read(known.mark)
    if content is None:
        begun = beginning(clock_of(await asker.get("/identity")))
        return Changes(mark=write({"begun": begun, "turn": 0, "trails": {}}))
    turn, begun = number(content.get("turn")) or 0, float(number(content.get("begun")) or 0)
    shelf = whose_turn(known.libraries, turn)
    if shelf is None:
        return Changes(mark=write(content))
    name, trails = f"{shelf[0].identity}/{shelf[1]}", read_trails(content.get("trails"))
    trail = trails.get(name, Trail(begun))
    try:
        fresh = await look(asker, *shelf, trail, known.counts.get((shelf[0].identity, shelf[1]), 0))
    except Garbled, Missing, NotAllowed:
        # Whoever reads the whole library will say what is wrong with it; the next list has its turn.
        fresh = Fresh(trail=trail, much=True)
    mark = write({"begun": begun, "turn": turn + 1, "trails": write_trails({**trails, name: fresh.trail})})
    return await _told(asker, shelf, fresh, mark)


def whose_turn(libraries: Sequence[Library], turn: int) -> Shelf | None:
    """Return the list to look at, None if there is none. Every other time it is that of the playlists.

    Of those no other look hears, while it takes a rare mishap for something else to be found here.
    """
    shelves = [(library, kind) for library in libraries for kind in library.kinds]
    playlists = [shelf for shelf in shelves if shelf[1] is ItemKind.PLAYLIST]
    others = [shelf for shelf in shelves if shelf[1] is not ItemKind.PLAYLIST]
    if playlists and (turn % 2 == 0 or not others):
        return playlists[0]
    return others[(turn // 2 if playlists else turn) % len(others)] if others else None


async def _told(asker: Asker, shelf: Shelf, fresh: Fresh, mark: str) -> Changes:
    library, kind = shelf
    return Changes(
        mark=mark,
        items=(*await holders(asker, library, fresh.items), *fresh.items),
        sweep=emptied(library, kind) if fresh.fewer else frozenset(),
        # A server that does not sort says nothing here. Not to read a library anew time and again, it is left at that.
        relist=frozenset({library.identity}) if fresh.much and not fresh.unsorted else frozenset(),
    )
