"""What do all fake servers share? Ports that open and close, traffic that is counted, and faults on demand."""

import asyncio
from dataclasses import dataclass, field
from logging import Logger
from ssl import SSLContext
from typing import Final, Self, override

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger
from aiohttp.typedefs import Handler

from .faults import Cut, Failure, Fault, Garbage, Hang, HangUp, Slow, Status
from .traffic import Seen, Traffic

HOST: Final = "127.0.0.1"


@dataclass(slots=True)
class Door:
    """One port of a server: a way in that can be shut, slowed or broken by itself.

    A shut door refuses connections and cuts the ones it had; it opens again on the same port.
    """

    name: str
    port: int = 0
    scheme: str = "http"
    latency: float = 0.0
    """Seconds added to every answer through this door; a relay is slow by nature."""
    fault: Fault | None = None
    listener: asyncio.Server | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """The address of this door, without a trailing slash."""
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def is_open(self) -> bool:
        """Whether connections are accepted."""
        return self.listener is not None


class FakeServer:
    """A server that several doors lead into; subclasses add the routes and the meaning.

    Use it as `async with PlexServer() as plex`: it comes with one open door named `local`, and everything is closed and
    awaited at the end.
    """

    def __init__(self) -> None:
        """Make a server that is not reachable yet."""
        self.traffic = Traffic()
        self.doors: dict[str, Door] = {}
        self.fault: Fault | None = None
        self._runner: web.AppRunner | None = None
        self._released = asyncio.Event()

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return what this server answers."""
        raise NotImplementedError

    def token_of(self, request: web.Request) -> str | None:
        """Return the credential a request carries, in any of the places this kind of server looks."""
        raise NotImplementedError

    def error_response(self, request: web.Request, status: int) -> web.Response:
        """Return this server kind's genuine body for an error."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        """Start with the door `local`."""
        await self.open("local")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close every door and wait until nothing is left."""
        await self.stop()

    async def open(
        self, name: str, *, port: int = 0, latency: float | None = None, ssl: SSLContext | None = None
    ) -> Door:
        """Open a door, at its former port if it had one; a new port is the system's choice unless given."""
        runner = await self._running()
        door = self.doors.setdefault(name, Door(name, port))
        if latency is not None:
            door.latency = latency
        if door.is_open:
            return door
        assert runner.server is not None
        make_protocol = runner.server

        def accept() -> asyncio.BaseProtocol:
            self.traffic.connections += 1
            return make_protocol()

        door.scheme = "https" if ssl else "http"
        door.listener = await asyncio.get_running_loop().create_server(
            accept, HOST, door.port, ssl=ssl, reuse_address=True
        )
        door.port = door.listener.sockets[0].getsockname()[1]
        return door

    async def shut(self, name: str) -> None:
        """Refuse connections at a door from now on and cut those that came through it."""
        door = self.doors[name]
        if door.listener is None:
            return
        listener, door.listener = door.listener, None
        listener.close()
        listener.abort_clients()
        self.let_go()

    def let_go(self) -> None:
        """End all hanging requests; their connections are dropped."""
        self._released.set()
        self._released = asyncio.Event()

    async def stop(self) -> None:
        """Close every door and wait until nothing is left."""
        for name in self.doors:
            await self.shut(name)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def url(self, door: str = "local") -> str:
        """Return the address of a door, without a trailing slash."""
        return self.doors[door].url

    def door_of(self, request: web.Request) -> Door:
        """Return the door a request came through."""
        port = request.transport.get_extra_info("sockname")[1] if request.transport else 0
        return next(door for door in self.doors.values() if door.port == port)

    def app(self) -> web.Application:
        """Return the application behind all doors."""
        app = web.Application(middlewares=[self._meet])
        app.add_routes(self.routes())
        return app

    async def _running(self) -> web.AppRunner:
        if self._runner is None:
            self._runner = web.AppRunner(self.app(), access_log_class=_byte_counter(self.traffic), shutdown_timeout=0.1)
            await self._runner.setup()
        return self._runner

    @web.middleware
    async def _meet(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note the request, let its door or the server fail it, else answer it."""
        if request.transport is None:
            return self._drop(request)
        door = self.door_of(request)
        self.traffic.requests.append(
            Seen(
                request.method,
                request.path,
                dict(request.query),
                dict(request.headers),
                self.token_of(request),
                door.name,
                await request.read(),
            )
        )
        if door.latency:
            await asyncio.sleep(door.latency)
        for fault in (door.fault, self.fault):
            if fault is not None and fault.strikes(request.path):
                return await self._fail(request, handler, fault.failure)
        return await self._answer(request, handler)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.transport is None:
            # The client did not wait: losers of a race do not.
            return self._drop(request)
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status in range(400, 600) and not error.content_type.endswith("json"):
                return self.error_response(request, error.status)
            raise

    async def _fail(self, request: web.Request, handler: Handler, failure: Failure) -> web.StreamResponse:
        match failure:
            case Slow(seconds):
                await asyncio.sleep(seconds)
                return await self._answer(request, handler)
            case Hang():
                await self._released.wait()
                return self._drop(request)
            case Status(code, retry_after):
                response = self.error_response(request, code)
                if retry_after is not None:
                    response.headers["Retry-After"] = str(retry_after)
                return response
            case Garbage(raw):
                body = web.Response(body=b'{"MediaContainer": {"siz\xff\xfe', content_type="application/json")
                return self._drop(request, b"\x15\x03\x01\x00\x02\x02\x50 this is not HTTP\r\n") if raw else body
            case HangUp():
                return await _hang_up(request)
            case Cut():
                return await self._cut(request, await self._answer(request, handler))
        raise AssertionError(failure)

    async def _cut(self, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
        """Promise the whole body, send half of it, and hang up."""
        body = response.body if isinstance(response, web.Response) else b""
        whole = body if isinstance(body, bytes) else b""
        torn = web.StreamResponse(status=response.status, headers={"Content-Type": response.content_type})
        torn.content_length = max(len(whole), 2)
        await torn.prepare(request)
        await torn.write(whole[: len(whole) // 2] or b"{")
        return self._drop(request, after=torn)

    def _drop(
        self, request: web.Request, last_words: bytes = b"", after: web.StreamResponse | None = None
    ) -> web.StreamResponse:
        """Hang up, without a goodbye at the level of HTTP."""
        if request.transport is not None:
            if last_words:
                request.transport.write(last_words)
            request.transport.close()
        return after or web.Response(status=500)


async def _hang_up(request: web.Request) -> web.StreamResponse:
    """Open a websocket for nothing."""
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.close()
    return socket


def _byte_counter(traffic: Traffic) -> type[AbstractAccessLogger]:
    """Return an access logger that only adds up what was sent; it is told after the last byte."""

    class Counter(AbstractAccessLogger):
        def __init__(self, logger: Logger, log_format: str) -> None:
            super().__init__(logger, log_format)

        @override
        def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
            traffic.bytes_sent += response.body_length

    return Counter
