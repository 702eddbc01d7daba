"""Which rows are on a page of a list? In any order, and however much there is, without counting or sorting it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
import sqlite3
from typing import Final

from ..backends.item import ItemKind
from .filters import EVERYTHING, Filters, watched
from .reach import LibraryKey, Reach, find_reach

type ItemKey = tuple[str, str]
"""The key of a source, and what that source calls its item."""


class Sort(StrEnum):
    """What a list is sorted by. What does not tell comes first, and last when descending."""

    TITLE = "title"
    ADDED = "added"
    YEAR = "year"
    AIRED = "aired"
    RATING = "rating"
    NUMBER = "number"
    """Season and episode, disc and track; for lists below a parent."""
    VIEWED = "viewed"
    """When it was played; only what was played is in such a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which items, in which order, from which on. None does not narrow.

    Lists of several sources show each work once, lists of one source show all that it has.
    """

    sources: tuple[str, ...] | None = None
    libraries: tuple[LibraryKey, ...] | None = None
    kinds: tuple[ItemKind, ...] | None = None
    parent: ItemKey | None = None
    """Whose children to list."""
    below: ItemKey | None = None
    """The same for children of children: episodes of a show, tracks of an artist."""
    filters: Filters = EVERYTHING
    sort: Sort | None = None
    """By number below a parent, by title elsewhere, unless told."""
    descending: bool = False
    start: int = 0
    limit: int = 50

    def __post_init__(self) -> None:
        if self.start < 0 or self.limit < 0:
            raise ValueError("A page begins somewhere, and holds something")


_COLUMN: Final = {
    Sort.TITLE: ("sort_key", "item_by_title"),
    Sort.ADDED: ("added_at", "item_by_addition"),
    Sort.YEAR: ("year", "item_by_year"),
    Sort.AIRED: ("aired", "item_by_date"),
    Sort.RATING: ("rating", "item_by_rating"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of `item` of a page."""

    total: int
    rows: list[int]
    works: bool = False


def find_rows(database: sqlite3.Connection, query: Query) -> Found:
    """Return the rows of a page."""
    if query.parent is not None:
        return _children(database, query, "parent", query.parent)
    if query.below is not None:
        return _children(database, query, "grandparent", query.below)
    reach = find_reach(database, query.sources, query.libraries, query.kinds)
    if not reach.shelves:
        return Found(0, [])
    return _viewed(database, query, reach) if query.sort is Sort.VIEWED else _shelved(database, query, reach)


def _children(database: sqlite3.Connection, query: Query, column: str, holder: ItemKey) -> Found:
    """List what an item holds. That is never so much that it could not be counted."""
    conditions = ["item.source = (SELECT id FROM source WHERE key = :source)", f"item.{column} = :holder"]
    if query.kinds is not None:
        conditions.append(f"item.kind IN ({', '.join(f"'{ItemKind(kind)}'" for kind in query.kinds)})")
    conditions.extend(query.filters.conditions(works=False))
    columns = (_COLUMN[query.sort][0],) if query.sort in _COLUMN else ("parent_number", "number")
    order = [f"item.{column}" for column in (*columns, "id")]
    rows = f"item WHERE {' AND '.join(conditions)}"
    page = _page(database, f"SELECT item.id FROM {rows}", query, order, holder)  # noqa: S608  # names of columns
    return Found(_count(database, rows, query, holder), page)


def _viewed(database: sqlite3.Connection, query: Query, reach: Reach) -> Found:
    """List what was played, by when."""
    conditions = [reach.condition, reach.last_viewed_copy, *query.filters.conditions(works=reach.joined)]
    played = f"""
        user_state INDEXED BY user_state_viewed
        CROSS JOIN item ON item.source = user_state.source AND item.identity = user_state.identity
        WHERE user_state.viewed_at IS NOT NULL AND {" AND ".join(conditions)}
    """
    order = ("user_state.viewed_at", "user_state.source", "user_state.identity")
    page = _page(database, f"SELECT item.id FROM {played}", query, order)  # noqa: S608  # numbers of rows
    return Found(_count(database, played, query), page, reach.joined)


def _shelved(database: sqlite3.Connection, query: Query, reach: Reach) -> Found:
    """List shelves as one: each is in order already, so they are merged, unless it is less to sort the few that do."""
    conditions = [reach.first_copy, *query.filters.conditions(works=reach.joined)]
    candidates = query.filters.candidates(reach)
    few = "" if candidates is None else _among(reach, candidates, conditions)
    total = _count(database, few, query) if few else _total(database, query, reach)
    if few and total * total <= reach.items * (query.start + query.limit):
        column, _ = _COLUMN.get(query.sort or Sort.TITLE, _COLUMN[Sort.TITLE])
        order = (f"item.{column}", "item.work", "item.id")
        return Found(total, _page(database, f"SELECT item.id FROM {few}", query, order), reach.joined)  # noqa: S608
    shelves = in_order(reach, query.sort or Sort.TITLE, conditions)
    return Found(total, _page(database, shelves, query, IN_ORDER), reach.joined)


# The columns of `in_order`: what is sorted by, and what keeps equal ones in place. The last one is the row.
IN_ORDER: Final = ("1", "2", "3")


def in_order(reach: Reach, sort: Sort, conditions: Sequence[str]) -> str:
    """Return what selects items that meet conditions; merging what each shelf has in order is all it takes to sort."""
    column, index = _COLUMN.get(sort, _COLUMN[Sort.TITLE])
    return " UNION ALL ".join(
        f"SELECT {column}, work, id FROM item INDEXED BY {index} "  # noqa: S608  # numbers of rows and names of kinds
        f"WHERE library = {shelf.library} AND kind = '{shelf.kind}' AND {' AND '.join(conditions)}"
        for shelf in reach.shelves
    )


def _among(reach: Reach, candidates: str, conditions: Sequence[str]) -> str:
    return f"""
        ({candidates}) AS candidate CROSS JOIN item ON item.id = candidate.id
        WHERE {" AND ".join((reach.condition, *conditions))}
    """


def _total(database: sqlite3.Connection, query: Query, reach: Reach) -> int:
    """Count by what is counted already, less what was watched if that is not wanted."""
    total = reach.items
    if reach.joined:
        total = sum(shelf.works for shelf in reach.shelves) if reach.whole else _works(database, reach)
    if query.filters.unwatched:
        total -= _watched(database, reach)
    return total


def _works(database: sqlite3.Connection, reach: Reach) -> int:
    """Count works in a part of all there is, which takes a look at every item: nothing says which copy is the first."""
    (works,) = database.execute(
        f"SELECT count(*) FROM item WHERE {reach.condition} AND {reach.first_copy}"  # noqa: S608  # numbers of rows
    ).fetchone()
    return int(works)


def _watched(database: sqlite3.Connection, reach: Reach) -> int:
    counted = "count(DISTINCT item.work)" if reach.joined else "count(*)"
    (number,) = database.execute(f"""
        SELECT {counted} FROM user_state INDEXED BY user_state_watched
        CROSS JOIN item ON item.source = user_state.source AND item.identity = user_state.identity
        WHERE user_state.watched AND {reach.condition} AND {watched(works=reach.joined)}
    """).fetchone()  # noqa: S608  # numbers of rows
    return int(number)


def _count(database: sqlite3.Connection, rows: str, query: Query, holder: ItemKey = ("", "")) -> int:
    (number,) = database.execute(f"SELECT count(*) FROM {rows}", _parameters(query, holder)).fetchone()  # noqa: S608
    return int(number)


def _page(
    database: sqlite3.Connection, rows: str, query: Query, order: Sequence[str], holder: ItemKey = ("", "")
) -> list[int]:
    """Return the last column of rows in an order, which ends with something that is unique."""
    direction = " DESC" if query.descending else ""
    by = ", ".join(f"{term}{direction}" for term in order)
    found = database.execute(f"{rows} ORDER BY {by} LIMIT :limit OFFSET :start", _parameters(query, holder))
    return [row[-1] for row in found]


def _parameters(query: Query, holder: ItemKey) -> dict[str, str | int | None]:
    page: dict[str, str | int | None] = {"start": query.start, "limit": query.limit}
    return page | {"source": holder[0], "holder": holder[1]} | query.filters.parameters
