"""Servers on the LAN are found by what they say, at the address they say it from."""

import asyncio
from collections.abc import AsyncIterator
from typing import override

import pytest

from custom_components.reel.backends.jellyfin.broadcast import broadcast_call, read_answer as read_jellyfin
from custom_components.reel.backends.lan import Found, ask_everybody
from custom_components.reel.backends.model import Kind
from custom_components.reel.backends.plex.gdm import gdm_call, read_answer as read_plex
from tests.servers.jellyfin import JellyfinServer

IDENTITY = "9f3c0f1f7d8c4c1b8f0e6f7a5b4c3d2e1f0a9b8c"
GDM = (
    "HTTP/1.0 200 OK\r\n"
    "Content-Type: plex/media-server\r\n"
    "Host: 0123456789abcdef0123456789abcdef.plex.direct\r\n"
    "Name: Den: the big one\r\n"
    "Port: 32400\r\n"
    f"Resource-Identifier: {IDENTITY}\r\n"
    "Updated-At: 1767225600\r\n"
    "Version: 1.43.3.10156\r\n\r\n"
)


class Responder(asyncio.DatagramProtocol):
    """Answers every question several times, and some nonsense."""

    @override
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]  # UDP, always
        self.transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for answer in (b"\xff\xfe", GDM.encode(), GDM.encode(), data):
            self.transport.sendto(answer, addr)


@pytest.fixture
async def responder() -> AsyncIterator[tuple[str, int]]:
    """Return the address of a Plex server's GDM."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Responder, local_addr=("127.0.0.1", 0))
    yield transport.get_extra_info("sockname")
    transport.close()


async def test_a_plex_server_is_found_once_where_it_answers_from(responder: tuple[str, int]) -> None:
    assert await ask_everybody(gdm_call(responder), 0.05) == [
        Found(Kind.PLEX, IDENTITY, "Den: the big one", "http://127.0.0.1:32400")
    ]


async def test_a_jellyfin_server_is_found_where_it_answers_from(jellyfin: JellyfinServer) -> None:
    announced = await jellyfin.announce(0, address="http://172.17.0.2:8096/jellyfin")
    found = await ask_everybody(broadcast_call(("127.0.0.1", announced.port)), 0.05)
    assert found == [Found(Kind.JELLYFIN, jellyfin.server_id, "Attic", "http://127.0.0.1:8096/jellyfin")]


async def test_where_nobody_answers_nobody_is_found() -> None:
    assert await ask_everybody(broadcast_call(("127.0.0.1", 9)), 0.01) == []


@pytest.mark.parametrize(
    "answer",
    [
        GDM.replace("200 OK", "404 Not Found"),
        GDM.replace("media-server", "media-player"),
        GDM.replace("32400", "99999"),
        GDM.replace("32400", "²"),
        GDM.replace("Resource-Identifier", "Something-Else"),
        "",
    ],
)
def test_what_is_no_plex_server_is_not_found(answer: str) -> None:
    assert read_plex(answer.encode(), "192.168.1.10") is None


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        ('{"Address":"http://172.17.0.2:8096","Id":"%s","Name":"A"}', "http://192.168.1.5:8096"),
        ('{"Address":"http://172.17.0.2:8096/base/","Id":"%s","Name":null}', "http://192.168.1.5:8096/base"),
        ('{"Address":"https://media.example.org","Id":"%s","Name":"A"}', "https://media.example.org"),
        ('{"Id":"%s","EndpointAddress":null}', "http://192.168.1.5:8096"),
        ('{"Address":"ftp://172.17.0.2","Id":"%s"}', None),
        ('{"Address":"http://[::1","Id":"%s"}', None),
        ('{"Address":"http://172.17.0.2:8096"}', None),
        ("[]", None),
        ("who is there?", None),
        ("[" * 100_000, None),
    ],
)
def test_a_jellyfin_answer_is_read_with_the_address_it_came_from(answer: str, url: str | None) -> None:
    found = read_jellyfin((answer % ("0" * 32) if "%s" in answer else answer).encode(), "192.168.1.5")
    assert (found.url if found else None) == url


async def test_a_machine_without_a_network_finds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_network(*_: object, **__: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_datagram_endpoint", no_network)
    assert await ask_everybody(gdm_call(), 1) == []


async def test_where_broadcasts_are_forbidden_nobody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError("Permission denied")

    monkeypatch.setattr("asyncio.selector_events._SelectorDatagramTransport.sendto", forbidden)
    assert await ask_everybody(gdm_call(("127.0.0.1", 9)), 1) == []
