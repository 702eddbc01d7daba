"""What do lists, searches and home rows of tests choose from? Shows and music, and the plans SQLite has for them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
import re
import sqlite3
from typing import Any, Final

from custom_components.reel.backends.item import Item, ItemKind
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.entry import Entry
from custom_components.reel.catalog.writing import put_libraries

from .house import ATTIC, DEN, MOVIES, SHOWS

MUSIC: Final = Library("3", "Music", (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK))


@contextmanager
def stocked(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a new catalog of two sources that call their libraries alike."""
    with closing(open_database(path / "reel.db")) as opened:
        for source in (DEN, ATTIC):
            put_libraries(opened, source, [MOVIES, SHOWS, MUSIC])
        yield opened


def series(identity: str, title: str, seasons: Mapping[int, int], **rest: Any) -> list[Item]:  # noqa: ANN401  # see film
    """Return a show with so many episodes in each season: of show 40, episode 402003 is the third of season 2."""
    items = [Item(identity=identity, kind=ItemKind.SHOW, library="2", title=title, **rest)]
    for season, episodes in seasons.items():
        items.append(
            Item(
                identity=f"{identity}{season}",
                kind=ItemKind.SEASON,
                library="2",
                title=f"Season {season}",
                parent=identity,
                parent_title=title,
                number=season,
            )
        )
        items.extend(episode(identity, title, season, number) for number in range(1, episodes + 1))
    return items


def episode(show: str, title: str, season: int, number: int, **rest: Any) -> Item:  # noqa: ANN401  # see film
    """Return an episode of a show with this title."""
    return Item(
        **{
            "identity": f"{show}{season}{number:03}",
            "kind": ItemKind.EPISODE,
            "library": "2",
            "title": f"Episode {number}",
            "parent": f"{show}{season}",
            "grandparent": show,
            "grandparent_title": title,
            "number": number,
            "parent_number": season,
            "duration_ms": 2_400_000,
            **rest,
        }
    )


def album(identity: str, artist: str, title: str, tracks: int, **rest: Any) -> list[Item]:  # noqa: ANN401  # see film
    """Return an artist with one album."""
    player = Item(identity=identity, kind=ItemKind.ARTIST, library="3", title=artist)
    record = Item(
        identity=f"{identity}1",
        kind=ItemKind.ALBUM,
        library="3",
        title=title,
        parent=identity,
        parent_title=artist,
        **rest,
    )
    songs = [
        Item(
            identity=f"{identity}1{number:03}",
            kind=ItemKind.TRACK,
            library="3",
            title=f"Song {number}",
            parent=record.identity,
            grandparent=identity,
            parent_title=title,
            grandparent_title=artist,
            number=number,
            **rest,
        )
        for number in range(1, tracks + 1)
    ]
    return [player, record, *songs]


def titles(entries: list[Entry] | tuple[Entry, ...]) -> list[str]:
    """Return the titles of entries."""
    return [entry.item.title for entry in entries]


def slow_steps(database: sqlite3.Connection, work: Callable[[], object]) -> set[str]:
    """Return what the plans of all that is asked meanwhile have in them that takes the longer the more there is.

    Left out are lists of one's own making, what is kept for each library, and sorting of the few that are on a page.
    """
    asked: list[str] = []
    database.set_trace_callback(asked.append)
    work()
    database.set_trace_callback(None)
    return {step for sql in asked if sql.lstrip().startswith("SELECT") for step in _slow(database, sql)}


_SMALL: Final = re.compile(
    r"SCAN (library|source|tally|\w+ VIRTUAL TABLE|\(subquery|CONSTANT|new$|found$|state$|search VIRTUAL)"
)


def _slow(database: sqlite3.Connection, sql: str) -> Iterator[str]:
    of_a_page = "json_each" in sql
    plan = database.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    names = {number: step for number, _, _, step in plan}
    for _, above, _, step in plan:
        # Copies of one work are sorted to see which was viewed last.
        of_a_work = names.get(above, "").startswith("CORRELATED")
        if step.startswith("SCAN") and not _SMALL.match(step):
            yield step
        if "TEMP B-TREE" in step and not of_a_page and not of_a_work:
            yield step
