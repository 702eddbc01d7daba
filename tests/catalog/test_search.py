"""The obvious answer comes first, with every letter that is typed, and nothing that is typed is an error."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
import sqlite3
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.reel.backends.item import Item, ItemKind, Person, UserState
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog.query import Filters
from custom_components.reel.catalog.search import search
from custom_components.reel.catalog.writing import put_items, put_libraries, put_states

from .house import ATTIC, DEN, film, imdb
from .stock import album, series, slow_steps, stocked, titles

FILMS = [
    film("1", "The Matrix", year=1999, rating=8.7, genres=("Action", "Science Fiction"), ids=(imdb("tt133093"),)),
    film("2", "The Matrix Reloaded", year=2003, rating=7.2, genres=("Action",)),
    film("3", "Dune", year=1984, rating=6.3),
    film("4", "Dune", year=2021, rating=8.0),
    film("5", "Dune: Part Two", year=2024, rating=8.5),
    film(
        "6",
        "Amélie",
        original_title="Le Fabuleux Destin d'Amélie Poulain",
        year=2001,
        people=(Person("Audrey Tautou"),),
    ),
    film("7", "東京物語", original_title="Tōkyō monogatari", year=1953),
    film("8", "京東", year=1960),
    film("9", "Spider-Man: No Way Home", year=2021),
    film("10", "WALL·E", year=2008),
    film("11", "Rocky II", year=1979),
    film("12", "Star Wars", year=1977, rating=8.6),
    film("13", "Stardust", year=2007, rating=9.9),
    film("14", "Batman Begins", year=2005),
    film("15", "Blade Runner 2049", year=2017),
    film("16", "A Star Is Born", year=2018),
    film("17", "Schindler's List", year=1993),
    film("18", "Fast & Furious", year=2009),
    film("19", "The Thing", year=1982),
    film("20", "L'Avventura", year=1960),
    film("21", "Ёлки", year=2010),
    film("22", "???", year=2000),
    film("23", "Das Boot", sort_title="Boot", year=1981),
]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Return a catalog of films, a show and a record, only to be read."""
    with stocked(tmp_path_factory.mktemp("catalog")) as opened:
        fill(opened)
        yield opened


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return the same for changing it."""
    with stocked(tmp_path) as opened:
        fill(opened)
        yield opened


def fill(database: sqlite3.Connection) -> None:
    """Put films, a show and a record into a catalog; one of the films was watched."""
    put_items(database, DEN, FILMS)
    put_items(database, DEN, series("40", "Breaking Bad", {1: 2}, year=2008))
    put_items(database, DEN, album("50", "Clubbed to Death", "Matrix", 2))
    put_states(database, DEN, {"1": UserState(watched=True, viewed_at=1.0, favorite=True)})


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("matrix", "The Matrix"),
        ("the mat", "The Matrix"),
        ("MATRIX RELOADED", "The Matrix Reloaded"),
        ("reloaded matrix", "The Matrix Reloaded"),
        ("rel", "The Matrix Reloaded"),
        ("amelie", "Amélie"),
        ("amélie", "Amélie"),
        ("fabuleux dest", "Amélie"),
        ("audrey tau", "Amélie"),
        ("spiderman", "Spider-Man: No Way Home"),
        ("spider man no", "Spider-Man: No Way Home"),
        ("walle", "WALL·E"),
        ("wall-e", "WALL·E"),
        ("rocky 2", "Rocky II"),
        ("star", "Star Wars"),
        ("star b", "A Star Is Born"),
        ("a star", "A Star Is Born"),
        ("stard", "Stardust"),
        ("blade runner 2049", "Blade Runner 2049"),
        ("2049", "Blade Runner 2049"),
        ("schindlers", "Schindler's List"),
        ("schindler's l", "Schindler's List"),
        ("fast and fur", "Fast & Furious"),
        ("fast &", "Fast & Furious"),
        ("avventura", "L'Avventura"),
        ("елки", "Ёлки"),
        ("???", "???"),
        ("boot", "Das Boot"),
        ("das b", "Das Boot"),
        ("東京", "東京物語"),
        ("京物", "東京物語"),
        ("語", "東京物語"),
        ("東京 物語", "東京物語"),
        ("京東", "京東"),
        ("tokyo mono", "東京物語"),
        ("breaking b", "Breaking Bad"),
        ("clubbed", "Clubbed to Death"),
    ],
)
def test_the_obvious_answer_is_first(catalog: sqlite3.Connection, typed: str, first: str) -> None:
    assert titles(search(catalog, typed))[:1] == [first]


@pytest.mark.parametrize("wanted", FILMS, ids=lambda each: each.title)
def test_a_title_is_found_with_every_letter_that_is_typed(catalog: sqlite3.Connection, wanted: Item) -> None:
    for end in range(1, len(wanted.title) + 1):
        assert wanted.title in titles(search(catalog, wanted.title[:end]))
    assert titles(search(catalog, wanted.title))[0] == wanted.title


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("matirx", "The Matrix"),
        ("matix", "The Matrix"),
        ("mattrix", "The Matrix"),
        ("natrix", "The Matrix"),
        ("matri reloded", "The Matrix Reloaded"),
        ("relaod", "The Matrix Reloaded"),
        ("ameleie", "Amélie"),
        ("starwars", "Star Wars"),
        ("bat man begins", "Batman Begins"),
        ("breakign bad", "Breaking Bad"),
        ("tuatou", "Amélie"),
    ],
)
def test_one_typo_is_forgiven(catalog: sqlite3.Connection, typed: str, meant: str) -> None:
    assert titles(search(catalog, typed))[:1] == [meant]


def test_what_was_typed_right_is_not_corrected(changing: sqlite3.Connection) -> None:
    put_items(changing, DEN, [film("60", "Duke"), film("61", "Tune")])
    assert set(titles(search(changing, "dune"))) == {"Dune", "Dune: Part Two"}
    assert titles(search(changing, "duk")) == ["Duke"]


def test_short_words_are_not_guessed(catalog: sqlite3.Connection) -> None:
    assert search(catalog, "xyz") == []


def test_a_year_tells_which_one_is_meant(catalog: sqlite3.Connection) -> None:
    def years(typed: str) -> list[int | None]:
        return [entry.item.year for entry in search(catalog, typed)]

    assert years("dune") == [2021, 1984, 2024]
    assert years("dune 1984")[0] == 1984
    assert years("1984 dune")[0] == 1984
    assert years("dune (2021)")[0] == 2021
    assert years("dune 198")[0] == 1984
    # A year too early, as films are that were shown at a festival first.
    assert years("dune 2023")[0] == 2024


def test_titles_come_before_what_they_belong_to_and_films_before_tracks(catalog: sqlite3.Connection) -> None:
    found = [(entry.item.kind, entry.item.title) for entry in search(catalog, "matrix")]
    assert found == [
        (ItemKind.MOVIE, "The Matrix"),
        (ItemKind.ALBUM, "Matrix"),
        (ItemKind.MOVIE, "The Matrix Reloaded"),
        (ItemKind.TRACK, "Song 1"),
        (ItemKind.TRACK, "Song 2"),
    ]


def test_a_track_of_the_same_name_does_not_hide_the_film(changing: sqlite3.Connection) -> None:
    put_items(changing, DEN, [replace(each, title="Reloaded") for each in album("70", "Somebody", "Something", 1)[2:]])
    put_items(changing, DEN, [film("71", "Reloaded Again")])
    assert titles(search(changing, "reloaded"))[:2] == ["Reloaded Again", "Reloaded"]


def test_what_is_being_watched_comes_before_what_is_only_good(changing: sqlite3.Connection) -> None:
    assert titles(search(changing, "st")) == ["Stardust", "Star Wars", "A Star Is Born"]
    put_states(changing, DEN, {"12": UserState(position_ms=60_000, viewed_at=5.0)})
    assert titles(search(changing, "st"))[0] == "Star Wars"


def test_what_is_liked_is_found_among_very_many(changing: sqlite3.Connection) -> None:
    put_items(changing, DEN, [film(f"9{number:03}", f"M{number:03}") for number in range(300)])
    put_states(changing, DEN, {"9299": UserState(plays=1, watched=True, viewed_at=9.0)})
    found = titles(search(changing, "m", limit=5))
    assert {"M299", "The Matrix"} <= set(found[:3])


def test_each_work_is_found_once_however_often_it_is_there(changing: sqlite3.Connection) -> None:
    put_items(changing, ATTIC, [film("1", "The Matrix", ids=(imdb("tt133093"),)), film("2", "Matrix: Die Doku")])
    found = search(changing, "the matrix")
    assert [(entry.item.title, entry.copies) for entry in found][:2] == [("The Matrix", 2), ("The Matrix Reloaded", 1)]
    assert titles(search(changing, "matrix", sources=[ATTIC])) == ["The Matrix", "Matrix: Die Doku"]


@pytest.mark.parametrize(
    ("narrowing", "found"),
    [
        ({"kinds": [ItemKind.ALBUM]}, {"Matrix"}),
        ({"kinds": [ItemKind.ALBUM, ItemKind.TRACK]}, {"Matrix"}),
        ({"sources": [ATTIC]}, set[str]()),
        ({"libraries": [(DEN, "1")]}, {"The Matrix", "The Matrix Reloaded"}),
        ({"libraries": [(ATTIC, "1")]}, set[str]()),
        ({"filters": Filters(genre="Science Fiction")}, {"The Matrix"}),
        ({"filters": Filters(year_from=2000)}, {"The Matrix Reloaded"}),
        ({"filters": Filters(year_from=1999, year_to=1999)}, {"The Matrix"}),
        ({"filters": Filters(year_from=2000, year_to=1999)}, set[str]()),
        ({"filters": Filters(unwatched=True), "kinds": [ItemKind.MOVIE]}, {"The Matrix Reloaded"}),
        ({"filters": Filters(favorite=True)}, {"The Matrix"}),
        ({"limit": 1}, {"The Matrix"}),
        ({"limit": 0}, set[str]()),
    ],
)
@pytest.mark.parametrize("typed", ["matrix", "the mat", "mattrix"])
def test_a_search_may_be_narrowed(
    catalog: sqlite3.Connection, typed: str, narrowing: dict[str, Any], found: set[str]
) -> None:
    titles_found = set(titles(search(catalog, typed, **narrowing)))
    assert titles_found - {"Song 1", "Song 2"} == found


def test_what_changed_is_found_by_its_new_name(changing: sqlite3.Connection) -> None:
    put_items(changing, DEN, [film("1", "Matrjoschka")])
    assert titles(search(changing, "the matrix"))[0] == "The Matrix Reloaded"
    assert titles(search(changing, "matrj")) == ["Matrjoschka"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\0",
        "mat\0rix",
        '"',
        '"the" AND (',
        "* OR *",
        "title : matrix",
        "NEAR(matrix dune)",
        "^matrix",
        "-matrix",
        "{title}: x",
        "'; DROP TABLE item; --",
        "%_",
        "🎬",
        "👩‍👩‍👧",
        "\ud800",
        "matrix\udfff",
        "\U0010ffff",
        "x" * 10_000,
        "the " * 2_500,
        "語" * 10_000,
        "ก็",
        "́",
        "ﷺ",
        "2021",
        "2021 2021",
        "0",
        "٢",
        "²",
        "NULL",
    ],
)
def test_nothing_that_is_typed_is_an_error(catalog: sqlite3.Connection, typed: str) -> None:
    search(catalog, typed)
    assert titles(search(catalog, "matrix"))[0] == "The Matrix"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=150)
@given(st.one_of(st.text(max_size=30), st.text(alphabet='matrix dune"*()^-:{}\0\ud800東', max_size=30)))
def test_nothing_at_all_is_an_error(catalog: sqlite3.Connection, typed: str) -> None:
    assert isinstance(search(catalog, typed), list)


def test_an_empty_catalog_has_no_answer(tmp_path: Path) -> None:
    with stocked(tmp_path) as empty:
        assert search(empty, "matrix") == []


def test_the_columns_of_a_search_are_not_among_its_words(changing: sqlite3.Connection) -> None:
    put_libraries(changing, DEN, [Library("1", "Great", (ItemKind.MOVIE,))])
    assert search(changing, "kmovie") == []
    assert search(changing, "great") == []


@pytest.mark.parametrize("typed", ["m", "matrix", "reloaded ma", "dune 2021", "matirx", "東京", "audrey tautou"])
@pytest.mark.parametrize("sources", [None, [DEN]])
def test_no_search_looks_at_everything(catalog: sqlite3.Connection, typed: str, sources: list[str] | None) -> None:
    assert slow_steps(catalog, lambda: search(catalog, typed, sources=sources)) == set()
