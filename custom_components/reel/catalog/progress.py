"""How far is a source in step? What the last sync left to tell the next one, and where one was cut off."""

from collections.abc import Mapping
from dataclasses import dataclass
import sqlite3

from ..backends.item import ItemKind
from ..backends.model import Library
from .writing import source_row


@dataclass(frozen=True, slots=True)
class Mark:
    """What a look left to tell the next one, and when it was, in seconds since 1970."""

    mark: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the listing of one kind in a library stands."""

    start: int
    """With which item of the list it goes on."""
    finished: bool
    begun_at: float


def marks(database: sqlite3.Connection, source: str) -> dict[str, Mark]:
    """Return the marks of a source, by look."""
    found = database.execute(
        """
        SELECT look, mark, at FROM sync_mark JOIN source ON source.id = sync_mark.source WHERE source.key = ?
        """,
        (source,),
    )
    return {look: Mark(mark, at) for look, mark, at in found}


def put_mark(database: sqlite3.Connection, source: str, look: str, mark: str | None, at: float) -> None:
    """Keep what a look left to tell the next one."""
    row = (source_row(database, source), str(look), mark, at)
    database.execute("INSERT OR REPLACE INTO sync_mark VALUES (?, ?, ?, ?)", row)


def forget_mark(database: sqlite3.Connection, source: str, look: str) -> None:
    """Let go of what a look left, as if it had never been."""
    row = "(SELECT id FROM source WHERE key = ?)"
    database.execute(f"DELETE FROM sync_mark WHERE source = {row} AND look = ?", (source, str(look)))  # noqa: S608


def checkpoints(database: sqlite3.Connection, source: str) -> dict[tuple[str, ItemKind], Checkpoint]:
    """Return where the listings of a full sync stand, by library and kind; of one that was finished there are none."""
    found = database.execute(
        """
        SELECT library, kind, start, finished, begun_at FROM checkpoint JOIN source ON source.id = checkpoint.source
        WHERE source.key = ?
        """,
        (source,),
    )
    return {
        (library, ItemKind(kind)): Checkpoint(start, bool(finished), begun_at)
        for library, kind, start, finished, begun_at in found
    }


def save_checkpoint(
    database: sqlite3.Connection, source: str, library: str, kind: ItemKind, checkpoint: Checkpoint
) -> None:
    """Keep where a listing stands; within the transaction that keeps its items, neither is lost without the other."""
    row = (source_row(database, source), library, str(kind))
    stand = (checkpoint.start, int(checkpoint.finished), checkpoint.begun_at)
    database.execute("INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?)", (*row, *stand))


def clear_checkpoints(database: sqlite3.Connection, source: str) -> None:
    """Forget where listings stand, since all are finished or begin anew."""
    database.execute("DELETE FROM checkpoint WHERE source = (SELECT id FROM source WHERE key = ?)", (source,))


def counts(database: sqlite3.Connection, source: str) -> Mapping[tuple[str, ItemKind], int]:
    """Return how many items there are, by library and kind."""
    found = database.execute(
        """
        SELECT library.identity, tally.kind, tally.items FROM source
        CROSS JOIN library ON library.source = source.id CROSS JOIN tally ON tally.library = library.id
        WHERE source.key = ? AND tally.items > 0
        """,
        (source,),
    )
    return {(library, ItemKind(kind)): items for library, kind, items in found}


def known_libraries(database: sqlite3.Connection, source: str) -> tuple[Library, ...]:
    """Return the libraries of a source, in its order."""
    found = database.execute(
        """
        SELECT identity, name, kinds, stamp FROM library JOIN source ON source.id = library.source
        WHERE source.key = ? ORDER BY position, library.id
        """,
        (source,),
    )
    return tuple(
        [
            Library(identity, name, tuple([ItemKind(kind) for kind in kinds.split(",") if kind]), stamp)
            for identity, name, kinds, stamp in found
        ]
    )


def put_synced(database: sqlite3.Connection, source: str, library: str, at: float) -> None:
    """Note when a library was listed whole."""
    database.execute(
        "UPDATE library SET synced_at = ? WHERE source = (SELECT id FROM source WHERE key = ?) AND identity = ?",
        (at, source, library),
    )


def synced(database: sqlite3.Connection, source: str) -> dict[str, float]:
    """Return when each library was listed whole the last time; those that never were are not there."""
    found = database.execute(
        """
        SELECT identity, synced_at FROM library JOIN source ON source.id = library.source
        WHERE source.key = ? AND synced_at IS NOT NULL
        """,
        (source,),
    )
    return dict(found)
