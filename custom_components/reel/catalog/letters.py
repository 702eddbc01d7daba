"""Where in a long list does a letter begin? Told by the index alone, so that a list can be shown in parts."""

from dataclasses import dataclass
import sqlite3
from typing import Final

from ..backends.item import ItemKind

_FIRSTS: Final = """
    SELECT substr(item.sort_key, 1, 1), count(*) FROM item INDEXED BY item_by_title
    WHERE item.library = (
        SELECT library.id FROM library JOIN source ON source.id = library.source
        WHERE source.key = ? AND library.identity = ?
    ) AND item.kind = ?
    GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A stretch of a list by title whose titles begin alike; `first` is "" for what begins with no letter."""

    first: str
    start: int
    count: int


def letters(database: sqlite3.Connection, source: str, library: str, kind: ItemKind) -> list[Letter]:
    """Return the stretches of a list by title, in its order; together they are all of it."""
    found: list[Letter] = []
    start = 0
    for first, count in database.execute(_FIRSTS, (source, library, str(kind))):
        letter = first if first.isalpha() else ""
        if found and found[-1].first == letter:
            found[-1] = Letter(letter, found[-1].start, found[-1].count + count)
        else:
            found.append(Letter(letter, start, count))
        start += count
    return found
