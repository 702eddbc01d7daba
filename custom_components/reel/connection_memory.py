"""What is remembered of connections: in memory, loaded from the file at the start and written behind.

Losing it costs history, never a source: those live in the config entries. So whatever goes wrong with the file is
logged, and Reel goes on without it.
"""

from collections.abc import Callable, Collection
import logging
import sqlite3
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .catalog import connections
from .connection.cache import ConnectionCache
from .connection.discovery import DiscoveryLog
from .connection.record import read, write
from .sync.model import Store

_LOGGER = logging.getLogger(__name__)

# What is learnt meanwhile is cheap to learn again; a write a minute is not cheap on a memory card.
WRITE_AFTER: Final = 60.0


class ConnectionMemory:
    """How sources were reached, and when accounts asked for their servers. Nothing here raises."""

    def __init__(self, hass: HomeAssistant, store: Store) -> None:
        self.cache = ConnectionCache()
        self.discovery: dict[str, DiscoveryLog] = {}
        self._hass = hass
        self._store = store
        self._is_open = False
        self._dirty: set[str] = set()
        self._learnt: set[str] = set()
        self._complained = False
        self._cancel_write: CALLBACK_TYPE | None = None

    async def load(self) -> None:
        """Read what former runs learnt."""
        self._is_open = True
        try:
            # Through the thread that writes: it is the one that opens the file.
            states, logs = await self._store.write(
                lambda database: (connections.load_states(database), connections.load_discovery(database))
            )
        except sqlite3.Error as error:
            _LOGGER.warning("Reel goes on without what it knew about connections: %s", error)
            return
        # What this process learnt is fresher than what it wrote: a reload goes on without a question.
        for source in states.keys() - self._learnt:
            self.cache.put(source, read(states[source]))
        self.discovery = {account: DiscoveryLog(*row) for account, row in logs.items()} | self.discovery

    @callback
    def close(self) -> None:
        """Take no more notes, since nobody is there to write them."""
        self._is_open = False
        self._plan_nothing()

    @callback
    def changed(self, source: str) -> None:
        """Take note that the state of a source is worth writing, some time soon."""
        if not self._is_open:
            # The last word of a round that ends while the last account is unloaded.
            return
        self._dirty.add(source)
        self._learnt.add(source)
        if self._cancel_write is None:
            self._cancel_write = async_call_later(self._hass, WRITE_AFTER, self._flush_later)

    async def flush(self) -> None:
        """Write what is not written yet."""
        self._plan_nothing()
        states = {source: write(self.cache.get(source)) for source in self._dirty}
        self._dirty.clear()
        if states:
            await self._write(lambda database: connections.save_states(database, states))

    async def log_discovery(self, account: str, log: DiscoveryLog) -> None:
        """Remember when an account asked for its servers."""
        self.discovery[account] = log
        row = (log.last, log.last_emergency, log.fruitless)
        await self._write(lambda database: connections.save_discovery(database, account, row))

    async def forget_sources(self, sources: Collection[str]) -> None:
        """Let go of sources that were removed."""
        for source in sources:
            self.cache.forget(source)
            self._dirty.discard(source)
            self._learnt.discard(source)
        if sources:
            await self._write(lambda database: connections.forget_sources(database, sources))

    async def forget_account(self, account: str) -> None:
        """Let go of an account that was removed."""
        self.discovery.pop(account, None)
        await self._write(lambda database: connections.forget_account(database, account))

    async def _flush_later(self, _: object) -> None:
        self._cancel_write = None
        await self.flush()

    def _plan_nothing(self) -> None:
        if self._cancel_write is not None:
            self._cancel_write()
            self._cancel_write = None

    async def _write(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Write something; a full disk costs what was to be written, and nothing else."""
        try:
            await self._store.write(work)
        except sqlite3.Error as error:
            if not self._complained:
                _LOGGER.warning("What is known about connections could not be written: %s", error)
            self._complained = True
        else:
            self._complained = False
