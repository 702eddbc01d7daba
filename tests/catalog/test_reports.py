"""What a server is still to be told is told once, the newest of it, in the order it happened."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.catalog import reports
from custom_components.reel.catalog.database import open_database

from .house import ATTIC, DEN


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a new catalog."""
    with closing(open_database(tmp_path / "reel.db")) as opened:
        yield opened


def told(database: sqlite3.Connection, source: str) -> list[tuple[str, str, str, int]]:
    """Return what a source is still to be told."""
    return [(each.identity, each.subject, each.content, each.attempts) for each in reports.pending(database, source)]


def test_reports_stand_in_the_order_they_happened(catalog: sqlite3.Connection) -> None:
    reports.put(catalog, DEN, "11", "watched", "true", 7.0)
    reports.put(catalog, DEN, "12", "watched", "true", 5.0)
    reports.put(catalog, DEN, "11", "favorite", "true", 6.0)
    reports.put(catalog, ATTIC, "11", "watched", "false", 1.0)
    assert told(catalog, DEN) == [
        ("12", "watched", "true", 0),
        ("11", "favorite", "true", 0),
        ("11", "watched", "true", 0),
    ]


def test_the_newest_about_the_same_is_the_only_one(catalog: sqlite3.Connection) -> None:
    reports.put(catalog, DEN, "11", "watched", "true", 5.0)
    reports.failed(catalog, reports.pending(catalog, DEN)[0].id)
    assert told(catalog, DEN) == [("11", "watched", "true", 1)]
    reports.put(catalog, DEN, "11", "watched", "false", 6.0)
    reports.put(catalog, DEN, "11", "watched", "true", 4.0)
    assert told(catalog, DEN) == [("11", "watched", "false", 0)]


def test_what_was_told_is_gone(catalog: sqlite3.Connection) -> None:
    reports.put(catalog, DEN, "11", "watched", "true", 5.0)
    reports.done(catalog, reports.pending(catalog, DEN)[0].id)
    assert told(catalog, DEN) == []


def test_what_is_being_told_while_something_newer_happens_does_not_count_for_that(catalog: sqlite3.Connection) -> None:
    reports.put(catalog, DEN, "11", "watched", "true", 5.0)
    (being_told,) = reports.pending(catalog, DEN)
    reports.put(catalog, DEN, "11", "watched", "false", 6.0)
    reports.done(catalog, being_told.id)
    assert told(catalog, DEN) == [("11", "watched", "false", 0)]
