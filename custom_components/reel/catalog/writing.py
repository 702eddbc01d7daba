"""How does what a source tells get into the file? In pages, each whole or not at all, and only what is different."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import batched
import json
import sqlite3
from typing import Final, NamedTuple

from ..backends.item import Detail, Item, UserState
from ..backends.model import Library
from . import body, works
from .database import transaction
from .folding import index_words, sort_key, vocabulary

# How many items are compared with what is there at once, and removed at once: memory stays flat, and the log small.
_CHUNK: Final = 500
_LIMIT: Final = 2**63
_NOTHING_DONE: Final = list(body.written_state(UserState()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of the items of a page, by identity."""

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: int = 0
    skipped: int = 0
    """Of no library that we know of, or nothing that a file can hold."""
    states: tuple[str, ...] = ()
    """Whose state is another one now, whether the item changed or not."""

    def __add__(self, other: Written) -> Written:
        """Return what became of both pages."""
        return Written(
            added=self.added + other.added,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            skipped=self.skipped + other.skipped,
            states=self.states + other.states,
        )


def put_libraries(database: sqlite3.Connection, source: str, libraries: Sequence[Library]) -> None:
    """Keep these libraries in this order; those that are gone stay until `remove_libraries`."""
    with transaction(database):
        row = source_row(database, source)
        database.executemany(
            """
            INSERT INTO library (source, identity, name, kinds, stamp, position) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET
                name = excluded.name, kinds = excluded.kinds, stamp = excluded.stamp, position = excluded.position
            """,
            [
                (row, library.identity, library.name, ",".join(library.kinds), library.stamp, position)
                for position, library in enumerate(libraries)
            ],
        )


def remove_libraries(
    database: sqlite3.Connection, source: str, keep: Collection[str], *, keep_states: bool = True
) -> int:
    """Let go of all libraries but these, and return how many items went with them."""
    found = database.execute(
        "SELECT library.id, identity FROM library JOIN source ON source.id = source WHERE key = ?", (source,)
    ).fetchall()
    removed = 0
    for library in [library for library, identity in found if identity not in keep]:
        while gone := _empty(database, library, keep_states=keep_states):
            removed += gone
        database.execute("DELETE FROM library WHERE id = ?", (library,))
    return removed


def _empty(database: sqlite3.Connection, library: int, *, keep_states: bool) -> int:
    """Remove some items of a library, and return how many there were."""
    items = database.execute("SELECT id FROM item WHERE library = ? LIMIT ?", (library, _CHUNK)).fetchall()
    with transaction(database):
        return _remove(database, [item for (item,) in items], keep_states=keep_states)


def put_items(database: sqlite3.Connection, source: str, items: Sequence[Item]) -> Written:
    """Keep these items, and the state of those that tell it; what is the same already costs next to nothing."""
    with transaction(database):
        row = source_row(database, source)
        found = database.execute("SELECT identity, id FROM library WHERE source = ?", (row,))
        page = _Page(database, row, dict(found))
        return sum((page.put(chunk) for chunk in batched(items, _CHUNK, strict=False)), Written())


class _Old(NamedTuple):
    row: int
    fingerprint: int


class _Kept(NamedTuple):
    """An item with the number of its row."""

    row: int
    item: Item


type _Values = tuple[str | int | float | None, ...]
"""Those of `_COLUMNS`."""


class _Page:
    """Some items of one source on their way into the file."""

    def __init__(self, database: sqlite3.Connection, source: int, libraries: Mapping[str, int]) -> None:
        self._database = database
        self._source = source
        self._libraries = libraries

    def put(self, items: Sequence[Item]) -> Written:
        forms = {item.identity: (item, values) for item in items if (values := self._values(item)) is not None}
        known = self._known(forms)
        new = [form for identity, form in forms.items() if identity not in known]
        changed = [
            (known[identity].row, *form)
            for identity, form in forms.items()
            if identity in known and known[identity].fingerprint != form[1][_FINGERPRINT]
        ]
        self._attach(self._insert(new) + self._update(changed))
        states = {item.identity: item.state for item, _ in forms.values() if item.state is not None}
        return Written(
            added=tuple([item.identity for item, _ in new]),
            updated=tuple([item.identity for _, item, _ in changed]),
            unchanged=len(forms) - len(new) - len(changed),
            skipped=len({item.identity for item in items} - forms.keys()),
            states=_put_states(self._database, self._source, states),
        )

    def _known(self, wanted: Iterable[str]) -> dict[str, _Old]:
        found = self._database.execute(
            """
            SELECT identity, id, fingerprint FROM item
            WHERE source = ? AND identity IN (SELECT value FROM json_each(?))
            """,
            (self._source, json.dumps(list(wanted))),
        )
        return {identity: _Old(row, fingerprint) for identity, row, fingerprint in found}

    def _values(self, item: Item) -> _Values | None:
        """Return the values of an item, None where it belongs to no library or no file can hold it."""
        if item.library not in self._libraries:
            return None
        numbers = (item.number, item.parent_number, item.year, item.duration_ms)
        values = (
            self._source,
            self._libraries[item.library],
            item.identity,
            str(item.kind),
            item.parent,
            item.grandparent,
            *numbers,
            item.title,
            sort_key(item.title, item.sort_title),
            item.aired,
            item.added_at,
            item.rating,
            max((file.height or 0 for file in item.files), default=0) or None,
        )
        text = body.written(item)
        try:
            digest = blake2b("\0".join((*map(str, values), text)).encode(), digest_size=8).digest()
        except UnicodeEncodeError:
            # Half a character.
            return None
        # Names of files may have any number in them.
        if any(number is not None and not -_LIMIT <= number < _LIMIT for number in numbers):
            return None
        return (*values, int.from_bytes(digest, signed=True), text)

    def _insert(self, new: Sequence[tuple[Item, _Values]]) -> list[_Kept]:
        """Put items into the file, each a work of its own so far; what becomes of them later is counted by triggers."""
        (last,) = self._database.execute("SELECT coalesce(max(id), 0) FROM item").fetchone()
        rows = range(last + 1, last + 1 + len(new))
        self._database.executemany(_INSERT, [(row, row, *form[1]) for row, form in zip(rows, new, strict=True)])
        counts = Counter([(self._libraries[item.library], str(item.kind)) for item, _ in new])
        self._database.executemany(_COUNT, [(*place, count) for place, count in counts.items()])
        return [_Kept(row, form[0]) for row, form in zip(rows, new, strict=True)]

    def _update(self, changed: Sequence[tuple[int, Item, _Values]]) -> list[_Kept]:
        """Put items in place of their former form, without anything that belonged to that."""
        if changed:
            self._database.executemany(_UPDATE, [(*values, row) for row, _, values in changed])
            self._detach([row for row, _, _ in changed])
        return [_Kept(row, item) for row, item, _ in changed]

    def _detach(self, rows: Sequence[int]) -> None:
        """Take away what items are found by, and part works that hung on them."""
        members = works.members(self._database, rows)
        works.part(self._database, members)
        for statement in _DETACH:
            self._database.executemany(statement, [(row,) for row in rows])
        works.join(self._database, members)

    def _attach(self, items: Sequence[_Kept]) -> None:
        """Put beside items what they are found by: what others call them, genres, words."""
        ids = [(row, str(each.provider), each.value) for row, item in items for each in item.ids]
        self._database.executemany("INSERT OR IGNORE INTO external_id VALUES (?, ?, ?)", ids)
        genres = [(row, genre) for row, item in items for genre in item.genres]
        self._database.executemany("INSERT OR IGNORE INTO genre VALUES (?, ?)", genres)
        indexed = [(row, *index_words(item, self._libraries[item.library])) for row, item in items]
        self._database.executemany("INSERT INTO search (rowid, title, context, scope) VALUES (?, ?, ?, ?)", indexed)
        words = {word for _, title, context, _ in indexed for word in vocabulary(f"{title} {context}")}
        self._database.executemany("INSERT OR IGNORE INTO word VALUES (?)", [(word,) for word in sorted(words)])
        works.join(self._database, [row for row, item in items if item.ids])


_COLUMNS: Final = (
    "source, library, identity, kind, parent, grandparent, number, parent_number, year, duration_ms, title, sort_key, "
    "aired, added_at, rating, height, fingerprint, body"
)
_FINGERPRINT: Final = _COLUMNS.split(", ").index("fingerprint")
_MARKS: Final = ", ".join("?" * len(_COLUMNS.split(", ")))
_INSERT: Final = f"INSERT INTO item (id, work, {_COLUMNS}) VALUES (?, ?, {_MARKS})"  # noqa: S608  # all our own
_UPDATE: Final = f"UPDATE item SET ({_COLUMNS}) = ({_MARKS}) WHERE id = ?"  # noqa: S608
_COUNT: Final = """
    INSERT INTO tally VALUES (?, ?, ?3, ?3)
    ON CONFLICT DO UPDATE SET items = items + excluded.items, works = works + excluded.works
"""
_DETACH: Final = (
    "DELETE FROM external_id WHERE item = ?",
    "DELETE FROM genre WHERE item = ?",
    "DELETE FROM search WHERE rowid = ?",
)
# To replace a row would take ten times as long, since everything that refers to it would be looked for.
_PUT_STATE: Final = """
    INSERT INTO user_state VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
        watched = excluded.watched, plays = excluded.plays, position_ms = excluded.position_ms,
        viewed_at = excluded.viewed_at, favorite = excluded.favorite, unwatched = excluded.unwatched
"""


def put_states(database: sqlite3.Connection, source: str, states: Mapping[str, UserState]) -> tuple[str, ...]:
    """Keep what a user did with items, known ones or not, and return the identities of those it is new of."""
    with transaction(database):
        return _put_states(database, source_row(database, source), states)


def _put_states(database: sqlite3.Connection, source: int, states: Mapping[str, UserState]) -> tuple[str, ...]:
    rows = database.execute(
        f"""
        SELECT identity, {body.STATE_COLUMNS} FROM user_state
        WHERE source = ? AND identity IN (SELECT value FROM json_each(?))
        """,  # noqa: S608
        (source, json.dumps(list(states))),
    )
    known = {identity: values for identity, *values in rows}
    changed = {
        identity: values
        for identity, values in ((identity, body.written_state(state)) for identity, state in states.items())
        if list(values) != known.get(identity, _NOTHING_DONE)
    }
    database.executemany(_PUT_STATE, [(source, identity, *values) for identity, values in changed.items()])
    return tuple(changed)


def put_members(database: sqlite3.Connection, source: str, identity: str, members: Sequence[str]) -> None:
    """Keep what a collection or playlist holds, in its order; of a list that is unknown, nothing is kept."""
    with transaction(database):
        row = item_row(database, source, identity)
        if row is None:
            return
        database.execute("DELETE FROM member WHERE list = ?", (row,))
        database.executemany(
            "INSERT INTO member VALUES (?, ?, ?)", [(row, position, each) for position, each in enumerate(members)]
        )


def put_detail(database: sqlite3.Connection, source: str, identity: str, detail: Detail, now: float) -> None:
    """Keep what a look at one item told; of an item that is unknown, nothing is kept."""
    row = item_row(database, source, identity)
    if row is not None:
        database.execute("INSERT OR REPLACE INTO detail VALUES (?, ?, ?)", (row, now, body.written_detail(detail)))


def remove_items(database: sqlite3.Connection, source: str, identities: Collection[str], *, keep_states: bool) -> int:
    """Let go of items, and of what was done with them unless that is kept; return how many there were."""
    removed = 0
    for chunk in batched(identities, _CHUNK, strict=False):
        with transaction(database):
            found = database.execute(
                """
                SELECT item.id FROM source CROSS JOIN item ON item.source = source.id
                WHERE source.key = ? AND item.identity IN (SELECT value FROM json_each(?))
                """,
                (source, json.dumps(chunk)),
            )
            removed += _remove(database, [item for (item,) in found], keep_states=keep_states)
    return removed


def _remove(database: sqlite3.Connection, items: Sequence[int], *, keep_states: bool) -> int:
    members = works.members(database, items)
    works.part(database, members)
    rows = [(item,) for item in items]
    if not keep_states:
        database.executemany(
            "DELETE FROM user_state WHERE (source, identity) = (SELECT source, identity FROM item WHERE id = ?)", rows
        )
    database.executemany("DELETE FROM item WHERE id = ?", rows)
    works.join(database, members.difference(items))
    return len(items)


def forget_source(database: sqlite3.Connection, source: str) -> None:
    """Let go of a source with all that is known of it, and of what it was still to be told."""
    while forget_some(database, source):
        pass


def forget_some(database: sqlite3.Connection, source: str) -> bool:
    """Begin to do so, and tell whether there is more to do: others may want to write meanwhile."""
    question = "SELECT library.id FROM library JOIN source ON source.id = source WHERE key = ? LIMIT 1"
    if (library := database.execute(question, (source,)).fetchone()) is not None:
        if not _empty(database, *library, keep_states=True):
            database.execute("DELETE FROM library WHERE id = ?", library)
        return True
    with transaction(database):
        database.execute("DELETE FROM source WHERE key = ?", (source,))
        database.execute("DELETE FROM report WHERE source = ?", (source,))
        database.execute("DELETE FROM connection_state WHERE source = ?", (source,))
    return False


def sources(database: sqlite3.Connection) -> set[str]:
    """Return all sources that anything is known of."""
    question = "SELECT key FROM source UNION SELECT source FROM report UNION SELECT source FROM connection_state"
    return {source for (source,) in database.execute(question)}


def source_row(database: sqlite3.Connection, source: str) -> int:
    """Return the number of the row of a source, made if need be."""
    found = database.execute("SELECT id FROM source WHERE key = ?", (source,)).fetchone()
    if found is None:
        found = database.execute("INSERT INTO source (key) VALUES (?) RETURNING id", (source,)).fetchone()
    return int(found[0])


def item_row(database: sqlite3.Connection, source: str, identity: str) -> int | None:
    """Return the number of the row of an item, None where there is no such item."""
    found = database.execute(
        "SELECT item.id FROM item JOIN source ON source.id = item.source WHERE source.key = ? AND item.identity = ?",
        (source, identity),
    ).fetchone()
    return int(found[0]) if found else None
