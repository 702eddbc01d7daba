"""How far did a user get with an item? Kept while it plays, whoever else has to be told of it."""

import sqlite3

from .database import transaction
from .marking import mark_watched
from .writing import source_row


def keep_place(database: sqlite3.Connection, source: str, identity: str, position_ms: int, at: float) -> None:
    """Note where to go on with an item, and that this is what its user did last."""
    database.execute(
        """
        INSERT INTO user_state (source, identity, watched, plays, position_ms, viewed_at, favorite)
        VALUES (?, ?, 0, 0, ?, ?, 0)
        ON CONFLICT DO UPDATE SET position_ms = excluded.position_ms, viewed_at = excluded.viewed_at
        """,
        (source_row(database, source), identity, position_ms, at),
    )


def count_play(database: sqlite3.Connection, source: str, identity: str, at: float) -> None:
    """Note that an item was watched to its end once more; the counts of what holds it follow."""
    with transaction(database):
        row = source_row(database, source)
        found = database.execute(
            "SELECT plays FROM user_state WHERE source = ? AND identity = ?", (row, identity)
        ).fetchone()
        plays = 0 if found is None else found[0]
        mark_watched(database, source, identity, watched=True, now=at)
        database.execute(
            "UPDATE user_state SET plays = ?, viewed_at = ? WHERE source = ? AND identity = ?",
            (plays + 1, at, row, identity),
        )


def viewed_at(database: sqlite3.Connection, source: str, identity: str) -> float:
    """Return when an item was viewed last, as far as that is known; 0 for never."""
    found = database.execute(
        "SELECT viewed_at FROM user_state WHERE source = ? AND identity = ?", (source_row(database, source), identity)
    ).fetchone()
    return 0.0 if found is None or found[0] is None else found[0]
