"""What a user did with an item is kept with all that it holds, and counted in all that holds it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import Item, ItemKind, UserState
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog import body
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.marking import mark_watched, set_favorite
from custom_components.reel.catalog.writing import put_items, put_libraries, put_states

NOW = 1_795_000_000.0
SHOW, FIRST, SECOND, MOVIE, ALBUM = "100", "110", "120", "200", "310"


def show() -> Iterator[Item]:
    """Yield a show of two seasons with two and three episodes."""
    yield Item(identity=SHOW, kind=ItemKind.SHOW, library="1", title="Northern Lights")
    for season, episodes in ((FIRST, 2), (SECOND, 3)):
        yield Item(identity=season, kind=ItemKind.SEASON, library="1", title=season, parent=SHOW)
        for number in range(1, episodes + 1):
            yield Item(
                identity=f"{season}{number}",
                kind=ItemKind.EPISODE,
                library="1",
                title=f"Part {number}",
                parent=season,
                grandparent=SHOW,
                number=number,
            )


def everything() -> list[Item]:
    """Return a show, a film, and an album of two tracks."""
    album = [Item(identity=ALBUM, kind=ItemKind.ALBUM, library="1", title="Ice", parent="300")]
    tracks = [
        Item(identity=each, kind=ItemKind.TRACK, library="1", title=each, parent=ALBUM, grandparent="300")
        for each in ("311", "312")
    ]
    return [*show(), Item(identity=MOVIE, kind=ItemKind.MOVIE, library="1", title="Ölands"), *album, *tracks]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Open a catalog in which two servers hold the same, under the same numbers."""
    with closing(open_database(tmp_path / "reel.db")) as opened:
        for source in "den", "cabin":
            put_libraries(opened, source, [Library("1", "All")])
            put_items(opened, source, everything())
        yield opened


def states(database: sqlite3.Connection, source: str = "den") -> dict[str, UserState]:
    """Return what is kept of each item."""
    rows = database.execute(
        f"""
        SELECT user_state.identity, {body.STATE_COLUMNS} FROM user_state JOIN source ON source.id = user_state.source
        WHERE source.key = ?
        """,  # noqa: S608
        (source,),
    )
    return {identity: body.read_state(row) for identity, *row in rows}


def left(database: sqlite3.Connection) -> dict[str, int | None]:
    """Return how much of each show and season is not watched."""
    return {each: state.unwatched for each, state in states(database).items() if each in {SHOW, FIRST, SECOND}}


def test_a_film_that_was_watched_has_a_play_and_begins_anew(database: sqlite3.Connection) -> None:
    put_states(database, "den", {MOVIE: UserState(position_ms=60_000, favorite=True)})
    mark_watched(database, "den", MOVIE, watched=True, now=NOW)
    assert states(database) == {MOVIE: UserState(watched=True, plays=1, viewed_at=NOW, favorite=True)}


def test_marking_again_what_was_watched_before_changes_nothing(database: sqlite3.Connection) -> None:
    put_states(database, "den", {MOVIE: UserState(watched=True, plays=3, viewed_at=5.0)})
    mark_watched(database, "den", MOVIE, watched=True, now=NOW)
    assert states(database)[MOVIE] == UserState(watched=True, plays=3, viewed_at=5.0)


def test_a_film_that_was_not_watched_after_all_has_no_plays(database: sqlite3.Connection) -> None:
    put_states(database, "den", {MOVIE: UserState(watched=True, plays=3, viewed_at=5.0)})
    mark_watched(database, "den", MOVIE, watched=False, now=NOW)
    assert states(database)[MOVIE] == UserState()


def test_an_episode_that_was_begun_and_is_unwatched_begins_anew(database: sqlite3.Connection) -> None:
    put_states(database, "den", {"1101": UserState(position_ms=60_000)})
    mark_watched(database, "den", "1101", watched=False, now=NOW)
    assert states(database)["1101"].position_ms == 0


@pytest.mark.parametrize(
    ("marked", "counts"),
    [
        ("1101", {FIRST: 1, SHOW: 4}),
        (FIRST, {FIRST: 0, SHOW: 3}),
        (SHOW, {FIRST: 0, SECOND: 0, SHOW: 0}),
    ],
)
def test_what_holds_an_item_counts_what_is_left(
    database: sqlite3.Connection, marked: str, counts: dict[str, int]
) -> None:
    mark_watched(database, "den", marked, watched=True, now=NOW)
    assert left(database) == counts
    assert {each for each in counts if states(database)[each].watched} == {
        each for each, count in counts.items() if count == 0
    }


def test_a_show_is_watched_with_its_last_episode_and_not_any_more_without_one(database: sqlite3.Connection) -> None:
    mark_watched(database, "den", FIRST, watched=True, now=NOW)
    mark_watched(database, "den", SECOND, watched=True, now=NOW)
    assert states(database)[SHOW].watched
    mark_watched(database, "den", "1202", watched=False, now=NOW)
    assert not states(database)[SHOW].watched
    assert left(database) == {FIRST: 0, SECOND: 1, SHOW: 1}


def test_a_show_that_is_unwatched_takes_all_its_episodes_along(database: sqlite3.Connection) -> None:
    mark_watched(database, "den", SHOW, watched=True, now=NOW)
    mark_watched(database, "den", SHOW, watched=False, now=NOW)
    assert not any(state.watched or state.plays for state in states(database).values())
    assert left(database) == {FIRST: 2, SECOND: 3, SHOW: 5}


def test_episodes_that_were_watched_long_ago_stay_watched_then(database: sqlite3.Connection) -> None:
    put_states(database, "den", {"1101": UserState(watched=True, plays=2, viewed_at=5.0)})
    mark_watched(database, "den", SHOW, watched=True, now=NOW)
    assert states(database)["1101"] == UserState(watched=True, plays=2, viewed_at=5.0)
    assert states(database)["1102"].viewed_at == NOW


def test_an_album_goes_with_its_tracks(database: sqlite3.Connection) -> None:
    mark_watched(database, "den", ALBUM, watched=True, now=NOW)
    assert {each for each, state in states(database).items() if state.watched} == {ALBUM, "311", "312"}


def test_nothing_happens_to_the_items_of_another_source_with_the_same_numbers(database: sqlite3.Connection) -> None:
    mark_watched(database, "den", SHOW, watched=True, now=NOW)
    set_favorite(database, "den", MOVIE, favorite=True)
    assert states(database, "cabin") == {}


def test_a_favourite_keeps_where_its_user_stopped(database: sqlite3.Connection) -> None:
    put_states(database, "den", {MOVIE: UserState(position_ms=60_000)})
    for favorite in True, False:
        set_favorite(database, "den", MOVIE, favorite=favorite)
        assert states(database)[MOVIE] == UserState(position_ms=60_000, favorite=favorite)


def test_a_show_of_which_no_episode_is_known_is_still_marked(database: sqlite3.Connection) -> None:
    put_items(database, "den", [Item(identity="900", kind=ItemKind.SHOW, library="1", title="Elsewhere")])
    put_states(database, "den", {"900": UserState(unwatched=8)})
    mark_watched(database, "den", "900", watched=True, now=NOW)
    assert states(database)["900"] == UserState(watched=True, plays=1, viewed_at=NOW, unwatched=0)
