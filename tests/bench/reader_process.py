"""Who reads a library whole, in a process of its own: the integration, or the least that could be done at all.

`python -m tests.bench.reader_process sync|floor|warm URI TOKEN FILE` prints seconds, the memory it took, and for a sync
the longest stall of the event loop and the requests of small syncs after it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import gc
import json
from pathlib import Path
import resource
import sqlite3
import sys
from time import perf_counter, time
from typing import Any, Final

import aiohttp
import orjson

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.listing import Backend
from custom_components.reel.backends.model import Client, Library
from custom_components.reel.backends.plex.asker import STEADY, WHOLE, listed
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.wire import Wire
from custom_components.reel.catalog.database import open_database, open_reader
from custom_components.reel.sync.engine import SyncEngine
from custom_components.reel.sync.model import Mode, Synced
from custom_components.reel.sync.run import Site

PAGE: Final = 500
_TICK: Final = 0.005


@dataclass(frozen=True, slots=True)
class Store:
    """A catalog in two threads, as Home Assistant's side has it."""

    writer: ThreadPoolExecutor
    reader: ThreadPoolExecutor
    database: sqlite3.Connection
    view: sqlite3.Connection

    async def write[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns in the thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self.writer, work, self.database)

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns in the thread that reads."""
        return await asyncio.get_running_loop().run_in_executor(self.reader, work, self.view)


async def sync(uri: str, token: str, path: Path) -> dict[str, float]:
    """Read a server whole, then look twice for what changed: at first nothing, then one film."""
    async with aiohttp.ClientSession() as session, _store(path) as store:
        requests = _Count(session)
        backend = PlexLibrary(Wire(session, Client("bench", "1")), uri, token)

        async def ask[T](operation: Callable[[Backend], Awaitable[T]]) -> T:
            return await operation(backend)

        site = Site(source="bench", ask=ask, store=store, now=time)
        engine = SyncEngine(site, lambda _: None, lambda _: None)
        before, stall = _memory(), _Stall()
        began = perf_counter()
        outcome = await engine.sync(Mode.FULL)
        seconds, memory = perf_counter() - began, _memory() - before
        assert isinstance(outcome, Synced), outcome
        longest = await stall.end()
        idle = await requests.of(engine.sync(Mode.INCREMENTAL))
        await asyncio.to_thread(_change)
        changed = await requests.of(engine.sync(Mode.INCREMENTAL))
        await engine.close()
    return {
        "seconds": seconds, "memory": memory, "stall": longest, "items": outcome.counts.added,
        "idle": idle, "changed": changed,
    }  # fmt: skip


async def floor(uri: str, token: str, path: Path) -> dict[str, float]:
    """Fetch the same pages, read their JSON, and put a row per film into each table that a film is in."""
    database, before, start = open_database(path), _memory(), 0
    database.execute("INSERT INTO source VALUES (1, 'bench')")
    database.execute("INSERT INTO library VALUES (1, 1, '1', 'Movies', 'movie', NULL, 0, NULL)")
    began = perf_counter()
    async for page in _pages(uri, token):
        films = orjson.loads(page)["MediaContainer"]["Metadata"]
        database.execute("BEGIN")
        _insert(database, start, films)
        database.execute("COMMIT")
        start += len(films)
    seconds = perf_counter() - began
    database.close()
    return {"seconds": seconds, "memory": _memory() - before, "items": start}


async def warm(uri: str, token: str, _: Path) -> dict[str, float]:
    """Fetch the same pages, and no more: a server that made them once has them at hand for everybody."""
    return {"items": sum([orjson.loads(page)["MediaContainer"]["size"] async for page in _pages(uri, token)])}


async def _pages(uri: str, token: str) -> AsyncIterator[bytes]:
    """Yield the pages of the films, asked for as a sync does."""
    headers, start, total = {"X-Plex-Token": token, "Accept": "application/json"}, 0, 1
    async with aiohttp.ClientSession(headers=headers) as session:
        path, query = listed(await _section(session, uri), ItemKind.MOVIE, {**WHOLE, "sort": STEADY})
        while start < total:
            part = {"X-Plex-Container-Start": start, "X-Plex-Container-Size": PAGE}
            async with session.get(uri + path, params={**query, **part}) as reply:
                yield await reply.read()
                total, start = int(reply.headers["X-Plex-Container-Total-Size"]), start + PAGE


def _insert(database: sqlite3.Connection, start: int, films: list[dict[str, Any]]) -> None:
    numbered = [*enumerate(films, start + 1)]
    database.executemany(
        "INSERT INTO item VALUES (?, 1, 1, ?, 'movie', ?, NULL, NULL, NULL, NULL, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
        [
            (
                row, film["ratingKey"], row, film["title"], film["title"].lower(), film.get("year"),
                film.get("originallyAvailableAt"), film.get("addedAt"), film.get("rating"), film.get("duration"),
                film.get("Media", [{}])[0].get("height"), film.get("summary", ""),
            )
            for row, film in numbered
        ],
    )  # fmt: skip
    database.executemany(
        "INSERT OR IGNORE INTO external_id VALUES (?, ?, ?)",
        [(row, *guid["id"].split("://")) for row, film in numbered for guid in film.get("Guid", ())],
    )
    database.executemany(
        "INSERT OR IGNORE INTO genre VALUES (?, ?)",
        [(row, genre["tag"]) for row, film in numbered for genre in film.get("Genre", ())],
    )
    database.executemany(
        "INSERT INTO user_state VALUES (1, ?, 0, 0, 0, NULL, 0, NULL)", [(film["ratingKey"],) for film in films]
    )
    database.executemany(
        "INSERT INTO search (rowid, title, context) VALUES (?, ?, '')", [(row, film["title"]) for row, film in numbered]
    )
    database.executemany(
        "INSERT OR IGNORE INTO word VALUES (?)", [(word,) for film in films for word in film["title"].lower().split()]
    )


async def _section(session: aiohttp.ClientSession, uri: str) -> Library:
    async with session.get(f"{uri}/library/sections") as reply:
        sections = orjson.loads(await reply.read())["MediaContainer"]["Directory"]
    return next(Library(str(each["key"]), each["title"]) for each in sections if each["type"] == "movie")


@asynccontextmanager
async def _store(path: Path) -> AsyncIterator[Store]:
    loop, writer, reader = asyncio.get_running_loop(), ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    database = await loop.run_in_executor(writer, open_database, path)
    view = await loop.run_in_executor(reader, open_reader, path)
    yield Store(writer, reader, database, view)
    await loop.run_in_executor(reader, view.close)
    await loop.run_in_executor(writer, database.close)
    writer.shutdown()
    reader.shutdown()


class _Count:
    """Counts the requests of a session."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.requests = 0
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._started)
        trace.freeze()
        session.trace_configs.append(trace)

    async def of(self, work: Awaitable[object]) -> int:
        """Return how many requests the work took."""
        before = self.requests
        await work
        return self.requests - before

    async def _started(self, *_: object) -> None:
        self.requests += 1


class _Stall:
    """Looks how long the event loop keeps others waiting."""

    def __init__(self) -> None:
        self._longest = 0.0
        self._task = asyncio.create_task(self._tick())

    async def end(self) -> float:
        """Return the longest wait in milliseconds."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        return self._longest * 1000

    async def _tick(self) -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(_TICK)
            self._longest = max(self._longest, perf_counter() - began - _TICK)


def _change() -> None:
    """Let one film be another; whoever started this passes it on."""
    print("change", flush=True)
    sys.stdin.readline()


def _memory() -> float:
    """Return the most memory that was ever in use, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    what, server, secret, file = sys.argv[1:]
    # What was imported until here is no work of a sync: the garbage collector looks through it once, and not meanwhile.
    gc.collect()
    gc.freeze()
    work = {"sync": sync, "floor": floor, "warm": warm}[what]
    print(json.dumps(asyncio.run(work(server, secret, Path(file)))), flush=True)
