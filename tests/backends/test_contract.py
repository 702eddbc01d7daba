"""What the connection core may expect of a prober, whatever kind of source it speaks to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from custom_components.reel.backends.errors import Cause, ForeignServer, SignInRefused, Unreachable
from custom_components.reel.backends.jellyfin.server import JellyfinProber
from custom_components.reel.backends.jellyfin.wire import Wire as JellyfinWire
from custom_components.reel.backends.local.folder import FolderProber, open_folder
from custom_components.reel.backends.plex.server import PlexProber
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from custom_components.reel.connection.cache import ConnectionCache
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.model import Clock, Connection, Status
from custom_components.reel.connection.probe import Prober, identity_probe
from custom_components.reel.connection.rounds import Target
from tests.servers.jellyfin import JellyfinServer
from tests.servers.plex import PlexServer

from .conftest import Time


@dataclass(frozen=True, slots=True)
class Source:
    """A source, who asks it, the way to it, what it was shown, and how to take away the way or our welcome."""

    prober: Prober
    identity: str
    connection: Connection
    go_down: Callable[[], Awaitable[None]]
    lock_out: Callable[[], Awaitable[None]]
    credentials: frozenset[str] = frozenset()
    shown: Callable[[], set[str]] = set


@pytest.fixture
def plex_source(plex: PlexServer, plex_wire: PlexWire) -> Source:
    async def go_down() -> None:
        await plex.shut("local")

    async def lock_out() -> None:
        plex.revoke(plex.token)

    return Source(
        PlexProber(plex_wire, plex.token),
        plex.identifier,
        Connection.at(plex.url(), local=True),
        go_down,
        lock_out,
        frozenset({plex.token}),
        lambda: plex.traffic.tokens,
    )


@pytest.fixture
def jellyfin_source(jellyfin: JellyfinServer, jellyfin_wire: JellyfinWire) -> Source:
    token = jellyfin.sign_in(jellyfin.add_user("Ann"))

    async def go_down() -> None:
        await jellyfin.shut("local")

    async def lock_out() -> None:
        jellyfin.revoke(token)

    return Source(
        JellyfinProber(jellyfin_wire, token),
        jellyfin.server_id,
        Connection.at(jellyfin.url(), local=True),
        go_down,
        lock_out,
        frozenset({token}),
        lambda: jellyfin.traffic.tokens,
    )


@pytest.fixture
def local_source(tmp_path: Path) -> Source:
    path = tmp_path / "Films"
    path.mkdir()

    async def go_down() -> None:
        path.rmdir()

    folder = open_folder(path)
    # Folders lock nobody out: they ask for nothing.
    return Source(FolderProber(folder), folder.identity, folder.connection, go_down, go_down)


@pytest.fixture(params=["plex_source", "jellyfin_source", "local_source"])
def source(request: pytest.FixtureRequest) -> Source:
    """Return a source of each kind."""
    found: Source = request.getfixturevalue(request.param)
    return found


async def test_a_source_that_is_there_tells_its_identity(source: Source) -> None:
    assert await source.prober.identify(source.connection) == source.identity


async def test_the_credentials_of_a_source_are_shown_to_prove_them_and_not_before(source: Source) -> None:
    await source.prober.identify(source.connection)
    assert source.shown() == set()
    await source.prober.prove(source.connection)
    assert source.shown() == source.credentials


async def test_a_dead_end_is_unreachable_for_a_cause(source: Source) -> None:
    await source.go_down()
    with pytest.raises(Unreachable) as caught:
        await source.prober.identify(source.connection)
    assert caught.value.cause in {Cause.REFUSED, Cause.MISSING}


async def test_another_identity_than_the_expected_one_is_foreign(source: Source) -> None:
    with pytest.raises(ForeignServer):
        await identity_probe(source.prober, "somebody else")(source.connection)


async def never(_seconds: float) -> None:
    """Wait for the end of the test: whoever is asked here answers before any patience ends."""
    await asyncio.get_running_loop().create_future()


@pytest.fixture
async def connector(source: Source, time: Time) -> AsyncIterator[Connector]:
    """Return what keeps the source connected."""
    clock = Clock(wall=lambda: time.now, monotonic=lambda: time.now, sleep=never)
    target = Target("source", source.identity, (source.connection,))
    connector = Connector(target, source.prober, ConnectionCache(), clock, lambda *_: None)
    yield connector
    await connector.close()


async def test_the_core_connects_to_a_source_and_notices_its_end(source: Source, connector: Connector) -> None:
    assert await connector.connect() == source.connection
    await source.go_down()
    await connector.check()
    assert connector.state.status is Status.OFFLINE


@pytest.mark.parametrize("source", ["plex_source", "jellyfin_source"], indirect=True)
async def test_the_core_learns_that_a_token_is_dead(source: Source, connector: Connector) -> None:
    await source.lock_out()
    with pytest.raises(SignInRefused):
        await connector.connect()
    assert connector.state.status is Status.NEEDS_AUTH
