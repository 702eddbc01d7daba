"""What is a server still to be told? What a user did while it could not be reached, each thing once."""

from dataclasses import dataclass
from enum import StrEnum
import sqlite3


class Subject(StrEnum):
    """What a report is about; the newest one of an item and subject counts."""

    WATCHED = "watched"
    FAVORITE = "favorite"
    POSITION = "position"
    """Where a play ended, of which the server does not know."""


@dataclass(frozen=True, slots=True)
class Report:
    """Something to be said to a server about an item; the newest about the same subject is the only one."""

    id: int
    source: str
    identity: str
    subject: str
    """What it is about, as `Subject` has it."""
    content: str
    """What to say about it, in the words of whoever says it."""
    at: float
    """When it happened, in seconds since 1970."""
    attempts: int


def put(database: sqlite3.Connection, source: str, identity: str, subject: str, content: str, at: float) -> None:
    """Put a report at the end of the queue, in place of an older one about the same."""
    # A new number, so that whoever is sending the older one does not take this for done.
    database.execute(
        """
        INSERT INTO report (id, source, identity, subject, content, at)
        VALUES ((SELECT coalesce(max(id), 0) + 1 FROM report), ?, ?, ?, ?, ?)
        ON CONFLICT (source, identity, subject) DO UPDATE SET
            id = excluded.id, content = excluded.content, at = excluded.at, attempts = 0
        WHERE excluded.at >= report.at
        """,
        (source, identity, subject, content, at),
    )


def pending(database: sqlite3.Connection, source: str) -> list[Report]:
    """Return what a source is still to be told, in the order it happened."""
    found = database.execute(
        "SELECT id, source, identity, subject, content, at, attempts FROM report WHERE source = ? ORDER BY at, id",
        (source,),
    )
    return [Report(*row) for row in found]


def done(database: sqlite3.Connection, report: int) -> None:
    """Take a report out of the queue, since it was told or never can be."""
    database.execute("DELETE FROM report WHERE id = ?", (report,))


def forget(database: sqlite3.Connection, source: str, identity: str, subject: str, until: float) -> bool:
    """Take what is to be said of an item out of the queue, unless it happened later; tell whether it was there."""
    told = database.execute(
        "DELETE FROM report WHERE source = ? AND identity = ? AND subject = ? AND at <= ?",
        (source, identity, subject, until),
    )
    return told.rowcount > 0


def failed(database: sqlite3.Connection, report: int) -> None:
    """Count an attempt that bore no fruit."""
    database.execute("UPDATE report SET attempts = attempts + 1 WHERE id = ?", (report,))
