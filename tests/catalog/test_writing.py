"""Pages get into the file whole, only what is different is touched, and what belongs together stays together."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
import sqlite3

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.item import Detail, ItemKind, Person, UserState
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog import reports
from custom_components.reel.catalog.database import open_database, transaction
from custom_components.reel.catalog.progress import counts, known_libraries
from custom_components.reel.catalog.writing import (
    Written,
    forget_source,
    put_detail,
    put_items,
    put_libraries,
    put_members,
    put_states,
    remove_items,
    remove_libraries,
)

from .house import ATTIC, DEN, MOVIES, SHOWS, film, imdb, tmdb

WATCHED = UserState(watched=True, plays=2, viewed_at=1.5)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return a catalog of two sources that have the same libraries."""
    with closing(open_database(tmp_path / "reel.db")) as opened:
        for source in (DEN, ATTIC):
            put_libraries(opened, source, [MOVIES, SHOWS])
        yield opened


def column(database: sqlite3.Connection, question: str) -> list[object]:
    """Return the first column of an answer."""
    return [row[0] for row in database.execute(question)]


def works(database: sqlite3.Connection) -> set[frozenset[str]]:
    """Return which items are one work, by source and identity."""
    rows = database.execute(
        "SELECT work, key || ' ' || identity FROM item JOIN source ON source.id = source ORDER BY work"
    ).fetchall()
    return {frozenset(name for _, name in group) for _, group in groupby(rows, itemgetter(0))}


def check(database: sqlite3.Connection) -> None:
    """Make sure that all that is told twice is told alike."""
    told = database.execute("SELECT library, kind, items, works FROM tally WHERE items OR works").fetchall()
    counted = "SELECT library, kind, count(*), sum(work = id) FROM item GROUP BY library, kind ORDER BY library, kind"
    assert told == database.execute(counted).fetchall()
    assert column(database, "SELECT work FROM item WHERE work NOT IN (SELECT id FROM item WHERE work = id)") == []
    assert column(database, "SELECT rowid FROM search ORDER BY rowid") == column(
        database, "SELECT id FROM item ORDER BY id"
    )
    for table in ("external_id", "genre"):
        assert column(database, f"SELECT item FROM {table} WHERE item NOT IN (SELECT id FROM item)") == []  # noqa: S608
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    database.execute("INSERT INTO search (search, rank) VALUES ('integrity-check', 0)")


def test_new_items_are_added(catalog: sqlite3.Connection) -> None:
    assert put_items(catalog, DEN, [film("11"), film("12")]) == Written(added=("11", "12"))
    check(catalog)


def test_items_that_are_the_same_are_left_alone(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11"), film("12")])
    before = catalog.total_changes
    assert put_items(catalog, DEN, [film("11"), film("12")]) == Written(unchanged=2)
    assert catalog.total_changes == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Laura"},
        {"sort_title": "Laura"},
        {"year": 1944},
        {"summary": "A portrait"},
        {"genres": ("Crime",)},
        {"people": (Person("Gene Tierney", role="Laura Hunt"),)},
        {"ids": (imdb("tt0037008"),)},
        {"added_at": 5.0},
        {"kind": ItemKind.VIDEO},
        {"library": "2"},
        {"parent": "5"},
        {"parent_title": "A season"},
    ],
)
def test_whatever_changed_of_an_item_is_noticed(catalog: sqlite3.Connection, change: dict[str, object]) -> None:
    former = film("11", genres=("Noir",), ids=(tmdb("1"),), people=(Person("Orson Welles"),))
    put_items(catalog, DEN, [former, film("12")])
    later = replace(former, **change)  # type: ignore[arg-type]  # whatever a table says
    assert put_items(catalog, DEN, [later, film("12")]) == Written(updated=("11",), unchanged=1)
    assert put_items(catalog, DEN, [later, film("12")]) == Written(unchanged=2)
    check(catalog)


def test_what_an_item_was_found_by_goes_with_its_former_form(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", "Laura", genres=("Noir",), ids=(imdb("tt1"),))])
    put_items(catalog, DEN, [film("11", "Gilda", genres=("Crime",), ids=(imdb("tt2"),))])
    assert column(catalog, "SELECT name FROM genre") == ["Crime"]
    assert column(catalog, "SELECT value FROM external_id") == ["tt2"]
    assert column(catalog, "SELECT rowid FROM search('laura')") == []
    assert len(column(catalog, "SELECT rowid FROM search('gilda')")) == 1


def test_two_servers_with_equal_numbers_keep_their_own_items(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", "Laura")])
    put_items(catalog, ATTIC, [film("11", "Gilda")])
    put_states(catalog, ATTIC, {"11": WATCHED})
    assert column(catalog, "SELECT title FROM item ORDER BY id") == ["Laura", "Gilda"]
    assert remove_items(catalog, DEN, ["11"], keep_states=False) == 1
    assert column(catalog, "SELECT title FROM item") == ["Gilda"]
    assert column(catalog, "SELECT count(*) FROM user_state") == [1]
    check(catalog)


def test_an_item_of_an_unknown_library_is_skipped_and_counted(catalog: sqlite3.Connection) -> None:
    assert put_items(catalog, DEN, [film("11", library="9"), film("12")]) == Written(added=("12",), skipped=1)


def test_what_no_file_can_hold_is_skipped_and_the_rest_of_its_page_is_kept(catalog: sqlite3.Connection) -> None:
    page = [film("11"), film("12", number=2**80), film("13", "half \ud83d"), film("14", summary="half \ud83d")]
    assert put_items(catalog, DEN, [*page, film("15")]) == Written(added=("11", "15"), skipped=3)
    check(catalog)


def test_an_item_that_a_page_shows_twice_is_one(catalog: sqlite3.Connection) -> None:
    assert put_items(catalog, DEN, [film("11", "Laura"), film("11", "Gilda")]) == Written(added=("11",))
    assert column(catalog, "SELECT title FROM item") == ["Gilda"]


def test_a_page_of_any_length_is_one_page(catalog: sqlite3.Connection) -> None:
    films = [film(str(number)) for number in range(1201)]
    assert len(put_items(catalog, DEN, films).added) == 1201
    assert put_items(catalog, DEN, films).unchanged == 1201
    assert counts(catalog, DEN) == {("1", ItemKind.MOVIE): 1201}
    assert put_items(catalog, DEN, []) == Written()
    check(catalog)


def test_a_page_that_breaks_leaves_nothing_behind(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11")])
    with pytest.raises(sqlite3.OperationalError), transaction(catalog):  # noqa: PT012  # all of it is undone
        put_items(catalog, DEN, [film("12")])
        catalog.execute("this is no SQL")
    assert column(catalog, "SELECT identity FROM item") == ["11"]
    assert not catalog.in_transaction
    check(catalog)


def test_an_item_that_moves_is_counted_where_it_is(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11"), film("12")])
    put_items(catalog, DEN, [film("11", library="2")])
    assert counts(catalog, DEN) == {("1", ItemKind.MOVIE): 1, ("2", ItemKind.MOVIE): 1}
    check(catalog)


# States


def test_a_state_that_comes_with_an_item_is_kept(catalog: sqlite3.Connection) -> None:
    assert put_items(catalog, DEN, [film("11", state=WATCHED)]).states == ("11",)
    assert put_items(catalog, DEN, [film("11", state=WATCHED)]) == Written(unchanged=1)
    assert put_items(catalog, DEN, [film("11", state=UserState())]) == Written(unchanged=1, states=("11",))
    assert put_items(catalog, DEN, [film("11", state=UserState())]) == Written(unchanged=1)


def test_an_item_without_a_state_leaves_what_is_known(catalog: sqlite3.Connection) -> None:
    put_states(catalog, DEN, {"11": WATCHED})
    assert put_items(catalog, DEN, [film("11", state=None)]).states == ()
    assert column(catalog, "SELECT plays FROM user_state") == [2]


def test_what_was_never_touched_takes_no_room(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", state=UserState())])
    assert column(catalog, "SELECT count(*) FROM user_state") == [0]


def test_only_states_that_are_new_are_told(catalog: sqlite3.Connection) -> None:
    assert put_states(catalog, DEN, {"11": WATCHED, "12": UserState(favorite=True), "13": UserState()}) == ("11", "12")
    assert put_states(catalog, DEN, {"11": WATCHED, "12": UserState()}) == ("12",)


def test_states_go_with_items_of_a_server_and_stay_with_those_of_a_folder(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", state=WATCHED), film("12", state=WATCHED)])
    remove_items(catalog, DEN, ["11"], keep_states=True)
    remove_items(catalog, DEN, ["12", "none such"], keep_states=False)
    assert column(catalog, "SELECT identity FROM user_state") == ["11"]


# Works


def test_the_same_film_on_two_servers_is_one_work(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(imdb("tt1"),)), film("12", ids=(imdb("tt2"),))])
    put_items(catalog, ATTIC, [film("77", ids=(tmdb("5"), imdb("tt2")))])
    assert works(catalog) == {frozenset({f"{DEN} 11"}), frozenset({f"{DEN} 12", f"{ATTIC} 77"})}
    check(catalog)


def test_a_film_and_a_show_of_the_same_number_are_two_works(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(tmdb("5"),)), film("12", kind=ItemKind.SHOW, ids=(tmdb("5"),))])
    assert len(works(catalog)) == 2


def test_equal_numbers_of_different_providers_are_two_works(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(tmdb("5"),)), film("12", ids=(imdb("5"),))])
    assert len(works(catalog)) == 2


def test_copies_within_a_page_are_one_work(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(imdb("tt1"),)), film("12", ids=(imdb("tt1"),))])
    assert len(works(catalog)) == 1
    check(catalog)


def test_a_copy_that_knows_both_names_joins_two_works_until_it_goes(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(imdb("tt1"),)), film("12", ids=(tmdb("5"),))])
    put_items(catalog, ATTIC, [film("77", ids=(imdb("tt1"), tmdb("5")))])
    assert len(works(catalog)) == 1
    check(catalog)
    remove_items(catalog, ATTIC, ["77"], keep_states=False)
    assert len(works(catalog)) == 2
    check(catalog)


def test_a_copy_that_is_matched_anew_leaves_its_work(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11", ids=(imdb("tt1"),)), film("12", ids=(imdb("tt1"),))])
    put_items(catalog, DEN, [film("13", ids=(tmdb("9"),)), film("11", ids=(tmdb("9"),))])
    assert works(catalog) == {frozenset({f"{DEN} 12"}), frozenset({f"{DEN} 11", f"{DEN} 13"})}
    check(catalog)


def test_an_id_that_hundreds_share_is_one_work_that_they_leave_one_by_one(catalog: sqlite3.Connection) -> None:
    shared = [film(str(number), ids=(tmdb("0"),)) for number in range(700)]
    put_items(catalog, DEN, shared)
    assert len(works(catalog)) == 1
    put_items(catalog, DEN, [replace(shared[0], ids=()), replace(shared[7], ids=(imdb("tt7"),))])
    remove_items(catalog, DEN, ["1", "2"], keep_states=False)
    assert sorted(len(work) for work in works(catalog)) == [1, 1, 696]
    check(catalog)


def test_a_work_goes_on_without_the_item_that_led_it(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film(number, ids=(imdb("tt1"),)) for number in ("11", "12", "13")])
    remove_items(catalog, DEN, ["11"], keep_states=False)
    assert len(works(catalog)) == 1
    check(catalog)


@given(
    pages=st.lists(
        st.tuples(
            st.sampled_from([DEN, ATTIC]),
            st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 5), max_size=3)), max_size=4),
            st.sets(st.integers(0, 5), max_size=2),
        ),
        max_size=6,
    )
)
def test_works_are_what_external_ids_connect_however_it_came_about(
    pages: list[tuple[str, list[tuple[int, set[int]]], set[int]]],
) -> None:
    with closing(open_database(Path(":memory:"))) as database:
        there: dict[tuple[str, int], set[int]] = {}
        for source in (DEN, ATTIC):
            put_libraries(database, source, [MOVIES])
        for source, films, gone in pages:
            put_items(
                database,
                source,
                [film(str(number), ids=tuple(imdb(str(each)) for each in sorted(ids))) for number, ids in films],
            )
            remove_items(database, source, [str(number) for number in gone], keep_states=False)
            there |= {(source, number): ids for number, ids in films}
            there = {key: ids for key, ids in there.items() if key[0] != source or key[1] not in gone}
            check(database)
        assert sorted(map(len, works(database))) == sorted(map(len, connected(there)))


def connected(there: dict[tuple[str, int], set[int]]) -> list[set[tuple[str, int]]]:
    """Return what is one work, found out the slow way."""
    groups: list[tuple[set[tuple[str, int]], set[int]]] = []
    for key, ids in there.items():
        touched = [group for group in groups if group[1] & ids]
        groups = [group for group in groups if group not in touched]
        groups.append(({key}.union(*(group[0] for group in touched)), ids.union(*(group[1] for group in touched))))
    return [members for members, _ in groups]


# Libraries and sources


def test_libraries_keep_the_order_of_their_server(catalog: sqlite3.Connection) -> None:
    put_libraries(catalog, DEN, [SHOWS, MOVIES, replace(MOVIES, identity="3", kinds=(), stamp="5")])
    assert [library.identity for library in known_libraries(catalog, DEN)] == ["2", "1", "3"]
    assert known_libraries(catalog, DEN)[0] == SHOWS
    assert known_libraries(catalog, DEN)[2] == Library("3", "Movies", (), "5")


def test_a_library_that_is_listed_again_keeps_its_items(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11")])
    put_libraries(catalog, DEN, [replace(MOVIES, name="Films")])
    assert [library.name for library in known_libraries(catalog, DEN)] == ["Films", "Shows"]
    assert counts(catalog, DEN) == {("1", ItemKind.MOVIE): 1}


@pytest.mark.parametrize("keep_states", [True, False])
def test_a_library_goes_with_its_items(catalog: sqlite3.Connection, keep_states: bool) -> None:  # noqa: FBT001
    put_items(catalog, DEN, [film(str(number), state=WATCHED, ids=(imdb(f"tt{number}"),)) for number in range(700)])
    put_items(catalog, ATTIC, [film("11", ids=(imdb("tt1"),))])
    assert remove_libraries(catalog, DEN, {"2"}, keep_states=keep_states) == 700
    assert [library.identity for library in known_libraries(catalog, DEN)] == ["2"]
    assert counts(catalog, DEN) == {}
    assert column(catalog, "SELECT count(*) FROM user_state") == [700 if keep_states else 0]
    assert len(works(catalog)) == 1
    check(catalog)


def test_a_source_goes_with_everything(catalog: sqlite3.Connection) -> None:
    for source in (DEN, ATTIC):
        put_items(catalog, source, [film("11", state=WATCHED, ids=(imdb("tt1"),), genres=("Noir",))])
        reports.put(catalog, source, "11", "watched", "1", 5.0)
    forget_source(catalog, DEN)
    forget_source(catalog, "none such")
    assert column(catalog, "SELECT key FROM source") == [ATTIC]
    assert column(catalog, "SELECT source FROM report") == [ATTIC]
    assert [column(catalog, f"SELECT count(*) FROM {table}") for table in ("item", "genre", "user_state")] == [[1]] * 3  # noqa: S608
    check(catalog)


# Lists and details


def test_a_list_keeps_its_order_and_takes_another(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("9", kind=ItemKind.PLAYLIST)])
    put_members(catalog, DEN, "9", ["12", "11", "12"])
    assert column(catalog, "SELECT identity FROM member ORDER BY position") == ["12", "11", "12"]
    put_members(catalog, DEN, "9", ["11"])
    put_members(catalog, DEN, "none such", ["12"])
    assert column(catalog, "SELECT identity FROM member ORDER BY position") == ["11"]


def test_a_sync_leaves_the_detail_alone(catalog: sqlite3.Connection) -> None:
    put_items(catalog, DEN, [film("11")])
    put_detail(catalog, DEN, "11", Detail(), now=5.0)
    put_detail(catalog, DEN, "none such", Detail(), now=5.0)
    put_items(catalog, DEN, [film("11", "Another")])
    assert column(catalog, "SELECT fetched_at FROM detail") == [5.0]
    remove_items(catalog, DEN, ["11"], keep_states=False)
    assert column(catalog, "SELECT fetched_at FROM detail") == []
