"""What was found out of files, and of which nothing yet? A folder's lists tell names; the rest takes a look inside."""

from collections.abc import Iterator
from itertools import batched
import json
import sqlite3
from typing import Final

from ..backends.item import PLAYABLE, File
from .entry import Entry, read_entries

_PLAYABLE: Final = json.dumps(sorted(PLAYABLE))
_PAGE: Final = 500


def known_files(database: sqlite3.Connection, source: str) -> dict[str, File]:
    """Return every file of a source that was looked into, by its identity."""
    entries = (entry for page in _pages(database, source) for entry in page)
    return {file.identity: file for entry in entries for file in entry.item.files if _is_known(file)}


def unexamined(database: sqlite3.Connection, source: str) -> list[str]:
    """Return the items of a source with files that were not looked into."""
    entries = (entry for page in _pages(database, source) for entry in page)
    return [entry.item.identity for entry in entries if not all(map(_is_known, entry.item.files))]


def _pages(database: sqlite3.Connection, source: str) -> Iterator[list[Entry]]:
    rows = database.execute(
        """
        SELECT item.id FROM item JOIN source ON source.id = item.source
        WHERE source.key = ? AND item.kind IN (SELECT value FROM json_each(?))
        """,
        (source, _PLAYABLE),
    ).fetchall()
    for page in batched(rows, _PAGE, strict=False):
        yield read_entries(database, [row for (row,) in page], works=False)


def _is_known(file: File) -> bool:
    return file.duration_ms is not None
