"""What of a damaged file is nowhere else? What users did with local files, and what servers are still to be told."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
import sqlite3
from typing import Any, Final

from .database import DamagedFileError, move, open_database, open_reader, set_aside, transaction
from .writing import source_row

type _Row = tuple[Any, ...]

# All that reading garbage may end in.
_GARBAGE: Final = (sqlite3.Error, ValueError, OverflowError, MemoryError)
_REPORTS: Final = "SELECT source, identity, subject, content, at, attempts FROM report ORDER BY id"
_PUT_REPORT: Final = (
    "INSERT OR IGNORE INTO report (source, identity, subject, content, at, attempts) VALUES (?, ?, ?, ?, ?, ?)"
)
_STATES: Final = (
    "SELECT source, identity, watched, plays, position_ms, viewed_at, favorite, unwatched FROM user_state "
    "ORDER BY source, identity"
)
_PUT_STATE: Final = "INSERT OR IGNORE INTO user_state VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_CONNECTIONS: Final = "SELECT source, state FROM connection_state ORDER BY source"
_PUT_CONNECTION: Final = "INSERT OR IGNORE INTO connection_state VALUES (?, ?)"
_DISCOVERIES: Final = "SELECT account, last, last_emergency, fruitless FROM discovery ORDER BY account"
_PUT_DISCOVERY: Final = "INSERT OR IGNORE INTO discovery VALUES (?, ?, ?, ?)"


def open_or_rebuild(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Return the database of a file, and where the damaged one lies that it stands in for, if there was one.

    Raises what `open_database` raises, but for damage.
    """
    try:
        return open_database(path), None
    except DamagedFileError:
        return rebuild(path)


def rebuild(path: Path) -> tuple[sqlite3.Connection, Path]:
    """Set a damaged file aside and begin a new one with what can be saved; returns it, and where the damaged one is.

    Where that fails the damaged file stays where it was: nothing else holds what can be saved.
    """
    aside = set_aside(path)
    try:
        database = open_database(path)
        try:
            rescue(aside, database)
        except BaseException:
            database.close()
            raise
    except BaseException:
        move(aside, path)
        raise
    return database, aside


def rescue(damaged: Path, into: sqlite3.Connection) -> int:
    """Take what can be read and is nowhere else into a new file, and return how many reports and states that were.

    Whatever the damaged file holds, it never raises; what the new one cannot take does.
    """
    try:
        reader = open_reader(damaged)
    except sqlite3.Error:
        return 0
    with closing(reader):
        reader.text_factory = _decode
        _save(_readable(reader, _CONNECTIONS), into, _PUT_CONNECTION)
        _save(_readable(reader, _DISCOVERIES), into, _PUT_DISCOVERY)
        reports = _save(_readable(reader, _REPORTS), into, _PUT_REPORT)
        return reports + _save(_readable(reader, _STATES), into, _PUT_STATE, _place(reader, into))


def _decode(text: bytes) -> str:
    return text.decode(errors="replace")


def _readable(reader: sqlite3.Connection, question: str) -> Iterator[_Row]:
    """Yield the rows before the first damaged spot, and those behind the last one."""
    backwards = ", ".join(f"{column} DESC" for column in question.rpartition("ORDER BY ")[2].split(", "))
    for order in (question, f"{question.rpartition('ORDER BY ')[0]}ORDER BY {backwards}"):
        with suppress(*_GARBAGE):
            yield from reader.execute(order)
            return


def _place(reader: sqlite3.Connection, into: sqlite3.Connection) -> Callable[[_Row], _Row | None]:
    """Return what gives a state the number that its source has in the new file."""
    keys: dict[object, object] = dict(_readable(reader, "SELECT id, key FROM source ORDER BY id"))

    def placed(row: _Row) -> _Row | None:
        number, *rest = row
        key = keys.get(number)
        return (source_row(into, key), *rest) if isinstance(key, str) else None

    return placed


def _save(
    rows: Iterator[_Row],
    into: sqlite3.Connection,
    statement: str,
    change: Callable[[_Row], _Row | None] = lambda row: row,
) -> int:
    saved = 0
    with transaction(into):
        for row in rows:
            # A column takes nothing of another type: such a row is garbage.
            with suppress(sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError):
                changed = change(row)
                saved += into.execute(statement, changed).rowcount if changed is not None else 0
    return saved
