"""What plays when somebody plays something: all of it, in its order, from where they are."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
import sqlite3

import pytest

from custom_components.reel.backends.item import Item, ItemKind, UserState
from custom_components.reel.catalog.writing import put_items, put_members, put_states
from custom_components.reel.catalog_reading import Reading
from custom_components.reel.connection.model import Quality, Status
from custom_components.reel.item_answer import Place
from custom_components.reel.play_plan import MOST, Plan, after, plan, title

from .catalog.house import ATTIC, DEN, film, imdb
from .catalog.stock import album, episode, series, stocked

MINUTE = 60_000
PLACES = {key: Place(key, None, Status.CONNECTED, Quality.LOCAL) for key in (DEN, ATTIC)}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Return an empty catalog of two sources."""
    with stocked(tmp_path) as opened:
        yield opened


@pytest.fixture
def reading(catalog: sqlite3.Connection) -> Reading:
    return Reading(catalog, PLACES)


def seen(at: float) -> UserState:
    return UserState(watched=True, plays=1, viewed_at=at)


def begun(at: float, position_ms: int = 10 * MINUTE) -> UserState:
    return UserState(position_ms=position_ms, viewed_at=at)


def planned(reading: Reading, identity: str, source: str = DEN) -> list[str]:
    """Return what is played for an item, by what its source calls it."""
    found = plan(reading, source, identity)
    return [item for _, item in found.items] if found else []


@pytest.mark.parametrize(
    ("states", "first"),
    [
        ({}, "401001"),
        ({"401001": seen(1.0)}, "401002"),
        ({"401001": seen(1.0), "401002": begun(2.0)}, "401002"),
        ({"401001": begun(1.0), "401002": seen(2.0)}, "401003"),
        ({"401003": seen(1.0)}, "402001"),
        ({"401001": seen(5.0), "401002": seen(5.0), "401003": seen(5.0)}, "402001"),
        ({"402002": seen(1.0)}, "401001"),
        ({"402002": seen(1.0), "401001": seen(0.5)}, "401002"),
        ({"401002": begun(1.0, 5_000)}, "401001"),
        ({"401002": begun(1.0, 39 * MINUTE)}, "401001"),
        ({each: seen(1.0) for each in ("401001", "401002", "401003", "402001", "402002")}, "401001"),
        ({"400001": begun(9.0)}, "401001"),
    ],
)
def test_a_show_goes_on_where_its_user_is(
    catalog: sqlite3.Connection, reading: Reading, states: Mapping[str, UserState], first: str
) -> None:
    show = series("40", "Iron Jury", {0: 2, 1: 3, 2: 2})
    put_items(catalog, DEN, show)
    put_states(catalog, DEN, states)
    episodes = ["401001", "401002", "401003", "402001", "402002"]
    assert planned(reading, "40") == episodes[episodes.index(first) :]


def test_a_season_goes_on_inside_and_specials_are_played_when_there_is_nothing_else(
    catalog: sqlite3.Connection, reading: Reading
) -> None:
    put_items(catalog, DEN, [*series("40", "Iron Jury", {0: 2, 1: 3, 2: 2}), *series("50", "Extras", {0: 2})])
    put_states(catalog, DEN, {"401001": seen(1.0), "402002": seen(2.0)})
    assert planned(reading, "401") == ["401002", "401003"]
    assert planned(reading, "402") == ["402001", "402002"]
    assert planned(reading, "400") == ["400001", "400002"]
    assert planned(reading, "50") == ["500001", "500002"]


def test_what_was_watched_elsewhere_is_watched(catalog: sqlite3.Connection, reading: Reading) -> None:
    for source in (DEN, ATTIC):
        put_items(
            catalog,
            source,
            [
                *series("40", "Iron Jury", {1: 0}),
                *(episode("40", "Iron Jury", 1, number, ids=(imdb(f"tt{number}"),)) for number in (1, 2, 3)),
            ],
        )
    put_states(catalog, ATTIC, {"401001": seen(2.0)})
    assert planned(reading, "40") == ["401002", "401003"]
    found = title(reading, DEN, "401002")
    assert found is not None
    assert set(found.copies) == {(DEN, "401002"), (ATTIC, "401002")}


def test_music_plays_in_order(catalog: sqlite3.Connection, reading: Reading) -> None:
    old, new = album("60", "Quiet Yard", "Late", 2, year=2001), album("60", "Quiet Yard", "Early", 3, year=1990)
    early = [_moved(each, "602") for each in new[1:]]
    single = Item(identity="609", kind=ItemKind.TRACK, library="3", title="Alone", grandparent="60")
    put_items(catalog, DEN, [*old, *early, single])
    assert planned(reading, "601") == ["601001", "601002"]
    assert planned(reading, "60") == ["602001", "602002", "602003", "601001", "601002", "609"]


def _moved(item: Item, record: str) -> Item:
    """Return a piece of another album of the same artist."""
    if item.kind is ItemKind.ALBUM:
        return replace(item, identity=record)
    return replace(item, identity=item.identity.replace("601", record, 1), parent=record)


def test_lists_play_what_they_hold(catalog: sqlite3.Connection, reading: Reading) -> None:
    put_items(catalog, DEN, [film("1"), film("2"), *series("40", "Iron Jury", {1: 2}), *album("60", "Yard", "Late", 2)])
    box = Item(identity="90", kind=ItemKind.COLLECTION, library="1", title="Box")
    mix = Item(identity="91", kind=ItemKind.PLAYLIST, library="1", title="Mix")
    put_items(catalog, DEN, [box, mix])
    put_members(catalog, DEN, "90", ["2", "40"])
    put_members(catalog, DEN, "91", ["60", "1", "90", "91", "7777"])
    assert planned(reading, "90") == ["2", "401001", "401002"]
    assert planned(reading, "91")[:6] == ["601001", "601002", "1", "2", "401001", "401002"]
    assert len(planned(reading, "91")) < 50


def test_one_thing_plays_by_itself_and_an_episode_may_be_followed(
    catalog: sqlite3.Connection, reading: Reading
) -> None:
    put_items(catalog, DEN, [film("1"), *series("40", "Iron Jury", {1: 2})])
    assert plan(reading, DEN, "1") == Plan(((DEN, "1"),))
    assert plan(reading, DEN, "401001") == Plan(((DEN, "401001"),), goes_on=True)
    assert plan(reading, DEN, "7777") is None
    assert plan(reading, ATTIC, "1") is None
    assert plan(Reading(catalog, {}), DEN, "1") is None


def test_what_holds_nothing_is_not_played_and_nothing_is_too_long(
    catalog: sqlite3.Connection, reading: Reading
) -> None:
    put_items(catalog, DEN, [*series("40", "Empty", {}), *series("50", "Long", {1: MOST + 10})])
    assert plan(reading, DEN, "40") is None
    assert len(planned(reading, "50")) == MOST


@pytest.mark.parametrize(
    ("episode_now", "then"),
    [
        ("401001", "401002"),
        ("401002", "402001"),
        ("402001", None),
        ("400001", "400002"),
        ("400002", None),
        ("1", None),
        ("7777", None),
    ],
)
def test_after_an_episode_comes_the_next_one_of_its_show(
    catalog: sqlite3.Connection, reading: Reading, episode_now: str, then: str | None
) -> None:
    put_items(catalog, DEN, [film("1"), *series("40", "Iron Jury", {0: 2, 1: 2, 2: 1})])
    assert after(reading, DEN, episode_now) == (None if then is None else (DEN, then))


@pytest.mark.parametrize(
    ("state", "place"),
    [
        (UserState(), 0),
        (begun(1.0), 10 * MINUTE),
        (begun(1.0, 10_000), 0),
        (begun(1.0, 39 * MINUTE), 0),
        (UserState(watched=True, position_ms=10 * MINUTE), 0),
    ],
)
def test_a_title_goes_on_where_it_was_left(
    catalog: sqlite3.Connection, reading: Reading, state: UserState, place: int
) -> None:
    put_items(
        catalog, DEN, [*series("40", "Iron Jury", {1: 1}), *album("60", "Yard", "Late", 1, duration_ms=40 * MINUTE)]
    )
    put_states(catalog, DEN, {"401001": state, "601001": state})
    found, song = title(reading, DEN, "401001"), title(reading, DEN, "601001")
    assert found is not None
    assert song is not None
    assert (found.place_ms, song.place_ms, found.item.title) == (place, 0, "Episode 1")
    assert title(reading, DEN, "7777") is None
