"""A server with something of everything, and the lists of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.listing import Changes, Known, Look
from custom_components.reel.backends.model import Library
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.conftest import Time
from tests.servers.library import Kind, Title, make_library
from tests.servers.plex import PlexServer


@dataclass(slots=True)
class Watcher:
    """Looks for changes as a sync does: with what it knows, and the marks of the looks before."""

    plex: PlexServer
    lists: PlexLibrary
    time: Time
    marks: dict[Look, str | None]

    async def look(self, look: Look, counts: dict[tuple[str, ItemKind], int] | None = None) -> Changes:
        """Return what changed since the same look before, a quarter of an hour later."""
        self.time.now += 900
        libraries = tuple(await self.lists.libraries())
        known = Known(self.marks.get(look), libraries, self.counts() if counts is None else counts)
        self.plex.traffic.requests.clear()
        changes = await self.lists.changes(look, known)
        self.marks[look] = changes.mark
        return changes

    @property
    def requests(self) -> int:
        """How many requests the last look took."""
        return len(self.plex.traffic.requests)

    def counts(self) -> dict[tuple[str, ItemKind], int]:
        """Return how many items there are, as a catalog would that is in step."""
        found: dict[tuple[str, ItemKind], int] = {}
        for title in self.plex.titles.values():
            key = (self.plex.machine.shelves.section_of(title).key, ItemKind(title.kind))
            found[key] = found.get(key, 0) + 1
        return found | {("playlists", ItemKind.PLAYLIST): len(self.plex.machine.playlists)}


@pytest.fixture
async def den(time: Time) -> AsyncIterator[PlexServer]:
    """Return a server with films, shows, music, home videos, a collection and a playlist."""
    library = make_library(1, videos=2, collections=1, playlists=1)
    async with PlexServer("Den", library=library, now=lambda: time.now) as plex:
        yield plex


@pytest.fixture
def lists(plex_wire: Wire, den: PlexServer) -> PlexLibrary:
    """Return the lists of the server, as its owner sees them."""
    return PlexLibrary(plex_wire, den.url(), den.token)


@pytest.fixture
async def watcher(den: PlexServer, lists: PlexLibrary, time: Time) -> Watcher:
    """Return somebody who has looked once."""
    watcher = Watcher(den, lists, time, {})
    for look in lists.looks:
        await watcher.look(look)
    return watcher


def of(plex: PlexServer, kind: Kind) -> list[Title]:
    """Return all titles of a kind."""
    return [title for title in plex.titles.values() if title.kind is kind]


async def library_of(lists: PlexLibrary, identity: str) -> Library:
    """Return a library by its key."""
    return next(library for library in await lists.libraries() if library.identity == identity)
