"""Is a folder there? Files are asked in a thread: a network share may take for ever to say no."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import os
from pathlib import Path

from ...connection.model import Connection, Origin
from ..errors import Cause, Unreachable


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with media. `mount` is where the share it lies on is mounted: without that, it is gone, not empty."""

    path: Path
    mount: Path | None = None

    @property
    def identity(self) -> str:
        """What tells folders apart."""
        return str(self.path)

    @property
    def connection(self) -> Connection:
        """The one way to a folder."""
        return folder_connection(self.path)


def folder_connection(path: Path) -> Connection:
    """Return the one way to a folder, which is local by nature."""
    return Connection.at(path.as_uri(), local=True, origin=Origin.USER)


def open_folder(path: Path) -> Folder:
    """Return a folder that can be read; raises `Unreachable` with its cause. Blocks: call it in a thread."""
    try:
        folder = path.resolve()
        with os.scandir(folder) as entries:
            next(entries, None)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Unreachable(Cause.MISSING) from error
    except PermissionError as error:
        raise Unreachable(Cause.UNREADABLE) from error
    except OSError as error:
        raise Unreachable(Cause.BROKEN) from error
    return Folder(folder, mount_of(folder))


def mount_of(path: Path) -> Path | None:
    """Return where the innermost thing that a path lies on is mounted, None for the root of all. Blocks."""
    return next((each for each in (path, *path.parents) if each != each.parent and each.is_mount()), None)


def require_folder(folder: Folder) -> None:
    """Raise `Unreachable` when a folder cannot be read, or its share is gone. Blocks."""
    _require_mount(folder, open_folder(folder.path))


def _require_mount(folder: Folder, found: Folder) -> None:
    # In a container the folder around an unmounted share is often a mount itself: any mount will not do.
    if folder.mount is not None and (found.mount is None or not found.mount.is_relative_to(folder.mount)):
        raise Unreachable(Cause.MISSING)


@dataclass(slots=True)
class FolderProber:
    """Asks the file system whether a folder is there. A question that hangs is waited for, not asked again."""

    folder: Folder
    ask: Callable[[Path], Folder] = open_folder
    _pending: asyncio.Future[Folder] | None = field(default=None, init=False, repr=False)

    async def identify(self, connection: Connection) -> str:
        """Return the identity of the folder; raises `Unreachable` when it cannot be read or its share is gone."""
        _require_mount(self.folder, await self._open())
        return self.folder.identity

    async def prove(self, connection: Connection) -> None:
        """Do nothing: a folder asks for no credentials."""

    async def _open(self) -> Folder:
        pending = self._pending
        if pending is None or pending.done():
            pending = asyncio.get_running_loop().run_in_executor(None, self.ask, self.folder.path)
            # Whoever asked may have given up by the time the answer comes; then nobody misses it.
            pending.add_done_callback(lambda answer: answer.cancelled() or answer.exception())
            self._pending = pending
        await asyncio.wait([pending])
        return pending.result()
