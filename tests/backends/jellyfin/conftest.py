"""A server with something of every kind, and its lists as one user sees them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from custom_components.reel.backends.item import Item, ItemKind
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.listing import Backend, Changes, Known, Look
from custom_components.reel.backends.model import Library
from tests.backends.conftest import Time
from tests.servers.jellyfin import JellyfinServer, User
from tests.servers.library import Kind, Title, make_library

VERSIONS = ["10.9.11", "10.10.0", "10.10.7", "10.11.11", "12.0.0"]
LIBRARY = make_library(
    movies=7, shows=2, seasons=2, episodes=3, artists=2, albums=1, tracks=3, videos=2, collections=1, playlists=1
)


@dataclass(slots=True)
class Den:
    """A server, its user, and the backend that asks it."""

    jellyfin: JellyfinServer
    user: User
    backend: Backend
    time: Time

    def titles(self, *kinds: Kind) -> list[Title]:
        """Return the titles of some kinds."""
        return [title for title in self.jellyfin.state.shelf.titles.values() if title.kind in kinds]

    def ids(self, *titles: Title) -> list[str]:
        """Return the identities of titles."""
        return [self.jellyfin.id_of(title) for title in titles]

    async def items(self, library: Library, kind: ItemKind, size: int = 500) -> list[Item]:
        """Return a list, page by page until there is no more."""
        found: list[Item] = []
        start = 0
        while (page := await self.backend.page(library, kind, start, size)).size:
            found += page.items
            start += page.size
            assert start < 10_000
        return found

    async def everything(self) -> dict[str, Item]:
        """Return all there is, by identity."""
        return {
            item.identity: item
            for library in await self.backend.libraries()
            for kind in library.kinds
            for item in await self.items(library, kind)
        }

    async def known(self, mark: str | None = None) -> Known:
        """Return what a catalog knows that has everything."""
        counts: dict[tuple[str, ItemKind], int] = {}
        for item in (await self.everything()).values():
            counts[item.library, item.kind] = counts.get((item.library, item.kind), 0) + 1
        known = Known(mark, tuple(await self.backend.libraries()), counts)
        self.jellyfin.traffic.clear()
        return known


@dataclass(slots=True)
class Watch:
    """Looks for one thing again and again, as a small sync does; counts the requests of the last time."""

    den: Den
    look: Look
    known: Known
    requests: int = 0

    async def again(self, minutes: float = 15) -> Changes:
        """Look once more, after a while."""
        self.den.time.now += minutes * 60
        self.den.jellyfin.traffic.clear()
        changes = await self.den.backend.changes(self.look, self.known)
        self.requests = len(self.den.jellyfin.traffic.requests)
        self.known = Known(changes.mark, changes.libraries or self.known.libraries, self.known.counts)
        return changes

    def knows(self, library: str, kind: ItemKind, more: int) -> None:
        """Let the catalog know of more items, or of fewer."""
        counts = dict(self.known.counts)
        counts[library, kind] = counts.get((library, kind), 0) + more
        self.known = Known(self.known.mark, self.known.libraries, counts)


@pytest.fixture
def version() -> str:
    """Return the version of the server, which tests may choose by a parameter."""
    return "10.11.11"


@pytest.fixture
async def den(jellyfin_wire: Wire, time: Time, version: str) -> AsyncIterator[Den]:
    """Return a server and its lists."""
    async with JellyfinServer(library=LIBRARY, version=version, base_path="/jellyfin", now=lambda: time.now) as server:
        user = server.add_user("Ann")
        backend = JellyfinLibrary(jellyfin_wire, server.url(), server.sign_in(user), user.id)
        yield Den(server, user, backend, time)


type Begin = Callable[[Look], Awaitable[Watch]]


@pytest.fixture
def begin(den: Den) -> Begin:
    """Return what begins to look for something: it knows all there is, and has looked once."""

    async def begin(look: Look) -> Watch:
        watch = Watch(den, look, await den.known())
        await watch.again(0)
        return watch

    return begin
