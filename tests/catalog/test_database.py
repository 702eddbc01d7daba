"""A file that is opened is whole, in the newest shape, and never lost."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys

import pytest

from custom_components.reel.catalog import connections, database
from custom_components.reel.catalog.database import MIGRATIONS, NewerFileError, open_database


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


@pytest.mark.parametrize("damage", [b"this is no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    with closing(open_database(path)) as opened:
        assert connections.load_states(opened) == {}
    assert path.with_name("reel.db.damaged-1").read_bytes() == damage


def test_several_damaged_files_are_all_kept(path: Path) -> None:
    path.parent.mkdir()
    for _ in range(2):
        path.write_bytes(b"no database" * 100)
        open_database(path).close()
    assert {each.name for each in path.parent.iterdir()} >= {"reel.db.damaged-1", "reel.db.damaged-2"}


def test_a_file_of_a_newer_version_is_left_alone(path: Path, opened: sqlite3.Connection) -> None:
    connections.save_states(opened, {"a": "{}"})
    opened.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(NewerFileError):
        open_database(path)
    assert connections.load_states(opened) == {"a": "{}"}


def test_a_locked_file_is_not_a_damaged_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(database, "_open", locked)
    path.parent.mkdir()
    path.touch()
    with pytest.raises(sqlite3.OperationalError):
        open_database(path)
    assert path.exists()


def test_a_migration_that_fails_leaves_the_former_shape(
    path: Path, opened: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.save_states(opened, {"a": "{}"})
    monkeypatch.setattr(database, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE more (x)", "this is no SQL")))
    with pytest.raises(sqlite3.OperationalError):
        open_database(path)
    assert connections.load_states(opened) == {"a": "{}"}
    assert opened.execute("SELECT name FROM sqlite_master WHERE name = 'more'").fetchall() == []


def test_a_killed_writer_leaves_whole_states_behind(path: Path) -> None:
    writer = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2] / "custom_components" / "reel")!r})
from pathlib import Path
from catalog.connections import save_states
from catalog.database import open_database
database = open_database(Path({str(path)!r}))
number = 0
while True:
    number += 1
    save_states(database, {{str(source): str(number) for source in range(50)}})
    if number == 20:
        print("busy", flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    assert process.stdout.readline() == "busy\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with closing(open_database(path)) as opened:
        states = connections.load_states(opened)
    assert len(states) == 50
    assert len(set(states.values())) == 1
