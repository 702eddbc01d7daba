"""Home shows where one was, what comes next and what is new, over all sources, and each thing once."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import ItemKind, UserState
from custom_components.reel.catalog import home
from custom_components.reel.catalog.entry import Entry
from custom_components.reel.catalog.writing import put_items, put_states

from .house import ATTIC, DEN, film, imdb
from .stock import album, episode, series, slow_steps, stocked, titles

HOUR = 3_600_000


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an empty catalog of two sources."""
    with stocked(tmp_path) as opened:
        yield opened


def begun(at: float, position_ms: int = 60_000) -> UserState:
    """Return the state of something begun."""
    return UserState(position_ms=position_ms, viewed_at=at)


def seen(at: float) -> UserState:
    """Return the state of something watched."""
    return UserState(watched=True, plays=1, viewed_at=at)


def numbers(entries: list[Entry]) -> list[tuple[str | None, int | None, int | None]]:
    """Return which episodes of which shows entries are."""
    return [(entry.item.grandparent_title, entry.item.parent_number, entry.item.number) for entry in entries]


@pytest.mark.parametrize(
    ("state", "goes_on"),
    [
        (begun(1.0, 10_001), True),
        (begun(1.0, 10_000), False),
        (begun(1.0, HOUR * 95 // 100 - 1), True),
        (begun(1.0, HOUR * 95 // 100), False),
        (replace(begun(1.0), watched=True), False),
        (replace(begun(1.0), viewed_at=None), True),
        (UserState(), False),
        (seen(1.0), False),
    ],
)
def test_one_goes_on_with_what_was_begun_and_not_finished(
    catalog: sqlite3.Connection, state: UserState, *, goes_on: bool
) -> None:
    put_items(catalog, DEN, [film("1", duration_ms=HOUR, state=state)])
    assert (titles(home.continue_watching(catalog)) == ["The Third Man"]) is goes_on
    assert home.count_begun(catalog, DEN) == int(goes_on)
    assert home.count_begun(catalog, ATTIC) == 0


def test_without_a_length_nobody_knows_that_it_is_over(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1", state=begun(1.0, 9 * HOUR))])
    assert len(home.continue_watching(catalog)) == 1


def test_what_was_watched_last_comes_first_and_of_each_show_one_episode(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1", state=begun(2.0)), *series("40", "Dark", {1: 3})])
    put_items(catalog, ATTIC, [film("1", "Alien", state=begun(4.0))])
    put_states(catalog, DEN, {"401001": begun(1.0), "401003": begun(3.0)})
    found = home.continue_watching(catalog)
    assert titles(found) == ["Alien", "Episode 3", "The Third Man"]
    assert titles(home.continue_watching(catalog, (DEN,))) == ["Episode 3", "The Third Man"]
    assert titles(home.continue_watching(catalog, limit=1)) == ["Alien"]
    assert titles(home.continue_watching(catalog, libraries=((DEN, "2"),))) == ["Episode 3"]
    assert home.count_begun(catalog, DEN) == 2


def test_music_is_nothing_to_continue_watching(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, album("50", "Nena", "99 Luftballons", 1))
    put_states(catalog, DEN, {"501001": begun(1.0)})
    assert home.continue_watching(catalog) == []


def test_a_film_is_begun_where_it_was_seen_last(catalog: sqlite3.Connection) -> None:
    copy = film("1", ids=(imdb("tt1"),), duration_ms=HOUR)
    put_items(catalog, DEN, [replace(copy, state=begun(1.0))])
    put_items(catalog, ATTIC, [replace(copy, state=begun(2.0, 90_000))])
    (entry,) = home.continue_watching(catalog)
    assert (entry.source, entry.state.position_ms, entry.copies) == (ATTIC, 90_000, 2)
    # Somebody went on at the other one, and saw the end.
    put_states(catalog, DEN, {"1": seen(3.0)})
    assert home.continue_watching(catalog) == []
    assert len(home.continue_watching(catalog, (ATTIC,))) == 1


@pytest.mark.parametrize(
    ("states", "following"),
    [
        ({"401001": seen(1.0)}, (1, 2)),
        ({"401001": seen(1.0), "401002": seen(2.0)}, (1, 3)),
        ({"401003": seen(1.0)}, (2, 1)),
        # The one watched last counts, not the furthest.
        ({"401003": seen(1.0), "401001": seen(2.0)}, (1, 2)),
        # What was watched already is passed over.
        ({"401002": seen(1.0), "401003": seen(1.5), "401001": seen(2.0)}, (2, 1)),
        # Marked all at once.
        ({"401001": seen(1.0), "401003": seen(1.0), "401002": seen(1.0)}, (2, 1)),
        ({"400001": seen(1.0)}, (0, 2)),
        ({"400001": seen(1.0), "401001": seen(2.0)}, (1, 2)),
        ({"402002": seen(1.0)}, None),
        ({"400002": seen(1.0)}, None),
        # That stands in the other row already.
        ({"401001": seen(1.0), "401002": begun(2.0)}, None),
        ({"401001": begun(1.0)}, None),
        ({}, None),
    ],
)
def test_after_an_episode_comes_the_next_one(
    catalog: sqlite3.Connection, states: dict[str, UserState], following: tuple[int, int] | None
) -> None:
    put_items(catalog, DEN, series("40", "Dark", {0: 2, 1: 3, 2: 2}))
    put_states(catalog, DEN, states)
    assert numbers(home.next_up(catalog)) == ([] if following is None else [("Dark", *following)])


def test_the_show_watched_last_comes_first(catalog: sqlite3.Connection) -> None:
    put_items(
        catalog, DEN, [*series("40", "Dark", {1: 3}), *series("41", "Lost", {1: 3}), *series("42", "1899", {1: 3})]
    )
    put_items(catalog, ATTIC, series("40", "Fargo", {1: 3}))
    put_states(catalog, DEN, {"401001": seen(1.0), "411001": seen(3.0), "411002": seen(2.0), "421003": seen(9.0)})
    put_states(catalog, ATTIC, {"401001": seen(2.0)})
    assert numbers(home.next_up(catalog)) == [("Lost", 1, 3), ("Fargo", 1, 2), ("Dark", 1, 2)]
    assert numbers(home.next_up(catalog, (ATTIC,))) == [("Fargo", 1, 2)]
    assert numbers(home.next_up(catalog, limit=1)) == [("Lost", 1, 3)]
    assert numbers(home.next_up(catalog, libraries=((DEN, "2"),), limit=1)) == [("Lost", 1, 3)]
    assert home.next_up(catalog, libraries=((DEN, "1"),)) == []


def test_a_show_on_two_sources_goes_on_once_and_where_there_is_more(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, series("40", "Dark", {1: 2}, ids=(imdb("tt5753856"),)))
    put_items(catalog, ATTIC, series("77", "Dark", {1: 4}, ids=(imdb("tt5753856"),)))
    put_states(catalog, DEN, {"401001": seen(5.0)})
    put_states(catalog, ATTIC, {"771001": seen(1.0)})
    (entry,) = home.next_up(catalog)
    assert (entry.source, entry.item.number) == (DEN, 2)
    put_states(catalog, DEN, {"401002": seen(6.0)})
    (entry,) = home.next_up(catalog)
    assert (entry.source, entry.item.number) == (ATTIC, 3)


def test_episodes_that_came_together_are_one_entry(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, series("40", "Dark", {1: 3, 2: 3}))
    day = 86_400.0

    def added(season: int, number: int, at: float) -> None:
        put_items(catalog, DEN, [episode("40", "Dark", season, number, added_at=at)])

    def new() -> list[tuple[ItemKind, str, int]]:
        return [(entry.item.kind, entry.item.title, entry.added) for entry in home.recently_added(catalog)]

    added(1, 1, 10 * day)
    assert new()[0] == (ItemKind.EPISODE, "Episode 1", 1)
    added(1, 2, 10 * day + 60)
    added(1, 3, 10 * day + 120)
    assert new()[0] == (ItemKind.SEASON, "Season 1", 3)
    added(2, 1, 10.5 * day)
    assert new()[0] == (ItemKind.SHOW, "Dark", 4)
    # A week later, what came before is not new any more.
    added(2, 2, 17 * day)
    assert new()[0] == (ItemKind.EPISODE, "Episode 2", 1)
    assert len(new()) == 1


def test_the_newest_comes_first_and_albums_instead_of_tracks(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1", "Dune", added_at=5.0, ids=(imdb("tt1"),)), film("2", "Alien", added_at=9.0)])
    put_items(catalog, DEN, album("50", "Nena", "99 Luftballons", 3, added_at=7.0))
    put_items(catalog, ATTIC, [film("1", "Dune", added_at=6.0, ids=(imdb("tt1"),)), film("2", "Brazil", added_at=8.0)])
    assert titles(home.recently_added(catalog)) == ["Alien", "Brazil", "99 Luftballons", "Dune"]
    assert titles(home.recently_added(catalog, (ATTIC,))) == ["Brazil", "Dune"]
    assert titles(home.recently_added(catalog, limit=2)) == ["Alien", "Brazil"]
    assert titles(home.recently_added(catalog, libraries=((DEN, "3"),))) == ["99 Luftballons"]
    assert home.count_added_since(catalog, DEN, 6.0) == 2
    assert home.count_added_since(catalog, DEN, 5.0) == 3
    assert home.count_added_since(catalog, ATTIC, 9.0) == 0


def test_a_copy_of_something_old_is_nothing_new_whichever_source_was_read_first(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1", "Dune", added_at=9.0, ids=(imdb("tt1"),)), film("2", "Alien", added_at=8.0)])
    put_items(catalog, ATTIC, [film("1", "Dune", added_at=3.0, ids=(imdb("tt1"),)), film("3", "Brazil", added_at=4.0)])
    new = home.recently_added(catalog)
    assert [(entry.item.title, entry.source) for entry in new] == [("Alien", DEN), ("Brazil", ATTIC), ("Dune", ATTIC)]
    assert titles(home.recently_added(catalog, (DEN,))) == ["Dune", "Alien"]


def test_an_episode_whose_show_is_not_known_is_new_by_itself(catalog: sqlite3.Connection) -> None:
    orphans = [episode("40", "Dark", 1, number, added_at=5.0) for number in (1, 2)]
    put_items(catalog, DEN, [*orphans, replace(orphans[0], identity="9", parent=None, grandparent=None)])
    assert [(entry.item.title, entry.added) for entry in home.recently_added(catalog)] in (
        [("Episode 2", 2), ("Episode 1", 1)],
        [("Episode 1", 1), ("Episode 2", 2)],
    )


def test_an_empty_catalog_has_an_empty_home(catalog: sqlite3.Connection) -> None:
    for row in (home.continue_watching, home.next_up, home.recently_added):
        assert row(catalog) == []
        assert row(catalog, ("01JNOBODY",)) == []


def test_no_row_looks_at_everything(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1", state=begun(1.0), added_at=1.0), *series("40", "Dark", {1: 3}, added_at=1.0)])
    put_items(catalog, ATTIC, [film("1", state=begun(1.0), added_at=1.0), *series("40", "Dark", {1: 3})])
    put_states(catalog, DEN, {"401001": seen(2.0)})
    for row in (home.continue_watching, home.next_up, home.recently_added):
        assert slow_steps(catalog, partial(row, catalog)) <= {
            "SCAN user_state USING INDEX user_state_begun",
            "SCAN user_state USING INDEX user_state_viewed",
            "SEARCH user_state USING INDEX user_state_viewed (viewed_at>?)",
        }
