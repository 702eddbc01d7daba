"""What is written of an item is what is read of it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from enum import Enum
from pathlib import Path
import sqlite3
from typing import Any, Final, get_type_hints

from hypothesis import given, strategies as st
from hypothesis.strategies import SearchStrategy

from custom_components.reel.backends.item import (
    Chapter,
    Detail,
    ExternalId,
    File,
    Image,
    Item,
    ItemKind,
    Marker,
    Person,
    Stream,
    UserState,
)
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog import body
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.writing import put_detail, put_items, put_libraries

# Anything that parsers let through: no half characters, whole numbers of 64 bits.
SIMPLE: Final[dict[Any, SearchStrategy[Any]]] = {
    bool: st.booleans(),
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
}


def of(kind: Any) -> SearchStrategy[Any]:  # noqa: ANN401  # whatever a field is said to be
    """Return what makes up values of a type."""
    if kind in SIMPLE:
        return SIMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    return st.none() | of(next(each for each in kind.__args__ if each is not type(None)))


def made[T](kind: type[T], **fixed: SearchStrategy[Any]) -> SearchStrategy[T]:
    """Return what makes up instances of a class."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{name: fixed[name] if name in fixed else of(hint) for name, hint in hints.items()})


def some[T](kind: type[T]) -> SearchStrategy[tuple[T, ...]]:
    """Return what makes up a few of them."""
    return st.lists(made(kind), max_size=3).map(tuple)


STATES = made(UserState)
ITEMS = made(
    Item,
    library=st.just("1"),
    genres=st.lists(SIMPLE[str], max_size=3).map(tuple),
    people=some(Person),
    ids=some(ExternalId),
    images=some(Image),
    files=some(File),
    state=STATES,
)
DETAILS = made(Detail, streams=some(Stream), markers=some(Marker), chapters=some(Chapter), people=some(Person))
READ = f"""
    SELECT {body.COLUMNS}, {body.STATE_COLUMNS} FROM item JOIN library ON library.id = item.library
    LEFT JOIN user_state ON user_state.source = item.source AND user_state.identity = item.identity
"""  # noqa: S608  # columns
WIDTH: Final = body.COLUMNS.count(",") + 1


def read_all(database: sqlite3.Connection) -> Iterator[Item]:
    """Yield every item that is there, with its state."""
    for row in database.execute(READ):
        yield body.read(row[:WIDTH], body.read_state(row[WIDTH:]))


@given(item=ITEMS)
def test_an_item_comes_back_from_the_file_as_it_was(item: Item) -> None:
    with closing(open_database(Path(":memory:"))) as database:
        put_libraries(database, "den", [Library("1", "All", tuple(ItemKind))])
        put_items(database, "den", [item])
        assert list(read_all(database)) == [item]


def test_an_item_whose_source_keeps_no_state_comes_back_with_nothing_done() -> None:
    item = Item(identity="11", kind=ItemKind.MOVIE, library="1", title="Laura")
    with closing(open_database(Path(":memory:"))) as database:
        put_libraries(database, "den", [Library("1", "All")])
        put_items(database, "den", [item])
        assert list(read_all(database)) == [replace(item, state=UserState())]


@given(state=STATES)
def test_a_state_comes_back_as_it_was(state: UserState) -> None:
    assert body.read_state(body.written_state(state)) == state


@given(detail=DETAILS)
def test_a_detail_comes_back_from_the_file_as_it_was(detail: Detail) -> None:
    with closing(open_database(Path(":memory:"))) as database:
        put_libraries(database, "den", [Library("1", "All")])
        put_items(database, "den", [Item(identity="11", kind=ItemKind.MOVIE, library="1", title="Laura")])
        put_detail(database, "den", "11", detail, now=5.0)
        assert [body.read_detail(text) for (text,) in database.execute("SELECT body FROM detail")] == [detail]
