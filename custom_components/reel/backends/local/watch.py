"""Did anything happen in a folder? The kernel tells, where the folder lies on this machine's own disks.

It tells nothing of what others do on a network share, and it watches only so many folders: then the timer has to do.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
import os
from pathlib import Path
from typing import Final

from ..listing import News
from .files import TYPES, is_litter, suffix_of
from .folder import Folder
from .inotify import Event, Inotify, Mask
from .paths import written
from .shelves import OWN, library_of

# A film is moved in with all that belongs to it; news wait until that is done, but not for ever.
QUIET: Final = 2.0
_LONGEST: Final = 15
# Each costs the kernel about a kilobyte; the limit of all programs together is often 8,192.
MOST_FOLDERS: Final = 5_000
_REMOTE: Final = frozenset(
    {"9p", "afs", "ceph", "cifs", "davfs", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone", "fuse.sshfs", "ncpfs", "nfs",
     "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"}
)  # fmt: skip


class TooManyFolders(OSError):
    """There are more folders than one source may watch."""


class Watch:
    """Watches a folder until it is closed, and tells in which libraries something happened."""

    def __init__(self, folder: Folder, inotify: Inotify, on_change: Callable[[News], None], quiet: float) -> None:
        self._folder = folder
        self._inotify = inotify
        self._on_change = on_change
        self._quiet = quiet
        self._paths: dict[int, str] = {}
        self._libraries: set[str] = set()
        self._new: set[str] = set()
        self._since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.closed = False

    async def begin(self, most: int) -> None:
        """Begin to watch; raises `OSError` where that cannot be."""
        self._most = most
        await self._add([""])
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._inotify.descriptor, self._read)

    async def close(self) -> None:
        """Watch nothing any more."""
        self._stop()
        if self._task is not None:
            # Not cancelled: it may be in a thread that uses the descriptor.
            await asyncio.wait([self._task])
        self._inotify.close()

    def _stop(self) -> None:
        if not self.closed:
            self.closed = True
            self._loop.remove_reader(self._inotify.descriptor)
        if self._timer is not None:
            self._timer.cancel()

    async def _add(self, paths: Iterable[str]) -> None:
        """Watch folders and all below them; raises `OSError` when the kernel has no room for more."""
        thread = asyncio.ensure_future(asyncio.to_thread(self._watched, list(paths)))
        try:
            self._paths |= await asyncio.shield(thread)
        except asyncio.CancelledError:
            self.closed = True
            await asyncio.wait([thread])
            raise
        if len(self._paths) > self._most:
            raise TooManyFolders

    def _watched(self, paths: list[str]) -> dict[int, str]:
        found: dict[int, str] = {}
        while paths and len(found) <= self._most and not self.closed:
            path = paths.pop()
            real = os.path.join(self._folder.path, path) if path else str(self._folder.path)  # noqa: PTH118
            try:
                found[self._inotify.add(real)] = path
                with os.scandir(real) as entries:
                    paths += [_below(path, each.name) for each in entries if _is_folder(each)]
            except FileNotFoundError, NotADirectoryError, PermissionError:
                # Gone again, or none of our business.
                continue
        return found

    def _read(self) -> None:
        try:
            events = self._inotify.read()
        except OSError:
            self._stop()
            return
        for event in events:
            self._take(event)
        if self._libraries and self._task is None:
            self._wait()

    def _take(self, event: Event) -> None:
        if event.mask & Mask.OVERFLOW:
            self._new.add("")
            self._libraries.add(OWN)
        elif event.mask & Mask.IGNORED:
            self._paths.pop(event.watch, None)
        elif _counts(event):
            path = _below(self._paths.get(event.watch, ""), event.name)
            self._libraries.add(library_of(self._folder.path.name, written(path)))
            if event.mask & Mask.IS_FOLDER:
                self._take_folder(event, path)

    def _take_folder(self, event: Event, path: str) -> None:
        if event.mask & (Mask.CREATE | Mask.MOVED_TO):
            self._new.add(path)
        elif event.mask & Mask.MOVED_FROM:
            for watch in [each for each, known in self._paths.items() if known == path or known.startswith(f"{path}/")]:
                self._inotify.remove(watch)

    def _wait(self) -> None:
        now = self._loop.time()
        if self._timer is None:
            self._since = now
        else:
            self._timer.cancel()
        until = min(now + self._quiet, self._since + _LONGEST * self._quiet)
        self._timer = self._loop.call_at(until, self._hand_on)

    def _hand_on(self) -> None:
        self._timer = None
        self._task = self._loop.create_task(self._tell())

    async def _tell(self) -> None:
        """Watch what is new, and tell only then: what came into it before is found by whoever looks now."""
        news, self._libraries = News(libraries=frozenset(self._libraries)), set()
        new, self._new = self._new, set()
        is_full = False
        try:
            if new:
                await self._add(new)
        except OSError:
            is_full = True
        if self.closed:
            return
        self._task = None
        self._on_change(news)
        if is_full:
            # Better nothing is watched than some: the timer does it.
            self._stop()
            self._inotify.close()
        elif self._libraries:
            self._wait()


async def watch(
    folder: Folder, on_change: Callable[[News], None], *, quiet: float = QUIET, most: int = MOST_FOLDERS
) -> Watch | None:
    """Return what calls `on_change` a moment after something happened; None where only a timer helps.

    Whoever asks for it closes it. It closes itself when folders become too many.
    """
    if await asyncio.to_thread(is_remote, folder.path):
        return None
    try:
        inotify = Inotify.open()
    except OSError:
        return None
    found = Watch(folder, inotify, on_change, quiet)
    try:
        await found.begin(most)
    except BaseException as error:
        inotify.close()
        if isinstance(error, OSError):
            return None
        raise
    return found


def is_remote(path: Path) -> bool:
    """Tell whether a path lies on a share of another machine. Blocks."""
    with suppress(OSError):
        return file_system_of(path, Path("/proc/self/mountinfo").read_text(errors="surrogateescape")) in _REMOTE
    return False


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that a path lies on, by the kernel's list of mounts; nothing if it is unknown."""
    found = ("", "")
    for line in mounts.splitlines():
        place, _dash, rest = line.partition(" - ")
        point = place.split(" ")[4] if place.count(" ") > 3 else ""  # noqa: PLR2004  # the fifth field
        point = point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        # Of two mounts in one place the later one covers the other.
        if point and path.is_relative_to(point) and len(point) >= len(found[0]):
            found = point, rest.partition(" ")[0]
    return found[1]


def _counts(event: Event) -> bool:
    """Tell whether an event is one of something that may be listed."""
    if not event.name:
        return bool(event.mask & (Mask.DELETE_SELF | Mask.UNMOUNT))
    if is_litter(event.name):
        return False
    return bool(event.mask & Mask.IS_FOLDER) or suffix_of(event.name) in TYPES or suffix_of(event.name) == ".ifo"


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return not is_litter(entry.name) and entry.is_dir(follow_symlinks=False)


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path and name else path or name
