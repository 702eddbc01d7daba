"""The push channel of a source for Home Assistant: open while the source is connected, over the same connection.

An open channel is a check that costs nothing, and a broken one tells within seconds that a connection died. Losing it
costs nothing else: then the schedule asks again.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .account import Source
from .backends.errors import Cause, NotAllowed, SignInRefused, SourceError, Unreachable
from .backends.jellyfin.push import keep_alive
from .backends.model import Kind
from .backends.push import Channel
from .connection.connector import Connector
from .connection.model import Connection, Status
from .remote import open_push

FIRST_PAUSE: Final = 5.0
# A proxy that lets no websocket through does so for good, and every try costs requests that the schedule is spared.
LONGEST_PAUSE: Final = 24 * 3600.0
# A channel that lived this long was no accident: the next pause is short again.
LIVED_LONG: Final = 60.0
_HIGHEST_EXPONENT: Final = 15


class PushChannel:
    """Keeps the channel of one source open. Its task is its own: `close` ends it."""

    def __init__(self, hass: HomeAssistant, source: Source, connector: Connector) -> None:
        self._hass = hass
        self._source = source
        self._connector = connector
        self._way: Connection | None = None
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._open_over: Connection | None = None
        self._opened_at: float | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the channel is open over the connection in use."""
        return self._open_over is not None and self._open_over == self._connector.state.current

    def start(self) -> None:
        """Open the channel as soon as the source is connected, and again whenever it breaks."""
        if self._source.kind is not Kind.LOCAL:
            self.follow()
            self._task = asyncio.create_task(self._keep_open(), name=f"Reel: push channel of {self._source.name}")

    def follow(self) -> None:
        """Look whether the source is reached another way than before; to be called whenever it might be."""
        state = self._connector.state
        way = state.current if state.status is Status.CONNECTED else None
        if way != self._way:
            self._way = way
            self._moved.set()

    async def close(self) -> None:
        """Hang up and wait until nothing is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep_open(self) -> None:
        failures = 0
        while True:
            if self._moved.is_set():
                # Another way is another story.
                failures = 0
            self._moved.clear()
            if self._way is None:
                await self._moved.wait()
                continue
            self._opened_at = None
            try:
                await self._listen_over(self._way)
            except NotAllowed:
                # Users to whom a server tells nothing will not be told in an hour either.
                pause = LONGEST_PAUSE
            except SourceError as error:
                # A refused token and a dead line are found out by whoever looks after the connection; any other answer
                # proves that it lives.
                if isinstance(error, SignInRefused | Unreachable):
                    self._connector.distrust(self._way)
                failures = 1 if self._lived_long() else failures + 1
                pause = min(FIRST_PAUSE * 2 ** min(failures, _HIGHEST_EXPONENT), LONGEST_PAUSE)
            else:
                continue
            await self._pause(pause)

    async def _listen_over(self, way: Connection) -> None:
        """Listen until the source is reached another way; raises `SourceError` when the channel breaks."""
        channel = await open_push(self._hass, self._source, way)
        self._open_over, self._opened_at = way, self._hass.loop.time()
        tasks = [asyncio.create_task(work) for work in (self._moved.wait(), *self._work(channel))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open_over = None
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await channel.close()
        if not self._moved.is_set():
            raise Unreachable(Cause.BROKEN)

    def _work(self, channel: Channel) -> list[Coroutine[Any, Any, Any]]:
        listening = self._listen(channel)
        return [listening, keep_alive(channel)] if self._source.kind is Kind.JELLYFIN else [listening]

    async def _listen(self, channel: Channel) -> None:
        async for _ in channel.messages():
            if self._open_over is not None:
                self._connector.heard(self._open_over)

    def _lived_long(self) -> bool:
        """Tell whether the channel that is over was open for a while; waiting in vain for one is no life."""
        return self._opened_at is not None and self._hass.loop.time() - self._opened_at > LIVED_LONG

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than until the source is reached another way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._moved.wait()
