"""What a folder needs that servers do by themselves: somebody who watches it, and who looks into its files."""

import asyncio
from collections.abc import Callable
from functools import partial
import logging
import sqlite3

from homeassistant.core import HomeAssistant

from .account import Source, folder_of
from .backends.errors import SourceError
from .backends.item import File
from .backends.listing import News
from .backends.local.library import FolderLibrary
from .backends.local.probe import Prober
from .backends.local.watch import Watch, watch
from .catalog.found import known_files, unexamined
from .catalog.query import item
from .catalog.writing import put_items
from .storage import Storage

_LOGGER = logging.getLogger(__name__)


class FolderCare:
    """Looks after one folder. `hear` is told where something happened; `close` ends it all."""

    def __init__(self, hass: HomeAssistant, source: Source, storage: Storage, hear: Callable[[News], None]) -> None:
        self._hass = hass
        self._source = source
        self._storage = storage
        self._hear = hear
        self._prober = Prober()
        self._watch: Watch | None = None
        self._examining = asyncio.Lock()
        # A file in which there is nothing to be found would else be looked into after every sync.
        self._in_vain: set[str] = set()

    def library(self) -> FolderLibrary:
        """Return who reads the folder once; what was found out of its files before stays known."""
        return FolderLibrary(folder_of(self._source), self._prober, self._known())

    async def start_watch(self) -> None:
        """Watch the folder where the kernel can, unless it is watched already."""
        if self._watch is None or self._watch.closed:
            self._watch = await watch(folder_of(self._source), self._hear)

    async def close(self) -> None:
        """Watch it no longer."""
        if self._watch is not None:
            await self._watch.close()

    async def examine(self) -> None:
        """Look into the files that nobody looked into before, one after the other."""
        if self._examining.locked():
            return
        async with self._examining:
            for identity in await self._storage.read(partial(_unexamined, self._source.key)):
                if identity not in self._in_vain:
                    await self._examine(identity)

    async def _examine(self, identity: str) -> None:
        entry = await self._storage.read(lambda database: item(database, self._source.key, identity))
        if entry is None:
            return
        try:
            found = await self.library().examine(entry.item)
        except SourceError as error:
            _LOGGER.debug("A file of %s could not be looked into: %s", self._source.name, type(error).__name__)
            return
        if found == entry.item:
            self._in_vain.add(identity)
        else:
            await self._storage.write(lambda database: put_items(database, self._source.key, [found]))

    def _known(self) -> Callable[[str], File | None]:
        """Return what tells, in a thread, what is known of a file; read from the catalog when it is asked first."""
        files: dict[str, File] | None = None
        loop = self._hass.loop

        def known(identity: str) -> File | None:
            nonlocal files
            if files is None:
                reading = self._storage.read(partial(_known_files, self._source.key))
                try:
                    files = asyncio.run_coroutine_threadsafe(reading, loop).result()
                except sqlite3.Error:
                    files = {}
            return files.get(identity)

        return known


def _unexamined(source: str, database: sqlite3.Connection) -> list[str]:
    return unexamined(database, source)


def _known_files(source: str, database: sqlite3.Connection) -> dict[str, File]:
    return known_files(database, source)
