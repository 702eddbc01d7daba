"""The catalog for Home Assistant: one file for all accounts, opened by the first and closed after the last.

Its items are the servers' and can be had again. What users did with local files, and what servers are still to be told,
is nowhere else: that is taken along whatever becomes of the file.
"""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
import logging
from pathlib import Path
import sqlite3
from threading import Event as Flag
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from .catalog import connections
from .catalog.database import verify
from .catalog.writing import forget_some, sources
from .catalog_file import CatalogFile, Work
from .connection_memory import ConnectionMemory
from .const import DOMAIN
from .storage_trouble import CatalogUnavailable, StorageTrouble, trouble_of

_LOGGER = logging.getLogger(__name__)

FILE: Final = ".storage/reel.db"
# How long a copy of the file may take. Until it is said to be done, the log beside the file grows.
LONGEST_COPY: Final = 6 * 3600.0

type Listener = Callable[[], None]


class Storage:
    """The file with all that is around it: what it is opened for, looked after, told of, and closed by."""

    def __init__(self, hass: HomeAssistant) -> None:
        self.connections = ConnectionMemory(hass, self)
        self._hass = hass
        self._file: CatalogFile | None = None
        self._users = 0
        self._opening = asyncio.Lock()
        self._trouble: StorageTrouble | None = None
        self._trouble_listeners: list[Listener] = []
        self._rebuilt_listeners: list[Listener] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_verified = False
        self._is_mending = False
        self._forget_stop: CALLBACK_TYPE | None = None
        self._forget_start: CALLBACK_TYPE | None = None
        self._forget_copy: CALLBACK_TYPE | None = None

    # Reading and writing

    async def write[T](self, work: Work[T]) -> T:
        """Return what the work returns in the thread that writes; raises `sqlite3.Error`.

        Where there is no file to write to, that is a `CatalogUnavailable`.
        """
        try:
            is_written, result = await self._opened().write(partial(_observed, work))
        except sqlite3.Error as error:
            self._judge(error)
            raise
        if is_written:
            self._set_trouble(None)
        return result

    async def read[T](self, work: Work[T]) -> T:
        """Return what the work returns, without waiting for what is being written; raises the same."""
        try:
            return await self._opened().read(work)
        except sqlite3.Error as error:
            if trouble_of(error) is StorageTrouble.DAMAGED:
                self._judge(error)
            raise

    def _opened(self) -> CatalogFile:
        if self._file is None:
            raise CatalogUnavailable("closed")
        return self._file

    # Trouble

    @property
    def trouble(self) -> StorageTrouble | None:
        """What kept the last attempt to write from it, None where nothing did."""
        return self._trouble

    @callback
    def on_trouble(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener whenever the trouble is another one, or none; returns how to stop that."""
        self._trouble_listeners.append(listener)
        return lambda: self._trouble_listeners.remove(listener)

    @callback
    def on_rebuilt(self, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener when a damaged file was begun anew, and is empty; returns how to stop that."""
        self._rebuilt_listeners.append(listener)
        return lambda: self._rebuilt_listeners.remove(listener)

    def _judge(self, error: sqlite3.Error) -> None:
        trouble = trouble_of(error.__cause__ or error) if isinstance(error, CatalogUnavailable) else trouble_of(error)
        if trouble is StorageTrouble.DAMAGED and self._trouble is not StorageTrouble.DAMAGED:
            self._run(self._mend(), "mend the catalog")
        elif trouble is not None:
            self._set_trouble(trouble)

    def _set_trouble(self, trouble: StorageTrouble | None) -> None:
        if trouble is self._trouble:
            return
        if trouble is not None:
            _LOGGER.warning("The catalog cannot be kept: %s", trouble)
        else:
            _LOGGER.info("The catalog is kept again")
        self._tell_trouble(trouble)

    def _tell_trouble(self, trouble: StorageTrouble | None) -> None:
        self._trouble = trouble
        for listener in list(self._trouble_listeners):
            listener()

    async def _mend(self) -> None:
        """Begin a damaged file anew; more than one look may have found out about it."""
        if self._is_mending or self._file is None:
            return
        self._is_mending = True
        try:
            aside = await self._file.rebuild()
        except sqlite3.Error as error:
            _LOGGER.error("The catalog is damaged and could not be begun anew: %s", error)  # noqa: TRY400  # no trace
            self._set_trouble(StorageTrouble.DAMAGED)
            return
        finally:
            self._is_mending = False
        _LOGGER.error("The catalog was damaged and is read from the servers anew; the former file is %s", aside.name)
        self._set_trouble(None)
        for listener in list(self._rebuilt_listeners):
            listener()

    # Life

    async def open(self) -> None:
        """Load what is remembered, unless another account did."""
        self._users += 1
        # Accounts are set up side by side: the second has to wait for what the first loads.
        async with self._opening:
            if self._file is None:
                await self._begin()

    async def _begin(self) -> None:
        self._file = CatalogFile(Path(self._hass.config.path(FILE)), is_copied=self._forget_copy is not None)
        # Home Assistant does not unload its entries when it stops.
        self._forget_stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self._stop)
        await self.connections.load()
        if self._file.aside is not None:
            _LOGGER.error(
                "The catalog was damaged and is read from the servers anew; the former file is %s",
                self._file.aside.name,
            )
        self._forget_start = async_at_started(self._hass, self._look_after)

    async def close(self) -> None:
        """Write what is not written yet; the last account closes the file and ends its threads."""
        self._users -= 1
        await self.connections.flush()
        if self._users == 0:
            await self._end()

    async def _stop(self, _: Event) -> None:
        self._forget_stop = None
        self._expect_copy(None)
        await self.connections.flush()
        await self._end()

    async def _end(self) -> None:
        self.connections.close()
        for cancel in (self._forget_stop, self._forget_start):
            if cancel is not None:
                cancel()
        self._forget_stop = self._forget_start = None
        # One of them may be the last that needed the file.
        tasks = self._tasks - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._file is not None:
            file, self._file = self._file, None
            # Even if whoever asked for it does not wait until it is done.
            await asyncio.shield(self._hass.async_create_task(file.close(), f"{DOMAIN}: close the catalog"))
        # Nobody knows any more.
        self._tell_trouble(None)

    def _run(self, work: Coroutine[None, None, None], name: str) -> None:
        task = self._hass.async_create_background_task(work, f"{DOMAIN}: {name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Looking after it

    async def forget_sources(self, removed: Collection[str]) -> None:
        """Let go of sources that were removed: of how they were reached at once, of their items bit by bit."""
        await self.connections.forget_sources(removed)
        if removed:
            self._users += 1
            self._run(self._forget(removed), "forget sources")

    async def forget_account(self, account: str, removed: Collection[str]) -> None:
        """Let go of an account that was removed, and of its sources; the file may be closed by then."""
        await self.open()
        await self.connections.forget_account(account)
        await self.forget_sources(removed)
        await self.close()

    async def _forget(self, removed: Collection[str]) -> None:
        try:
            for source in removed:
                while await self.write(partial(forget_some, source=source)):
                    pass
        except sqlite3.Error as error:
            # The next start does it.
            _LOGGER.debug("Removed sources are still in the catalog: %s", error)
        except asyncio.CancelledError:
            # Whoever wants an end of this closes the file.
            self._users -= 1
            raise
        await self.close()

    @callback
    def _look_after(self, _: HomeAssistant) -> None:
        """Do what takes a while, once Home Assistant has started."""
        self._forget_start = None
        self._run(self._tidy_up(), "tidy up the catalog")

    async def _tidy_up(self) -> None:
        try:
            await self._forget_orphans()
        except sqlite3.Error as error:
            _LOGGER.debug("What nobody needs is still in the catalog: %s", error)
        if not self._is_verified and self._file is not None:
            is_whole = await self._verify(self._file.path)
            self._is_verified = True
            if not is_whole:
                await self._mend()

    async def _forget_orphans(self) -> None:
        """Let go of what belongs to no account, as after one was removed while nobody was there to hear of it."""
        entries = self._hass.config_entries.async_entries(DOMAIN)
        accounts, known = await self.write(
            lambda database: (connections.load_discovery(database).keys(), sources(database))
        )
        for account in accounts - {entry.entry_id for entry in entries}:
            await self.connections.forget_account(account)
        for source in known - {key for entry in entries for key in entry.subentries}:
            while await self.write(partial(forget_some, source=source)):
                pass

    async def _verify(self, path: Path) -> bool:
        """Tell whether the file is whole, in a thread of its own: all of it is read."""
        thread, is_cancelled = ThreadPoolExecutor(1, "reel-verify"), Flag()
        verdict = self._hass.loop.run_in_executor(thread, verify, path, is_cancelled.is_set)
        try:
            return await asyncio.shield(verdict)
        finally:
            is_cancelled.set()
            while not verdict.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([verdict])
            # Only its end is the end.
            thread.shutdown()

    # Copies

    async def begin_copy(self) -> None:
        """Make the file one that can be copied as it is, until `end_copy`; what is written meanwhile goes beside it."""
        self._expect_copy(async_call_later(self._hass, LONGEST_COPY, self._give_up_copy))
        await self._settle(CatalogFile.settle)

    async def end_copy(self) -> None:
        """Let what was written meanwhile get into the file."""
        self._expect_copy(None)
        await self._settle(CatalogFile.unsettle)

    async def _settle(self, work: Callable[[CatalogFile], Coroutine[None, None, None]]) -> None:
        if self._file is None:
            return
        try:
            await work(self._file)
        except sqlite3.Error as error:
            # The copies of all others are worth more.
            _LOGGER.warning("The catalog may be missing from this backup: %s", error)

    async def _give_up_copy(self, _: object) -> None:
        self._forget_copy = None
        await self.end_copy()

    def _expect_copy(self, cancel: CALLBACK_TYPE | None) -> None:
        if self._forget_copy is not None:
            self._forget_copy()
        self._forget_copy = cancel


def _observed[T](work: Work[T], database: sqlite3.Connection) -> tuple[bool, T]:
    """Return whether the work wrote anything, and what it returns."""
    before = database.total_changes
    result = work(database)
    return database.total_changes != before, result


STORAGE: Final[HassKey[Storage]] = HassKey(DOMAIN)


@callback
def storage_of(hass: HomeAssistant) -> Storage:
    """Return the one storage of this Home Assistant."""
    return hass.data.setdefault(STORAGE, Storage(hass))
