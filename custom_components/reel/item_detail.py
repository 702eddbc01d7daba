"""When is a server asked for what only a look at one item tells? When somebody wants it, and not every day again."""

from contextlib import suppress
from enum import StrEnum
import sqlite3
from typing import Final

from .backends.errors import Missing, SourceError
from .backends.item import Detail
from .catalog import query
from .catalog.writing import put_detail
from .connection.model import Status
from .coordinator import ReelCoordinator
from .storage import storage_of

# Streams, chapters and who played in it change with the file, and hardly ever otherwise.
LASTS: Final = 24 * 3600.0


class Freshness(StrEnum):
    """How far the detail of an answer is to be believed."""

    FRESH = "fresh"
    STALE = "stale"
    """Older than a day; it is renewed in the background if the source can be reached."""
    NONE = "none"
    """Nobody ever looked, and now the source cannot be reached."""


async def detail_of(source: ReelCoordinator, identity: str) -> tuple[Detail | None, Freshness]:
    """Return the detail of an item, asking its source if need be; raises `sqlite3.Error`.

    Nobody waits for a source that is not connected, nor for one that told before.
    """
    key = source.source.key
    known = await storage_of(source.hass).read(lambda database: query.detail(database, key, identity))
    if known is None:
        detail = await _fetch(source, identity)
        return detail, Freshness.NONE if detail is None else Freshness.FRESH
    detail, fetched_at = known
    if 0 <= source.now - fetched_at < LASTS:
        return detail, Freshness.FRESH
    source.config_entry.async_create_background_task(
        source.hass, _fetch(source, identity), f"{source.name}: detail of an item"
    )
    return detail, Freshness.STALE


async def _fetch(source: ReelCoordinator, identity: str) -> Detail | None:
    """Return what the source tells now, and keep it; None where it tells nothing."""
    if source.connector.state.status is not Status.CONNECTED:
        source.connector.warm_up()
        return None
    try:
        detail = await source.connector.run(lambda way: source.catalog.backend(way).detail(identity))
    except Missing:
        # Others may be gone, too.
        source.catalog.look_around()
        return None
    except SourceError:
        return None
    key, now = source.source.key, source.now
    with suppress(sqlite3.Error):
        # What cannot be kept is still an answer.
        await storage_of(source.hass).write(lambda database: put_detail(database, key, identity, detail, now))
    return detail
