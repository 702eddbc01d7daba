"""What is nowhere else is taken out of a damaged file, as far as it can be read."""

from contextlib import closing
from pathlib import Path
from random import Random
from shutil import copy
import sqlite3
from typing import Final

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.catalog import connections, reports, rescue as rescuing
from custom_components.reel.catalog.database import open_database, set_aside, verify
from custom_components.reel.catalog.rescue import open_or_rebuild, rebuild, rescue
from custom_components.reel.catalog.writing import put_items, put_libraries, put_states

from .house import ATTIC, DEN, MOVIES, film

PAGE: Final = 4096
MANY: Final = 600
# In no index, so that what names it is the row itself.
FAVORITE: Final = UserState(favorite=True)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with much that is nowhere else."""
    path = tmp_path_factory.mktemp("filled") / "reel.db"
    with closing(open_database(path)) as database:
        connections.save_states(database, {DEN: "{}"})
        connections.save_discovery(database, "01JPLEX", (1.5, None, 2))
        for source in (ATTIC, DEN):
            put_libraries(database, source, [MOVIES])
            put_items(database, source, [film(str(number), f"Film {number}") for number in range(200)])
        put_states(database, DEN, {f"Noir/Film {number}.mkv": FAVORITE for number in range(MANY)})
        for number in range(MANY):
            reports.put(database, ATTIC, str(number), "watched", "true", float(number))
    return path


@pytest.fixture
def path(tmp_path: Path, filled: Path) -> Path:
    """Return a copy of it that may be damaged."""
    return Path(copy(filled, tmp_path / "reel.db"))


def states(database: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return the states that are kept, by source and identity."""
    return database.execute(
        "SELECT key, identity, favorite FROM user_state JOIN source ON source.id = source ORDER BY key, identity"
    ).fetchall()


def pages_of(path: Path, table: str) -> list[int]:
    """Return which pages of a file hold a table."""
    with closing(sqlite3.connect(path)) as database:
        (root,) = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
    mark = {"report": b"watchedtrue", "user_state": b"Noir/Film"}[table]
    content = path.read_bytes()
    pages = range(len(content) // PAGE)
    return [page for page in pages if mark in content[page * PAGE : (page + 1) * PAGE] and page + 1 != root]


def scratch(path: Path, page: int, garbage: bytes = b"\xa5" * PAGE) -> None:
    """Write garbage over a page of a file."""
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(garbage)


def test_all_of_a_file_that_can_be_read_is_saved(path: Path) -> None:
    database, aside = rebuild(path)
    with closing(database):
        assert aside.name == "reel.db.damaged-1"
        assert len(reports.pending(database, ATTIC)) == MANY
        assert reports.pending(database, ATTIC)[7].identity == "7"
        assert states(database) == sorted((DEN, f"Noir/Film {number}.mkv", 1) for number in range(MANY))
        assert connections.load_states(database) == {DEN: "{}"}
        assert connections.load_discovery(database) == {"01JPLEX": (1.5, None, 2)}
        assert database.execute("SELECT count(*) FROM item").fetchone() == (0,)


def test_what_was_written_last_is_saved_too(path: Path) -> None:
    with closing(open_database(path)) as opened:
        reports.put(opened, DEN, "11", "favorite", "true", 5.0)
        database, _ = rebuild(path)
        with closing(database):
            assert len(reports.pending(database, DEN)) == 1


@pytest.mark.parametrize("table", ["report", "user_state"])
def test_what_lies_before_and_behind_a_damaged_spot_is_saved(path: Path, table: str) -> None:
    pages = pages_of(path, table)
    scratch(path, pages[len(pages) // 2])
    assert not verify(path)
    database, _ = rebuild(path)
    with closing(database):
        saved = {"report": len(reports.pending(database, ATTIC)), "user_state": len(states(database))}
    assert saved.pop(table) in range(MANY * 3 // 4, MANY)
    assert list(saved.values()) == [MANY]


def test_a_file_that_is_whole_is_opened(path: Path) -> None:
    database, aside = open_or_rebuild(path)
    with closing(database):
        assert aside is None
        assert database.execute("SELECT count(*) FROM item").fetchone() == (400,)


@pytest.mark.parametrize("content", [b"", b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_nothing_comes_of_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    damaged = tmp_path / "reel.db.damaged-1"
    damaged.write_bytes(content)
    with closing(open_database(tmp_path / "reel.db")) as database:
        assert rescue(damaged, database) == 0
        assert rescue(tmp_path / "none such", database) == 0


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_new_file_is_begun_in_place_of_what_is_no_database(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "reel.db"
    path.write_bytes(content)
    database, aside = open_or_rebuild(path)
    with closing(database):
        assert aside is not None
        assert aside.read_bytes() == content
        assert database.execute("SELECT count(*) FROM item").fetchone() == (0,)


def test_a_row_that_is_garbage_is_left_behind_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'report'")
        database.execute("UPDATE sqlite_schema SET sql = replace(sql, 'NOT NULL', '') WHERE name = 'report'")
        database.commit()
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE report SET at = 'last week' WHERE id = 7")
        database.execute("UPDATE report SET content = NULL WHERE id = 8")
        database.execute("UPDATE report SET identity = CAST(x'ff41' AS TEXT) WHERE id = 9")
        database.commit()
    database, _ = rebuild(path)
    with closing(database):
        saved = {report.identity for report in reports.pending(database, ATTIC)}
    assert len(saved) == MANY - 2
    assert "\ufffdA" in saved


def test_where_nothing_new_can_be_begun_the_damaged_file_stays(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch(path, pages_of(path, "report")[0])
    damaged = path.read_bytes()

    def refused(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(rescuing, "open_database", refused)
    with pytest.raises(sqlite3.OperationalError):
        rebuild(path)
    assert [each.name for each in path.parent.iterdir()] == ["reel.db"]
    assert path.read_bytes() == damaged


@pytest.mark.parametrize("seed", range(25))
def test_no_damage_whatsoever_is_too_much(path: Path, seed: int) -> None:
    chance = Random(seed)
    pages = path.stat().st_size // PAGE
    for page in chance.sample(range(pages), chance.choice((1, 5, pages // 2))):
        scratch(path, page, chance.randbytes(chance.randrange(1, PAGE)))
    aside = set_aside(path)
    with closing(open_database(path)) as database:
        rescue(aside, database)
    assert verify(path)
