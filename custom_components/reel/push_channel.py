"""The push channel of a source for Home Assistant: open while the source is connected, over the same connection.

An open channel is a check that costs nothing, and a broken one tells within seconds that a connection died. One that
cannot be had costs nothing either: it is tried again in place of a check, when whoever checks says so.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from enum import Enum, auto
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .account import Source
from .backends.errors import Cause, NotAllowed, SignInRefused, SourceError, Unreachable
from .backends.jellyfin.push import keep_alive
from .backends.model import Kind
from .backends.push import Channel
from .backends.transport import Json
from .connection.connector import Connector
from .connection.model import Connection, Status
from .wires import open_push

# A channel that lived this long was no accident: it is worth a request on top of the schedule when it breaks.
LIVED_LONG: Final = 600.0
# Two checks of a local connection: one in between asks who is there.
FIRST_PAUSE: Final = 600.0
# A proxy that lets no websocket through does so for good.
LONGEST_PAUSE: Final = 24 * 3600.0
_HIGHEST_EXPONENT: Final = 8


class Occasion(Enum):
    """Why a channel is opened."""

    NEW_WAY = auto()
    """The source is reached another way than before: somebody asked there a moment ago."""
    BROKEN = auto()
    """The channel that was open broke: what becomes of the next tells what broke."""
    INSTEAD_OF_CHECK = auto()


class PushChannel:
    """Keeps the channel of one source open. Its task is its own: `close` ends it.

    `changed` is called whenever it opened, or is closed.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        source: Source,
        connector: Connector,
        hear: Callable[[Mapping[str, Json]], None],
        changed: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._hear = hear
        self._changed = changed
        self._source = source
        self._connector = connector
        self._task: asyncio.Task[None] | None = None
        self._way: Connection | None = None
        self._occasion = Occasion.NEW_WAY
        self._wanted = asyncio.Event()
        self._open_over: Connection | None = None
        self._failures = 0
        self._last_failure: Cause | None = None
        self._retry_at: float | None = None
        self._looked_at: float | None = None
        """When somebody had last looked who is there, as of the last try."""
        self._verdict: asyncio.Future[bool] | None = None

    @property
    def is_alive(self) -> bool:
        """Whether the channel is open over the connection in use."""
        return self._open_over is not None and self._open_over == self._connector.state.current

    @property
    def is_retry_due(self) -> bool:
        """Whether a channel that could not be had may be tried again, if that saves a check.

        Never twice without asking in between who has that address: whoever it is sees a token.
        """
        if self._retry_at is None or self._connector.state.looked_at == self._looked_at:
            return False
        return self._hass.loop.time() >= self._retry_at

    def start(self) -> None:
        """Open the channel as soon as the source is connected."""
        if self._source.kind is not Kind.LOCAL:
            self.follow()
            self._task = asyncio.create_task(self._keep_open(), name=f"Reel: push channel of {self._source.name}")

    def follow(self) -> None:
        """Look whether the source is reached another way than before; to be called whenever it might be."""
        state = self._connector.state
        way = state.current if state.status is Status.CONNECTED else None
        if way != self._way:
            # Another way is another story.
            self._way, self._failures, self._last_failure = way, 0, None
            self._want(Occasion.NEW_WAY)

    async def try_again(self) -> bool:
        """Try to open the channel instead of a check; tell whether that takes its place.

        An answer does, if only a no. The same failure as last time is no news, and the next check is soon enough; any
        other raises doubt.
        """
        self._verdict = self._hass.loop.create_future()
        self._want(Occasion.INSTEAD_OF_CHECK)
        return await self._verdict

    async def close(self) -> None:
        """Hang up and wait until nothing is left."""
        self._retry_at = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._verdict is not None:
            self._verdict.cancel()

    def _want(self, occasion: Occasion) -> None:
        self._occasion, self._retry_at = occasion, None
        self._wanted.set()

    async def _keep_open(self) -> None:
        """Open the channel whenever it is wanted anew, and listen until it breaks or is wanted anew."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            way, occasion = self._way, self._occasion
            if way is None:
                self._tell(enough=False)
            elif channel := await self._open(way, occasion):
                lived = await self._listen_over(way, channel)
                self._take_leave(way, occasion, lived)

    async def _open(self, way: Connection, occasion: Occasion) -> Channel | None:
        """Return the channel, or None if it cannot be had; any answer proves that the connection lives."""
        channel = None
        self._looked_at = self._connector.state.looked_at
        try:
            channel = await open_push(self._hass, self._source, way)
        except Unreachable as error:
            self._fail(way, occasion, error.cause)
            return None
        except SourceError as error:
            self._take_no(occasion, error)
        self._connector.heard(way)
        if occasion is Occasion.BROKEN:
            # It came on top of what the schedule asks.
            self._connector.leave_out_check()
        self._last_failure = None
        self._tell(enough=True)
        return channel

    def _fail(self, way: Connection, occasion: Occasion, cause: Cause) -> None:
        """Take note that nobody answered: something in between may let no websocket through, or the connection died."""
        self._try_later()
        is_news, self._last_failure = cause is not self._last_failure, cause
        if occasion is not Occasion.INSTEAD_OF_CHECK:
            self._connector.distrust(way)
        elif not is_news:
            self._connector.leave_out_check()
        self._tell(enough=not is_news)

    def _take_no(self, occasion: Occasion, error: SourceError) -> None:
        """Take note that the server opens no channel for us."""
        # Users to whom a server tells nothing will not be told in an hour either.
        self._try_later(LONGEST_PAUSE if isinstance(error, NotAllowed) else None)
        if occasion is Occasion.BROKEN and isinstance(error, SignInRefused | NotAllowed):
            # What opened a channel until now does not any more: it may be the token.
            self._connector.forget_proof()

    def _take_leave(self, way: Connection, occasion: Occasion, lived: float) -> None:
        """Decide what to do about a channel that is over, unless it is wanted anew already."""
        if self._wanted.is_set():
            return
        if occasion is not Occasion.NEW_WAY and lived < LIVED_LONG:
            self._try_later()
        elif self._connector.answered_lately(way):
            self._failures = 0
            self._want(Occasion.BROKEN)
        else:
            # Nobody kept watch: the machine slept, or a jump in time. It may be somebody else who is there by now.
            self._try_later(0.0)
            self._connector.distrust(way)

    def _try_later(self, pause: float | None = None) -> None:
        """Let the channel be tried again after a pause, which without a say grows with every failure."""
        if self._wanted.is_set():
            return
        growing = min(FIRST_PAUSE * 2 ** min(self._failures, _HIGHEST_EXPONENT), LONGEST_PAUSE)
        self._failures += 1
        self._retry_at = self._hass.loop.time() + (growing if pause is None else pause)

    def _tell(self, *, enough: bool) -> None:
        """Tell whoever tried the channel instead of a check whether that was enough."""
        if self._verdict is not None and not self._verdict.done():
            self._verdict.set_result(enough)

    async def _listen_over(self, way: Connection, channel: Channel) -> float:
        """Listen until the channel breaks or is wanted anew; return for how many seconds that was."""
        opened_at, self._open_over = self._hass.loop.time(), way
        self._changed()
        tasks = [asyncio.create_task(work) for work in (self._wanted.wait(), *self._work(channel))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open_over = None
            self._changed()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await channel.close()
        return self._hass.loop.time() - opened_at

    def _work(self, channel: Channel) -> list[Coroutine[Any, Any, Any]]:
        listening = self._listen(channel)
        return [listening, keep_alive(channel)] if self._source.kind is Kind.JELLYFIN else [listening]

    async def _listen(self, channel: Channel) -> None:
        async for message in channel.messages():
            if self._open_over is not None:
                self._connector.heard(self._open_over)
                self._hear(message)
