"""What is new? What was added last, with all that came together as one."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from heapq import nlargest
import json
from operator import itemgetter
import sqlite3
from typing import Final

from ..backends.item import ItemKind
from .entry import Entry, read_entries
from .lists import IN_ORDER, Sort, in_order
from .reach import LibraryKey, Reach, find_reach

# What people call new. Episodes and albums bring their seasons, shows, artists and tracks with them.
_NEW: Final = (ItemKind.MOVIE, ItemKind.VIDEO, ItemKind.ALBUM)
# Episodes that came within a day of one another came together.
_TOGETHER: Final = 86_400.0
# Who gets more at once does not read how many exactly.
_EPISODES: Final = 500


def recently_added(
    database: sqlite3.Connection,
    sources: Collection[str] | None = None,
    limit: int = 20,
    *,
    libraries: Collection[LibraryKey] | None = None,
) -> list[Entry]:
    """Return what is new, the newest first. Episodes that came together are one entry: their season, or their show.

    Of what is on several sources the first addition counts: a copy of something old is nothing new.
    """
    reach = find_reach(database, sources, libraries, _NEW)
    entries = read_entries(database, _newest(database, reach, limit), works=reach.joined)
    new = [(entry.item.added_at or 0.0, entry) for entry in entries]
    new.extend(_new_episodes(database, find_reach(database, sources, libraries, (ItemKind.EPISODE,)), limit))
    return [entry for _, entry in nlargest(limit, new, key=itemgetter(0))]


def count_added_since(database: sqlite3.Connection, source: str, since: float) -> int:
    """Return how many items a source got since a moment, each episode counted."""
    counts = (
        database.execute(
            "SELECT count(*) FROM item INDEXED BY item_by_addition WHERE library = ? AND kind = ? AND added_at >= ?",
            (shelf.library, shelf.kind, since),
        ).fetchone()
        for shelf in find_reach(database, (source,), kinds=(*_NEW, ItemKind.EPISODE)).shelves
    )
    return sum(count for (count,) in counts)


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Episodes of one show that came together."""

    newest: int
    at: float
    oldest: float
    source: int
    show: str | None
    seasons: set[str | None] = field(default_factory=set)
    size: int = 0


def _newest(database: sqlite3.Connection, reach: Reach, limit: int) -> list[int]:
    if not reach.shelves:
        return []
    order = ", ".join(f"{column} DESC" for column in IN_ORDER)
    new = f"{in_order(reach, Sort.ADDED, [reach.oldest_copy])} ORDER BY {order} LIMIT ?"
    return [row for *_, row in database.execute(new, (limit,))]


def _new_episodes(database: sqlite3.Connection, reach: Reach, limit: int) -> list[tuple[float, Entry]]:
    batches = _batches(database, _newest(database, reach, _EPISODES))[:limit]
    entries = read_entries(database, [_whole(database, batch) for batch in batches], works=reach.joined)
    return [(batch.at, replace(entry, added=batch.size)) for batch, entry in zip(batches, entries, strict=True)]


def _batches(database: sqlite3.Connection, rows: list[int]) -> list[_Batch]:
    """Return the latest batch of each show, the newest first."""
    episodes = database.execute(
        """
        SELECT item.id, item.added_at, item.source, item.parent, item.grandparent, show.work
        FROM json_each(?) AS new CROSS JOIN item ON item.id = new.value
        LEFT JOIN item AS show ON show.source = item.source AND show.identity = item.grandparent
        ORDER BY new.key
        """,
        (json.dumps(rows),),
    )
    batches: dict[object, _Batch] = {}
    for row, added_at, source, season, show, work in episodes:
        at = added_at or 0.0
        batch = batches.setdefault(
            work or (source, show, None if show else row),
            _Batch(newest=row, at=at, oldest=at, source=source, show=show),
        )
        if batch.oldest - at <= _TOGETHER:
            batch.oldest = at
            batch.seasons.add(season)
            batch.size += 1
    return list(batches.values())


def _whole(database: sqlite3.Connection, batch: _Batch) -> int:
    """Return the row of what stands for all of a batch, as far as there is such an item."""
    if batch.size == 1:
        return batch.newest
    (identity,) = batch.seasons if len(batch.seasons) == 1 else (batch.show,)
    found = database.execute(
        "SELECT id FROM item WHERE source = ? AND identity = ?", (batch.source, identity)
    ).fetchone()
    return batch.newest if found is None else int(found[0])
