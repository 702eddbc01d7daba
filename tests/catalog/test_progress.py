"""What a sync left is there for the next one, by source."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.listing import Look
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.progress import (
    Checkpoint,
    Mark,
    checkpoints,
    clear_checkpoints,
    counts,
    known_libraries,
    marks,
    put_mark,
    put_synced,
    save_checkpoint,
    synced,
)
from custom_components.reel.catalog.writing import put_items, put_libraries, remove_items

from .house import ATTIC, DEN, MOVIES, SHOWS, film


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a catalog of two sources."""
    with closing(open_database(tmp_path / "reel.db")) as opened:
        for source in (DEN, ATTIC):
            put_libraries(opened, source, [MOVIES, SHOWS])
        yield opened


def test_marks_are_kept_by_source_and_look(catalog: sqlite3.Connection) -> None:
    put_mark(catalog, DEN, Look.CONTENT, "17", 5.0)
    put_mark(catalog, DEN, Look.CONTENT, "18", 6.0)
    put_mark(catalog, DEN, "full", None, 7.0)
    put_mark(catalog, ATTIC, Look.STATES, "3", 8.0)
    put_mark(catalog, "a new one", Look.STATES, "4", 9.0)
    assert marks(catalog, DEN) == {Look.CONTENT: Mark("18", 6.0), "full": Mark(None, 7.0)}
    assert marks(catalog, "a new one") == {"states": Mark("4", 9.0)}
    assert marks(catalog, "none such") == {}


def test_a_listing_goes_on_where_it_was_cut_off(catalog: sqlite3.Connection) -> None:
    save_checkpoint(catalog, DEN, "1", ItemKind.MOVIE, Checkpoint(500, finished=False, begun_at=5.0))
    save_checkpoint(catalog, DEN, "1", ItemKind.MOVIE, Checkpoint(1000, finished=True, begun_at=5.0))
    save_checkpoint(catalog, DEN, "2", ItemKind.SHOW, Checkpoint(500, finished=False, begun_at=6.0))
    save_checkpoint(catalog, ATTIC, "2", ItemKind.SHOW, Checkpoint(0, finished=False, begun_at=7.0))
    assert checkpoints(catalog, DEN) == {
        ("1", ItemKind.MOVIE): Checkpoint(1000, finished=True, begun_at=5.0),
        ("2", ItemKind.SHOW): Checkpoint(500, finished=False, begun_at=6.0),
    }
    clear_checkpoints(catalog, DEN)
    assert (len(checkpoints(catalog, DEN)), len(checkpoints(catalog, ATTIC))) == (0, 1)


def test_items_are_counted_by_library_and_kind(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1"), film("2"), film("3", kind=ItemKind.SHOW, library="2")])
    put_items(catalog, ATTIC, [film("1")])
    remove_items(catalog, DEN, ["3"], keep_states=False)
    assert counts(catalog, DEN) == {("1", ItemKind.MOVIE): 2}
    assert counts(catalog, "none such") == {}


def test_libraries_of_a_source_nobody_knows_are_none(catalog: sqlite3.Connection) -> None:
    assert known_libraries(catalog, DEN) == (MOVIES, SHOWS)
    assert known_libraries(catalog, "none such") == ()


def test_it_is_known_when_a_library_was_listed_whole(catalog: sqlite3.Connection) -> None:
    put_synced(catalog, DEN, "2", 5.0)
    put_synced(catalog, DEN, "none such", 5.0)
    assert (synced(catalog, DEN), synced(catalog, ATTIC)) == ({"2": 5.0}, {})
