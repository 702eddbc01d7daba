"""What is in a list, and what is known of one item?"""

from collections.abc import Collection
from dataclasses import dataclass
import sqlite3
from typing import Final

from ..backends.item import Detail
from .body import read_detail
from .entry import Entry, read_entries
from .filters import Filters
from .lists import ItemKey, Query, Sort, find_rows
from .reach import LibraryKey, find_reach

__all__ = [
    "Filters",
    "ItemKey",
    "LibraryKey",
    "Listing",
    "Query",
    "Sort",
    "copies",
    "detail",
    "genres",
    "item",
    "items",
]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of a list."""

    total: int
    """Of the whole list."""
    entries: tuple[Entry, ...]


def items(database: sqlite3.Connection, query: Query) -> Listing:
    """Return a page of a list."""
    found = find_rows(database, query)
    return Listing(found.total, tuple(read_entries(database, found.rows, works=found.works)))


def item(database: sqlite3.Connection, source: str, identity: str) -> Entry | None:
    """Return an item with its own state."""
    row = _row(database, source, identity)
    return None if row is None else next(iter(read_entries(database, [row], works=False)), None)


def copies(database: sqlite3.Connection, source: str, identity: str) -> list[Entry]:
    """Return all items that are the same as this one, with it, the sharpest first; each with its own state."""
    rows = database.execute(
        "SELECT copy.id FROM item AS copy WHERE copy.work = (SELECT work FROM item WHERE id = ?)",
        (_row(database, source, identity),),
    )
    return sorted(read_entries(database, [row for (row,) in rows], works=False), key=_sharpness, reverse=True)


def members(
    database: sqlite3.Connection, source: str, identity: str, *, start: int = 0, limit: int | None = None
) -> Listing:
    """Return what a collection or playlist holds, in its order, as far as it is known."""
    row = _row(database, source, identity)
    rows = database.execute(
        """
        SELECT held.id FROM member
        CROSS JOIN item AS list ON list.id = member.list
        CROSS JOIN item AS held ON held.source = list.source AND held.identity = member.identity
        WHERE member.list = ? ORDER BY member.position
        """,
        (row,),
    )
    found = [held for (held,) in rows]
    page = found[max(start, 0) :][: None if limit is None else max(limit, 0)]
    return Listing(len(found), tuple(read_entries(database, page, works=False)))


def detail(database: sqlite3.Connection, source: str, identity: str) -> tuple[Detail, float] | None:
    """Return what a look at an item told, and when that was."""
    row = _row(database, source, identity)
    found = database.execute("SELECT body, fetched_at FROM detail WHERE item = ?", (row,)).fetchone()
    return None if found is None else (read_detail(found[0]), found[1])


def genres(database: sqlite3.Connection, sources: Collection[str] | None = None) -> list[str]:
    """Return the genres of all items of these sources, by name."""
    names = [name for (name,) in database.execute(_GENRES)]
    if sources is None:
        return names
    libraries = find_reach(database, sources).libraries
    used = f"""
        SELECT 1 FROM genre CROSS JOIN item ON item.id = genre.item
        WHERE genre.name = ? AND item.library IN ({libraries}) LIMIT 1
    """  # noqa: S608  # numbers of rows
    return [name for name in names if database.execute(used, (name,)).fetchone()]


# From each name to the next one, since there are few names for many items.
_GENRES: Final = """
    WITH RECURSIVE known (name) AS (
        SELECT min(name) FROM genre
        UNION ALL
        SELECT (SELECT min(genre.name) FROM genre WHERE genre.name > known.name) FROM known WHERE known.name IS NOT NULL
    )
    SELECT name FROM known WHERE name IS NOT NULL
"""


def _row(database: sqlite3.Connection, source: str, identity: str) -> int | None:
    found = database.execute(
        "SELECT id FROM item WHERE source = (SELECT id FROM source WHERE key = ?) AND identity = ?", (source, identity)
    ).fetchone()
    return None if found is None else found[0]


def _sharpness(entry: Entry) -> tuple[int, int]:
    files = entry.item.files
    return max((file.height or 0 for file in files), default=0), max((file.bitrate or 0 for file in files), default=0)
