"""The catalog is there for all accounts, survives what disks do, and tells whoever has to know."""

from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
import sqlite3
from threading import Event
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryDisabler, ConfigSubentryDataWithId
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.reel import catalog_file
from custom_components.reel.backends.item import Item, ItemKind, UserState
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog import connections, reports
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.progress import counts
from custom_components.reel.catalog.writing import put_items, put_libraries, put_states, sources
from custom_components.reel.connection.discovery import DiscoveryLog
from custom_components.reel.const import DOMAIN, SUBENTRY_SOURCE
from custom_components.reel.storage import Storage, storage_of
from custom_components.reel.storage_trouble import CatalogUnavailable, StorageTrouble

DEN: Final = "01JD0DEN00000000000000000A"
ATTIC: Final = "01JATTIC0000000000000000BB"
PAGE: Final = 4096
MOVIES: Final = Library("1", "Movies", (ItemKind.MOVIE,))
FILMS: Final = [Item(identity=str(number), kind=ItemKind.MOVIE, library="1", title="x" * 300) for number in range(200)]


@pytest.fixture(autouse=True)
def account(hass: HomeAssistant) -> MockConfigEntry:
    """Return an account with a source, which is known and not loaded."""
    return add_account(hass, DEN)


def add_account(hass: HomeAssistant, source: str, **rest: Any) -> MockConfigEntry:  # noqa: ANN401  # whatever entries take
    """Add an account with a source."""
    subentry = ConfigSubentryDataWithId(
        data={}, subentry_id=source, subentry_type=SUBENTRY_SOURCE, title="Den", unique_id=source
    )
    entry = MockConfigEntry(domain=DOMAIN, subentries_data=[subentry], **rest)
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is."""
    return tmp_path / "reel.db"


@pytest.fixture
async def storage(hass: HomeAssistant) -> AsyncIterator[Storage]:
    """Return a storage that an account has opened, after all that it does in the background."""
    storage = storage_of(hass)
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    yield storage
    await storage.close()


def fill(database: sqlite3.Connection, source: str = DEN) -> None:
    """Put into a catalog what servers tell, and what is nowhere else."""
    put_libraries(database, source, [MOVIES])
    put_items(database, source, FILMS)
    put_states(database, source, {"Noir/Laura.mkv": UserState(watched=True)})
    reports.put(database, source, "11", "watched", "true", 5.0)


def damage(path: Path) -> None:
    """Write garbage over every page of a closed file that holds films."""
    content = path.read_bytes()
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    path.write_bytes(b"".join(b"\xa5" * PAGE if b"x" * 250 in page else page for page in pages))


def films(database: sqlite3.Connection) -> int:
    """Return how many films of the den there are."""
    return counts(database, DEN).get(("1", ItemKind.MOVIE), 0)


async def test_what_was_written_is_read_beside_it(storage: Storage) -> None:
    await storage.write(fill)
    assert await storage.read(films) == 200


async def test_reading_does_not_wait_for_writing(storage: Storage, hass: HomeAssistant) -> None:
    may_go_on = Event()
    await storage.write(fill)
    writing = hass.async_create_task(storage.write(lambda _: may_go_on.wait(10)))
    assert await storage.read(films) == 200
    assert not writing.done()
    may_go_on.set()
    assert await writing


async def test_what_reads_cannot_write(storage: Storage) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await storage.read(fill)
    assert storage.trouble is None


async def test_a_mistake_of_ours_is_no_trouble_of_the_disk(storage: Storage) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await storage.write(lambda database: database.execute("this is no SQL"))
    with pytest.raises(ZeroDivisionError):
        await storage.write(lambda _: 1 // 0)
    assert storage.trouble is None


async def test_what_is_left_half_done_is_undone(storage: Storage) -> None:
    with pytest.raises(sqlite3.ProgrammingError):
        await storage.write(begin_and_fill)
    assert await storage.read(films) == 0
    await storage.write(fill)
    assert await storage.read(films) == 200


def begin_and_fill(database: sqlite3.Connection) -> None:
    """Write something, and forget to end it."""
    database.execute("BEGIN")
    fill(database)


async def test_a_closed_catalog_is_unavailable(hass: HomeAssistant) -> None:
    storage = storage_of(hass)
    with pytest.raises(CatalogUnavailable):
        await storage.read(films)
    await storage.open()
    await storage.close()
    with pytest.raises(CatalogUnavailable):
        await storage.write(fill)


async def test_all_is_written_when_home_assistant_stops(hass: HomeAssistant, storage: Storage, path: Path) -> None:
    writing = hass.async_create_task(storage.write(fill))
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    await writing
    # Nothing is left beside the file: it was closed by its owner.
    assert [each.name for each in path.parent.iterdir()] == ["reel.db"]
    with closing(open_database(path)) as database:
        assert films(database) == 200


# A disk that fails


async def test_a_full_disk_is_told_and_loses_nothing(storage: Storage) -> None:
    told: list[StorageTrouble | None] = []
    stop = storage.on_trouble(lambda: told.append(storage.trouble))
    await storage.write(lambda database: put_libraries(database, DEN, [MOVIES]))
    await storage.write(lambda database: put_items(database, DEN, FILMS[:1]))
    await storage.write(lambda database: limit(database, room=5))
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError, match="full"):
            await storage.write(fill)
    assert await storage.read(films) == 1
    # To find nothing to write is no sign of room.
    await storage.write(lambda database: put_items(database, DEN, FILMS[:1]))
    assert told == [StorageTrouble.DISK_FULL]
    await storage.write(lambda database: limit(database, room=10**6))
    await storage.write(fill)
    assert await storage.read(films) == 200
    assert told == [StorageTrouble.DISK_FULL, None]
    stop()


def limit(database: sqlite3.Connection, room: int) -> None:
    """Let the disk have room for some more pages."""
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages + room}").fetchone()


async def test_a_disk_that_became_read_only_is_told_and_still_read(
    hass: HomeAssistant, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_database(path)) as database:
        fill(database)
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(connect_read_only, connect))
    storage = storage_of(hass)
    await storage.open()
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await storage.write(lambda database: put_states(database, DEN, {"12": UserState(favorite=True)}))
    assert storage.trouble is StorageTrouble.READ_ONLY
    # What is known about connections is no reason to fail.
    await storage.connections.log_discovery("01JPLEX", DiscoveryLog(last=5.0))
    assert await storage.read(films) == 200
    await storage.close()


def connect_read_only(connect: Callable[..., sqlite3.Connection], database: object, **rest: Any) -> sqlite3.Connection:  # noqa: ANN401
    """Open a file as the system lets one open what lies on a disk that is read only."""
    if database == ":memory:" or rest.get("uri"):
        return connect(database, **rest)
    return connect(f"file:{database}?mode=ro", uri=True, **rest)


async def test_where_no_file_can_be_had_work_fails_until_one_can(
    hass: HomeAssistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("custom_components.reel.storage.FILE", str(tmp_path / "disk" / "reel.db"))
    (tmp_path / "disk").write_text("not mounted")
    storage = storage_of(hass)
    await storage.open()
    assert "goes on without what it knew" in caplog.text
    assert (storage.trouble,) == (StorageTrouble.OUT_OF_REACH,)
    for work in (storage.write, storage.read):
        with pytest.raises(CatalogUnavailable):
            await work(films)
    (tmp_path / "disk").unlink()
    with pytest.raises(CatalogUnavailable):
        await storage.write(films)
    monkeypatch.setattr(catalog_file, "RETRY_AFTER", 0.0)
    await storage.write(fill)
    assert await storage.read(films) == 200
    assert storage.trouble is None
    await storage.close()


async def test_a_file_of_a_newer_version_is_left_alone(hass: HomeAssistant, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    storage = storage_of(hass)
    await storage.open()
    assert storage.trouble is StorageTrouble.NEWER
    with pytest.raises(CatalogUnavailable):
        await storage.write(fill)
    await storage.close()


# Damage


async def test_damage_inside_the_file_is_found_after_the_start(
    hass: HomeAssistant, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(open_database(path)) as database:
        fill(database)
    damage(path)
    hass.set_state(CoreState.starting)
    storage = storage_of(hass)
    rebuilt: list[StorageTrouble | None] = []
    storage.on_rebuilt(lambda: rebuilt.append(storage.trouble))
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert rebuilt == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert rebuilt == [None]
    assert path.with_name("reel.db.damaged-1").exists()
    assert "the former file is reel.db.damaged-1" in caplog.text
    assert await storage.read(films) == 0
    await only_what_is_nowhere_else(storage)
    await storage.close()


async def only_what_is_nowhere_else(storage: Storage) -> None:
    """Make sure that what users did is there."""
    assert len(await storage.read(lambda database: reports.pending(database, DEN))) == 1
    assert await storage.read(lambda database: database.execute("SELECT identity FROM user_state").fetchall()) == [
        ("Noir/Laura.mkv",)
    ]


async def test_damage_that_a_reader_meets_is_mended(hass: HomeAssistant, storage: Storage, path: Path) -> None:
    await storage.write(fill)
    await storage.write(lambda database: database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
    rebuilt: list[bool] = []
    storage.on_rebuilt(lambda: rebuilt.append(True))
    damage(path)
    with pytest.raises(sqlite3.DatabaseError, match="malformed"):
        await storage.read(lambda database: database.execute("SELECT body FROM item").fetchall())
    await hass.async_block_till_done(wait_background_tasks=True)
    assert rebuilt == [True]
    await only_what_is_nowhere_else(storage)
    await storage.write(fill)
    assert await storage.read(films) == 200


async def test_a_file_is_verified_once(hass: HomeAssistant, storage: Storage, path: Path) -> None:
    await storage.write(fill)
    await storage.close()
    damage(path)
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not path.with_name("reel.db.damaged-1").exists()


async def test_damage_that_cannot_be_mended_is_told(
    hass: HomeAssistant, storage: Storage, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> tuple[sqlite3.Connection, Path]:
        raise PermissionError

    monkeypatch.setattr(catalog_file, "rebuild", refused)
    await storage.write(fill)
    await storage.write(lambda database: database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone())
    damage(path)
    for _ in range(2):
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            await storage.read(lambda database: database.execute("SELECT body FROM item").fetchall())
        await hass.async_block_till_done(wait_background_tasks=True)
        assert storage.trouble is StorageTrouble.DAMAGED


# What nobody needs any more


async def test_what_belongs_to_no_account_is_forgotten_after_the_start(hass: HomeAssistant, path: Path) -> None:
    add_account(hass, ATTIC, disabled_by=ConfigEntryDisabler.USER)
    with closing(open_database(path)) as database:
        for source in (DEN, ATTIC, "01JGONE"):
            fill(database, source)
            connections.save_states(database, {source: "{}"})
        connections.save_discovery(database, "01JGONEPLEX", (5.0, None, 0))
    storage = storage_of(hass)
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await storage.read(sources) == {DEN, ATTIC}
    assert await storage.read(connections.load_discovery) == {}
    assert await storage.read(films) == 200
    await storage.close()


async def test_a_removed_source_takes_its_items_along(hass: HomeAssistant, storage: Storage) -> None:
    await storage.write(fill)
    await storage.write(lambda database: fill(database, ATTIC))
    await storage.forget_sources({ATTIC})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await storage.read(sources) == {DEN}


async def test_an_account_that_is_removed_while_none_is_loaded_leaves_nothing(hass: HomeAssistant, path: Path) -> None:
    with closing(open_database(path)) as database:
        fill(database)
        connections.save_states(database, {DEN: "{}"})
    await storage_of(hass).forget_account("01JPLEX", [DEN])
    await hass.async_block_till_done(wait_background_tasks=True)
    with closing(open_database(path)) as database:
        assert sources(database) == set()
