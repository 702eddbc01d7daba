"""A page of any list is read from an index that has it in order, and lists of several sources show each work once."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import Chapter, Detail, File, Item, ItemKind, UserState
from custom_components.reel.catalog import query
from custom_components.reel.catalog.query import Filters, Query, Sort, items
from custom_components.reel.catalog.writing import put_detail, put_items, put_libraries, put_members, put_states

from .house import ATTIC, DEN, MOVIES, film, imdb
from .stock import album, series, slow_steps, stocked, titles

FILMS = (ItemKind.MOVIE,)
WATCHED = UserState(watched=True, plays=1, viewed_at=100.0)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an empty catalog of two sources."""
    with stocked(tmp_path) as opened:
        yield opened


@pytest.fixture
def shared(catalog: sqlite3.Connection) -> sqlite3.Connection:
    """Return a catalog of which both sources have Dune."""
    put_items(catalog, DEN, [film("1", "Dune", ids=(imdb("tt1"),), year=2021), film("2", "Alien", year=1979)])
    put_items(catalog, ATTIC, [film("1", "Zodiac", year=2007), film("2", "Dune", ids=(imdb("tt1"),), year=2021)])
    return catalog


def shown(database: sqlite3.Connection, wanted: Query) -> list[str]:
    """Return the titles of a page, and make sure that the total is that of all pages."""
    listing = items(database, wanted)
    everything = items(database, replace(wanted, start=0, limit=1000))
    assert listing.total == len(everything.entries)
    return titles(listing.entries)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (Sort.TITLE, ["Alien", "Brazil", "Chinatown", "Dune"]),
        (Sort.ADDED, ["Dune", "Chinatown", "Brazil", "Alien"]),
        (Sort.YEAR, ["Chinatown", "Alien", "Brazil", "Dune"]),
        (Sort.AIRED, ["Brazil", "Dune", "Chinatown", "Alien"]),
        (Sort.RATING, ["Brazil", "Alien", "Dune", "Chinatown"]),
    ],
)
@pytest.mark.parametrize("sources", [None, (DEN,)])
def test_a_list_is_in_any_order_both_ways(
    catalog: sqlite3.Connection, sort: Sort, order: list[str], sources: tuple[str, ...] | None
) -> None:
    films = [
        film("1", "Dune", added_at=1.0, year=2021, aired="2021-09-15", rating=8.0),
        film("2", "Alien", added_at=4.0, year=1979, aired="2022-05-25", rating=7.5),
        film("3", "Chinatown", added_at=2.0, year=1974, aired="2021-10-20", rating=8.5),
        film("4", "Brazil", added_at=3.0, year=1985, aired=None, rating=None),
    ]
    put_items(catalog, DEN, films)
    wanted = Query(sources=sources, kinds=FILMS, sort=sort)
    assert shown(catalog, wanted) == order
    assert shown(catalog, replace(wanted, descending=True)) == order[::-1]
    assert shown(catalog, replace(wanted, start=1, limit=2)) == order[1:3]


def test_pages_of_equal_titles_neither_repeat_nor_leave_out_any(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film(str(number), "Dune") for number in range(40)])
    put_items(catalog, ATTIC, [film(str(number), "Dune") for number in range(40)])
    pages = [items(catalog, Query(kinds=FILMS, start=start, limit=7)).entries for start in range(0, 84, 7)]
    assert len({(entry.source, entry.item.identity) for page in pages for entry in page}) == 80


def test_a_list_of_all_sources_shows_a_film_once_and_how_often_there_is(shared: sqlite3.Connection) -> None:
    listing = items(shared, Query(kinds=FILMS))
    assert [(entry.item.title, entry.copies) for entry in listing.entries] == [("Alien", 1), ("Dune", 2), ("Zodiac", 1)]
    assert listing.total == 3


def test_a_list_of_one_source_shows_all_that_it_has(shared: sqlite3.Connection) -> None:
    put_items(shared, DEN, [film("3", "Dune", ids=(imdb("tt1"),))])
    assert shown(shared, Query(sources=(DEN,))) == ["Alien", "Dune", "Dune"]
    assert shown(shared, Query(libraries=((ATTIC, "1"),))) == ["Dune", "Zodiac"]
    assert shown(shared, Query()) == ["Alien", "Dune", "Zodiac"]


def test_some_of_the_sources_show_a_film_once_though_its_first_copy_is_elsewhere(shared: sqlite3.Connection) -> None:
    cellar = "01JCELLAR"
    put_libraries(shared, cellar, [MOVIES])
    put_items(shared, cellar, [film("1", "Dune", ids=(imdb("tt1"),)), film("2", "Brazil")])
    assert shown(shared, Query(sources=(ATTIC, cellar))) == ["Brazil", "Dune", "Zodiac"]
    assert {entry.source for entry in items(shared, Query(sources=(ATTIC, cellar))).entries} == {ATTIC, cellar}


def test_libraries_of_equal_names_of_two_sources_are_told_apart(shared: sqlite3.Connection) -> None:
    assert shown(shared, Query(libraries=((DEN, "1"),))) == ["Alien", "Dune"]
    assert shown(shared, Query(libraries=((DEN, "3"),))) == []
    assert shown(shared, Query(sources=("01JNOBODY",))) == []


def test_what_an_item_holds_comes_in_the_order_of_numbers(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, series("40", "Dark", {2: 3, 0: 1, 1: 11}))
    assert shown(catalog, Query(parent=(DEN, "40"))) == ["Season 0", "Season 1", "Season 2"]
    assert shown(catalog, Query(parent=(DEN, "401"), start=8)) == ["Episode 9", "Episode 10", "Episode 11"]
    below = items(catalog, Query(below=(DEN, "40"), kinds=(ItemKind.EPISODE,))).entries
    numbers = [(entry.item.parent_number or 0, entry.item.number or 0) for entry in below]
    assert numbers == sorted(numbers)
    assert len(numbers) == 15
    assert shown(catalog, Query(parent=(ATTIC, "40"))) == []


def test_what_an_item_holds_may_be_sorted_otherwise(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, album("50", "Nena", "99 Luftballons", 3))
    wanted = Query(below=(DEN, "50"), sort=Sort.TITLE, descending=True)
    assert shown(catalog, wanted) == ["Song 3", "Song 2", "Song 1"]
    assert shown(catalog, Query(parent=(DEN, "50"))) == ["99 Luftballons"]


def test_filters_narrow_a_list_and_its_total(catalog: sqlite3.Connection) -> None:
    put_items(
        catalog,
        DEN,
        [
            film("1", "Dune", year=2021, genres=("Drama", "Science Fiction")),
            film("2", "Alien", year=1979, genres=("Horror", "Science Fiction"), state=WATCHED),
            film("3", "Brazil", year=1985, genres=("Drama",), state=UserState(favorite=True)),
            film("4", "Heat", year=None),
        ],
    )
    found = {
        filters: shown(catalog, Query(kinds=FILMS, filters=filters))
        for filters in (
            Filters(genre="Science Fiction"),
            Filters(year_from=1980),
            Filters(year_to=1980),
            Filters(year_from=1979, year_to=1990),
            Filters(unwatched=True),
            Filters(favorite=True),
            Filters(genre="Drama", unwatched=True, year_from=2000),
            Filters(genre="Western"),
        )
    }
    assert list(found.values()) == [
        ["Alien", "Dune"],
        ["Brazil", "Dune"],
        ["Alien"],
        ["Alien", "Brazil"],
        ["Brazil", "Dune", "Heat"],
        ["Brazil"],
        ["Dune"],
        [],
    ]


@pytest.mark.parametrize("filters", [Filters(genre="Drama"), Filters(year_from=1950), Filters(unwatched=True)])
@pytest.mark.parametrize("sort", [Sort.TITLE, Sort.YEAR, Sort.ADDED])
def test_a_filter_that_most_items_meet_gives_the_same_list(
    catalog: sqlite3.Connection, filters: Filters, sort: Sort
) -> None:
    films = [
        film(str(number), f"Part {number}", year=1940 + number % 70, genres=("Drama",) if number % 3 else ())
        for number in range(200)
    ]
    put_items(catalog, DEN, [replace(each, state=WATCHED if int(each.identity) % 7 == 0 else None) for each in films])
    put_items(catalog, ATTIC, films[:50])
    wanted = Query(sort=sort, filters=filters, limit=1000)
    listing = items(catalog, wanted)
    assert listing.total == len(listing.entries) > 100
    pages = [items(catalog, replace(wanted, start=start, limit=10)).entries for start in range(0, listing.total, 10)]
    assert [entry for page in pages for entry in page] == list(listing.entries)


def test_a_film_is_as_it_was_left_on_the_source_where_it_was_seen_last(shared: sqlite3.Connection) -> None:
    put_states(shared, DEN, {"1": WATCHED})
    put_states(shared, ATTIC, {"2": UserState(position_ms=5000, viewed_at=200.0, favorite=True)})
    (dune,) = (entry for entry in items(shared, Query()).entries if entry.item.title == "Dune")
    assert dune.state == UserState(position_ms=5000, viewed_at=200.0, favorite=True)
    assert shown(shared, Query(filters=Filters(unwatched=True))) == ["Alien", "Dune", "Zodiac"]
    put_states(shared, DEN, {"1": replace(WATCHED, viewed_at=300.0)})
    (dune,) = (entry for entry in items(shared, Query()).entries if entry.item.title == "Dune")
    assert dune.state == replace(WATCHED, viewed_at=300.0, favorite=True)
    assert shown(shared, Query(filters=Filters(unwatched=True))) == ["Alien", "Zodiac"]
    assert shown(shared, Query(filters=Filters(favorite=True))) == ["Dune"]


def test_a_list_of_one_source_tells_what_is_so_there(shared: sqlite3.Connection) -> None:
    put_states(shared, DEN, {"1": WATCHED})
    assert shown(shared, Query(sources=(ATTIC,), filters=Filters(unwatched=True))) == ["Dune", "Zodiac"]
    assert shown(shared, Query(sources=(DEN,), filters=Filters(unwatched=True))) == ["Alien"]


def test_what_was_played_is_listed_by_when(shared: sqlite3.Connection) -> None:
    put_states(shared, DEN, {"1": WATCHED, "2": replace(WATCHED, viewed_at=150.0)})
    put_states(shared, ATTIC, {"1": UserState(position_ms=9, viewed_at=120.0), "2": replace(WATCHED, viewed_at=200.0)})
    assert shown(shared, Query(sort=Sort.VIEWED, descending=True)) == ["Dune", "Alien", "Zodiac"]
    assert shown(shared, Query(sort=Sort.VIEWED, sources=(DEN,))) == ["Dune", "Alien"]


def test_copies_come_sharpest_first_each_with_its_own_state(shared: sqlite3.Connection) -> None:
    sharp = File(identity="1", height=2160, bitrate=9000)
    put_items(
        shared,
        ATTIC,
        [film("2", "Dune", ids=(imdb("tt1"),), files=(sharp, File(identity="2", height=480)), state=WATCHED)],
    )
    put_items(shared, DEN, [film("1", "Dune", ids=(imdb("tt1"),), files=(File(identity="1", height=1080),))])
    for source, identity in ((DEN, "1"), (ATTIC, "2")):
        copies = query.copies(shared, source, identity)
        assert [(copy.source, copy.state.watched) for copy in copies] == [(ATTIC, True), (DEN, False)]
        assert copies[0].item.files[0] == sharp
    assert query.copies(shared, DEN, "99") == []


def test_an_item_comes_back_with_its_state(catalog: sqlite3.Connection) -> None:
    dune = film("1", "Dune", year=2021, genres=("Drama",), state=WATCHED)
    put_items(catalog, DEN, [dune])
    found = query.item(catalog, DEN, "1")
    assert found is not None
    assert (found.source, found.item, found.state, found.copies) == (DEN, dune, WATCHED, 1)
    assert query.item(catalog, ATTIC, "1") is None


def test_members_of_a_collection_come_in_its_order(catalog: sqlite3.Connection) -> None:
    collection = Item(identity="9", kind=ItemKind.COLLECTION, library="1", title="Favourites")
    put_items(catalog, DEN, [collection, *(film(str(number), f"Film {number}") for number in range(1, 5))])
    put_members(catalog, DEN, "9", ["3", "1", "77", "4"])
    listing = query.members(catalog, DEN, "9")
    assert (titles(listing.entries), listing.total) == (["Film 3", "Film 1", "Film 4"], 3)
    assert titles(query.members(catalog, DEN, "9", start=1, limit=1).entries) == ["Film 1"]
    assert query.members(catalog, DEN, "1").total == 0


def test_a_detail_comes_with_when_it_was_fetched(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("1")])
    assert query.detail(catalog, DEN, "1") is None
    put_detail(catalog, DEN, "1", Detail(chapters=(Chapter("Prater", 1000),)), 12.5)
    assert query.detail(catalog, DEN, "1") == (Detail(chapters=(Chapter("Prater", 1000),)), 12.5)


def test_genres_are_those_of_the_sources(catalog: sqlite3.Connection) -> None:
    assert query.genres(catalog) == []
    put_items(catalog, DEN, [film("1", genres=("Drama", "Crime")), film("2", genres=("Drama",))])
    put_items(catalog, ATTIC, [film("1", genres=("Western",))])
    assert query.genres(catalog) == ["Crime", "Drama", "Western"]
    assert query.genres(catalog, [ATTIC]) == ["Western"]
    assert query.genres(catalog, []) == []


def test_a_page_begins_somewhere() -> None:
    with pytest.raises(ValueError, match="page"):
        Query(start=-1)


@pytest.mark.parametrize("sort", [Sort.TITLE, Sort.ADDED, Sort.YEAR, Sort.AIRED, Sort.RATING])
@pytest.mark.parametrize("sources", [None, (DEN,)])
def test_no_page_is_sorted_or_searched_for(
    shared: sqlite3.Connection, sort: Sort, sources: tuple[str, ...] | None
) -> None:
    put_items(shared, DEN, series("40", "Dark", {1: 2}))
    upwards = Query(sources=sources, sort=sort)
    for wanted in (upwards, replace(upwards, descending=True)):
        assert slow_steps(shared, partial(items, shared, wanted)) == set()


def test_what_an_item_holds_is_in_order_already(shared: sqlite3.Connection) -> None:
    put_items(shared, DEN, series("40", "Dark", {1: 2}))
    assert slow_steps(shared, lambda: items(shared, Query(parent=(DEN, "401")))) == set()
    assert slow_steps(shared, lambda: items(shared, Query(below=(DEN, "40")))) == set()
