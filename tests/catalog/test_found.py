"""What is known of files is what somebody found in them."""

from pathlib import Path

from custom_components.reel.backends.item import File, Item, ItemKind
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.found import known_files, unexamined
from custom_components.reel.catalog.writing import put_items, put_libraries

SOURCE = "01JD4M7K2N8P3Q5R6S7T8V9W0X"
SEEN = File(identity="Heat (1995).mkv", duration_ms=10_000, height=1080)


def film(identity: str, *files: File) -> Item:
    return Item(identity=identity, kind=ItemKind.MOVIE, library=".", title=identity, files=files)


def test_a_file_is_known_once_it_was_looked_into(tmp_path: Path) -> None:
    database = open_database(tmp_path / "reel.db")
    put_libraries(database, SOURCE, [Library(".", "Films", (ItemKind.MOVIE, ItemKind.SHOW))])
    new = File(identity="Ran (1985).mkv")
    show = Item(identity="Fargo", kind=ItemKind.SHOW, library=".", title="Fargo")
    put_items(database, SOURCE, [film("Heat", SEEN), film("Ran", new), film("Both", SEEN, new), show])
    assert known_files(database, SOURCE) == {SEEN.identity: SEEN}
    assert sorted(unexamined(database, SOURCE)) == ["Both", "Ran"]
    assert unexamined(database, "another source") == []
    database.close()
