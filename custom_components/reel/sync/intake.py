"""How do items get into the catalog? With what they hold, or not at all: a list without its members looks complete."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import batched
import sqlite3
from typing import Final

from ..backends.errors import SourceError
from ..backends.item import LISTS, Item
from ..catalog import sweeping
from ..catalog.database import transaction
from ..catalog.writing import Written, put_items, put_members
from .run import Run

# Items asked for by name in one request: their names have to fit into an address.
_BATCH: Final = 100


async def take(run: Run, items: Sequence[Item], also: Callable[[sqlite3.Connection], object] | None = None) -> Written:
    """Keep items, with the members of collections that changed, and do something else in the same step."""
    members = await _members(run, items)
    kept = [item for item in items if item.identity not in members or members[item.identity] is not None]
    written = await run.write(partial(_put, run.source, kept, members, also))
    run.tally.note(written)
    return written


async def look_up(run: Run, identities: Collection[str]) -> list[Item]:
    """Return what the source has of these items."""
    found: list[Item] = []
    for batch in batched(identities, _BATCH, strict=False):
        found += await _ask_for(run, batch)
    return found


async def _ask_for(run: Run, batch: Sequence[str]) -> list[Item]:
    return await run.ask(lambda backend: backend.items(batch))


async def _members(run: Run, items: Sequence[Item]) -> Mapping[str, Sequence[str] | None]:
    """Return what the collections and playlists hold that are new or changed; None of one that cannot be read."""
    lists = [item for item in items if item.kind in LISTS]
    if not lists:
        return {}
    written = await run.write(partial(_foresee, run.source, lists))
    changed = {*written.added, *written.updated}
    found: dict[str, Sequence[str] | None] = {}
    for item in lists:
        if item.identity in changed:
            try:
                found[item.identity] = await _ask_members(run, item)
            except SourceError as error:
                # It stays as it was, and the next sync finds it changed again.
                run.excuse(item.library, error)
                found[item.identity] = None
    return found


async def _ask_members(run: Run, item: Item) -> list[str]:
    return await run.ask(lambda backend: backend.members(item))


def _foresee(source: str, items: Sequence[Item], database: sqlite3.Connection) -> Written:
    """Return what would become of items: what is written is taken back."""
    database.execute("BEGIN IMMEDIATE")
    try:
        return put_items(database, source, items)
    finally:
        database.execute("ROLLBACK")


def _put(
    source: str,
    items: Sequence[Item],
    members: Mapping[str, Sequence[str] | None],
    also: Callable[[sqlite3.Connection], object] | None,
    database: sqlite3.Connection,
) -> Written:
    with transaction(database):
        written = put_items(database, source, items)
        for identity, held in members.items():
            if held is not None:
                put_members(database, source, identity, held)
        sweeping.release(database, source, [item.identity for item in items])
        if also is not None:
            also(database)
    return written
