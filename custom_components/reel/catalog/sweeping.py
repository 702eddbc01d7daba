"""What is gone? Items that a complete listing did not show; a great many of them only when a second one agrees."""

from collections.abc import Collection, Iterable
import json
import sqlite3

from .database import transaction


class SweepLostError(sqlite3.OperationalError):
    """What was seen so far is forgotten, as after a restart: nothing can be said about what is missing."""


def begin_sweep(database: sqlite3.Connection, source: str) -> None:
    """Begin to take note of what a source still has; a sweep that was under way is forgotten.

    It lasts as long as the connection: in a table that SQLite keeps in a file when it grows, so memory stays flat.
    """
    database.execute("CREATE TEMP TABLE IF NOT EXISTS sweep (source TEXT PRIMARY KEY) STRICT, WITHOUT ROWID")
    database.execute(
        "CREATE TEMP TABLE IF NOT EXISTS seen (source TEXT, identity TEXT, PRIMARY KEY (source, identity)) "
        "STRICT, WITHOUT ROWID"
    )
    end_sweep(database, source)
    database.execute("INSERT INTO temp.sweep VALUES (?)", (source,))


def end_sweep(database: sqlite3.Connection, source: str) -> None:
    """Forget what was seen of a source."""
    if _has_sweeps(database):
        with transaction(database):
            database.execute("DELETE FROM temp.seen WHERE source = ?", (source,))
            database.execute("DELETE FROM temp.sweep WHERE source = ?", (source,))


def note_seen(database: sqlite3.Connection, source: str, identities: Iterable[str]) -> int:
    """Take note that a source still has these, and return how many were not noted before; raises `SweepLostError`."""
    _demand_sweep(database, source)
    with transaction(database):
        return database.executemany(
            "INSERT OR IGNORE INTO temp.seen VALUES (?, ?)", [(source, identity) for identity in identities]
        ).rowcount


def missing(database: sqlite3.Connection, source: str, library: str, kind: str) -> list[str]:
    """Return what we have of one kind in a library and nobody saw; raises `SweepLostError`."""
    _demand_sweep(database, source)
    found = database.execute(
        """
        SELECT item.identity FROM source
        CROSS JOIN library ON library.source = source.id
        CROSS JOIN item ON item.library = library.id
        WHERE source.key = :source AND library.identity = :library AND item.kind = :kind
        AND NOT EXISTS (SELECT 1 FROM temp.seen WHERE seen.source = :source AND seen.identity = item.identity)
        """,
        {"source": source, "library": library, "kind": str(kind)},
    )
    return [identity for (identity,) in found]


def strangers(
    database: sqlite3.Connection, source: str, library: str, kind: str, identities: Collection[str]
) -> list[str]:
    """Return which of these we do not have in this list."""
    found = database.execute(
        """
        SELECT value FROM json_each(:identities) AS given WHERE NOT EXISTS (
            SELECT 1 FROM source
            CROSS JOIN item ON item.source = source.id AND item.identity = given.value
            CROSS JOIN library ON library.id = item.library
            WHERE source.key = :source AND library.identity = :library AND item.kind = :kind
        )
        """,
        {"source": source, "library": library, "kind": str(kind), "identities": json.dumps(list(identities))},
    )
    return [identity for (identity,) in found]


def _demand_sweep(database: sqlite3.Connection, source: str) -> None:
    asked = "SELECT 1 FROM temp.sweep WHERE source = ?"
    if not _has_sweeps(database) or not database.execute(asked, (source,)).fetchone():
        raise SweepLostError(source)


def _has_sweeps(database: sqlite3.Connection) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_temp_schema WHERE name = 'seen'").fetchone())


def hold(database: sqlite3.Connection, source: str, identities: Collection[str], now: float) -> None:
    """Keep items that seem to be gone until a second sync agrees."""
    with transaction(database):
        database.execute(
            """
            INSERT OR IGNORE INTO held
            SELECT item.id, :now FROM source CROSS JOIN item ON item.source = source.id
            WHERE source.key = :source AND item.identity IN (SELECT value FROM json_each(:identities))
            """,
            {"source": source, "identities": json.dumps(list(identities)), "now": now},
        )


def held(database: sqlite3.Connection, source: str) -> set[str]:
    """Return the items that seem to be gone, by a sync that nobody confirmed yet."""
    found = database.execute(
        """
        SELECT item.identity FROM held CROSS JOIN item ON item.id = held.item
        CROSS JOIN source ON source.id = item.source WHERE source.key = ?
        """,
        (source,),
    )
    return {identity for (identity,) in found}


def release(database: sqlite3.Connection, source: str, identities: Collection[str]) -> None:
    """Let items be as all others again, since they were seen."""
    with transaction(database):
        database.execute(
            """
            DELETE FROM held WHERE item IN (
                SELECT item.id FROM source CROSS JOIN item ON item.source = source.id
                WHERE source.key = ? AND item.identity IN (SELECT value FROM json_each(?))
            )
            """,
            (source, json.dumps(list(identities))),
        )
