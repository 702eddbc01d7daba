"""What does somebody want who comes home? To go on where they were, what comes next, and what is new.

Each row is read from its end: what is older than anybody cares for is not looked at, however much there is of it.
"""

from collections.abc import Collection, Iterator
from itertools import groupby, islice
from operator import attrgetter
import sqlite3
from typing import Final, NamedTuple

from ..backends.item import ItemKind
from .additions import count_added_since, recently_added
from .entry import Entry, read_entries
from .filters import watched
from .reach import LibraryKey, Reach, find_reach

__all__ = ["continue_watching", "count_added_since", "count_begun", "next_up", "recently_added"]

_LIMIT: Final = 20
_VIDEOS: Final = (ItemKind.MOVIE, ItemKind.EPISODE, ItemKind.VIDEO)
# Before, one has hardly begun; after, only the credits are missing.
_BEGUN_MS: Final = 10_000
_DONE_PERCENT: Final = 95
# Who watched that much since has seen enough of other shows.
_WATCHED: Final = 3000


def continue_watching(
    database: sqlite3.Connection,
    sources: Collection[str] | None = None,
    limit: int = _LIMIT,
    *,
    libraries: Collection[LibraryKey] | None = None,
) -> list[Entry]:
    """Return what was begun and not finished, the latest first; of each show one episode."""
    reach = find_reach(database, sources, libraries, _VIDEOS)
    return read_entries(database, list(islice(_begun(database, reach), limit)), works=reach.joined)


def count_begun(database: sqlite3.Connection, source: str) -> int:
    """Return how many there are to continue watching at a source."""
    return sum(1 for _ in _begun(database, find_reach(database, (source,), kinds=_VIDEOS)))


def next_up(
    database: sqlite3.Connection,
    sources: Collection[str] | None = None,
    limit: int = _LIMIT,
    *,
    libraries: Collection[LibraryKey] | None = None,
) -> list[Entry]:
    """Return of each show the first episode not watched after the one watched last, unless it was begun already.

    After specials come specials only, and after other episodes none of them. The show watched last comes first.
    """
    reach = find_reach(database, sources, libraries, (ItemKind.EPISODE,))
    return read_entries(database, list(islice(_next(database, reach), limit)), works=reach.joined)


_RESUMABLE: Final = f"""
    user_state.position_ms > {_BEGUN_MS} AND NOT user_state.watched
    AND (item.duration_ms IS NULL OR user_state.position_ms * 100 < item.duration_ms * {_DONE_PERCENT})
"""


def _begun(database: sqlite3.Connection, reach: Reach) -> Iterator[int]:
    if not reach.shelves:
        return
    rows = database.execute(f"""
        SELECT item.id, item.source, item.work, item.grandparent, show.work
        FROM user_state INDEXED BY user_state_begun
        CROSS JOIN item ON item.source = user_state.source AND item.identity = user_state.identity
        LEFT JOIN item AS show ON show.source = item.source AND show.identity = item.grandparent
        WHERE user_state.position_ms > 0 AND {_RESUMABLE} AND {reach.condition} AND {reach.last_viewed_copy}
        ORDER BY user_state.viewed_at DESC, user_state.source DESC, user_state.identity DESC
    """)  # noqa: S608  # numbers of rows and names of kinds
    seen = set[object]()
    for row, source, work, grandparent, show in rows:
        whole = show or ((source, grandparent) if grandparent is not None else work)
        if whole not in seen:
            seen.add(whole)
            yield row


class _Watched(NamedTuple):
    at: float
    source: int
    show: str
    season: int
    number: int


def _next(database: sqlite3.Connection, reach: Reach) -> Iterator[int]:
    if not reach.shelves:
        return
    seen = set[object]()
    for episode in _watched_last(database, reach):
        if (episode.source, episode.show) in seen:
            continue
        shows = _copies(database, episode)
        seen.update(shows)
        following = (_following(database, reach, episode, *show) for show in shows)
        found = next((each for each in following if each is not None), None)
        if found is not None and not found.begun:
            yield found.row


def _watched_last(database: sqlite3.Connection, reach: Reach) -> Iterator[_Watched]:
    """Yield episodes that were watched, the latest first; of those watched at once, as when marked, the furthest."""
    rows = database.execute(f"""
        SELECT user_state.viewed_at, item.source, item.grandparent, item.parent_number, item.number
        FROM user_state INDEXED BY user_state_viewed
        CROSS JOIN item ON item.source = user_state.source AND item.identity = user_state.identity
        WHERE user_state.viewed_at IS NOT NULL AND user_state.watched AND {reach.condition}
            AND item.grandparent IS NOT NULL AND item.parent_number IS NOT NULL AND item.number IS NOT NULL
        ORDER BY user_state.viewed_at DESC LIMIT {_WATCHED}
    """)  # noqa: S608  # numbers of rows and names of kinds
    for _, together in groupby((_Watched(*row) for row in rows), attrgetter("at")):
        yield from sorted(together, reverse=True)


class _Following(NamedTuple):
    row: int
    begun: bool


def _following(database: sqlite3.Connection, reach: Reach, last: _Watched, source: int, show: str) -> _Following | None:
    """Return the first episode of a show, as a source has it, that comes after another and was not watched."""
    found = database.execute(
        f"""
        SELECT item.id, coalesce({_RESUMABLE}, 0)
        FROM item INDEXED BY item_of_grandparent
        LEFT JOIN user_state ON user_state.source = item.source AND user_state.identity = item.identity
        WHERE item.source = :source AND item.grandparent = :show AND {reach.condition}
            AND (item.parent_number, item.number) > (:season, :number) AND (:season > 0 OR item.parent_number = 0)
            AND NOT {watched(works=reach.joined)}
        ORDER BY item.parent_number, item.number LIMIT 1
        """,  # noqa: S608  # numbers of rows and names of kinds
        {"source": source, "show": show, "season": last.season, "number": last.number},
    ).fetchone()
    return None if found is None else _Following(found[0], bool(found[1]))


def _copies(database: sqlite3.Connection, episode: _Watched) -> list[tuple[int, str]]:
    """Return all that are the show of an episode, by the row of their source, its own first."""
    own = (episode.source, episode.show)
    found = database.execute(
        """
        SELECT copy.source, copy.identity FROM item AS show CROSS JOIN item AS copy ON copy.work = show.work
        WHERE show.source = ? AND show.identity = ?
        """,
        own,
    )
    return [own, *(copy for copy in found if copy != own)]
