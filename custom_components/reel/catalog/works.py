"""Which items are one and the same film or show? Those of one kind that share what others call it, over all sources."""

from collections.abc import Iterable
import json
import sqlite3
from typing import Final

# The works of items, each with one that shares an external id with it. The first that has the id stands for all; where
# that is one of the items itself, it is joined with the first of the others: those are one work by now.
_HOLDER: Final = """
    FROM external_id AS same CROSS JOIN item AS other ON other.id = same.item
    WHERE same.provider = mine.provider AND same.value = mine.value AND other.kind = item.kind
"""
_RELATED: Final = f"""
    SELECT DISTINCT item.work, CASE (SELECT same.item {_HOLDER} ORDER BY same.item LIMIT 1)
        WHEN item.id
        THEN (SELECT other.work {_HOLDER} AND other.id NOT IN (SELECT value FROM json_each(:items)) LIMIT 1)
        ELSE (SELECT other.work {_HOLDER} ORDER BY same.item LIMIT 1)
    END AS related
    FROM json_each(:items) AS given
    CROSS JOIN item ON item.id = given.value
    CROSS JOIN external_id AS mine ON mine.item = item.id
    WHERE related != item.work
"""  # noqa: S608  # all our own


def join(database: sqlite3.Connection, items: Iterable[int]) -> None:
    """Make these items one work with whatever shares an external id with them."""
    leaders = _Leaders()
    for one, another in database.execute(_RELATED, {"items": json.dumps(list(items))}):
        leaders.unite(one, another)
    database.executemany("UPDATE item SET work = ? WHERE work = ?", leaders.moves())


def members(database: sqlite3.Connection, items: Iterable[int]) -> set[int]:
    """Return all that belongs to the works of these items, but for those that are works of their own."""
    found = database.execute(
        """
        SELECT item.id, other.id FROM json_each(?) AS given
        CROSS JOIN item ON item.id = given.value
        CROSS JOIN item AS other ON other.work = item.work
        WHERE other.id != item.id
        """,
        (json.dumps(list(items)),),
    )
    return {item for pair in found for item in pair}


def part(database: sqlite3.Connection, items: Iterable[int]) -> None:
    """Let all members of some works be works of their own, until they are joined again."""
    database.executemany("UPDATE item SET work = id WHERE id = ?", [(item,) for item in items])


class _Leaders:
    """Sets of works that become one, each led by its oldest."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def unite(self, one: int, another: int) -> None:
        first, second = sorted((self._leader(one), self._leader(another)))
        if first != second:
            self._above[second] = first

    def _leader(self, work: int) -> int:
        while work in self._above:
            work = self._above[work]
        return work

    def moves(self) -> list[tuple[int, int]]:
        """Return the new work of every work that is led by another."""
        return [(self._leader(work), work) for work in self._above]
