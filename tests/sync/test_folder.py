"""The same rules with a real folder: what was watched has no other home than the catalog."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import move, rmtree

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.backends.listing import Backend
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.library import FolderLibrary
from custom_components.reel.catalog.writing import put_states
from custom_components.reel.sync.engine import SyncEngine
from custom_components.reel.sync.model import Mode, Reason
from custom_components.reel.sync.run import Site
from tests.servers.folder import make_folder
from tests.servers.library import make_library

from .house import House
from .store import ThreadStore


class Shelf:
    """A folder that is walked once for each sync."""

    def __init__(self, path: Path) -> None:
        self._folder = Folder(path)
        self._library = FolderLibrary(self._folder)

    def begin(self) -> None:
        """Forget what was found."""
        self._library = FolderLibrary(self._folder)

    async def ask[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        return await operation(self._library)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a folder with films, shows and music."""
    path = tmp_path / "media"
    make_folder(path, make_library(movies=8, shows=1, seasons=1, episodes=3, artists=1, albums=1, tracks=2))
    return path


@pytest.fixture
def folder(store: ThreadStore, path: Path) -> House:
    """Return a folder and its catalog."""
    house, shelf = House(store), Shelf(path)
    site = Site(
        source=house.key,
        ask=shelf.ask,
        store=store,
        now=lambda: house.time,
        keep_states=True,
        on_begin=shelf.begin,
    )
    house._engine = SyncEngine(site, house.steps.append, house.news.append)
    return house


def film_of(path: Path, number: int) -> Path:
    """Return the folder of a film."""
    return sorted((path / "Movies").iterdir())[number]


async def test_a_folder_is_read_whole_and_a_second_time_finds_nothing_new(folder: House) -> None:
    assert (await folder.sync()).counts.added >= 16
    assert not (await folder.sync()).counts
    assert not (await folder.sync(Mode.INCREMENTAL)).counts


@pytest.mark.parametrize("mode", [Mode.FULL, Mode.INCREMENTAL])
async def test_what_is_taken_out_of_a_folder_goes_and_comes_back_as_watched_as_it_was(
    folder: House, path: Path, tmp_path: Path, mode: Mode
) -> None:
    await folder.sync()
    before = await folder.items()
    film_of(path, 3).rename(tmp_path / "elsewhere")
    assert (await folder.sync(mode)).counts.removed == 1
    (gone,) = before.keys() - (await folder.items()).keys()
    states = {gone: UserState(watched=True)}
    await folder.store.write(lambda database: put_states(database, folder.key, states))
    (tmp_path / "elsewhere").rename(path / gone)
    await folder.sync(mode)
    assert await folder.items() == before
    assert gone in await folder.watched()


async def test_a_folder_that_is_gone_loses_nothing(folder: House, path: Path, tmp_path: Path) -> None:
    await folder.sync()
    before = await folder.items()
    move(path, tmp_path / "unplugged")
    for mode in (Mode.FULL, Mode.INCREMENTAL, Mode.FULL):
        assert (await folder.fail(mode)).reason is Reason.UNREACHABLE
    assert await folder.items() == before


async def test_a_folder_that_is_empty_loses_nothing_until_a_second_sync_agrees(folder: House, path: Path) -> None:
    await folder.sync()
    count = len(await folder.items())
    rmtree(path)
    make_folder(path, make_library(movies=0, shows=0, artists=0))
    await folder.sync(Mode.INCREMENTAL)
    assert (await folder.sync()).counts.held == len(await folder.items())
    await folder.sync()
    assert len(await folder.items()) == 0
    assert count >= 16
