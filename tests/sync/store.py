"""The catalog for tests: a real file, one thread that writes and another one that reads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import sqlite3

from custom_components.reel.catalog.database import open_database, open_reader


class ThreadStore:
    """A file in two threads. `writes` happens before everything that is written."""

    def __init__(self, path: Path) -> None:
        self._writer = ThreadPoolExecutor(1, "test-writer")
        self._reader = ThreadPoolExecutor(1, "test-reader")
        self._database = self._writer.submit(open_database, path).result()
        self._read_only = self._reader.submit(open_reader, path).result()
        self.before_write: Callable[[], None] = lambda: None

    async def write[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        def perform() -> T:
            self.before_write()
            return work(self._database)

        return await asyncio.get_running_loop().run_in_executor(self._writer, perform)

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, self._read_only)

    def close(self) -> None:
        """Close the file and end the threads."""
        self._reader.submit(self._read_only.close).result()
        self._writer.submit(self._database.close).result()
        self._reader.shutdown()
        self._writer.shutdown()
