"""Asking a Plex Media Server who it is and whether it lets us in."""

import asyncio

from aiohttp.typedefs import Handler
import pytest

from custom_components.reel.backends.errors import Busy, ForeignServer, NotAllowed, NotMediaServer, SignInRefused
from custom_components.reel.backends.model import Server
from custom_components.reel.backends.plex.server import PlexProber, introduce, open_server
from custom_components.reel.backends.plex.wire import Wire
from custom_components.reel.connection.model import Connection
from custom_components.reel.connection.probe import identity_probe
from tests.backends.anybody import Anybody, says, says_json
from tests.servers.faults import Fault, Garbage, Hang, Status
from tests.servers.jellyfin import JellyfinServer
from tests.servers.plex import PlexServer

STRANGER = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def prober(plex_wire: Wire, plex: PlexServer) -> PlexProber:
    return PlexProber(plex_wire, plex.token)


@pytest.mark.parametrize("door", ["local", "remote"])
async def test_a_server_is_the_same_behind_every_door(plex: PlexServer, prober: PlexProber, door: str) -> None:
    assert await prober.identify(Connection.at(plex.url(door))) == plex.identifier
    await prober.prove(Connection.at(plex.url(door)))


async def test_the_question_who_is_there_carries_no_token(plex: PlexServer, prober: PlexProber) -> None:
    await prober.identify(Connection.at(plex.url()))
    (seen,) = plex.traffic.requests
    assert (seen.path, seen.token) == ("/identity", None)
    assert plex.token not in str(seen)


async def test_the_token_travels_in_a_header_and_never_in_a_url(plex: PlexServer, prober: PlexProber) -> None:
    await prober.prove(Connection.at(plex.url()))
    (seen,) = plex.traffic.requests
    assert seen.headers["X-Plex-Token"] == plex.token
    assert seen.query == {}


async def test_a_foreign_server_is_told_apart_and_never_sees_a_token(plex: PlexServer, prober: PlexProber) -> None:
    plex.pretend("remote", STRANGER)
    probe = identity_probe(prober, plex.identifier)
    await probe(Connection.at(plex.url("local")))
    with pytest.raises(ForeignServer):
        await probe(Connection.at(plex.url("remote")))
    assert plex.traffic.tokens == set()


async def test_a_dead_token_is_refused_although_the_answer_is_html(plex: PlexServer, prober: PlexProber) -> None:
    plex.revoke(plex.token)
    with pytest.raises(SignInRefused):
        await prober.prove(Connection.at(plex.url()))
    assert await prober.identify(Connection.at(plex.url())) == plex.identifier


async def test_a_token_opens_its_own_server_only(plex_wire: Wire, plex: PlexServer) -> None:
    async with PlexServer("Attic") as attic:
        with pytest.raises(SignInRefused):
            await open_server(plex_wire, attic.url(), plex.token)


async def test_a_shared_user_is_let_in(plex_wire: Wire, plex: PlexServer) -> None:
    token = plex.admit(plex.owner, sections=frozenset({"1"}))
    assert await open_server(plex_wire, plex.url(), token) == Server(plex.identifier, "Den", plex.version)


async def test_a_server_says_its_name_to_those_it_lets_in(plex_wire: Wire, plex: PlexServer) -> None:
    assert await introduce(plex_wire, plex.url()) == Server(plex.identifier, "Plex Media Server", plex.version)
    assert await open_server(plex_wire, plex.url(), plex.token) == Server(plex.identifier, "Den", plex.version)


async def test_a_network_that_needs_no_token_proves_nothing_about_it(plex: PlexServer, plex_wire: Wire) -> None:
    plex.behaviour.allow_without_token = True
    token = "made-up-token-123456"
    await PlexProber(plex_wire, token).prove(Connection.at(plex.url()))
    assert [(seen.path, seen.token) for seen in plex.traffic.requests] == [("/", token)]


@pytest.mark.parametrize(
    "answer",
    [
        says(),
        says(b""),
        says(b"<MediaContainer size='0'/>", content_type="text/xml"),
        says(status=401, headers={"WWW-Authenticate": 'Basic realm="router"'}),
        says(status=403),
        says(status=404),
        says(status=302, headers={"Location": "http://192.168.1.1/login"}),
        says_json({}),
        says_json([]),
        says_json({"MediaContainer": {"size": 0}}),
    ],
)
async def test_whatever_else_answers_is_no_media_server(plex_wire: Wire, answer: Handler) -> None:
    async with Anybody(answer) as server:
        with pytest.raises(NotMediaServer):
            await introduce(plex_wire, server.url())


async def test_garbage_is_no_media_server(plex_wire: Wire, plex: PlexServer) -> None:
    plex.fault = Fault(Garbage())
    with pytest.raises(NotMediaServer):
        await introduce(plex_wire, plex.url())


async def test_jellyfin_is_no_plex(plex_wire: Wire, jellyfin: JellyfinServer) -> None:
    with pytest.raises(NotMediaServer):
        await introduce(plex_wire, jellyfin.url())


async def test_a_server_that_starts_is_busy_and_not_a_stranger(plex_wire: Wire, plex: PlexServer) -> None:
    plex.restart(refusals=1, retry_after=3)
    with pytest.raises(Busy) as caught:
        await introduce(plex_wire, plex.url())
    assert caught.value.retry_after == 3
    assert (await introduce(plex_wire, plex.url())).identity == plex.identifier


async def test_forbidden_is_not_the_same_as_refused(plex: PlexServer, prober: PlexProber) -> None:
    plex.fault = Fault(Status(403))
    with pytest.raises(NotAllowed):
        await prober.prove(Connection.at(plex.url()))


async def test_whoever_gives_up_on_a_silent_server_leaves_nothing_behind(plex: PlexServer, prober: PlexProber) -> None:
    plex.fault = Fault(Hang())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await prober.identify(Connection.at(plex.url()))
