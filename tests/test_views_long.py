"""A long film is sent as fast as it is taken, to whoever is there, over whatever connection works."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
import os
from pathlib import Path
import shutil
import socket
from typing import Any

from aiohttp import ClientPayloadError, ClientTimeout
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.account import written
from custom_components.reel.backends import stream
from custom_components.reel.connection.model import Connection, Origin

from .house import JellyfinHouse, PlexHouse
from .page import Page
from .servers.faults import Cut, Fault, Hang
from .servers.media import LongFilm, sample
from .servers.server import FakeServer
from .viewing import decide, first_film, granted

FILM = sample("movie").read_bytes()
HUGE = 2_000_000_000
# Of two sockets, each with the room that a system gives one at the most.
ON_THE_WAY = 64_000_000
SOME = 100_000

type Clients = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture
async def client(hass: HomeAssistant, page: Page, aiohttp_client: Clients) -> TestClient[Any, Any]:  # noqa: ARG001
    """Return Home Assistant as it serves: whoever leaves ends what is done for them."""
    return await aiohttp_client(hass.http.app, server_kwargs={"handler_cancellation": True})


@pytest.fixture
async def film(
    hass: HomeAssistant, page: Page, plex: PlexHouse, jellyfin: JellyfinHouse, films: Path, shelf: str
) -> Taken:
    """Return the first film of each shelf, so long that nobody takes all of it."""
    url = await first_film(page, shelf)
    if shelf == "films films":
        file = films / ((await granted(hass, url)).file or "")
        os.truncate(file, HUGE)
        return Taken(url, lambda: is_open(file), lambda: 0)
    long = LongFilm(HUGE)
    plex.server.behaviour.film = jellyfin.server.state.behaviour.film = long
    return Taken(url, lambda: bool(long.readers), lambda: long.sent)


class Taken:
    """A film that somebody takes: whether its source sends it now, and how much of it was sent."""

    def __init__(self, url: str, is_sent: Callable[[], bool], sent: Callable[[], int]) -> None:
        self.url = url
        self.is_sent = is_sent
        self.sent = sent


def is_open(path: Path) -> bool:
    """Tell whether somebody here has a file open."""
    return any(os.path.realpath(each) == str(path) for each in Path("/proc/self/fd").iterdir() if each.is_symlink())


@asynccontextmanager
async def taking(client: TestClient[Any, Any], url: str) -> AsyncIterator[asyncio.StreamReader]:
    """Begin to take a film, over a socket with little room, and leave at the end."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    line.settimeout(0)
    await asyncio.get_running_loop().sock_connect(line, (client.host, client.port))
    reader, writer = await asyncio.open_connection(sock=line)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: home\r\n\r\n".encode())
    assert b" 200 " in await reader.readline()
    await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(SOME)
    yield reader
    writer.transport.abort()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that nobody tells."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


async def standstill(film: Taken) -> None:
    """Wait until nothing more is sent."""
    before, still = -1, 0
    while still < 5:
        still = still + 1 if before == film.sent() else 0
        before = film.sent()
        await asyncio.sleep(0.02)


# Whoever takes it


async def test_whoever_sleeps_is_sent_no_more_than_the_sockets_hold(client: TestClient[Any, Any], film: Taken) -> None:
    async with taking(client, film.url) as reader:
        await standstill(film)
        assert film.sent() < ON_THE_WAY
        assert film.is_sent()
        await reader.readexactly(SOME)
    await until(lambda: not film.is_sent())


async def test_whoever_leaves_ends_it_at_once(client: TestClient[Any, Any], film: Taken) -> None:
    async with taking(client, film.url):
        assert film.is_sent()
    await until(lambda: not film.is_sent())
    assert film.sent() < ON_THE_WAY


async def test_many_take_it_at_once_and_each_at_its_own_pace(client: TestClient[Any, Any], film: Taken) -> None:
    async with taking(client, film.url), taking(client, film.url), taking(client, film.url) as reader:
        await reader.readexactly(ON_THE_WAY // 4)
        assert film.is_sent()
    await until(lambda: not film.is_sent())


async def test_nobody_who_pauses_is_cut_off(
    client: TestClient[Any, Any], film: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "TIMEOUT", ClientTimeout(total=None, sock_read=0.1))
    async with taking(client, film.url) as reader:
        await standstill(film)
        # Longer than a server may be silent that is waited for.
        await asyncio.sleep(0.15)
        await reader.readexactly(ON_THE_WAY + SOME)


async def test_whoever_leaves_before_anything_comes_is_not_waited_for(
    client: TestClient[Any, Any], page: Page, plex: PlexHouse, den: str
) -> None:
    url = await first_film(page, den)
    plex.server.fault = Fault(Hang(), paths="/library/parts/*")
    plex.server.traffic.clear()
    asking = asyncio.create_task(client.get(url))
    await until(lambda: bool(plex.server.traffic.requests))
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    plex.server.fault = None
    plex.server.let_go()
    assert (await page.get(url)).body == FILM


# When connections fail


@pytest.fixture
async def doors(hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, shelf: str) -> FakeServer:
    """Return a server of which two connections are known, and the first is used."""
    if shelf.startswith("Den"):
        return plex.server
    await jellyfin.server.open("remote")
    ways = [
        Connection.at(jellyfin.server.url(door), local=door == "local", origin=Origin.USER)
        for door in ("local", "remote")
    ]
    await decide(hass, "Attic", connections=written(ways))
    return jellyfin.server


SERVERS = pytest.mark.parametrize("shelf", ["den", "attic"], indirect=True)


@SERVERS
async def test_the_next_part_comes_over_another_connection(page: Page, doors: FakeServer, shelf: str) -> None:
    url = await first_film(page, shelf)
    first = await page.get(url, range="bytes=0-49999")
    await doors.shut("local")
    doors.traffic.clear()
    rest = await page.get(url, range="bytes=50000-", if_range=first.headers["ETag"])
    assert (first.status, rest.status) == (206, 206)
    assert first.body + rest.body == FILM
    assert {seen.door for seen in doors.traffic.requests if "range" in {each.lower() for each in seen.headers}} == {
        "remote"
    }


@SERVERS
async def test_a_connection_that_dies_in_the_middle_of_a_film_is_not_used_for_the_rest(
    client: TestClient[Any, Any], page: Page, doors: FakeServer, film: Taken
) -> None:
    async with taking(client, film.url) as reader:
        await doors.shut("local")
        at = SOME + len(await reader.read())
    assert at < ON_THE_WAY
    doors.traffic.clear()
    rest = await page.get(film.url, range=f"bytes={at}-{at + 999}")
    assert (rest.status, rest.headers["Content-Range"]) == (206, f"bytes {at}-{at + 999}/{HUGE}")
    assert {seen.door for seen in doors.traffic.requests} == {"remote"} | (
        {"relay"} if "relay" in doors.doors else set()
    )


@SERVERS
async def test_a_playlist_goes_on_over_another_connection(page: Page, doors: FakeServer, server: str) -> None:
    url = await first_film(page, server)
    known = [got.body for _, got in await page.pieces(url)]
    await doors.shut("local")
    assert [got.body for _, got in await page.pieces(url)] == known


async def test_a_stream_that_breaks_ends_and_the_player_can_go_on(page: Page, plex: PlexHouse, den: str) -> None:
    url = await first_film(page, den)
    plex.server.doors["local"].fault = Fault(Cut(), paths="/library/parts/*")
    with pytest.raises(ClientPayloadError):
        await page.get(url)
    await plex.server.shut("local")
    assert (await page.get(url)).body == FILM


@SERVERS
async def test_without_any_connection_that_is_said_until_there_is_one(
    page: Page, doors: FakeServer, shelf: str
) -> None:
    url = await first_film(page, shelf)
    for door in doors.doors:
        await doors.shut(door)
    assert (await page.get(url)).status in {502, 504}
    await doors.open("local")
    assert (await page.get(url)).body == FILM


def move(folder: Path, place: Path) -> None:
    folder.rename(place)


async def test_a_share_that_comes_back_goes_on(page: Page, films: Path, folder: str) -> None:
    url, away = await first_film(page, folder), films.with_name("away")
    move(films, away)
    assert (await page.get(url)).status in {502, 504}
    move(away, films)
    assert (await page.get(url, range="bytes=10-19")).body == FILM[10:20]


async def test_a_film_that_is_gone_is_not_there(page: Page, films: Path, folder: str) -> None:
    url = await first_film(page, folder)
    shutil.rmtree(films / "Movies")
    assert (await page.get(url)).status == 404
