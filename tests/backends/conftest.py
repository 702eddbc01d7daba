"""A client that may leave nothing behind, servers to ask, and time that passes only while somebody waits."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
import ssl

from aiohttp import ClientSession
import pytest

from custom_components.reel.backends.jellyfin.wire import Wire as JellyfinWire
from custom_components.reel.backends.model import Client
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from custom_components.reel.connection.model import Clock
from tests.servers.jellyfin import JellyfinServer
from tests.servers.library import make_library
from tests.servers.plex import PlexServer, PlexTv

# Made for these tests, for 127.0.0.1 and media.example.org, until the year 2120. It guards nothing.
CERTIFICATE = Path(__file__).with_name("self_signed.pem")
CLIENT = Client("5f6c0b0e3d5a4c8e9b7f1a2d3c4e5f60", "0.1.0")
TURNS = 50


@dataclass(slots=True)
class Time:
    """Passes only while somebody waits, and remembers for how long they did."""

    now: float = 1_767_225_600.0
    pauses: list[float] = field(default_factory=list)

    @property
    def clock(self) -> Clock:
        """The clock that a backend is given."""
        return Clock(wall=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Wait, in no time."""
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    """Fail a test that leaves a task behind."""
    before = asyncio.all_tasks()
    yield
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """Return a session; when the test is over none of its connections may be in use."""
    async with ClientSession() as session:
        yield session
        assert session.connector is not None
        assert not session.connector._acquired


@pytest.fixture
def time() -> Time:
    """Return the time of plex.tv and of whoever asks it."""
    return Time()


@pytest.fixture
def plex_wire(session: ClientSession) -> PlexWire:
    """Return a way to ask Plex."""
    return PlexWire(session, CLIENT)


@pytest.fixture
def jellyfin_wire(session: ClientSession) -> JellyfinWire:
    """Return a way to ask Jellyfin."""
    return JellyfinWire(session, CLIENT)


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    """Return a Plex Media Server with a door at home and one to the world."""
    async with PlexServer("Den", library=make_library(movies=1, shows=0, artists=0)) as plex:
        await plex.open("remote")
        yield plex


@pytest.fixture
async def tv(time: Time) -> AsyncIterator[PlexTv]:
    """Return a plex.tv."""
    async with PlexTv(now=lambda: time.now) as tv:
        yield tv


@pytest.fixture
async def jellyfin() -> AsyncIterator[JellyfinServer]:
    """Return a Jellyfin server behind a proxy, with a door at home and one to the world."""
    library = make_library(movies=1, shows=0, artists=0)
    async with JellyfinServer("Attic", library=library, base_path="/jellyfin") as jellyfin:
        await jellyfin.open("remote")
        yield jellyfin


@pytest.fixture(scope="session")
def self_signed() -> ssl.SSLContext:
    """Return what a server needs to present a certificate that nobody vouches for."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture(scope="session")
def trusting() -> ssl.SSLContext:
    """Return what a client needs to trust that certificate."""
    return ssl.create_default_context(cafile=CERTIFICATE)
