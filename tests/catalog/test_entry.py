"""A line of a list tells what an item is, how its user left it, and how often it is there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.catalog.entry import read_entries, work_states
from custom_components.reel.catalog.writing import put_items, put_states

from .house import ATTIC, DEN, film, imdb
from .stock import stocked


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a catalog of which both sources have the same film, as rows 1 and 3."""
    with stocked(tmp_path) as opened:
        put_items(opened, DEN, [film("1", ids=(imdb("tt41959"),)), film("2", "Alien")])
        put_items(opened, ATTIC, [film("1", ids=(imdb("tt41959"),))])
        yield opened


def test_entries_come_in_the_order_of_their_rows_without_those_that_are_gone(catalog: sqlite3.Connection) -> None:
    entries = read_entries(catalog, [3, 99, 2, 1], works=False)
    assert [(entry.source, entry.item.identity, entry.copies) for entry in entries] == [
        (ATTIC, "1", 2),
        (DEN, "2", 1),
        (DEN, "1", 2),
    ]


def test_an_item_comes_back_whole(catalog: sqlite3.Connection) -> None:
    (entry,) = read_entries(catalog, [1], works=False)
    assert entry.item == film("1", ids=(imdb("tt41959"),), state=UserState())


def test_the_copy_viewed_last_tells_of_a_work(catalog: sqlite3.Connection) -> None:
    watched = UserState(watched=True, plays=1, viewed_at=5.0)
    put_states(catalog, ATTIC, {"1": watched})
    put_states(catalog, DEN, {"1": UserState(position_ms=9, viewed_at=4.0, favorite=True)})
    assert work_states(catalog, [1, 2]) == {1: replace(watched, favorite=True)}
    (of_work,) = read_entries(catalog, [1], works=True)
    (of_copy,) = read_entries(catalog, [1], works=False)
    assert of_work.state == replace(watched, favorite=True)
    assert of_copy.state == of_work.item.state == UserState(position_ms=9, viewed_at=4.0, favorite=True)


def test_of_copies_never_viewed_one_that_is_marked_tells(catalog: sqlite3.Connection) -> None:
    put_states(catalog, DEN, {"1": UserState(favorite=True)})
    put_states(catalog, ATTIC, {"1": UserState(watched=True)})
    assert work_states(catalog, [1])[1] == UserState(watched=True, favorite=True)
