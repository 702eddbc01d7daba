"""However a server misbehaves, a request ends in a reply or in an error with a cause, and leaves nothing behind."""

import asyncio
import gzip
import json
import socket
import ssl
from typing import override

import aiohttp
from aiohttp import ClientSession, ClientTimeout
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_reqrep import ConnectionKey
import pytest
from yarl import URL

from custom_components.reel.backends import transport
from custom_components.reel.backends.errors import Cause, Garbled, Unreachable
from custom_components.reel.backends.transport import TIMEOUT, Reply, Request, cause_of, send, url_of
from tests.servers.faults import Cut, Failure, Fault, Garbage, Hang, Slow, flapping
from tests.servers.server import HOST

from .anybody import LOGIN_PAGE, Anybody, never_stops, says, says_json

IMPATIENT = ClientTimeout(total=0.05)
TOKEN = "qT8wPz5sVx1nLk7yRb3J"
KEY = ConnectionKey(
    "media.example.org", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


class Names(AbstractResolver):
    """Knows where one name leads."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if not host.endswith(".org"):
            raise OSError(None, "Domain name not found")
        return [ResolveResult(hostname=host, host=HOST, port=port, family=family, proto=0, flags=0)]

    @override
    async def close(self) -> None:
        pass


def get(url: str, headers: dict[str, str] | None = None) -> Request:
    return Request("GET", URL(url), headers or {})


async def asked(server: Anybody) -> None:
    """Wait until a request has arrived."""
    while not server.traffic.requests:  # noqa: ASYNC110  # the traffic has no event to wait for
        await asyncio.sleep(0)


async def failure(session: ClientSession, request: Request, patience: ClientTimeout = TIMEOUT) -> Cause:
    """Return why a request got no reply."""
    with pytest.raises(Unreachable) as caught:
        await send(session, request, patience)
    return caught.value.cause


async def test_a_reply_is_handed_over_as_it_came(session: ClientSession) -> None:
    async with Anybody(says(status=418, headers={"Retry-After": "7"})) as server:
        reply = await send(session, Request("POST", URL(server.url()), {"X-Asked": "yes"}, {"a": [1, None]}))
    assert (reply.status, reply.body, reply.headers["Retry-After"]) == (418, LOGIN_PAGE, "7")
    (seen,) = server.traffic.requests
    assert (seen.method, seen.headers["X-Asked"], json.loads(seen.body)) == ("POST", "yes", {"a": [1, None]})


async def test_a_compressed_body_is_unpacked(session: ClientSession) -> None:
    async with Anybody(says(gzip.compress(b"{}"), headers={"Content-Encoding": "gzip"})) as server:
        assert (await send(session, get(server.url()))).json() == {}


@pytest.mark.parametrize(
    ("fault", "patience", "cause"),
    [
        (Hang(), IMPATIENT, Cause.SILENT),
        (Cut(), TIMEOUT, Cause.BROKEN),
        (Garbage(raw=True), TIMEOUT, Cause.BROKEN),
    ],
)
async def test_a_misbehaving_server_is_unreachable_for_a_cause(
    session: ClientSession, fault: Failure, patience: ClientTimeout, cause: Cause
) -> None:
    async with Anybody(says()) as server:
        server.doors["local"].fault = Fault(fault)
        assert await failure(session, get(server.url()), patience) is cause
        server.doors["local"].fault = None
        assert (await send(session, get(server.url()))).status == 200


async def test_a_slow_answer_is_an_answer(session: ClientSession) -> None:
    async with Anybody(says()) as server:
        server.fault = Fault(Slow(0.02))
        assert (await send(session, get(server.url()))).body == LOGIN_PAGE


async def test_a_server_that_flaps_fails_only_while_it_is_down(session: ClientSession) -> None:
    async with Anybody(says()) as server:
        server.fault = flapping(Cut(), good=1, bad=1)
        assert (await send(session, get(server.url()))).status == 200
        assert await failure(session, get(server.url())) is Cause.BROKEN
        assert (await send(session, get(server.url()))).status == 200


async def test_a_shut_door_refuses(session: ClientSession) -> None:
    async with Anybody(says()) as server:
        await server.shut("local")
        assert await failure(session, get(server.url())) is Cause.REFUSED


@pytest.mark.parametrize(("method", "cause"), [("POST", Cause.BROKEN), ("GET", Cause.REFUSED)])
async def test_a_door_that_shuts_while_we_wait_is_noticed(session: ClientSession, method: str, cause: Cause) -> None:
    """What may be repeated, aiohttp itself asks once more: by then the door is shut."""
    async with Anybody(says()) as server:
        server.fault = Fault(Hang())
        waiting = asyncio.ensure_future(failure(session, Request(method, URL(server.url()), {})))
        await asked(server)
        await server.shut("local")
        assert await waiting is cause


async def test_whoever_gives_up_closes_the_connection(session: ClientSession) -> None:
    async with Anybody(says()) as server:
        server.fault = Fault(Hang())
        waiting = asyncio.ensure_future(send(session, get(server.url())))
        await asked(server)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        server.fault = None
        await send(session, get(server.url()))
        assert server.traffic.connections == 2


async def test_a_connection_is_used_again(session: ClientSession) -> None:
    async with Anybody(says(status=404)) as server:
        await send(session, get(server.url()))
        await send(session, get(server.url()))
        assert server.traffic.connections == 1


async def test_a_name_nobody_knows_is_unresolved() -> None:
    async with ClientSession(connector=aiohttp.TCPConnector(resolver=Names())) as session:
        assert await failure(session, get("http://media.example.com:32400")) is Cause.UNRESOLVED


async def test_a_certificate_nobody_vouches_for_is_refused(session: ClientSession, self_signed: ssl.SSLContext) -> None:
    async with Anybody(says()) as server:
        await server.open("remote", ssl=self_signed)
        assert await failure(session, get(server.url("remote"), {"X-Plex-Token": TOKEN})) is Cause.CERTIFICATE
        assert server.traffic.requests == []


async def test_a_certificate_counts_for_its_own_names_only(
    self_signed: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    connector = aiohttp.TCPConnector(resolver=Names(), ssl=trusting)
    async with Anybody(says()) as server, ClientSession(connector=connector) as session:
        port = (await server.open("remote", ssl=self_signed)).port
        assert (await send(session, get(f"https://media.example.org:{port}"))).status == 200
        assert await failure(session, get(f"https://other.example.org:{port}")) is Cause.CERTIFICATE


async def test_the_wrong_scheme_is_no_matter_of_certificates(
    session: ClientSession, self_signed: ssl.SSLContext
) -> None:
    async with Anybody(says()) as server:
        await server.open("remote", ssl=self_signed)
        assert await failure(session, get(server.url().replace("http:", "https:"))) is not Cause.CERTIFICATE
        assert await failure(session, get(server.url("remote").replace("https:", "http:"))) is Cause.BROKEN


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere(session: ClientSession, status: int) -> None:
    async with Anybody(says()) as other:
        async with Anybody(says(status=status, headers={"Location": other.url()})) as server:
            reply = await send(session, get(server.url(), {"X-Plex-Token": TOKEN}))
        assert reply.status == status
        assert server.traffic.tokens == {TOKEN}
        assert other.traffic.requests == []


async def test_a_body_may_be_as_large_as_the_limit_and_no_larger(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 200_000)
    async with Anybody(says(bytes(200_000))) as server:
        assert len((await send(session, get(server.url()))).body) == 200_000
        server.answer = says(bytes(200_001))
    async with Anybody(says(bytes(200_001))) as server:
        with pytest.raises(Garbled):
            await send(session, get(server.url()))


async def test_a_body_without_an_end_is_given_up(session: ClientSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MOST_BYTES", 200_000)
    async with Anybody(never_stops) as server:
        with pytest.raises(Garbled):
            await send(session, get(server.url()))


@pytest.mark.parametrize("value", ["a\nb", "a\r\nX-Evil: yes", "a\0b"])
async def test_what_no_header_may_hold_is_not_sent(session: ClientSession, value: str) -> None:
    async with Anybody(says()) as server:
        assert await failure(session, get(server.url(), {"X-Plex-Token": value})) is Cause.BROKEN
        assert server.traffic.requests == []


@pytest.mark.parametrize(
    ("url", "cause"), [("nonsense", Cause.UNRESOLVED), ("http:///", Cause.UNRESOLVED), ("ftp://a/", Cause.BROKEN)]
)
async def test_an_address_that_is_none_is_unreachable(session: ClientSession, url: str, cause: Cause) -> None:
    assert await failure(session, get(url)) is cause


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (aiohttp.ConnectionTimeoutError(), Cause.SILENT),
        (aiohttp.SocketTimeoutError(), Cause.SILENT),
        (TimeoutError(), Cause.SILENT),
        (aiohttp.ServerFingerprintMismatch(b"a", b"b", "media.example.org", 443), Cause.CERTIFICATE),
        (aiohttp.ClientConnectorError(KEY, OSError(113, "No route to host")), Cause.REFUSED),
        (aiohttp.ServerDisconnectedError(), Cause.BROKEN),
        (aiohttp.ClientPayloadError(), Cause.BROKEN),
        (ConnectionResetError(), Cause.BROKEN),
    ],
)
def test_errors_that_are_hard_to_provoke_have_their_causes_too(error: Exception, cause: Cause) -> None:
    assert cause_of(error) is cause


@pytest.mark.parametrize(
    "body",
    [
        b"",
        LOGIN_PAGE,
        b'{"MediaContainer": {"siz\xff\xfe',
        b'"\xe9"',
        b"[" * 100_000,
        b"1" * 5_000,
        b"{}{}",
    ],
)
def test_a_body_that_is_no_json_is_garbled(body: bytes) -> None:
    with pytest.raises(Garbled):
        Reply(200, {}, body).json()


async def test_json_is_read_whatever_the_server_calls_it(session: ClientSession) -> None:
    async with Anybody(says(b'\xef\xbb\xbf{"a": 1}', content_type="text/plain")) as server:
        assert (await send(session, get(server.url()))).json() == {"a": 1}
    async with Anybody(says_json([])) as server:
        assert (await send(session, get(server.url()))).json() == []


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        ("http://10.0.0.7:8096", "/System/Info/Public", "http://10.0.0.7:8096/System/Info/Public?page=2"),
        ("https://example.org/media", "/identity", "https://example.org/media/identity?page=2"),
        ("http://[2001:db8::1]:32400", "/", "http://[2001:db8::1]:32400/?page=2"),
    ],
)
def test_a_url_keeps_the_path_of_its_base(base: str, path: str, expected: str) -> None:
    assert str(url_of(base, path, {"page": 2})) == expected


@pytest.mark.parametrize("base", ["http://[::1", "http://10.0.0.7:99999", "http://10.0.0.7:port", "http://\ud800"])
def test_a_base_that_is_no_address_leads_nowhere(base: str) -> None:
    with pytest.raises(Unreachable) as caught:
        url_of(base, "/identity")
    assert caught.value.cause is Cause.UNRESOLVED
