"""A plex.direct name that nobody resolves is reached by the address in it, and its certificate is still checked."""

from collections.abc import AsyncIterator, Callable
import socket
import ssl
from typing import override

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
import pytest

from custom_components.reel.backends.errors import Cause, Unreachable
from custom_components.reel.backends.model import Client
from custom_components.reel.backends.plex.direct import address_in
from custom_components.reel.backends.plex.server import introduce
from custom_components.reel.backends.plex.wire import Wire
from tests.servers.plex import PlexServer

HASH = "0123456789abcdef0123456789abcdef"
CERTIFIED = "127-0-0-1.fedcba9876543210fedcba9876543210.plex.direct"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        (f"192-168-1-10.{HASH}.plex.direct", "192.168.1.10"),
        (f"2001-db8--10.{HASH}.plex.direct", "2001:db8::10"),
        (f"192-168-1-10.{HASH.upper()}.PLEX.direct", "192.168.1.10"),
        (f"192-168-1.{HASH}.plex.direct", None),
        (f"999-168-1-10.{HASH}.plex.direct", None),
        ("192-168-1-10.plex.direct", None),
        (f"192-168-1-10.{HASH}.plex.direct.example.org", None),
        ("plex.example.org", None),
        ("", None),
    ],
)
def test_a_plex_direct_name_carries_its_address(name: str, address: str | None) -> None:
    assert address_in(name) == address


class Nobody(AbstractResolver):
    """A router that tells no address of the house."""

    @override
    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        raise OSError(f"{host} is not resolved")

    @override
    async def close(self) -> None:
        pass


@pytest.fixture
async def plex_of(trusting: ssl.SSLContext) -> AsyncIterator[Callable[[], Wire]]:
    """Return a maker of a way to ask Plex for which no name resolves, and that trusts the certificate of the tests."""
    async with ClientSession(connector=TCPConnector(resolver=Nobody(), ssl=trusting)) as session:
        yield lambda: Wire(session, Client("5f6c0b0e3d5a4c8e9b7f1a2d3c4e5f60", "1"))


async def test_a_name_that_nobody_resolves_is_reached_by_its_address(
    plex: PlexServer, plex_of: Callable[[], Wire]
) -> None:
    name = f"127-0-0-1.{HASH}.plex.direct:{plex.doors['local'].port}"
    assert (await introduce(plex_of(), f"http://{name}")).identity == plex.identifier
    (seen,) = plex.traffic.requests
    assert seen.headers["Host"] == name


async def test_the_certificate_is_checked_against_the_name_and_not_the_address(
    plex: PlexServer, plex_of: Callable[[], Wire], self_signed: ssl.SSLContext
) -> None:
    door = await plex.open("tls", ssl=self_signed)
    # The certificate of the tests is good for 127.0.0.1, but not for this name.
    with pytest.raises(Unreachable) as caught:
        await introduce(plex_of(), f"https://127-0-0-1.{HASH}.plex.direct:{door.port}")
    assert caught.value.cause in {Cause.CERTIFICATE, Cause.UNRESOLVED}
    assert plex.traffic.requests == []


async def test_a_name_that_its_certificate_vouches_for_is_reached_by_its_address(
    plex: PlexServer, plex_of: Callable[[], Wire], self_signed: ssl.SSLContext
) -> None:
    door = await plex.open("tls", ssl=self_signed)
    assert (await introduce(plex_of(), f"https://{CERTIFIED}:{door.port}")).identity == plex.identifier


async def test_a_name_that_carries_no_address_stays_unresolved(plex_of: Callable[[], Wire]) -> None:
    with pytest.raises(Unreachable) as caught:
        await introduce(plex_of(), "http://media.example.org")
    assert caught.value.cause is Cause.UNRESOLVED
