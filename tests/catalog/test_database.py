"""A file that is opened is whole, in the newest shape, and never lost."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
from typing import Any, Final

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.catalog import connections, database, reports
from custom_components.reel.catalog.database import (
    DamagedFileError,
    NewerFileError,
    open_database,
    open_reader,
    set_aside,
    transaction,
    verify,
)
from custom_components.reel.catalog.progress import checkpoints, counts, known_libraries
from custom_components.reel.catalog.schema import MIGRATIONS
from custom_components.reel.catalog.writing import put_items, put_libraries

from .house import DEN, MOVIES, film

PAGE: Final = 4096
# As the first version made it, with what it kept.
FIRST_VERSION: Final = """
    PRAGMA journal_mode = WAL;
    CREATE TABLE connection_state (source TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE discovery (account TEXT PRIMARY KEY, last REAL, last_emergency REAL, fruitless INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
    INSERT INTO connection_state VALUES ('01JD0DEN', '{"uri":"http://192.0.2.7:32400"}'), ('01JATTIC', '{}');
    INSERT INTO discovery VALUES ('01JPLEX', 1.5, NULL, 2);
    PRAGMA user_version = 1;
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file will be."""
    return tmp_path / ".storage" / "reel.db"


@pytest.fixture
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Return a new database."""
    with closing(open_database(path)) as opened:
        yield opened


def test_a_new_file_has_the_newest_shape(opened: sqlite3.Connection) -> None:
    assert opened.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_states_and_discoveries_come_back_as_they_were(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}", "b": '{"x":1}'})
    connections.save_discovery(opened, "account", (1.5, None, 2))
    with closing(open_database(path)) as again:
        assert connections.load_states(again) == {"a": "{}", "b": '{"x":1}'}
        assert connections.load_discovery(again) == {"account": (1.5, None, 2)}


def test_what_was_removed_is_forgotten(opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}", "b": "{}"})
    connections.save_discovery(opened, "account", (None, None, 0))
    connections.forget_sources(opened, ["a"])
    connections.forget_account(opened, "account")
    assert connections.load_states(opened) == {"b": "{}"}
    assert connections.load_discovery(opened) == {}


DAMAGES: Final = {
    "no database": b"this is no database at all" * 100,
    "only the beginning of one": b"SQLite format 3\0" + b"\xff" * 5000,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_is_no_database_shows_at_once(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with pytest.raises(DamagedFileError):
        open_database(path)
    assert path.read_bytes() == damage
    assert not verify(path)


def test_a_file_without_one_of_its_tables_is_damaged(path: Path, opened: sqlite3.Connection) -> None:
    opened.execute("DROP TABLE held")
    with pytest.raises(DamagedFileError, match="held"):
        open_database(path)


def test_a_damaged_file_is_set_aside_with_what_was_written_last(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}"})
    aside = [set_aside(path)]
    path.write_bytes(b"another")
    aside.append(set_aside(path))
    assert [each.name for each in aside] == ["reel.db.damaged-1", "reel.db.damaged-2"]
    assert not path.exists()
    opened.close()
    with closing(sqlite3.connect(aside[0])) as damaged:
        assert connections.load_states(damaged) == {"a": "{}"}


def test_damage_inside_a_file_is_found_by_who_reads_all_of_it(path: Path) -> None:
    with closing(open_database(path)) as opened:
        connections.save_states(opened, {str(number): "x" * 500 for number in range(200)})
    assert verify(path)
    scratch(path, b"x" * 400)
    open_database(path).close()
    assert not verify(path)


def scratch(path: Path, spot: bytes) -> None:
    """Write garbage over the pages that hold something."""
    content = path.read_bytes()
    assert spot in content
    pages = [content[at : at + PAGE] for at in range(0, len(content), PAGE)]
    path.write_bytes(b"".join(b"\xa5" * PAGE if spot in page and number else page for number, page in enumerate(pages)))


def test_a_file_that_cannot_be_looked_at_is_not_called_damaged(path: Path) -> None:
    assert verify(path)


def test_looking_at_a_file_ends_when_it_is_told_to(path: Path) -> None:
    with closing(open_database(path)) as opened:
        connections.save_states(opened, {str(number): "x" * 500 for number in range(5000)})
    for answer in (True, False):
        asked = count()

        def is_cancelled(asked: count[int] = asked, answer: bool = answer) -> bool:  # noqa: FBT001
            next(asked)
            return answer

        assert verify(path, is_cancelled)
        assert (next(asked) == 1) is answer


def test_one_that_only_reads_cannot_write(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}"})
    with closing(open_reader(path)) as reader:
        assert connections.load_states(reader) == {"a": "{}"}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connections.save_states(reader, {"b": "{}"})


def test_one_that_only_reads_makes_no_file(path: Path) -> None:
    path.parent.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        open_reader(path)
    assert not path.exists()


def test_reading_never_waits_for_writing(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}"})
    with closing(open_reader(path)) as reader:
        opened.execute("BEGIN IMMEDIATE")
        opened.execute("DELETE FROM connection_state")
        assert connections.load_states(reader) == {"a": "{}"}
        opened.execute("COMMIT")
        assert connections.load_states(reader) == {}


def test_a_file_of_a_newer_version_is_left_alone(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}"})
    opened.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(NewerFileError):
        open_database(path)
    assert connections.load_states(opened) == {"a": "{}"}


def test_a_locked_file_is_not_a_damaged_one(
    path: Path, opened: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_BUSY", 0.01)
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)",)))
    opened.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_database(path)
    opened.execute("ROLLBACK")
    open_database(path).close()


def test_a_file_of_the_first_version_keeps_what_it_holds(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as first:
        first.executescript(FIRST_VERSION)
    with closing(open_database(path)) as opened:
        assert connections.load_states(opened) == {"01JD0DEN": '{"uri":"http://192.0.2.7:32400"}', "01JATTIC": "{}"}
        assert connections.load_discovery(opened) == {"01JPLEX": (1.5, None, 2)}
        assert opened.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert opened.execute("SELECT count(*) FROM item").fetchone() == (0,)


def test_a_disk_that_is_full_undoes_a_migration_and_the_next_one_works(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as first:
        first.executescript(FIRST_VERSION)
    fill(monkeypatch, pages=12)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        open_database(path)
    monkeypatch.undo()
    with closing(open_database(path)) as opened:
        assert len(connections.load_states(opened)) == 2


def fill(monkeypatch: pytest.MonkeyPatch, pages: int) -> None:
    """Let the disk have room for no more than so many pages of a file."""
    connect = sqlite3.connect

    def connected(*arguments: Any, **rest: Any) -> sqlite3.Connection:  # noqa: ANN401  # whatever SQLite takes
        database: sqlite3.Connection = connect(*arguments, **rest)
        database.execute(f"PRAGMA max_page_count = {pages}")
        return database

    monkeypatch.setattr(sqlite3, "connect", connected)


def test_a_full_disk_costs_what_was_to_be_written_and_nothing_else(path: Path, opened: sqlite3.Connection) -> None:
    put_libraries(opened, DEN, [MOVIES])
    put_items(opened, DEN, [film("11")])
    (pages,) = opened.execute("PRAGMA page_count").fetchone()
    opened.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        put_items(opened, DEN, [film(str(number), summary="x" * 2000) for number in range(100, 200)])
    assert not opened.in_transaction
    assert counts(opened, DEN) == {("1", ItemKind.MOVIE): 1}
    opened.execute("PRAGMA max_page_count = 1000000")
    assert len(put_items(opened, DEN, [film(str(number)) for number in range(100, 200)]).added) == 100
    assert verify(path)


def test_a_transaction_within_another_is_a_part_of_it(opened: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError), transaction(opened):  # noqa: PT012  # all of it is undone
        with transaction(opened):
            put_libraries(opened, DEN, [MOVIES])
        opened.execute("INSERT INTO library VALUES (NULL, 99, '1', 'Movies', '', NULL, 0, NULL)")
    assert known_libraries(opened, DEN) == ()


def test_a_migration_that_fails_leaves_the_former_shape(
    path: Path, opened: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.save_states(opened, {"a": "{}"})
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)", "this is no SQL")))
    with pytest.raises(sqlite3.OperationalError):
        open_database(path)
    assert connections.load_states(opened) == {"a": "{}"}
    assert opened.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []


def test_a_killed_writer_leaves_whole_pages_behind(path: Path) -> None:
    writer = f"""
import sys, types
reel = types.ModuleType("reel")
reel.__path__ = [{str(Path(database.__file__).parents[1])!r}]
sys.modules["reel"] = reel
from pathlib import Path
from reel.backends.item import Item, ItemKind, UserState
from reel.backends.model import Library
from reel.catalog import reports
from reel.catalog.database import open_database, transaction
from reel.catalog.progress import Checkpoint, save_checkpoint
from reel.catalog.writing import put_items, put_libraries
database = open_database(Path({str(path)!r}))
put_libraries(database, "den", [Library("1", "Movies", (ItemKind.MOVIE,))])
reports.put(database, "den", "11", "watched", "1", 5.0)
for start in range(0, 10**6, 50):
    films = [Item(identity=str(each), kind=ItemKind.MOVIE, library="1", title=f"Film {{each}}", genres=("Noir",),
                  state=UserState(favorite=True)) for each in range(start, start + 50)]
    with transaction(database):
        put_items(database, "den", films)
        save_checkpoint(database, "den", "1", ItemKind.MOVIE, Checkpoint(start + 50, False, 5.0))
    print(start + 50, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    told = [int(process.stdout.readline()) for _ in range(12)][-1]
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with closing(open_database(path)) as opened:
        (checkpoint,) = checkpoints(opened, "den").values()
        assert checkpoint.start >= told
        for table in ("item", "genre", "search", "user_state"):
            assert opened.execute(f"SELECT count(*) FROM {table}").fetchone() == (checkpoint.start,)  # noqa: S608
        assert counts(opened, "den") == {("1", ItemKind.MOVIE): checkpoint.start}
        assert len(reports.pending(opened, "den")) == 1
    assert verify(path)
