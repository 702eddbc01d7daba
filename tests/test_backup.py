"""A backup holds a catalog that is whole, whatever is written while it is made."""

from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from shutil import copy
import sqlite3

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.backup import async_get_manager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.backup import async_post_backup, async_pre_backup
from custom_components.reel.catalog.database import open_database, verify
from custom_components.reel.catalog.writing import put_items
from custom_components.reel.const import DOMAIN
from custom_components.reel.storage import LONGEST_COPY, Storage, storage_of

from .test_init import pass_time
from .test_storage import DEN, FILMS, add_account, fill, films


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / "reel.db"


@pytest.fixture
async def storage(hass: HomeAssistant) -> AsyncIterator[Storage]:
    """Return a storage with something in it that was just written."""
    add_account(hass, DEN)
    storage = storage_of(hass)
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    await storage.write(fill)
    yield storage
    await storage.close()


def add_more(database: sqlite3.Connection) -> None:
    """Write so much that it would get into the file itself at once, were it not kept from that."""
    for start in range(0, 6000, 500):
        more = [replace(FILMS[0], identity=f"more {start + each}", summary="y" * 3000) for each in range(500)]
        put_items(database, DEN, more)


def copied(path: Path, to: Path, *suffixes: str) -> int:
    """Copy the file, with what else of it gets into a backup, and return how many films are in the copy."""
    to.mkdir()
    for suffix in ("", *suffixes):
        copy(path.with_name(path.name + suffix), to / (path.name + suffix))
    assert verify(to / path.name)
    with closing(open_database(to / path.name)) as database:
        return films(database)


async def test_a_copy_is_whole_while_reel_goes_on_writing(
    hass: HomeAssistant, storage: Storage, path: Path, tmp_path: Path
) -> None:
    await async_pre_backup(hass)
    assert copied(path, tmp_path / "at once") == 200
    await storage.write(add_more)
    # Reel itself never stands still.
    assert await storage.read(films) == 6200
    assert copied(path, tmp_path / "later, without the log") == 200
    assert copied(path, tmp_path / "later, with the log", "-wal") == 6200
    await async_post_backup(hass)
    await storage.write(lambda database: put_items(database, DEN, [replace(FILMS[0], title="Laura")]))
    assert copied(path, tmp_path / "afterwards") == 6200


@pytest.mark.parametrize("eighths", [0, 1, 3, 7])
async def test_the_log_may_be_copied_first_or_in_the_middle_of_a_write(
    hass: HomeAssistant, storage: Storage, path: Path, tmp_path: Path, eighths: int
) -> None:
    await async_pre_backup(hass)
    await storage.write(add_more)
    log = content(path, "-wal")
    await storage.write(lambda database: put_items(database, DEN, [replace(FILMS[0], title="Laura")]))
    assert restored(tmp_path / "copy", content(path), log[: len(log) * eighths // 8 + 100]) in range(200, 6200, 500)
    await async_post_backup(hass)


def content(path: Path, suffix: str = "") -> bytes:
    """Return what is in the file, or beside it."""
    return path.with_name(path.name + suffix).read_bytes()


def restored(to: Path, file: bytes, log: bytes) -> int:
    """Return how many films are in what was restored from a backup."""
    to.mkdir()
    (to / "reel.db").write_bytes(file)
    (to / "reel.db-wal").write_bytes(log)
    assert verify(to / "reel.db")
    with closing(open_database(to / "reel.db")) as database:
        return films(database)


async def test_an_account_that_is_unloaded_meanwhile_leaves_the_file_as_it_is(
    hass: HomeAssistant, storage: Storage, path: Path
) -> None:
    await async_pre_backup(hass)
    before = content(path)
    for _ in range(2):
        await storage.write(add_more)
        await storage.close()
        await storage.open()
        await hass.async_block_till_done(wait_background_tasks=True)
    assert content(path) == before
    assert await storage.read(films) == 6200
    await async_post_backup(hass)


async def test_a_backup_that_never_ends_is_given_up(
    hass: HomeAssistant, storage: Storage, path: Path, freezer: FrozenDateTimeFactory
) -> None:
    await async_pre_backup(hass)
    await pass_time(hass, freezer, LONGEST_COPY + 1)
    before = content(path)
    await storage.write(add_more)
    assert len(content(path)) > len(before)


async def test_a_backup_is_made_without_a_catalog(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Nothing is loaded.
    await async_pre_backup(hass)
    await async_post_backup(hass)
    # The disk is gone.
    monkeypatch.setattr("custom_components.reel.storage.FILE", str(tmp_path / "disk" / "reel.db"))
    (tmp_path / "disk").write_text("not mounted")
    storage = storage_of(hass)
    await storage.open()
    await async_pre_backup(hass)
    await async_post_backup(hass)
    await storage.close()
    assert "may be missing from this backup" in caplog.text


@pytest.mark.usefixtures("storage")
async def test_home_assistant_knows_whom_to_ask(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "backup", {})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert DOMAIN in async_get_manager(hass).platforms
