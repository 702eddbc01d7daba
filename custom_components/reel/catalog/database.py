"""How is the catalog's file opened? In the newest shape, and at once, however large it is."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
import sqlite3
from typing import Final

from .schema import MIGRATIONS

# What belongs to a file of SQLite while it is open, and after a process was killed.
COMPANIONS: Final = ("-wal", "-shm")
# How long to wait for another process that has the file, as a tool that looks into it might.
_BUSY: Final = 5.0
# Indexes are written all over the place: with the pages at hand, a full sync reads next to nothing. In kibibytes.
_WRITER_CACHE: Final = 16 * 1024
_READER_CACHE: Final = 8 * 1024
# In pages. Writing a page of a list touches the same pages of the file again and again: they go into it less often.
CHECKPOINT: Final = 4000
# To which the log shrinks after a checkpoint, in bytes.
_LOG: Final = 8 * 1024 * 1024
# After how many steps of SQLite to look whether it was cancelled: a few milliseconds.
_STEPS: Final = 1000


class NewerFileError(Exception):
    """The file was written by a newer version of Reel; it is left as it is."""


class DamagedFileError(Exception):
    """The file is no database, or not the one it was."""


def open_database(path: Path) -> sqlite3.Connection:
    """Return the database of a file, made if need be. The connection belongs to the calling thread.

    Raises `OSError` or `sqlite3.Error` where no file can be had at all, `NewerFileError`, and `DamagedFileError` where
    that shows at once: damage further inside is found by `verify`, or by whoever meets it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Memory is not mapped: a disk that fails to read would then end the whole process.
    database = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA foreign_keys = ON")
        database.execute(f"PRAGMA cache_size = -{_WRITER_CACHE}")
        database.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}")
        database.execute(f"PRAGMA journal_size_limit = {_LOG}")
        _migrate(database)
        _compare(database)
    except BaseException as error:
        database.close()
        if is_damage(error):
            raise DamagedFileError(path.name) from error
        raise
    return database


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read what `open_database` opened; it never waits for the one that writes."""
    reader = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", timeout=_BUSY, isolation_level=None, uri=True)
    try:
        reader.execute("PRAGMA query_only = ON")
        reader.execute(f"PRAGMA cache_size = -{_READER_CACHE}")
        # A connection that never read does not notice that there is no file.
        reader.execute("PRAGMA user_version").fetchone()
    except BaseException:
        reader.close()
        raise
    return reader


def verify(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> bool:
    """Tell whether a file is whole, by reading all of it; that takes a while, and may go on beside everything else.

    What was cancelled tells nothing, so it says yes.
    """
    try:
        with closing(open_reader(path)) as reader:
            reader.set_progress_handler(is_cancelled, _STEPS)
            return [tuple(row) for row in reader.execute("PRAGMA quick_check(1)")] == [("ok",)]
    except sqlite3.OperationalError:
        # Locked, cancelled, or out of reach: that says nothing about the file.
        return True
    except sqlite3.DatabaseError:
        return False


def is_damage(error: BaseException) -> bool:
    """Tell whether an error says that the file itself is damaged, rather than full, locked, or asked the wrong way."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what belongs to it, so that it can be looked at; returns where it is now."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    move(path, aside)
    return aside


def move(path: Path, place: Path) -> None:
    """Rename a file that nobody has open, with what was written last, which is beside it and nowhere else."""
    for suffix in ("", *COMPANIONS):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.replace(place.with_name(place.name + suffix))
        else:
            place.with_name(place.name + suffix).unlink(missing_ok=True)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Make all that is written inside happen, or nothing of it; inside another one it is a part of that."""
    is_part = database.in_transaction
    if is_part:
        yield
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        # A full disk has undone it already.
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _migrate(database: sqlite3.Connection) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise NewerFileError(version)
    for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
        with transaction(database):
            for statement in statements:
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {number}")


def _compare(database: sqlite3.Connection) -> None:
    """Make sure that everything is there which the migrations made."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        _migrate(new)
        if missing := _names(new) - _names(database):
            raise DamagedFileError(f"without {', '.join(sorted(missing))}")


def _names(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_schema")}
