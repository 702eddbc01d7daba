"""A place is kept beside all else that a user did, and a play that came to its end is counted."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.catalog import home, query
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.place import count_play, keep_place, viewed_at
from custom_components.reel.catalog.writing import put_items, put_libraries, put_states

from .house import ATTIC, DEN, MOVIES, film, tmdb

NOW = 1_795_000_000.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_database(tmp_path / "reel.db")) as opened:
        for source in DEN, ATTIC:
            put_libraries(opened, source, [MOVIES])
            put_items(opened, source, [film("1", ids=(tmdb("1092"),), duration_ms=6_240_000)])
        yield opened


def state(database: sqlite3.Connection, source: str = DEN) -> UserState:
    found = query.item(database, source, "1")
    assert found is not None
    return found.state


def test_a_place_is_kept_and_begins_a_row(database: sqlite3.Connection) -> None:
    keep_place(database, DEN, "1", 600_000, NOW)
    assert state(database) == UserState(position_ms=600_000, viewed_at=NOW)
    assert state(database, ATTIC) == UserState()
    (begun,) = home.continue_watching(database)
    assert (begun.source, begun.state.position_ms) == (DEN, 600_000)
    assert (viewed_at(database, DEN, "1"), viewed_at(database, ATTIC, "1")) == (NOW, 0.0)


def test_a_place_leaves_all_else_as_it_is(database: sqlite3.Connection) -> None:
    before = UserState(watched=True, plays=3, position_ms=0, viewed_at=NOW - 1000, favorite=True)
    put_states(database, DEN, {"1": before})
    keep_place(database, DEN, "1", 600_000, NOW)
    assert state(database) == UserState(watched=True, plays=3, position_ms=600_000, viewed_at=NOW, favorite=True)


def test_a_play_that_ends_is_counted_and_ends_its_place(database: sqlite3.Connection) -> None:
    keep_place(database, DEN, "1", 600_000, NOW)
    for number in 1, 2:
        count_play(database, DEN, "1", NOW + number)
        assert state(database) == UserState(watched=True, plays=number, viewed_at=NOW + number)
    assert home.continue_watching(database) == []


def test_what_the_catalog_does_not_know_is_kept_for_when_it_does(database: sqlite3.Connection) -> None:
    keep_place(database, DEN, "2", 600_000, NOW)
    count_play(database, DEN, "3", NOW)
    put_items(database, DEN, [film("2"), film("3")])
    found = [query.item(database, DEN, each) for each in ("2", "3")]
    assert [each and (each.state.position_ms, each.state.plays) for each in found] == [(600_000, 0), (0, 1)]
