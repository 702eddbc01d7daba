"""The same rules with real requests: servers of both kinds, over HTTP, into a real file."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from aiohttp import ClientSession
import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.wire import Wire as JellyfinWire
from custom_components.reel.backends.listing import Backend, Look, News
from custom_components.reel.backends.model import Client
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from custom_components.reel.sync.model import Mode, Reason
from tests.servers.faults import Fault, Status
from tests.servers.jellyfin import JellyfinServer
from tests.servers.library import Kind, Title, make_library
from tests.servers.plex import PlexServer
from tests.servers.traffic import Traffic

from .house import NOW, House
from .store import ThreadStore

CLIENT = Client("5f6c0b0e3d5a4c8e9b7f1a2d3c4e5f60", "0.1.0")
LIBRARY = make_library(
    movies=510, shows=2, seasons=2, episodes=3, artists=2, albums=1, tracks=3, videos=2, collections=1, playlists=1
)


@dataclass(slots=True)
class Den:
    """A server, and what there is to do to it, whatever its kind."""

    server: PlexServer | JellyfinServer
    backend: Backend
    house: House
    add: Callable[[str], str]
    rename: Callable[[Title, str], None]
    remove: Callable[[Title], None]
    key: Callable[[Title], str]

    @property
    def traffic(self) -> Traffic:
        """What the server saw."""
        return self.server.traffic

    def film(self, number: int) -> Title:
        """Return one of the films."""
        return [title for title in LIBRARY.titles.values() if title.kind is Kind.MOVIE][number]

    async def everything(self) -> set[str]:
        """Return the identities of all that the server lists."""
        return {
            identity
            for library in await self.backend.libraries()
            for kind in library.kinds
            for identity in (await self.backend.id_page(library, kind, 0, 2000)).identities
        }

    async def library_of(self, kind: ItemKind) -> str:
        """Return the first library that holds a kind."""
        return next(each.identity for each in await self.backend.libraries() if kind in each.kinds)

    async def settle(self) -> None:
        """Have the first small sync behind us, and time pass."""
        await self.house.sync()
        self.house.time += 900.0
        await self.house.sync(Mode.INCREMENTAL)
        self.house.time += 900.0
        self.traffic.clear()


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Return a session."""
    async with ClientSession() as session:
        yield session


@pytest.fixture(params=["plex", "jellyfin"])
async def den(request: pytest.FixtureRequest, session: ClientSession, store: ThreadStore) -> AsyncIterator[Den]:
    """Return a server of each kind."""
    house = House(store)
    if request.param == "plex":
        async with PlexServer(library=LIBRARY, now=lambda: house.time) as plex:
            house.backend = PlexLibrary(PlexWire(session, CLIENT), plex.url(), plex.token)
            yield Den(
                server=plex,
                backend=house.backend,
                house=house,
                add=lambda name: plex.key(plex.add_movie(name).number),
                rename=lambda title, name: void(plex.change(title.number, name=name)),
                remove=lambda title: void(plex.remove(title.number)),
                key=lambda title: plex.key(title.number),
            )
    else:
        async with JellyfinServer(library=LIBRARY, now=lambda: house.time) as jellyfin:
            user = jellyfin.add_user("Ann")
            wire = JellyfinWire(session, CLIENT)
            house.backend = JellyfinLibrary(wire, jellyfin.url(), jellyfin.sign_in(user), user.id)
            new = next(title for title in LIBRARY.titles.values() if title.kind is Kind.MOVIE)
            yield Den(
                server=jellyfin,
                backend=house.backend,
                house=house,
                add=lambda name: jellyfin.id_of(jellyfin.add(replace(new, name=name, imdb=None, tmdb=None))),
                rename=lambda title, name: jellyfin.change(replace(title, name=name)),
                remove=jellyfin.remove,
                key=jellyfin.id_of,
            )


def void(_: object) -> None:
    """Forget what something returns."""


async def test_all_that_a_server_lists_is_in_the_catalog(den: Den) -> None:
    outcome = await den.house.sync()
    assert outcome.partial == ()
    assert set(await den.house.items()) == await den.everything()
    assert len(await den.house.items()) > 510


async def test_a_second_sync_finds_nothing_new(den: Den) -> None:
    await den.house.sync()
    counts = (await den.house.sync()).counts
    assert (counts.added, counts.updated, counts.removed, counts.held) == (0, 0, 0, 0)


async def test_an_incremental_sync_with_nothing_new_is_three_requests(den: Den) -> None:
    await den.settle()
    assert not (await den.house.sync(Mode.INCREMENTAL)).counts
    assert len(den.traffic.requests) <= 3


async def test_each_look_with_nothing_new_is_one_request(den: Den) -> None:
    await den.settle()
    for look in Look:
        den.traffic.clear()
        await den.house.engine.look(look)
        assert len(den.traffic.requests) == 1, look


async def test_one_changed_film_is_two_more_requests(den: Den) -> None:
    await den.settle()
    den.rename(den.film(7), "Renamed")
    outcome = await den.house.sync(Mode.INCREMENTAL)
    assert outcome.counts.updated == 1
    assert len(den.traffic.requests) <= 5
    assert "Renamed" in (await den.house.titles()).values()


async def test_a_new_film_is_found(den: Den) -> None:
    await den.settle()
    identity = den.add("Brand new")
    assert (await den.house.sync(Mode.INCREMENTAL)).counts.newcomers == (identity,)


async def test_a_film_that_is_gone_is_found(den: Den) -> None:
    await den.settle()
    den.remove(den.film(7))
    removed = 0
    # One look tells that there is less, if not the first one.
    for _ in range(2):
        removed += (await den.house.sync(Mode.INCREMENTAL)).counts.removed
        den.house.time += 900.0
    assert removed == 1
    assert den.key(den.film(7)) not in await den.house.items()


async def test_a_film_that_is_gone_is_found_by_the_full_sync(den: Den) -> None:
    await den.settle()
    den.remove(den.film(7))
    await den.house.sync()
    assert set(await den.house.items()) == await den.everything()


async def test_a_server_that_shows_nothing_loses_nothing(den: Den) -> None:
    await den.settle()
    before = await den.house.items()
    den.server.behaviour.empty_lists = True
    for mode in (Mode.INCREMENTAL, Mode.FULL, Mode.INCREMENTAL):
        await den.house.engine.sync(mode)
    assert await den.house.items() == before
    den.server.behaviour.empty_lists = False
    assert (await den.house.sync()).counts.held == 0
    assert await den.house.items() == before


async def test_a_server_that_ignores_the_size_of_pages_is_read_whole(den: Den) -> None:
    if isinstance(den.server, PlexServer):
        den.server.behaviour.ignore_page_size = True
    else:
        den.server.behaviour.ignores_limit = True
    await den.house.sync()
    assert len(await den.house.items()) > 510
    assert (await den.house.sync()).counts.removed == 0


async def test_a_server_that_does_not_count_is_read_whole_and_what_is_gone_goes(den: Den) -> None:
    if isinstance(den.server, PlexServer):
        den.server.behaviour.omit_totals = True
    else:
        den.server.behaviour.totals = False
    await den.house.sync()
    den.remove(den.film(7))
    await den.house.sync()
    assert set(await den.house.items()) == await den.everything()


async def test_a_server_that_is_down_for_a_while_removes_nothing(den: Den) -> None:
    await den.settle()
    before = await den.house.items()
    den.server.fault = Fault(Status(503, 60))
    assert (await den.house.fail()).reason is Reason.BUSY
    den.server.fault = None
    assert await den.house.items() == before


async def test_single_items_are_read_when_push_tells_of_them(den: Den) -> None:
    await den.settle()
    den.rename(den.film(7), "Renamed")
    identity = den.add("Brand new")
    gone = den.film(8)
    den.remove(gone)
    den.house.engine.hear(News(changed=frozenset({den.key(den.film(7)), identity}), removed=frozenset({den.key(gone)})))
    letterbox = den.house.engine._letterbox
    assert letterbox._items._task is not None
    await letterbox._items._task
    titles = await den.house.titles()
    assert (titles[den.key(den.film(7))], titles[identity]) == ("Renamed", "Brand new")
    assert den.key(gone) not in titles


async def test_one_library_is_read_alone(den: Den) -> None:
    await den.settle()
    identity = den.add("Brand new")
    outcome = await den.house.sync(Mode.LIBRARY, await den.library_of(ItemKind.MOVIE))
    assert outcome.counts.newcomers == (identity,)


@pytest.mark.parametrize("hours", [-48, 48])
async def test_a_server_with_another_time_is_kept_in_step(den: Den, hours: int) -> None:
    # Both kinds tell their own time; ours is put off after the server was made.
    server_time = NOW + hours * 3600.0
    if isinstance(den.server, PlexServer):
        den.server.machine.now = lambda: server_time
    else:
        den.server.state.now = lambda: server_time
    await den.settle()
    den.rename(den.film(7), "Renamed")
    identity = den.add("Brand new")
    counts = (await den.house.sync(Mode.INCREMENTAL)).counts
    assert counts.newcomers == (identity,)
    assert counts.updated >= 1
    assert (await den.house.sync()).counts.removed == 0


async def test_what_collections_and_playlists_hold_is_kept(den: Den) -> None:
    await den.house.sync()
    lists = [title for title in LIBRARY.titles.values() if title.kind in {Kind.COLLECTION, Kind.PLAYLIST}]
    for title in lists:
        expected = [den.key(LIBRARY.titles[number]) for number in title.members]
        assert sorted(await den.house.members(den.key(title))) == sorted(expected)
