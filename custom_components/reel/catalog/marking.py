"""What did a user do with an item here? Kept at once, whoever else has to be told of it."""

import sqlite3
from typing import Final

from ..backends.item import ItemKind
from .database import transaction
from .writing import source_row

# An item and all that it holds: nothing is nested deeper than episodes in seasons in shows.
_BRANCH: Final = """
    SELECT :source AS source, :identity AS identity
    UNION SELECT source, identity FROM item WHERE source = :source AND parent = :identity
    UNION SELECT source, identity FROM item WHERE source = :source AND grandparent = :identity
"""
_LEAVES: Final = f"('{ItemKind.EPISODE}', '{ItemKind.TRACK}')"

_BEGIN: Final = f"""
    INSERT OR IGNORE INTO user_state (source, identity, watched, plays, position_ms, favorite)
    SELECT source, identity, 0, 0, 0, 0 FROM ({_BRANCH})
"""  # noqa: S608
# What was watched before was watched then, not now.
_MARK: Final = f"""
    UPDATE user_state SET
        plays = CASE WHEN :watched THEN max(plays, 1) ELSE 0 END,
        viewed_at = CASE WHEN :watched THEN :now END,
        watched = :watched,
        position_ms = 0,
        unwatched = CASE WHEN :watched THEN unwatched - unwatched END
    WHERE (source, identity) IN ({_BRANCH}) AND (watched IS NOT :watched OR position_ms > 0)
"""  # noqa: S608
# Of an item, of what it holds and of what holds it, all that hold something themselves.
_HOLDERS: Final = f"""
    SELECT identity FROM item WHERE source = :source AND kind NOT IN {_LEAVES} AND identity IN (
        SELECT identity FROM ({_BRANCH})
        UNION SELECT parent FROM item WHERE source = :source AND identity = :identity
        UNION SELECT grandparent FROM item WHERE source = :source AND identity = :identity
    ) AND EXISTS (
        SELECT 1 FROM item AS held
        WHERE held.source = :source AND (held.parent = item.identity OR held.grandparent = item.identity)
    )
"""  # noqa: S608
_COUNT: Final = f"""
    INSERT INTO user_state (source, identity, watched, plays, position_ms, favorite, unwatched)
    SELECT :source, :holder, count(*) = 0, 0, 0, 0, count(*)
    FROM item LEFT JOIN user_state AS state USING (source, identity)
    WHERE item.source = :source AND item.kind IN {_LEAVES} AND NOT coalesce(state.watched, 0)
    AND (item.parent = :holder OR item.grandparent = :holder)
    ON CONFLICT DO UPDATE SET watched = excluded.watched, unwatched = excluded.unwatched
"""  # noqa: S608


def branch(database: sqlite3.Connection, source: str, identity: str) -> list[str]:
    """Return an item and all that it holds."""
    values = {"source": source_row(database, source), "identity": identity}
    return [each for _, each in database.execute(_BRANCH, values)]


def mark_watched(database: sqlite3.Connection, source: str, identity: str, *, watched: bool, now: float) -> bool:
    """Note that an item, with all that it holds, was watched or was not; the counts of what holds it follow.

    Tells whether that is anything new.
    """
    values = {"source": source_row(database, source), "identity": identity, "watched": int(watched), "now": now}
    with transaction(database):
        database.execute(_BEGIN, values)
        is_new = database.execute(_MARK, values).rowcount > 0
        for (holder,) in database.execute(_HOLDERS, values).fetchall():
            database.execute(_COUNT, values | {"holder": holder})
    return is_new


def set_favorite(database: sqlite3.Connection, source: str, identity: str, *, favorite: bool) -> None:
    """Note that an item is among the favourites, or is not."""
    database.execute(
        """
        INSERT INTO user_state (source, identity, watched, plays, position_ms, favorite) VALUES (?, ?, 0, 0, 0, ?)
        ON CONFLICT DO UPDATE SET favorite = excluded.favorite
        """,
        (source_row(database, source), identity, int(favorite)),
    )
