"""How is a file of a folder read? Only if it really lies there, and only in threads: a share may take for ever."""

import asyncio
from collections.abc import AsyncIterator
import os
from pathlib import Path
import stat
from threading import Lock
from typing import Final, override

from ..errors import CannotPlay, Cause, Missing, Refusal, Unreachable
from .folder import Folder, require_folder
from .parts import Edition
from .paths import locate

# Enough that waking a thread for it costs little, and twenty of them are no burden.
PIECE: Final = 524_288
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class OpenFile:
    """A file that is open. It may be closed while somebody reads it: then it is, when they have done."""

    def __init__(self, descriptor: int) -> None:
        told = os.fstat(descriptor)
        self.edition = Edition(told.st_size, told.st_mtime_ns)
        self._descriptor: int | None = descriptor
        self._alone = Lock()

    def read(self, size: int, start: int) -> bytes:
        """Return a part of it; raises `OSError`. Blocks."""
        with self._alone:
            return b"" if self._descriptor is None else os.pread(self._descriptor, size, start)

    def close(self) -> None:
        """Close it, once. Blocks."""
        with self._alone:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


def open_file(folder: Folder, reference: str) -> OpenFile:
    """Return a file of a folder, open; raises `Missing`, also for one that lies outside, and `CannotPlay`. Blocks."""
    try:
        return OpenFile(_open_below(Path(os.path.realpath(folder.path)), locate(folder.path, reference)))
    except (Missing, OSError) as error:
        # Without its share, a folder has lost nothing.
        require_folder(folder)
        if isinstance(error, PermissionError):
            raise CannotPlay(Refusal.NOT_ALLOWED) from error
        raise Missing from error


def _open_below(top: Path, path: Path) -> int:
    """Return a file, going down step by step and along no link: one may be put in the way at any moment."""
    steps = path.relative_to(top).parts
    place = os.open(top, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        for step in steps[:-1]:
            below = os.open(step, _READ | os.O_DIRECTORY, dir_fd=place)
            os.close(place)
            place = below
        return _regular(os.open(steps[-1], _READ, dir_fd=place))
    finally:
        os.close(place)


def _regular(descriptor: int) -> int:
    """Return what was opened if it has an end; pipes and devices have none."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise Missing


def let_go(file: OpenFile) -> None:
    """Close a file without waiting for it: its share may hang."""
    asyncio.get_running_loop().run_in_executor(None, file.close)


async def open_soon(folder: Folder, reference: str) -> OpenFile:
    """Return the same without blocking; whoever does not wait for it leaves nothing open."""
    opening = asyncio.get_running_loop().run_in_executor(None, open_file, folder, reference)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_late)
        raise


def _close_late(opening: asyncio.Future[OpenFile]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class FilePieces(AsyncIterator[bytes]):
    """A part of a file, read as it is wanted."""

    def __init__(self, file: OpenFile, start: int, end: int) -> None:
        self._file = file
        self._at = start
        self._end = end

    @override
    async def __anext__(self) -> bytes:
        if self._at >= self._end:
            raise StopAsyncIteration
        try:
            piece = await asyncio.to_thread(self._file.read, min(PIECE, self._end - self._at), self._at)
        except OSError as error:
            raise Unreachable(Cause.BROKEN) from error
        if not piece:
            # It was promised to be longer: somebody cut it off, or took the disk away.
            raise Unreachable(Cause.BROKEN)
        self._at += len(piece)
        return piece
