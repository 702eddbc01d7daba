"""How is the catalog's file opened? Whole, in the newest shape, and never at the price of the house."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
import sqlite3
from typing import Final

# Each statement list brings a file from the version of its index to the next. They are never changed, only added to.
MIGRATIONS: Final[Sequence[Sequence[str]]] = (
    (
        """
        CREATE TABLE connection_state (
            source TEXT PRIMARY KEY,
            state TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE discovery (
            account TEXT PRIMARY KEY,
            last REAL,
            last_emergency REAL,
            fruitless INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
    ),
)


class NewerFileError(Exception):
    """The file was written by a newer version of Reel; it is left as it is."""


def open_database(path: Path) -> sqlite3.Connection:
    """Return the database of a file, made if need be; a damaged file is set aside and a new one begun.

    The connection belongs to the calling thread. Raises `OSError` or `sqlite3.Error` where no file can be had at all,
    and `NewerFileError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            # A full disk or a locked file is not a damaged one.
            raise
    set_aside(path)
    return _open(path)


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what belongs to it, so that it can be looked at; returns where it is now."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return aside


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        _check(database)
        _migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)


def _migrate(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise NewerFileError(version)
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        with closing(database.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                for statement in statements:
                    cursor.execute(statement)
                cursor.execute(f"PRAGMA user_version = {number}")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
