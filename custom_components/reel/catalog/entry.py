"""What does a list show of an item? The item, what its user did with it, and how often there is the same."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
import json
import sqlite3
from typing import Any, Final

from ..backends.item import Item, UserState
from . import body

_ROWS: Final = f"""
    SELECT item.id, item.work, source.key, {body.STATE_COLUMNS}, {body.COLUMNS}
    FROM json_each(?) AS wanted
    CROSS JOIN item ON item.id = wanted.value
    CROSS JOIN library ON library.id = item.library
    CROSS JOIN source ON source.id = item.source
    LEFT JOIN user_state ON user_state.source = item.source AND user_state.identity = item.identity
    ORDER BY wanted.key
"""  # noqa: S608  # names of columns only
_STATES: Final = len(body.STATE_COLUMNS.split(","))

_COPIES: Final = """
    SELECT item.work, count(*) FROM json_each(?) AS wanted CROSS JOIN item ON item.work = wanted.value
    GROUP BY item.work HAVING count(*) > 1
"""
_STATES_OF_WORKS: Final = f"""
    SELECT item.work, {body.STATE_COLUMNS}
    FROM json_each(?) AS wanted
    CROSS JOIN item ON item.work = wanted.value
    CROSS JOIN user_state ON user_state.source = item.source AND user_state.identity = item.identity
    ORDER BY item.work, user_state.viewed_at DESC, user_state.watched DESC, item.id
"""  # noqa: S608  # names of columns only


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list."""

    source: str
    """The key of the source that this copy is of."""
    item: Item
    state: UserState
    """Where the list shows works, that of the copy which was viewed last, favourite if any copy is; else its own."""
    copies: int
    """How many items of all sources are this film or show, with this one."""
    added: int = 1
    """How many items came together that this stands for: episodes of a season among what was recently added."""


def read_entries(database: sqlite3.Connection, rows: Sequence[int], *, works: bool) -> list[Entry]:
    """Return the entries of rows of `item`, in their order; rows that are gone are left out."""
    found = database.execute(_ROWS, (json.dumps(rows),)).fetchall()
    wanted = {work for _, work, *_ in found}
    copies = dict[int, int](database.execute(_COPIES, (json.dumps([*wanted]),)).fetchall())
    states = work_states(database, copies) if works and copies else {}
    return [_entry(row, copies, states) for row in found]


def work_states(database: sqlite3.Connection, works: Iterable[int]) -> dict[int, UserState]:
    """Return the state of works: of the copy that was viewed last, and favourite if any copy is."""
    states: dict[int, UserState] = {}
    for work, *columns in database.execute(_STATES_OF_WORKS, (json.dumps([*works]),)):
        state = body.read_state(columns)
        first = states.setdefault(work, state)
        if state.favorite and not first.favorite:
            states[work] = replace(first, favorite=True)
    return states


def _entry(row: Sequence[Any], copies: Mapping[int, int], states: Mapping[int, UserState]) -> Entry:
    _, work, source, *columns = row
    own = body.read_state(columns[:_STATES])
    item = body.read(columns[_STATES:], own)
    return Entry(source, item, states.get(work, own), copies.get(work, 1))
