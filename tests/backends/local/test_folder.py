"""Folders that are there, that are not, and that take for ever to say."""

import asyncio
from collections.abc import Iterator
from errno import EHOSTDOWN, EIO, ESTALE
import gc
import logging
import os
from pathlib import Path
from threading import Event

import pytest

from custom_components.reel.backends.errors import Cause, Unreachable
from custom_components.reel.backends.local.folder import (
    Folder,
    FolderProber,
    folder_connection,
    mount_of,
    open_folder,
)
from custom_components.reel.connection.model import Connection, Origin, Quality


def cause_of_opening(path: Path) -> Cause:
    """Return why a folder cannot be opened."""
    with pytest.raises(Unreachable) as caught:
        open_folder(path)
    return caught.value.cause


def mount(monkeypatch: pytest.MonkeyPatch, *points: Path) -> None:
    """Let nothing be mounted but these."""
    monkeypatch.setattr(Path, "is_mount", lambda path: path in points)


def test_a_folder_is_opened_under_its_real_name(tmp_path: Path) -> None:
    films = tmp_path / "Films & \u00fc"
    films.mkdir()
    (tmp_path / "link").symlink_to(films)
    folder = open_folder(tmp_path / "link")
    assert folder == open_folder(tmp_path / "." / "link" / ".." / films.name)
    assert folder.identity == str(films.resolve())


def test_the_one_way_to_a_folder_is_local(tmp_path: Path) -> None:
    connection = open_folder(tmp_path).connection
    assert connection == folder_connection(tmp_path.resolve())
    assert connection.uri == tmp_path.resolve().as_uri()
    assert (connection.quality, connection.origin) == (Quality.LOCAL, Origin.USER)


def test_a_folder_may_hold_something_or_nothing(tmp_path: Path) -> None:
    empty = open_folder(tmp_path)
    (tmp_path / "film.mkv").touch()
    assert open_folder(tmp_path) == empty


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    assert cause_of_opening(tmp_path / "none") is Cause.MISSING
    (tmp_path / "file").touch()
    assert cause_of_opening(tmp_path / "file") is Cause.MISSING
    assert cause_of_opening(tmp_path / "file" / "below") is Cause.MISSING
    (tmp_path / "dangling").symlink_to(tmp_path / "none")
    assert cause_of_opening(tmp_path / "dangling") is Cause.MISSING
    assert cause_of_opening(Path("/media/a\0b")) is Cause.MISSING


def test_a_link_that_leads_to_itself_is_broken(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert cause_of_opening(tmp_path / "loop") is Cause.BROKEN


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_unreadable(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        assert cause_of_opening(tmp_path) is Cause.UNREADABLE
        assert cause_of_opening(tmp_path / "below") is Cause.UNREADABLE
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (PermissionError(), Cause.UNREADABLE),
        (OSError(EIO, "Input/output error"), Cause.BROKEN),
        (OSError(ESTALE, "Stale file handle"), Cause.BROKEN),
        (OSError(EHOSTDOWN, "Host is down"), Cause.BROKEN),
    ],
)
def test_a_share_that_fails_tells_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, cause: Cause
) -> None:
    def fail(_path: Path) -> None:
        raise error

    monkeypatch.setattr(os, "scandir", fail)
    assert cause_of_opening(tmp_path) is cause


def test_a_share_may_fail_only_when_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Entries:
        def __enter__(self) -> Iterator[os.DirEntry[str]]:
            raise OSError(EIO, "Input/output error")

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", lambda _path: Entries())
    assert cause_of_opening(tmp_path) is Cause.BROKEN


def test_a_folder_remembers_where_its_share_is_mounted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    films = tmp_path / "share" / "Films"
    films.mkdir(parents=True)
    mount(monkeypatch, tmp_path, tmp_path / "share")
    assert open_folder(films).mount == mount_of(tmp_path / "share") == tmp_path / "share"
    assert mount_of(tmp_path.parent) is None


def test_the_root_of_the_file_system_is_no_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch, Path("/"))
    assert mount_of(tmp_path) is None
    assert mount_of(Path("/")) is None


async def test_an_unmounted_share_is_gone_even_where_the_folder_around_it_is_a_mount(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = tmp_path / "share"
    share.mkdir()
    mount(monkeypatch, tmp_path, share)
    folder = open_folder(share)
    mount(monkeypatch, tmp_path)
    with pytest.raises(Unreachable) as caught:
        await FolderProber(folder).identify(folder.connection)
    assert caught.value.cause is Cause.MISSING


async def test_an_unmounted_share_is_gone_and_not_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch, tmp_path)
    folder = open_folder(tmp_path)
    prober = FolderProber(folder)
    assert await prober.identify(folder.connection) == folder.identity
    mount(monkeypatch)
    with pytest.raises(Unreachable) as caught:
        await prober.identify(folder.connection)
    assert caught.value.cause is Cause.MISSING


async def test_a_plain_folder_may_come_to_lie_on_a_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mount(monkeypatch)
    folder = open_folder(tmp_path)
    mount(monkeypatch, tmp_path)
    assert await FolderProber(folder).identify(folder.connection) == folder.identity


class Share:
    """Says nothing until it is told to, and counts how often it was asked."""

    def __init__(self, error: Unreachable | None = None) -> None:
        self.asked = 0
        self.error = error
        self._answers = Event()

    def ask(self, path: Path) -> Folder:
        self.asked += 1
        self._answers.wait(10)
        if self.error:
            raise self.error
        return Folder(path, mount=path)

    def answer(self) -> None:
        self._answers.set()


async def turn(times: int = 20) -> None:
    """Let what is ready to happen happen."""
    for _ in range(times):
        await asyncio.sleep(0)


async def give_up(prober: FolderProber, connection: Connection) -> None:
    """Ask, and lose patience."""
    asking = asyncio.ensure_future(prober.identify(connection))
    await turn()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_folder_asks_for_no_credentials(tmp_path: Path) -> None:
    share, folder = Share(), Folder(tmp_path, mount=tmp_path)
    await FolderProber(folder, share.ask).prove(folder.connection)
    assert share.asked == 0


async def test_a_question_that_hangs_is_waited_for_and_not_asked_again(tmp_path: Path) -> None:
    share, folder = Share(), Folder(tmp_path, mount=tmp_path)
    prober = FolderProber(folder, share.ask)
    await give_up(prober, folder.connection)
    waiting = [asyncio.ensure_future(prober.identify(folder.connection)) for _ in range(3)]
    await turn()
    share.answer()
    assert await asyncio.gather(*waiting) == [folder.identity] * 3
    assert share.asked == 1
    await prober.identify(folder.connection)
    assert share.asked == 2


async def test_an_answer_that_nobody_waits_for_any_more_is_no_trouble(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    share, folder = Share(Unreachable(Cause.BROKEN)), Folder(tmp_path, mount=tmp_path)
    prober = FolderProber(folder, share.ask)
    await give_up(prober, folder.connection)
    share.answer()
    await asyncio.get_running_loop().shutdown_default_executor()
    await turn()
    del prober
    gc.collect()
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
