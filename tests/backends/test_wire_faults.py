"""What a request can die of, each with its cause: told by aioresponses, where no server can be made to fail like it."""

from collections.abc import Iterator
import errno
import ssl
from typing import Any
from unittest.mock import Mock

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aioresponses import aioresponses, core
import pytest
from yarl import URL

from custom_components.reel.backends.errors import Cause, Unreachable
from custom_components.reel.backends.transport import Request, send

URI = "https://media.example.org/identity"
KEY = ConnectionKey(
    "media.example.org", 443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)


class Response(aiohttp.ClientResponse):
    """A response that aioresponses can make with aiohttp 3.14, which wants to know who writes the request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # whatever aioresponses passes on
        kwargs.setdefault("stream_writer", Mock(output_size=0))
        super().__init__(*args, **kwargs)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[aioresponses]:
    """Return a wire that answers, or dies, as it is told."""
    monkeypatch.setattr(core, "ClientResponse", Response)
    with aioresponses() as wire:
        yield wire


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")), Cause.UNRESOLVED),
        (aiohttp.InvalidURL(URI), Cause.UNRESOLVED),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired")), Cause.CERTIFICATE),
        (aiohttp.ServerFingerprintMismatch(b"a" * 32, b"b" * 32, "media.example.org", 443), Cause.CERTIFICATE),
        (aiohttp.ServerTimeoutError("connection timeout"), Cause.SILENT),
        (aiohttp.ConnectionTimeoutError("connection timeout"), Cause.SILENT),
        (TimeoutError(), Cause.SILENT),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.ECONNREFUSED, "Connection refused")), Cause.REFUSED),
        (aiohttp.ClientConnectorError(KEY, OSError(errno.EHOSTUNREACH, "No route to host")), Cause.REFUSED),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError("wrong version number")), Cause.REFUSED),
        (aiohttp.ServerDisconnectedError(), Cause.BROKEN),
        (aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer"), Cause.BROKEN),
        (aiohttp.ClientPayloadError("not completed"), Cause.BROKEN),
        (OSError(errno.EMFILE, "Too many open files"), Cause.BROKEN),
    ],
)
async def test_a_request_that_dies_says_of_what(
    session: aiohttp.ClientSession, wire: aioresponses, error: Exception, cause: Cause
) -> None:
    wire.get(URI, exception=error)
    with pytest.raises(Unreachable) as caught:
        await send(session, Request("GET", URL(URI), {}))
    assert caught.value.cause is cause


async def test_the_first_request_after_a_fault_is_answered(session: aiohttp.ClientSession, wire: aioresponses) -> None:
    wire.get(URI, exception=aiohttp.ServerDisconnectedError())
    wire.get(URI, payload={"MediaContainer": {"size": 0}})
    with pytest.raises(Unreachable):
        await send(session, Request("GET", URL(URI), {}))
    reply = await send(session, Request("GET", URL(URI), {}))
    assert (reply.status, reply.json()) == (200, {"MediaContainer": {"size": 0}})
