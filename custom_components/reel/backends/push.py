"""How does a server tell by itself what happens? Over a websocket that both sides keep alive."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from json import loads
from typing import Final

import aiohttp

from .errors import Cause, Garbled, Unreachable
from .transport import TIMEOUT, Json, Reply, Request, accept, cause_of

# Silence for so long is asked about, and twice as much of it means that nobody is there.
HEARTBEAT: Final = 15.0
CONNECT: Final = aiohttp.ClientWSTimeout(ws_close=2.0)
# Before version 12 Jellyfin tells all of every player's queue, and that may be thousands of songs.
MOST_BYTES: Final = 32 * 1024 * 1024

_OVER: Final = {
    aiohttp.WSMsgType.CLOSE,
    aiohttp.WSMsgType.CLOSING,
    aiohttp.WSMsgType.CLOSED,
    aiohttp.WSMsgType.ERROR,
}


@dataclass(frozen=True, slots=True)
class Channel:
    """An open push channel. It is over when iterating ends; whoever opened it closes it."""

    socket: aiohttp.ClientWebSocketResponse
    _session: aiohttp.ClientSession
    heartbeat: float

    async def messages(self) -> AsyncIterator[Mapping[str, Json]]:
        """Yield what the server tells, without what is no JSON object, until one side hangs up or falls silent."""
        asked = False
        while True:
            try:
                message = await self.socket.receive(self.heartbeat)
            except TimeoutError:
                if asked:
                    return
                asked = True
                await self.socket.ping()
                continue
            asked = False
            if message.type in _OVER:
                return
            if message.type is aiohttp.WSMsgType.PING:
                await self.socket.pong(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT and isinstance(told := _json(message.data), Mapping):
                yield told

    async def say(self, message: Mapping[str, Json]) -> None:
        """Tell the server something."""
        await self.socket.send_json(message)

    async def close(self) -> None:
        """Hang up."""
        await self.socket.close()
        await self._session.close()


async def open_channel(session: aiohttp.ClientSession, request: Request) -> Channel:
    """Return a channel that is open, over the connections of a session; raises `SourceError`."""
    own = _session_without_redirects(session)
    try:
        return Channel(await _connect(own, request), own, HEARTBEAT)
    except BaseException:
        await own.close()
        raise


async def _connect(session: aiohttp.ClientSession, request: Request) -> aiohttp.ClientWebSocketResponse:
    try:
        return await session.ws_connect(
            request.url,
            headers=request.headers,
            server_hostname=request.server_hostname,
            autoping=False,
            timeout=CONNECT,
            max_msg_size=MOST_BYTES,
        )
    except aiohttp.WSServerHandshakeError as error:
        accept(Reply(error.status, {}, b""))
        raise Garbled from error
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise Unreachable(cause_of(error)) from error


def _session_without_redirects(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """Return a session that shares the connections of another one but goes nowhere else.

    Opening a websocket follows redirects and cannot be told not to, and the token would be sent on.
    """
    no_redirects = aiohttp.TraceConfig()
    no_redirects.on_request_redirect.append(_refuse_redirect)
    return aiohttp.ClientSession(
        connector=session.connector,
        connector_owner=False,
        headers=session.headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        # For the handshake; an open channel may be silent for longer.
        timeout=TIMEOUT,
        trace_configs=[no_redirects],
    )


async def _refuse_redirect(*_: object) -> None:
    raise Unreachable(Cause.FOREIGN)


def _json(text: str) -> Json:
    try:
        return loads(text)  # type: ignore[no-any-return]
    except ValueError, RecursionError:
        return None
