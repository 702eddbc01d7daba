"""The catalog of one source for Home Assistant: brought in step when it is time, and what there is to show of it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
import logging
import sqlite3
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .account import Source
from .backends.listing import Backend, Look, News
from .backends.model import Kind
from .backends.plex.look_content import PLAYLISTS
from .backends.transport import Json
from .catalog import progress, query
from .catalog.entry import Entry
from .catalog.sweeping import held
from .catalog.writing import remove_items
from .catalog_notice import CatalogNotice, is_further, newcomer_notices, step_notices
from .catalog_view import CatalogView, read_view
from .connection.connector import Connector
from .connection.model import Connection, Status
from .folder_care import FolderCare
from .item_answer import Place
from .outbox import Outbox
from .storage import storage_of
from .sync.engine import SyncEngine
from .sync.full import FULL
from .sync.model import Counts, Idle, Mode, Outcome, Running, Step
from .sync.news import COLLECT
from .sync.run import Site
from .sync.schedule import Schedule
from .wires import backend, clock, read_news

_LOGGER = logging.getLogger(__name__)


class CatalogSync:
    """Keeps the catalog of one source in step while the source is connected.

    `tell` hears of what happens, `changed` whenever there is something new to show. It never asks a server that is
    offline; what cannot be read is read later.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        source: Source,
        connector: Connector,
        tell: Callable[[CatalogNotice], None],
        changed: Callable[[], None],
    ) -> None:
        self.view = CatalogView()
        self.outbox = Outbox(hass, source, connector)
        self._hass = hass
        self._source = source
        self._connector = connector
        self._tell = tell
        self._changed = changed
        self._clock = clock(hass)
        self._storage = storage_of(hass)
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[], None]] = []
        self._was_connected = False
        self._was_lost = False
        """Whether it was connected before, so that something may have been missed."""
        self._schedule = Schedule()
        self._trusted: Connection | None = None
        self._care = FolderCare(hass, source, self._storage, self._hear_news) if source.kind is Kind.LOCAL else None
        self._folder: Backend | None = None
        self._reading = asyncio.Lock()
        self._stop_listening: CALLBACK_TYPE | None = None
        self._is_closed = False
        self._step: Step = Idle()
        self._engine = SyncEngine(
            Site(
                source=source.key,
                ask=self._ask,
                store=self._storage,
                now=self._clock.wall,
                # Playlists belong to no library that somebody could choose.
                wanted=None if source.libraries is None else source.libraries | {PLAYLISTS.identity},
                keep_states=source.kind is Kind.LOCAL,
                on_begin=self._forget_folder,
            ),
            self._stepped,
            self._heard_of,
            collect=COLLECT,
        )

    @property
    def progress(self) -> Step:
        """How far the sync under way is, or how the last one ended."""
        return self._engine.step

    async def sync(self, mode: Mode, library: str | None = None) -> Outcome:
        """Return how a sync ended, the one under way if it covers what is wanted."""
        # Or the server would tell us what we know better.
        await self.outbox.flush()
        outcome = await self._engine.sync(mode, library)
        self._schedule.ended(outcome, self._clock.wall())
        await self.outbox.insist()
        return outcome

    async def cancel(self) -> None:
        """End what is under way; a full sync goes on from there the next time."""
        self._engine.cancel()

    async def close(self) -> None:
        """End everything, and wait until what is being written is written; a full sync goes on from there."""
        self._is_closed = True
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._care is not None:
            await self._care.close()
        await self._engine.close()

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener whenever there is something new to show; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def start(self) -> None:
        """Show what is known, and go on from there."""
        self._stop_listening = self._storage.on_rebuilt(self._rebuilt)
        self._run(self._begin())

    @callback
    def follow(self) -> None:
        """Look whether the source came back; to be called whenever it might have."""
        if not self.view.is_read:
            return
        is_connected = self._connector.state.status is Status.CONNECTED
        if is_connected and not self._was_connected:
            self._run(self._catch_up(was_lost=self._was_lost))
        self._was_lost = self._was_connected or self._was_lost
        self._was_connected = is_connected

    @callback
    def hear(self, message: Mapping[str, Json]) -> None:
        """Take what a push channel told."""
        if news := read_news(self._source, message):
            self._engine.hear(news)

    @callback
    def look_around(self) -> None:
        """Look for changes now, since something says that there are some."""
        self._run(self._look(Look.CONTENT))

    def backend(self, connection: Connection) -> Backend:
        """Return who speaks to the source, for one operation; takes no time and asks nobody."""
        return self._care.library() if self._care is not None else backend(self._hass, self._source, connection)

    @callback
    def _hear_news(self, news: News) -> None:
        self._engine.hear(news)

    async def look_instead_of_check(self, over: Connection) -> bool:
        """Do the look that has waited longest over its time, over a connection that is known to be good.

        Returns whether somebody answered: then there is no need to ask whether anybody does.
        """
        before = self._connector.state.checked_at
        self._trusted = over
        try:
            await self.look_if_due()
        finally:
            self._trusted = None
        state = self._connector.state
        return state.current == over and state.checked_at is not None and state.checked_at != before

    async def look_if_due(self) -> bool:
        """Do the look that has waited longest over its time; tell whether there was one."""
        look, due_at = self._schedule.next_look(self.view.marks)
        if look is None or due_at > self._clock.wall() or isinstance(self._engine.step, Running):
            return False
        await self._look(look)
        return True

    def next_look(self) -> float:
        """Return the wall time of the next look, in the far future before the source was ever read whole."""
        return self._schedule.next_look(self.view.marks)[1]

    @callback
    def sync_if_due(self) -> None:
        """Read the source whole once a day."""
        if self._is_full_due():
            self._run(self._sync_whole())

    async def begin_anew(self) -> None:
        """Let the source be read whole when it is loaded next, since other libraries of it are wanted."""
        with suppress(sqlite3.Error):
            await self._storage.write(lambda database: progress.forget_mark(database, self._source.key, FULL))

    async def let_go_of_held(self) -> None:
        """Believe that the items of a mass disappearance are gone; raises `sqlite3.Error`."""
        await self._storage.write(partial(_let_go, self._source.key, self._care is not None))
        await self._refresh()

    async def refresh(self) -> None:
        """Read anew what there is to show, after something was done to the catalog by somebody else."""
        await self._refresh()

    # What is done

    async def _begin(self) -> None:
        await self._refresh()
        self.follow()

    async def _catch_up(self, *, was_lost: bool) -> None:
        """Say what could not be said, and read what was missed, now that the source is there."""
        if self._care is not None:
            await self._care.start_watch()
        if self._is_full_due() or await self._engine.is_unfinished():
            await self._sync_whole()
        elif was_lost or self.next_look() <= self._clock.wall():
            await self.sync(Mode.INCREMENTAL)
        elif await self.outbox.flush():
            await self._refresh()

    def _is_full_due(self) -> bool:
        is_idle = self.view.is_read and isinstance(self._engine.step, Idle)
        return is_idle and self._schedule.is_full_due(self.view.marks, self._clock.wall())

    async def _sync_whole(self) -> None:
        await self.sync(Mode.FULL)

    async def _look(self, look: Look) -> None:
        self._schedule.looked(look, self._clock.wall())
        await self.outbox.flush()
        await self._engine.look(look)
        await self.outbox.insist()
        await self._refresh()

    async def _ask[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        """Return what the source answers, with failover; a folder is read once for all questions of a sync."""
        if self._care is not None:
            folder = self._folder = self._folder or self._care.library()
            return await self._connector.run(lambda _: operation(folder))
        return await self._connector.run(lambda way: operation(self.backend(way)), over=self._trusted)

    def _forget_folder(self) -> None:
        """Let the next question to a folder walk through it anew: what was found is good for one sync."""
        self._folder = None

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        if self._is_closed:
            work.close()
            return
        task = self._hass.async_create_background_task(self._guard(work), f"Reel: catalog of {self._source.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except sqlite3.Error as error:
            _LOGGER.debug("The catalog of %s has to wait: %s", self._source.name, error)

    # What happens

    @callback
    def _stepped(self, step: Step) -> None:
        former, self._step = self._step, step
        self.view = replace(self.view, step=step)
        for notice in step_notices(former, step, self.view.names):
            self._tell(notice)
        self._show()
        if isinstance(step, Idle) and step.last is not None:
            self._run(self._take(step.last.counts))
        elif isinstance(step, Running) and is_further(former, step):
            self._run(self._refresh())

    @callback
    def _rebuilt(self) -> None:
        """Read everything anew into a file that was begun anew."""
        self._was_connected = False
        self._run(self._begin())

    @callback
    def _heard_of(self, counts: Counts) -> None:
        self._run(self._take(counts))

    async def _take(self, counts: Counts) -> None:
        """Show what changed, and tell of newcomers."""
        await self._refresh()
        if self._care is not None:
            self._run(self._examine(self._care))
        if counts.newcomers:
            entries = await self._storage.read(partial(_entries, self._source.key, counts.newcomers))
            for notice in newcomer_notices(entries, self.place()):
                self._tell(notice)

    async def _examine(self, care: FolderCare) -> None:
        await care.examine()
        await self._refresh()

    def place(self) -> Place:
        """Return what answers tell of where the items are, but for the device."""
        state = self._connector.state
        return Place(self._source.name, None, state.status, state.quality, self.view.names)

    async def _refresh(self) -> None:
        """Read what there is to show; the last one to ask sees the newest."""
        async with self._reading:
            view = await self._storage.read(partial(_view, self._source.key, self._clock.wall()))
            self.view = replace(view, step=self._engine.step)
        self._show()

    def _show(self) -> None:
        self._changed()
        for listener in list(self._listeners):
            listener()


def _let_go(source: str, keep_states: bool, database: sqlite3.Connection) -> None:  # noqa: FBT001  # for partial
    remove_items(database, source, held(database, source), keep_states=keep_states)


def _view(source: str, now: float, database: sqlite3.Connection) -> CatalogView:
    return read_view(database, source, now)


def _entries(source: str, identities: tuple[str, ...], database: sqlite3.Connection) -> list[Entry]:
    return [entry for each in identities if (entry := query.item(database, source, each)) is not None]
