"""What is noted of a play? How far it is, here, and what its server is to be told later if it is not told meanwhile."""

from dataclasses import dataclass
import json
import sqlite3

from .catalog import reports
from .catalog.database import transaction
from .catalog.marking import mark_watched
from .catalog.place import count_play, keep_place, viewed_at
from .catalog.reports import Subject
from .late_report import SLACK, LateReport, read, written


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """How far a play is."""

    source: str
    identity: str
    at: float
    place_ms: int | None = None
    """Where to go on, None for where one was before."""
    counts: bool = False
    """Whether it was watched to its end just now."""
    late: LateReport | None = None
    """What the server is to be told later; None for nothing."""


def write_note(database: sqlite3.Connection, note: Note) -> None:
    """Keep how far a play is."""
    with transaction(database):
        if note.counts:
            count_play(database, note.source, note.identity, note.at)
        elif note.place_ms is not None:
            keep_place(database, note.source, note.identity, note.place_ms, note.at)
        if note.late is not None:
            _put(database, note, note.late)


def _put(database: sqlite3.Connection, note: Note, late: LateReport) -> None:
    """Put what is to be told in place of what was; that an item was watched in an earlier play is told besides."""
    former = _waiting(database, note.source, note.identity)
    if former is not None and (before := read(former)).watched and before.play != late.play:
        reports.put(database, note.source, note.identity, Subject.WATCHED, json.dumps(obj=True), former.at)
    reports.put(database, note.source, note.identity, Subject.POSITION, written(late), note.at)


def waiting_place(database: sqlite3.Connection, source: str, identity: str) -> LateReport | None:
    """Return what a server is still to be told of a play."""
    found = _waiting(database, source, identity)
    return None if found is None else read(found)


def _waiting(database: sqlite3.Connection, source: str, identity: str) -> reports.Report | None:
    wanted = (identity, Subject.POSITION)
    return next((each for each in reports.pending(database, source) if (each.identity, each.subject) == wanted), None)


def settle(database: sqlite3.Connection, source: str, identity: str, until: float) -> bool:
    """Take note that a server knows where a play is; tell whether that had waited."""
    return reports.forget(database, source, identity, Subject.POSITION, until)


def insist_on_place(database: sqlite3.Connection, waiting: reports.Report) -> None:
    """Keep a place of which the server does not know, after it said what it believes, unless that is newer."""
    source, identity, late = waiting.source, waiting.identity, read(waiting)
    if viewed_at(database, source, identity) > waiting.at + SLACK:
        return
    if late.watched:
        mark_watched(database, source, identity, watched=True, now=waiting.at)
    else:
        keep_place(database, source, identity, late.report.position_ms, waiting.at)
