"""How does one HTTP request end? In a reply, or in an error with a meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from json import loads
from typing import Final

import aiohttp
import orjson
from yarl import URL

from .errors import Busy, Cause, Garbled, Missing, NotAllowed, SignInRefused, Unreachable

# A LAN answers in milliseconds, a relay in a second; ten are for a server that has to wake its disks.
TIMEOUT: Final = aiohttp.ClientTimeout(total=30, sock_connect=5, sock_read=10)
# More than any page of items; a server that sends more has lost its mind, and Home Assistant its memory.
MOST_BYTES: Final = 64 * 1024 * 1024

type Json = Mapping[str, Json] | list[Json] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server. Headers carry tokens, and bodies passwords."""

    method: str
    url: URL
    headers: Mapping[str, str] = field(repr=False)
    json: Json = field(default=None, repr=False)
    server_hostname: str | None = None
    """The name the certificate must be for, where the URL has only its address."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, of whatever status."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Json:
        """Return the body as JSON, whatever the server calls it; raises `Garbled`."""
        try:
            return orjson.loads(self.body)  # type: ignore[no-any-return]
        except orjson.JSONDecodeError:
            # It takes half the time for a page of a thousand items, and takes only what is right. Servers cut titles in
            # the middle of a character, and no title is worth a page.
            return self._lenient_json()

    def _lenient_json(self) -> Json:
        try:
            return loads(self.body)  # type: ignore[no-any-return]
        except (ValueError, RecursionError) as error:
            # No JSON, or numbers of thousands of digits, or lists as deep as a well.
            raise Garbled from error


def url_of(base: str, path: str, query: Mapping[str, str | int] | None = None) -> URL:
    """Return the URL of a path below `base`, which keeps its own; raises `Unreachable` for what is no address."""
    try:
        return URL(base + path).update_query(query or {})
    except ValueError as error:
        raise Unreachable(Cause.UNRESOLVED) from error


async def send(session: aiohttp.ClientSession, request: Request, timeout: aiohttp.ClientTimeout = TIMEOUT) -> Reply:  # noqa: ASYNC109
    """Return the reply to a request, of whatever status; raises `Unreachable` with its cause, or `Garbled`.

    Redirects are not followed: the next host was not verified, and our headers carry a token.
    """
    try:
        async with session.request(
            request.method,
            request.url,
            headers=request.headers,
            json=request.json,
            timeout=timeout,
            allow_redirects=False,
            server_hostname=request.server_hostname,
        ) as response:
            body = bytearray()
            while len(body) <= MOST_BYTES and (more := await response.content.read(MOST_BYTES)):
                body += more
            reply = Reply(response.status, dict(response.headers), bytes(body))
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        # aiohttp raises ValueError for what no header may hold.
        raise Unreachable(cause_of(error)) from error
    if len(reply.body) > MOST_BYTES:
        raise Garbled
    return reply


def cause_of(error: Exception) -> Cause:
    """Return why a request got no reply."""
    match error:
        case aiohttp.ClientConnectorDNSError() | aiohttp.InvalidURL():
            return Cause.UNRESOLVED
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ServerFingerprintMismatch():
            return Cause.CERTIFICATE
        case TimeoutError():
            return Cause.SILENT
        case aiohttp.ClientConnectorError():
            return Cause.REFUSED
        case _:
            return Cause.BROKEN


def accept(reply: Reply) -> Reply:
    """Return the reply if it is a success; raises the error that its status means."""
    match reply.status:
        case status if status in range(200, 300):
            return reply
        case HTTPStatus.UNAUTHORIZED:
            raise SignInRefused
        case HTTPStatus.FORBIDDEN:
            raise NotAllowed
        case HTTPStatus.NOT_FOUND:
            raise Missing
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.GATEWAY_TIMEOUT:
            # A proxy speaks, the server behind it does not: another way in may still lead to it.
            raise Unreachable(Cause.GATEWAY)
        case HTTPStatus.TOO_MANY_REQUESTS:
            raise Busy(_retry_after(reply))
        case status if status in range(500, 600):
            raise Busy(_retry_after(reply))
        case _:
            raise Garbled


def _retry_after(reply: Reply) -> float | None:
    # The other form, a date, is not used by media servers; their proxies send seconds, too.
    value = next((text for name, text in reply.headers.items() if name.lower() == "retry-after"), "")
    return float(value) if value.isdecimal() else None
