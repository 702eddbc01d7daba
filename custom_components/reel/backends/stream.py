"""How do bytes come that are too many to hold? Piece by piece, for as long as somebody takes them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final, override
from urllib.parse import quote, unquote

import aiohttp
from yarl import URL

from .errors import Garbled, Missing, SourceError, Unreachable
from .playing import Stream
from .transport import Reply, Request, accept, cause_of, url_of

# As much as a socket reads at once. With what is read ahead and what waits to be sent, a megabyte at the most is in
# memory of a stream that nobody takes.
PIECE: Final = 262_144
# No film is over by a certain time. A transcoder that has to wake a disk thinks for a minute before its first word.
TIMEOUT: Final = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=120)
# What a player may say of the part that it wants; all else is between it and us.
_ASKED: Final = frozenset(
    {"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"}
)
_TOLD: Final = frozenset({
    "accept-ranges", "cache-control", "content-length", "content-range", "content-type", "etag", "last-modified",
})  # fmt: skip
_WITH_BODY: Final = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})
_WITHOUT: Final = frozenset(
    {HTTPStatus.NOT_MODIFIED, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}
)
_MOST_REASON: Final = 4096

type Explain = Callable[[int, str], SourceError | None]


def no_reason(_status: int, _said: str) -> SourceError | None:
    """Leave a refusal to what its status means everywhere."""
    return None


def asked(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what is passed on of a player's headers, in small letters."""
    wanted = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in wanted.items() if name in _ASKED}


def url_below(base: str, path: str) -> URL:
    """Return the URL of a path with its query; raises `Missing` for one that leads anywhere but below `base`."""
    home = url_of(base, "/")
    steps = unquote(path.partition("?")[0]).replace("\\", "/").split("/")
    if not path.startswith("/") or {".", ".."}.intersection(steps):
        raise Missing
    try:
        found = URL(base + path)
        inside = found.origin() == home.origin() and found.path.startswith(home.path)
    except ValueError as error:
        raise Missing from error
    if not inside:
        raise Missing
    return found


def address_of(base: str, path: str, name: str, token: str) -> str:
    """Return the URL of a path for somebody who cannot send a header, with a token as its parameter `name`."""
    url = str(url_below(base, path))
    return f"{url}{'&' if '?' in url else '?'}{name}={quote(token, safe='')}"


async def begin(
    session: aiohttp.ClientSession, request: Request, explain: Explain = no_reason
) -> aiohttp.ClientResponse:
    """Return an answer of which no more than the head was read; raises `SourceError` for one that is no success.

    Redirects are not followed: the next host was not verified, and our headers carry a token.
    """
    # Compressed, parts of a file would not be parts of it.
    headers = {**request.headers, "Accept": "*/*", "Accept-Encoding": "identity"}
    try:
        response = await session.request(
            request.method,
            request.url,
            headers=headers,
            timeout=TIMEOUT,
            allow_redirects=False,
            server_hostname=request.server_hostname,
        )
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Unreachable(cause_of(error)) from error
    if response.status not in _WITH_BODY | _WITHOUT:
        await _refuse(response, explain)
    return response


async def _refuse(response: aiohttp.ClientResponse, explain: Explain) -> None:
    said = b""
    try:
        with suppress(aiohttp.ClientError, TimeoutError, OSError):
            said = await response.content.read(_MOST_REASON)
    finally:
        response.close()
    if (reason := explain(response.status, said.decode(errors="replace"))) is not None:
        raise reason
    accept(Reply(response.status, dict(response.headers), said))
    raise Garbled


@asynccontextmanager
async def streamed(response: aiohttp.ClientResponse) -> AsyncIterator[Stream]:
    """Hand out an answer; whoever leaves early ends the request, and with it the connection."""
    try:
        headers = _told(response)
        if response.status in _WITH_BODY:
            yield Stream(response.status, headers, _Pieces(response))
        else:
            yield Stream(response.status, _without_body(headers), NOTHING)
    finally:
        response.close()


def _told(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if headers.get("content-encoding", "identity") != "identity":
        # It was unpacked on the way, and is another body now.
        for name in ("content-length", "content-range", "accept-ranges", "etag"):
            headers.pop(name, None)
    return {name: value for name, value in headers.items() if name in _TOLD}


def _without_body(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in {"content-length", "content-type"}}


class _Pieces(AsyncIterator[bytes]):
    """The body of an answer; no generator, which would have to be closed by somebody."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    @override
    async def __anext__(self) -> bytes:
        try:
            # As it came: to cut pieces of one size would be to copy them.
            piece = await self._response.content.readany()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable(cause_of(error)) from error
        if not piece:
            raise StopAsyncIteration
        return piece


class Pieces(AsyncIterator[bytes]):
    """A body that is there already."""

    def __init__(self, body: bytes) -> None:
        self._left = memoryview(body)

    @override
    async def __anext__(self) -> bytes:
        if not self._left:
            raise StopAsyncIteration
        piece, self._left = self._left[:PIECE], self._left[PIECE:]
        return bytes(piece)


NOTHING: Final = Pieces(b"")


FIRST_BYTE: Final = {"range": "bytes=0-0"}


def without_part(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a player asked for but for the part: that says nothing to a HEAD."""
    return {name: value for name, value in asked(headers).items() if name not in {"range", "if-range"}}


def head_of(stream: Stream) -> Stream:
    """Return the answer to a HEAD, of an answer to the same question for the first byte, or for everything."""
    headers = dict(stream.headers)
    total = headers.pop("content-range", "").rpartition("/")[2]
    if stream.status in {HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}:
        headers.pop("content-length", None)
        if total.isdecimal():
            headers["content-length"] = total
        return Stream(HTTPStatus.OK, headers, NOTHING)
    return Stream(stream.status, headers, NOTHING)
