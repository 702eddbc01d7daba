"""What is new in a list, or newly changed? Its top when the newest comes first, if the server really puts it there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Final

from ..item import Item, ItemKind
from ..model import Library
from .asker import WHOLE, Asker, listed, reader
from .parse_items import parse_item
from .parse_lists import Stretch

DAY: Final = 86_400.0
# Changed in the second in which we looked, or while a clock was set.
OVERLAP: Final = 60.0
# What changed so lately may change once more in the same second.
SETTLED: Final = 5.0
# What is further ahead of the server's clock was written while that was wrong.
AHEAD: Final = 3600.0
# First a few, since mostly it is one.
FIRST: Final = 50
MORE: Final = 200
# Beyond that it is quicker to read the list from its beginning.
MOST: Final = 400


@dataclass(frozen=True, slots=True)
class Trail:
    """Where the last look at a list ended."""

    since: float
    """The latest change seen, by the server's clock."""
    total: int | None = None
    """How many items there were."""
    seen: Mapping[str, float] = field(default_factory=dict)
    """What changed shortly before, and when: it is not news a second time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """What changed in a list."""

    trail: Trail
    items: tuple[Item, ...] = ()
    fewer: bool = False
    """Whether something is gone."""
    unsorted: bool = False
    """Whether the server does not sort, so that only the whole list tells what changed."""
    much: bool = False
    """Whether so much changed that the whole list is the quicker way."""


@dataclass(frozen=True, slots=True)
class _Top:
    items: tuple[Item, ...]
    total: int | None
    now: float | None
    unsorted: bool = False
    much: bool = False


def beginning(now: float | None) -> float:
    """Return since when changes count for who has just begun; a proxy's clock may be wrong, but not by a day."""
    return 0.0 if now is None else now - DAY


async def look(asker: Asker, library: Library, kind: ItemKind, trail: Trail, known: int) -> Fresh:
    """Return what changed in the list of a kind since a look at it; `known` is how many the catalog has."""
    top = await _top(asker, library, kind, "updatedAt", trail)
    before = known if trail.total is None else trail.total
    # Many items have no time of change, least of all those that are new: they are found by when they were added.
    if top.total is None or top.total > before + _added(top, trail):
        also = await _top(asker, library, kind, "addedAt", trail)
        top = _Top(_both(top, also), also.total, also.now, top.unsorted or also.unsorted, top.much or also.much)
    if top.unsorted or top.much:
        # Whoever reads the whole list now reads all of that.
        return Fresh(trail=Trail(_latest(top, trail) + OVERLAP, top.total), unsorted=top.unsorted, much=top.much)
    added = _added(top, trail)
    less = top.total is not None and (top.total < known or (added > 0 and top.total < before + added))
    return Fresh(trail=_next(top, trail), items=_news(top, trail), fewer=less)


async def holders(asker: Asker, library: Library, items: Iterable[Item]) -> list[Item]:
    """Return what holds some items: it may be new, too, and how much of it is not watched has changed."""
    found = {item.identity for item in items}
    keys = [key for item in items for key in (item.grandparent, item.parent) if key is not None and key not in found]
    return await asker.items(keys, WHOLE, lambda entry: parse_item(entry, library.identity))


def emptied(library: Library, kind: ItemKind) -> frozenset[tuple[str, ItemKind]]:
    """Return which lists to compare when one has become shorter: what held nothing else went with it."""
    kinds = [kind] if kind in library.kinds[-1:] else library.kinds[:-1]
    return frozenset((library.identity, each) for each in kinds)


async def _top(asker: Asker, library: Library, kind: ItemKind, order: str, trail: Trail) -> _Top:
    path, query = listed(library, kind, {**WHOLE, "sort": f"{order}:desc"})
    found: list[Item] = []
    times: list[float] = []
    start, size, floor = 0, FIRST, None
    while True:
        page = await asker.stretch(path, query, start, size, reader(library, kind))
        floor = _floor(trail, page.now) if floor is None else floor
        found += [item for item in page.entries if _moment(item) >= floor]
        last = [_time(item, order) for item in page.entries]
        times += [time for time in last if time is not None]
        start, size = start + page.size, MORE
        unsorted = any(later > earlier for earlier, later in pairwise(times))
        if _is_all(page, start):
            return _Top(tuple(found), page.total, page.now)
        # Those without a time stand at the end.
        ended = bool(last) and (last[-1] is None or last[-1] < floor)
        if unsorted or ended or len(found) > MOST:
            return _Top(tuple(found), page.total, page.now, unsorted, much=not ended and not unsorted)


def _is_all(page: Stretch[Item], start: int) -> bool:
    return page.size == 0 or (page.total is not None and start >= page.total)


def _floor(trail: Trail, now: float | None) -> float:
    """Return from when on changes count, also if the server's clock was set back."""
    return (trail.since if now is None or trail.since <= now + AHEAD else now - DAY) - OVERLAP


def _news(top: _Top, trail: Trail) -> tuple[Item, ...]:
    return tuple(item for item in top.items if trail.seen.get(item.identity) != _moment(item))


def _next(top: _Top, trail: Trail) -> Trail:
    latest = _latest(top, trail)
    times = {item.identity: time for item in top.items if (time := _moment(item)) >= latest - OVERLAP}
    return Trail(latest, top.total, {key: time for key, time in times.items() if not _may_change(time, top.now)})


def _may_change(time: float, now: float | None) -> bool:
    """Tell whether what changed at a time may have changed in the same second after we looked."""
    return now is not None and now - SETTLED < time <= now + AHEAD


def _latest(top: _Top, trail: Trail) -> float:
    limit = _limit(top)
    return max([min(trail.since, limit), *(time for item in top.items if (time := _moment(item)) <= limit)])


def _limit(top: _Top) -> float:
    """Return the end of the present."""
    return inf if top.now is None else top.now + AHEAD


def _added(top: _Top, trail: Trail) -> int:
    """Return how many of the items came after the last look; of the time before the first one nothing is known."""
    if trail.total is None:
        return 0
    return sum(trail.since < (item.added_at or 0.0) <= _limit(top) for item in top.items)


def _moment(item: Item) -> float:
    return max(item.updated_at or 0.0, item.added_at or 0.0)


def _time(item: Item, order: str) -> float | None:
    return item.updated_at if order == "updatedAt" else item.added_at


def _both(top: _Top, also: _Top) -> tuple[Item, ...]:
    seen = {item.identity for item in top.items}
    return (*top.items, *(item for item in also.items if item.identity not in seen))
