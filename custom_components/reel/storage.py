"""The catalog for Home Assistant: opened once for all accounts, in a thread of its own, and written behind.

Losing it costs history, never a source: those live in the config entries. So whatever goes wrong with the file is
logged, and Reel goes on without it.
"""

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
import logging
from pathlib import Path
import sqlite3
from typing import Final

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .catalog import connections
from .catalog.database import NewerFileError, open_database
from .connection.cache import ConnectionCache
from .connection.discovery import DiscoveryLog
from .connection.record import read, write
from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

FILE: Final = ".storage/reel.db"
# What is learnt meanwhile is cheap to learn again; a write a minute is not cheap on a memory card.
WRITE_AFTER: Final = 60.0


class Storage:
    """What all accounts remember: in memory, loaded from the file at the start and written behind.

    One thread owns the file. It is opened by the first account that is loaded and closed after the last is unloaded.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        self.cache = ConnectionCache()
        self.discovery: dict[str, DiscoveryLog] = {}
        self._hass = hass
        self._thread: ThreadPoolExecutor | None = None
        self._database: sqlite3.Connection | None = None
        self._users = 0
        self._dirty: set[str] = set()
        self._learnt: set[str] = set()
        self._opening = asyncio.Lock()
        self._cancel_write: CALLBACK_TYPE | None = None
        self._forget_stop: CALLBACK_TYPE | None = None

    async def open(self) -> None:
        """Load what is remembered, unless another account did."""
        self._users += 1
        # Accounts are set up side by side: the second has to wait for what the first loads.
        async with self._opening:
            if self._thread is None:
                await self._begin()

    async def _begin(self) -> None:
        self._thread = ThreadPoolExecutor(1, "reel-catalog")
        # Home Assistant does not unload its entries when it stops.
        self._forget_stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_FINAL_WRITE, self._stop)
        path = Path(self._hass.config.path(FILE))
        states, logs = await self._hass.loop.run_in_executor(self._thread, self._load, path)
        # What this process learnt is fresher than what it wrote: a reload goes on without a question.
        for source in states.keys() - self._learnt:
            self.cache.put(source, read(states[source]))
        self.discovery = {account: DiscoveryLog(*row) for account, row in logs.items()} | self.discovery

    async def close(self) -> None:
        """Write what is not written yet; the last account closes the file and ends the thread."""
        self._users -= 1
        await self.flush()
        if self._users == 0:
            await self._end()

    @callback
    def changed(self, source: str) -> None:
        """Take note that the state of a source is worth writing, some time soon."""
        if self._users == 0:
            # The last word of a round that ends while the last account is unloaded: nobody is there to write it.
            return
        self._dirty.add(source)
        self._learnt.add(source)
        if self._cancel_write is None:
            self._cancel_write = async_call_later(self._hass, WRITE_AFTER, self._flush_later)

    async def flush(self) -> None:
        """Write what is not written yet."""
        if self._cancel_write is not None:
            self._cancel_write()
            self._cancel_write = None
        states = {source: write(self.cache.get(source)) for source in self._dirty}
        self._dirty.clear()
        if states:
            await self._run(lambda database: connections.save_states(database, states))

    async def log_discovery(self, account: str, log: DiscoveryLog) -> None:
        """Remember when an account asked for its servers."""
        self.discovery[account] = log
        row = (log.last, log.last_emergency, log.fruitless)
        await self._run(lambda database: connections.save_discovery(database, account, row))

    async def forget_sources(self, sources: Collection[str]) -> None:
        """Let go of sources that were removed."""
        for source in sources:
            self.cache.forget(source)
            self._dirty.discard(source)
            self._learnt.discard(source)
        if sources:
            await self._run(lambda database: connections.forget_sources(database, sources))

    async def forget_account(self, account: str, sources: Collection[str]) -> None:
        """Let go of an account that was removed, and of its sources; the file may be closed by then."""
        await self.open()
        self.discovery.pop(account, None)
        await self.forget_sources(sources)
        await self._run(lambda database: connections.forget_account(database, account))
        await self.close()

    async def _stop(self, _: Event) -> None:
        self._forget_stop = None
        await self.flush()
        await self._end()

    async def _end(self) -> None:
        if self._forget_stop is not None:
            self._forget_stop()
            self._forget_stop = None
        if self._thread is not None:
            thread, self._thread = self._thread, None
            await self._hass.loop.run_in_executor(thread, self._close)
            # Nothing is left to do in it, but only its end is the end.
            await self._hass.async_add_executor_job(thread.shutdown)

    async def _flush_later(self, _: object) -> None:
        self._cancel_write = None
        await self.flush()

    async def _run(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do something with the file in its thread; a full disk costs what was to be written, and nothing else."""
        if self._thread is None:
            return
        try:
            await self._hass.loop.run_in_executor(self._thread, self._work, work)
        except sqlite3.Error as error:
            _LOGGER.warning("What is known about connections could not be written: %s", error)

    # In the thread

    def _work(self, work: Callable[[sqlite3.Connection], None]) -> None:
        if self._database is not None:
            work(self._database)

    def _load(self, path: Path) -> tuple[dict[str, str], dict[str, connections.DiscoveryRow]]:
        try:
            self._database = open_database(path)
            return connections.load_states(self._database), connections.load_discovery(self._database)
        except (OSError, sqlite3.Error, NewerFileError) as error:
            _LOGGER.warning("Reel goes on without what it knew about connections: %s", error)
            return {}, {}

    def _close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None


STORAGE: Final[HassKey[Storage]] = HassKey(DOMAIN)


@callback
def storage_of(hass: HomeAssistant) -> Storage:
    """Return the one storage of this Home Assistant."""
    return hass.data.setdefault(STORAGE, Storage(hass))
