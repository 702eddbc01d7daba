"""Which thread does what with the catalog's file? One writes all there is to write; another reads beside it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import sqlite3
from time import monotonic
from typing import Final

from .catalog.database import CHECKPOINT, DamagedFileError, NewerFileError, open_reader
from .catalog.rescue import open_or_rebuild, rebuild
from .storage_trouble import CatalogUnavailable, StorageTrouble, trouble_of

# How long not to try again to open a file that could not be opened: that may take its time.
RETRY_AFTER: Final = 30.0
_NO_FILE: Final = (OSError, sqlite3.Error, NewerFileError, DamagedFileError)

type Work[T] = Callable[[sqlite3.Connection], T]


class CatalogFile:
    """The file, its two connections and their threads, which end with `close`.

    A file that is damaged as soon as it is opened is begun anew, and `aside` says where it was set aside.
    """

    def __init__(self, path: Path, *, is_copied: bool = False) -> None:
        self.path = path
        self._is_copied = is_copied
        self.aside: Path | None = None
        self._writing = ThreadPoolExecutor(1, "reel-catalog")
        self._reading = ThreadPoolExecutor(1, "reel-catalog-reader")
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        # Differs with every file that is begun, so that the reader notices.
        self._edition = 0
        self._read_edition = 0
        self._refused: Exception | None = None
        self._refused_at = 0.0

    async def write[T](self, work: Work[T]) -> T:
        """Return what the work returns, after all that was to be written before; raises `sqlite3.Error`.

        It opens the file if need be. Raises `CatalogUnavailable`, from what was the cause, where there is none.
        """
        return await self._in(self._writing, lambda: self._write(work))

    async def read[T](self, work: Work[T]) -> T:
        """Return what the work returns, without waiting for what is being written; raises the same."""
        return await self._in(self._reading, lambda: self._read(work))

    async def rebuild(self) -> Path:
        """Set the file aside and begin a new one with what can be saved; returns where the damaged one is."""
        return await self._in(self._writing, self._rebuild)

    async def settle(self) -> None:
        """Bring all that was written into the file itself, and leave that as it is until `unsettle`."""
        self._is_copied = True
        await self.write(_settle)

    async def unsettle(self) -> None:
        """Let what is written get into the file itself again."""
        self._is_copied = False
        await self.write(_unsettle)

    async def close(self) -> None:
        """Finish what is under way, close the file and end the threads."""
        # The last connection tidies up, and only the one that writes can.
        await self._in(self._reading, self._close_reader)
        await self._in(self._writing, self._close_writer)
        # Nothing is left to do in them, so they end at once; but only their end is the end.
        self._reading.shutdown()
        self._writing.shutdown()

    async def _in[T](self, thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
        try:
            answer = asyncio.get_running_loop().run_in_executor(thread, work)
        except RuntimeError as error:
            # The thread takes no more work.
            raise CatalogUnavailable("closed") from error
        return await answer

    # In the thread that writes

    def _write[T](self, work: Work[T]) -> T:
        database = self._writer or self._open()
        try:
            result = work(database)
        except sqlite3.Error as error:
            if trouble_of(error) is StorageTrouble.OUT_OF_REACH:
                # Whatever comes back is another file to the system.
                self._close_writer()
            raise
        if database.in_transaction:
            # Or all that is written from now on would wait for its end.
            database.execute("ROLLBACK")
            raise sqlite3.ProgrammingError("left a transaction open")
        return result

    def _open(self) -> sqlite3.Connection:
        if self._refused is not None and monotonic() - self._refused_at < RETRY_AFTER:
            raise CatalogUnavailable(str(self._refused)) from self._refused
        try:
            self._writer, aside = open_or_rebuild(self.path)
        except _NO_FILE as error:
            self._refused, self._refused_at = error, monotonic()
            raise CatalogUnavailable(str(error)) from error
        if self._is_copied:
            _leave_alone(self._writer)
        self.aside = aside or self.aside
        self._refused = None
        self._edition += 1
        return self._writer

    def _rebuild(self) -> Path:
        self._close_writer()
        try:
            self._writer, aside = rebuild(self.path)
        except _NO_FILE as error:
            raise CatalogUnavailable(str(error)) from error
        self._edition += 1
        return aside

    def _close_writer(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    # In the thread that reads

    def _read[T](self, work: Work[T]) -> T:
        if self._reader is None or self._read_edition != self._edition:
            self._close_reader()
            self._read_edition = self._edition
            try:
                self._reader = open_reader(self.path)
            except sqlite3.Error as error:
                raise CatalogUnavailable(str(error)) from error
        return work(self._reader)

    def _close_reader(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _settle(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    _leave_alone(database)


def _leave_alone(database: sqlite3.Connection) -> None:
    """Let what is written from now on stay in the log beside the file, even when that is closed."""
    database.execute("PRAGMA wal_autocheckpoint = 0").fetchone()
    database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)  # noqa: FBT003  # so SQLite has it


def _unsettle(database: sqlite3.Connection) -> None:
    database.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, False)  # noqa: FBT003
    database.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT}").fetchone()
