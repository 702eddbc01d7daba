"""Only what a whole listing did not show is missing, and each source is swept for itself."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.sweeping import (
    SweepLostError,
    begin_sweep,
    end_sweep,
    held,
    hold,
    missing,
    note_seen,
    release,
    strangers,
)
from custom_components.reel.catalog.writing import put_items, put_libraries, remove_items

from .house import ATTIC, DEN, MOVIES, SHOWS, film


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a catalog of two servers that number their films alike."""
    with closing(open_database(tmp_path / "reel.db")) as opened:
        for source in (DEN, ATTIC):
            put_libraries(opened, source, [MOVIES, SHOWS])
            put_items(opened, source, [film(str(number)) for number in range(5)])
        yield opened


def test_what_was_not_seen_is_missing(catalog: sqlite3.Connection) -> None:
    begin_sweep(catalog, DEN)
    note_seen(catalog, DEN, ["0", "1"])
    note_seen(catalog, DEN, ["1", "3", "unknown"])
    assert missing(catalog, DEN, "1", ItemKind.MOVIE) == ["2", "4"]
    assert missing(catalog, DEN, "2", ItemKind.MOVIE) == []
    assert missing(catalog, DEN, "1", ItemKind.SHOW) == []


def test_what_was_seen_before_counts_once(catalog: sqlite3.Connection) -> None:
    begin_sweep(catalog, DEN)
    assert note_seen(catalog, DEN, ["0", "1"]) == 2
    assert note_seen(catalog, DEN, ["1", "2", "2"]) == 1
    assert note_seen(catalog, DEN, []) == 0


def test_strangers_are_those_that_are_not_in_the_list(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("9", library="2")])
    assert strangers(catalog, DEN, "1", ItemKind.MOVIE, ["0", "7", "9"]) == ["7", "9"]
    assert strangers(catalog, DEN, "2", ItemKind.MOVIE, ["0", "9"]) == ["0"]
    assert strangers(catalog, DEN, "1", ItemKind.SHOW, ["0"]) == ["0"]


def test_two_sources_are_swept_at_the_same_time(catalog: sqlite3.Connection) -> None:
    begin_sweep(catalog, DEN)
    note_seen(catalog, DEN, ["0", "1", "2", "3"])
    begin_sweep(catalog, ATTIC)
    note_seen(catalog, ATTIC, ["4"])
    assert missing(catalog, DEN, "1", ItemKind.MOVIE) == ["4"]
    assert missing(catalog, ATTIC, "1", ItemKind.MOVIE) == ["0", "1", "2", "3"]


def test_an_item_that_was_seen_in_another_library_is_not_missing(catalog: sqlite3.Connection) -> None:
    begin_sweep(catalog, DEN)
    note_seen(catalog, DEN, ["0", "1", "2", "3", "4"])
    put_items(catalog, DEN, [film("4", library="2")])
    assert missing(catalog, DEN, "1", ItemKind.MOVIE) == missing(catalog, DEN, "2", ItemKind.MOVIE) == []


def test_a_new_sweep_knows_nothing_of_the_former(catalog: sqlite3.Connection) -> None:
    begin_sweep(catalog, DEN)
    note_seen(catalog, DEN, ["0", "1", "2", "3"])
    begin_sweep(catalog, DEN)
    note_seen(catalog, DEN, ["4"])
    assert missing(catalog, DEN, "1", ItemKind.MOVIE) == ["0", "1", "2", "3"]


def test_nothing_is_missing_where_nobody_looked(tmp_path: Path, catalog: sqlite3.Connection) -> None:
    with pytest.raises(SweepLostError):
        missing(catalog, DEN, "1", ItemKind.MOVIE)
    begin_sweep(catalog, ATTIC)
    with pytest.raises(SweepLostError):
        note_seen(catalog, DEN, ["0"])
    begin_sweep(catalog, DEN)
    end_sweep(catalog, DEN)
    with pytest.raises(SweepLostError):
        missing(catalog, DEN, "1", ItemKind.MOVIE)
    # As after a restart.
    with closing(open_database(tmp_path / "reel.db")) as again:
        end_sweep(again, ATTIC)
        with pytest.raises(SweepLostError):
            missing(again, ATTIC, "1", ItemKind.MOVIE)


def test_what_is_held_stays_so_until_it_is_seen_or_goes(catalog: sqlite3.Connection) -> None:
    hold(catalog, DEN, ["1", "2", "3", "unknown"], now=5.0)
    hold(catalog, DEN, ["1"], now=9.0)
    assert held(catalog, DEN) == {"1", "2", "3"}
    assert held(catalog, ATTIC) == set()
    assert catalog.execute("SELECT DISTINCT since FROM held").fetchall() == [(5.0,)]
    release(catalog, DEN, ["2"])
    release(catalog, ATTIC, ["1"])
    remove_items(catalog, DEN, ["3"], keep_states=False)
    assert held(catalog, DEN) == {"1"}
