"""What a watcher tells of real folders, and where it leaves the work to the timer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from errno import ENOSPC
import os
from pathlib import Path

import pytest

from custom_components.reel.backends.listing import News
from custom_components.reel.backends.local import watch as watch_module
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.inotify import Event, Inotify, Mask
from custom_components.reel.backends.local.watch import Watch, file_system_of, watch

QUIET = 0.03


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


class Heard:
    """Whatever was told."""

    def __init__(self) -> None:
        self._news: asyncio.Queue[News] = asyncio.Queue()

    def __call__(self, news: News) -> None:
        self._news.put_nowait(news)

    async def next(self) -> set[str]:
        """Return the libraries of the next news."""
        async with asyncio.timeout(5):
            return set((await self._news.get()).libraries)

    @property
    def is_silent(self) -> bool:
        return self._news.empty()


@asynccontextmanager
async def watched(root: Path) -> AsyncIterator[tuple[Heard, Watch]]:
    heard = Heard()
    found = await watch(Folder(root), heard, quiet=QUIET)
    assert found is not None
    try:
        yield heard, found
    finally:
        await found.close()


@pytest.fixture(autouse=True)
def needs_inotify() -> None:
    try:
        Inotify.open().close()
    except OSError:
        pytest.skip("the kernel has no inotify")


async def test_a_new_film_is_told_of_by_its_library(tmp_path: Path) -> None:
    (tmp_path / "Movies").mkdir()
    async with watched(tmp_path) as (heard, _):
        (tmp_path / "Movies" / "film.mkv").touch()
        assert await heard.next() == {"Movies"}
        (tmp_path / "film.mkv").touch()
        assert await heard.next() == {"."}


async def test_whatever_happens_to_a_film_is_told(tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    film.touch()
    async with watched(tmp_path) as (heard, _):
        film.write_bytes(b"longer")
        assert await heard.next() == {"."}
        film.rename(tmp_path / "other.mkv")
        assert await heard.next() == {"."}
        os.link(tmp_path / "other.mkv", film)
        assert await heard.next() == {"."}
        film.unlink()
        assert await heard.next() == {"."}


async def test_folders_that_come_later_are_watched_too(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    async with watched(tmp_path / "inside") as (heard, _):
        (tmp_path / "outside" / "deep").mkdir(parents=True)
        (tmp_path / "outside").rename(tmp_path / "inside" / "TV")
        assert await heard.next() == {"TV"}
        (tmp_path / "inside" / "TV" / "deep" / "film.mkv").touch()
        assert await heard.next() == {"TV"}


async def test_a_folder_that_moves_is_told_of_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "a" / "deep").mkdir(parents=True)
    async with watched(tmp_path) as (heard, _):
        (tmp_path / "a").rename(tmp_path / "Movies")
        assert await heard.next() == {".", "Movies"}
        (tmp_path / "Movies" / "deep" / "film.mkv").touch()
        assert await heard.next() == {"Movies"}


async def test_a_folder_that_left_is_not_watched_any_more(tmp_path: Path) -> None:
    root = tmp_path / "media"
    (root / "a").mkdir(parents=True)
    async with watched(root) as (heard, _):
        (root / "a").rename(tmp_path / "a")
        await heard.next()
        (tmp_path / "a" / "film.mkv").touch()
        (root / "film.mkv").touch()
        assert await heard.next() == {"."}
        await asyncio.sleep(2 * QUIET)
        assert heard.is_silent


async def test_much_at_once_is_told_once(tmp_path: Path) -> None:
    async with watched(tmp_path) as (heard, _):
        for number in range(200):
            (tmp_path / f"{number}.mkv").touch()
        assert await heard.next() == {"."}
        await asyncio.sleep(2 * QUIET)
        assert heard.is_silent


async def test_what_is_none_of_anybodys_business_is_not_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as (heard, _):
        for name in ("film.mkv.part", ".film.mkv", "notes.txt"):
            (tmp_path / name).touch()
        (tmp_path / "@eaDir").mkdir()
        await asyncio.sleep(3 * QUIET)
        assert heard.is_silent


async def test_when_too_much_was_missed_all_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Inotify.read
    async with watched(tmp_path) as (heard, _):
        monkeypatch.setattr(Inotify, "read", lambda self: [*read(self)[:0], Event(-1, Mask.OVERFLOW, "")])
        (tmp_path / "new").mkdir()
        assert await heard.next() == {"."}
        monkeypatch.setattr(Inotify, "read", read)
        while not heard.is_silent:
            await heard.next()
        (tmp_path / "new" / "film.mkv").touch()
        assert await heard.next() == {"."}


async def test_a_watcher_that_is_closed_says_nothing(tmp_path: Path) -> None:
    descriptors = open_files()
    async with watched(tmp_path) as (heard, found):
        (tmp_path / "film.mkv").touch()
        await asyncio.sleep(0)
    assert found.closed
    await found.close()
    await asyncio.sleep(2 * QUIET)
    assert heard.is_silent
    assert open_files() == descriptors


async def test_where_folders_are_too_many_the_timer_has_to_do(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / str(number)).mkdir()
    assert await watch(Folder(tmp_path), Heard(), most=3) is None


async def test_where_folders_become_too_many_a_watcher_closes_itself(tmp_path: Path) -> None:
    heard = Heard()
    found = await watch(Folder(tmp_path), heard, quiet=QUIET, most=2)
    assert found is not None
    for number in range(5):
        (tmp_path / str(number)).mkdir()
    assert await heard.next() == {"."}
    assert found.closed
    await found.close()


async def test_where_the_kernel_has_no_room_the_timer_has_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def add(_self: Inotify, _path: str) -> int:
        raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(Inotify, "add", add)
    assert await watch(Folder(tmp_path), Heard()) is None


async def test_on_a_share_of_another_machine_the_timer_has_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "is_remote", lambda _path: True)
    assert await watch(Folder(tmp_path), Heard()) is None


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/media/nas/Movies", "cifs"),
        ("/media/nas2", "ext4"),
        ("/media/my films/a", "nfs4"),
        ("/media/covered", "fuse.rclone"),
        ("/", "ext4"),
    ],
)
def test_the_innermost_mount_says_on_what_a_folder_lies(path: str, kind: str) -> None:
    mounts = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /media/nas rw,relatime shared:2 master:1 - cifs //nas/media rw
31 22 0:41 / /media/my\\040films rw - nfs4 nas:/films rw
32 22 0:42 / /media/covered rw - ext4 /dev/sdb1 rw
33 32 0:43 / /media/covered rw - fuse.rclone remote: rw
nonsense
"""
    assert file_system_of(Path(path), mounts) == kind


def test_without_a_list_of_mounts_nothing_is_known() -> None:
    assert file_system_of(Path("/media"), "") == ""
