"""Where do images wait to be shown again? In a folder of bounded size, also while their sources are offline.

What was not looked at for the longest time goes first. The files are named so that nobody can tell what they show.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from time import time
from typing import Any, Final

# Some tens of thousands of posters.
MOST_BYTES: Final = 200 * 1024 * 1024
# Down to that share it is emptied, so that this is not done for every image.
_LEFT: Final = 0.9
# At a time from one source: a page asks for two hundred at once.
AT_ONCE: Final = 6

# By how they begin. What may hold scripts is none of them: it would run in a page of Home Assistant.
_TYPES: Final = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
    (b"BM", 0, "image/bmp"),
)


type Start = Callable[[Coroutine[Any, Any, Picture | None]], asyncio.Task[Picture | None]]
"""What begins a task that nobody has to wait for."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, ready to be sent."""

    content: bytes
    mime_type: str
    tag: str
    """Differs where the image differs."""


def picture_of(content: bytes) -> Picture | None:
    """Return what some bytes show, None if that is no image that is safe to show."""
    for mark, at, mime_type in _TYPES:
        if content[at : at + len(mark)] == mark:
            return Picture(content, mime_type, hashlib.sha256(content).hexdigest()[:32])
    return None


class ImageCache:
    """Keeps images in a folder, and fetches each that is wanted once, however many want it."""

    def __init__(self, folder: Path, start: Start, most_bytes: int = MOST_BYTES) -> None:
        self._shelf = _Shelf(folder, most_bytes)
        self._start = start
        self._fetching: dict[str, asyncio.Task[Picture | None]] = {}
        self._queues: dict[str, asyncio.Semaphore] = {}

    async def get(
        self, source: str, reference: str, size: int, fetch: Callable[[], Awaitable[bytes]]
    ) -> Picture | None:
        """Return an image, fetched if it is not here; None for what is none. Raises what `fetch` raises."""
        key = hashlib.sha256(f"{source}\n{size}\n{reference}".encode("utf-8", "surrogatepass")).hexdigest()
        if (known := await asyncio.to_thread(self._shelf.take, key)) is not None:
            return known
        if (task := self._fetching.get(key)) is None:
            task = self._fetching[key] = self._start(self._fetch(source, key, fetch))
            task.add_done_callback(lambda done: self._fetched(key, done))
        # Whoever leaves does not take it away from all others.
        return await asyncio.shield(task)

    def _fetched(self, key: str, done: asyncio.Task[Picture | None]) -> None:
        del self._fetching[key]
        if not done.cancelled():
            # Perhaps nobody waits for it any more, who could be told what went wrong.
            done.exception()

    async def _fetch(self, source: str, key: str, fetch: Callable[[], Awaitable[bytes]]) -> Picture | None:
        async with self._queues.setdefault(source, asyncio.Semaphore(AT_ONCE)):
            found = picture_of(await fetch())
        if found is not None:
            await asyncio.to_thread(self._shelf.put, key, found.content)
        return found


class _Shelf:
    """The folder, for threads: none of this raises `OSError`, since an image can be had without it."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._alone = Lock()
        self._bytes: int | None = None
        """How much there is, None before it was counted."""

    def take(self, key: str) -> Picture | None:
        path = self._folder / key
        try:
            content = path.read_bytes()
        except OSError:
            return None
        found = picture_of(content)
        with suppress(OSError):
            if found is None:
                path.unlink()
            else:
                # The order in which they go.
                os.utime(path, (now := time(), now))
        return found

    def put(self, key: str, content: bytes) -> None:
        with self._alone, suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._bytes is None:
                self._bytes = self._count()
            former = _size(self._folder / key)
            self._write(self._folder / key, content)
            self._bytes += len(content) - former
            if self._bytes > self._most:
                self._bytes = self._clear()

    def _write(self, path: Path, content: bytes) -> None:
        """Write a whole file, or none: somebody may read it meanwhile, and the power may go."""
        with NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
            try:
                file.write(content)
                file.close()
                Path(file.name).replace(path)
            except OSError:
                Path(file.name).unlink(missing_ok=True)
                raise

    def _count(self) -> int:
        """Return how much there is, after what was cut off in the middle was removed."""
        for left in self._folder.glob(".*"):
            left.unlink(missing_ok=True)
        return sum(size for _, size, _ in self._files())

    def _clear(self) -> int:
        """Remove what was not wanted for the longest time, and return how much is left."""
        files = sorted(self._files())
        left = sum(size for _, size, _ in files)
        for _, size, path in files:
            if left <= self._most * _LEFT:
                break
            path.unlink(missing_ok=True)
            left -= size
        return left

    def _files(self) -> list[tuple[int, int, Path]]:
        with os.scandir(self._folder) as entries:
            told = ((entry.stat(), entry) for entry in entries if entry.is_file())
            return [(stat.st_mtime_ns, stat.st_size, Path(entry.path)) for stat, entry in told]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
