"""How does a server tell at once what happened? Notifications over websockets and as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Final

from aiohttp import web

from .access import Visitor
from .behaviour import Behaviour
from .element import Json

# What those who do not own the server get to hear.
FOR_EVERYBODY: Final = frozenset({"timeline", "status"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification: its type, the name of its list, and what is in the list."""

    type: str
    name: str
    entries: list[Json]

    def for_socket(self) -> str:
        """Return it as a frame of the websocket."""
        body = {"type": self.type, "size": len(self.entries), self.name: self.entries}
        return json.dumps({"NotificationContainer": body})

    def for_events(self) -> str:
        """Return it as server-sent events; each has one entry only."""
        return "".join(f"event: {self.type}\ndata: {json.dumps({self.name: entry})}\n\n" for entry in self.entries)


@dataclass(frozen=True, slots=True, eq=False)
class Listener:
    """One open channel, and what is still to be sent through it; None ends it."""

    visitor: Visitor
    wanted: frozenset[str]
    unwanted: frozenset[str]
    queue: asyncio.Queue[Notice | None] = field(default_factory=asyncio.Queue)

    def hears(self, kind: str) -> bool:
        """Tell whether a type of notification is meant for this channel."""
        if not self.visitor.owner and kind not in FOR_EVERYBODY:
            return False
        return kind in self.wanted if self.wanted else kind not in self.unwanted


class Wire:
    """All open channels of one server."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._listeners: list[Listener] = []
        self._changed = asyncio.Event()

    @property
    def listeners(self) -> int:
        """How many channels are open."""
        return len(self._listeners)

    def push(self, kind: str, name: str, entries: list[Json]) -> None:
        """Tell everybody who listens."""
        if self._behaviour.silent_push:
            return
        notice = Notice(kind, name, entries)
        for listener in self._listeners:
            if listener.hears(kind):
                listener.queue.put_nowait(notice)

    async def heard(self, listeners: int) -> None:
        """Wait until so many channels are open."""
        while self.listeners != listeners:
            self._changed.clear()
            await self._changed.wait()

    def hang_up(self) -> None:
        """Close all channels, politely."""
        for listener in self._listeners:
            listener.queue.put_nowait(None)

    async def serve_socket(self, request: web.Request, visitor: Visitor) -> web.WebSocketResponse:
        """Be a websocket until one side closes it; whoever has shaken hands misses nothing."""
        socket = web.WebSocketResponse()
        async with self._listening(request, visitor) as listener:
            await socket.prepare(request)
            writer = asyncio.create_task(_write(socket, listener))
            try:
                async for _ in socket:
                    pass  # Clients have nothing to say here, and the server does not listen.
            finally:
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def serve_events(self, request: web.Request, visitor: Visitor) -> web.StreamResponse:
        """Send events until the client is gone or the server hangs up."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        async with self._listening(request, visitor) as listener:
            await response.prepare(request)
            while True:
                try:
                    notice = await asyncio.wait_for(listener.queue.get(), self._behaviour.event_ping)
                except TimeoutError:
                    await response.write(b"event: ping\ndata: {}\n\n")
                    continue
                if notice is None:
                    return response
                await response.write(notice.for_events().encode())

    @asynccontextmanager
    async def _listening(self, request: web.Request, visitor: Visitor) -> AsyncIterator[Listener]:
        names = [name for name in request.query.get("filters", "").split(",") if name]
        wanted = frozenset(name for name in names if not name.startswith("-"))
        unwanted = frozenset(name[1:] for name in names if name.startswith("-")) or frozenset({"log"})
        listener = Listener(visitor, wanted, unwanted)
        self._listeners.append(listener)
        self._changed.set()
        try:
            yield listener
        finally:
            self._listeners.remove(listener)
            self._changed.set()


async def _write(socket: web.WebSocketResponse, listener: Listener) -> None:
    while (notice := await listener.queue.get()) is not None:
        await socket.send_str(notice.for_socket())
    await socket.close()
