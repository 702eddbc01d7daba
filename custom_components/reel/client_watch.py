"""The clients of one source for Home Assistant: what they play, as soon as their server says so."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
import logging
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .account import Source
from .backends.clients import Activity, Client, Playing, follow
from .backends.errors import NotAllowed, SourceError
from .backends.model import Kind
from .backends.transport import Json
from .client_news import LatestNews
from .client_place import LAG_MS, Place, place
from .connection.connector import Connector
from .connection.model import Connection, Status
from .wires import clients, clock, read_client_news

_LOGGER = logging.getLogger(__name__)

# Seconds before the server is asked for what a message left unclear, and before it is asked again: messages come in
# bursts, and the list of who plays may be seconds behind them.
PAUSES: Final = (0.05, 0.5, 2.0, 5.0)
# While nobody plays and nothing is pushed, one check of so many asks who plays; while somebody does, each of them.
CHECKS: Final = 4
# Somebody who looks at a client wants to know whether it is there.
AGE_OF_A_LOOK: Final = 60.0
# Users who may not see who plays will not be allowed to in an hour either.
AGE_OF_NO: Final = 24 * 3600.0


class ClientWatch:
    """Knows the clients of one source while it is connected. Its tasks are its own: `close` ends them.

    `changed` is called whenever a client comes, goes or does something, before all listeners. `has_push` tells whether
    the server says so by itself.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        source: Source,
        connector: Connector,
        changed: Callable[[], None],
        has_push: Callable[[], bool],
    ) -> None:
        self.clients: Mapping[str, Client] = {}
        """By their identities; what was known last while nothing is known."""
        self.is_known = False
        """Whether that is how things are: the source is connected, and was asked or said it by itself."""
        self.is_allowed = True
        """Whether our user may see who plays."""
        self._has_push = has_push
        self._was_told = False
        """Whether anything was pushed of clients over the channel that is open."""
        self._hass = hass
        self._source = source
        self._connector = connector
        self._changed = changed
        self._places: dict[str, Place] = {}
        self._news = LatestNews()
        self._listeners: list[Callable[[], None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[bool] | None = None
        self._catching_up: asyncio.Task[None] | None = None
        self._clearing: asyncio.Task[None] | None = None
        self._read_at: float | None = None
        """When everything was known last, by the clock of the event loop."""
        self._is_connected = False
        self._is_closed = False

    @property
    def is_busy(self) -> bool:
        """Whether somebody plays something."""
        return bool(self._plays())

    @property
    def is_told(self) -> bool:
        """Whether the server says by itself what clients do."""
        return self._has_push() and (self._was_told or self._source.kind is Kind.PLEX)

    @property
    def sessions(self) -> int | None:
        """How many clients play something, None where nobody knows."""
        return len(self._plays()) if self.is_known and self.is_allowed else None

    @property
    def bandwidth(self) -> int | None:
        """Kilobits a second that go to clients now, None where nobody knows."""
        going = (each for each in self._plays() if each.activity is not Activity.PAUSED)
        return sum(each.bitrate or 0 for each in going) if self.is_known and self.is_allowed else None

    def _plays(self) -> list[Playing]:
        return [client.playing for client in self.clients.values() if client.playing is not None]

    @property
    def listed(self) -> Mapping[str, Client]:
        """The clients that are there now and that the user wants to see, by their identities."""
        ignored = self._source.ignored_clients
        known = self.clients if self.is_known else {}
        return {identity: client for identity, client in known.items() if not client.kinds & ignored}

    def place(self, identity: str) -> Place | None:
        """Return where in what it plays a client is, if it tells."""
        return self._places.get(identity)

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener whenever a client comes, goes or does something; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def follow(self) -> None:
        """Look whether the source came or went; to be called whenever it might have."""
        was_connected, self._is_connected = self._is_connected, self._connector.state.status is Status.CONNECTED
        if self._source.kind is Kind.LOCAL or was_connected == self._is_connected:
            return
        if self._is_connected:
            self.is_allowed = True
            self._catch_up()
        else:
            self.is_known = False
            self._news.forget()
            self._tell()

    @callback
    def channel_changed(self) -> None:
        """Take note that messages are pushed from now on, or not any more; some may have been missed."""
        self._was_told = False
        if self.is_busy and self.is_allowed:
            self._catch_up(PAUSES)

    @callback
    def hear(self, message: Mapping[str, Json]) -> None:
        """Take what a push channel told."""
        news, now = read_client_news(self._source, message), self._hass.loop.time()
        if news.everything is None and not news.changes:
            return
        self._was_told = True
        self._news.hear(news.changes, now)
        if news.everything is not None:
            self._know_everything()
        self._take(follow(self.clients, news)[0])
        if self.is_allowed and self._news.is_unclear(self.clients, now) and not _is_under_way(self._clearing):
            self._clearing = self._run(self._clear_up())

    @callback
    def warm_up(self) -> None:
        """Look whether the clients that are not playing are still there, since somebody may want to use one."""
        is_old = self._read_at is not None and self._hass.loop.time() - self._read_at >= AGE_OF_A_LOOK
        if is_old and self.is_allowed:
            self._catch_up()

    async def read_if_due(self, over: Connection | None = None) -> bool:
        """Ask one question, if what is known is old, `over` a connection that is beyond doubt if given.

        Returns whether it was answered.
        """
        if self._source.kind is Kind.LOCAL or not self._is_connected or not self._is_due():
            return False
        return await self.read(over, idle=False)

    async def read(self, over: Connection | None = None, *, idle: bool = True) -> bool:
        """Ask the source now, once for all who want to know; return whether it answered."""
        if self._is_closed:
            return False
        if self._reading is None or self._reading.done():
            self._reading = self._hass.async_create_background_task(
                self._read(over, idle=idle), f"Reel: clients of {self._source.name}"
            )
        return await asyncio.shield(self._reading)

    def forget_place(self, identity: str) -> None:
        """Believe whatever is said next of where a client is: it was told to go elsewhere."""
        self._places.pop(identity, None)

    async def close(self) -> None:
        """End everything that is under way."""
        self._is_closed = True
        tasks = (*self._tasks, *([self._reading] if self._reading else []))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _is_due(self) -> bool:
        """Tell whether what is known is so old that it takes the turn of a check."""
        quality = self._connector.state.quality
        if self._read_at is None or quality is None:
            return True
        age = self._hass.loop.time() - self._read_at
        if not self.is_allowed:
            return age >= AGE_OF_NO
        # Checks come late.
        checks = (1 if self.is_busy else CHECKS) - 0.5
        return not self.is_told and age >= checks * self._connector.target.policy.intervals[quality]

    def _catch_up(self, pauses: Sequence[float] = (0.0, *PAUSES)) -> None:
        """Read everything, since nothing is known for certain."""
        if not _is_under_way(self._catching_up):
            self._catching_up = self._run(self._read_until_answered(pauses))

    async def _read_until_answered(self, pauses: Sequence[float]) -> None:
        """Ask, and ask again: a server that just started may not answer yet."""
        for pause in pauses:
            await asyncio.sleep(pause)
            if await self.read() or not self._is_connected:
                return

    async def _clear_up(self) -> None:
        """Ask until the answer goes with what was pushed, or until it is to be believed though it does not."""
        is_answered = False
        for pause in PAUSES:
            await asyncio.sleep(pause)
            is_answered = await self.read()
            if not self._news.is_unclear(self.clients, self._hass.loop.time()):
                return
        if is_answered:
            self._news.give_up(self.clients, self._hass.loop.time())

    async def _read(self, over: Connection | None, *, idle: bool) -> bool:
        """Ask the source, and show what it answers as far as nothing newer is known; tell whether it answered."""
        asked_at = self._hass.loop.time()
        try:
            answer = await self._ask(over, idle=idle)
        except NotAllowed:
            answer, self.is_allowed = {}, False
        except SourceError as error:
            _LOGGER.debug("The clients of %s are not known: %r", self._source.name, error)
            return False
        else:
            self.is_allowed = True
        self._know_everything()
        known, _ = follow(answer, self._news.since(asked_at))
        self._take(known, lag_ms=LAG_MS if self._source.kind is Kind.PLEX else 0)
        return True

    async def _ask(self, over: Connection | None, *, idle: bool) -> dict[str, Client]:
        """Return who is there; those that play nothing may be there as before if they are not asked for."""
        found = await self._connector.run(
            lambda way: clients(self._hass, self._source, way, idle=idle).clients(), over=over
        )
        answer = {client.identity: client for client in found}
        if idle or self._source.kind is not Kind.PLEX:
            return answer
        return {key: replace(client, playing=None) for key, client in self.clients.items()} | answer

    def _know_everything(self) -> None:
        self.is_known, self._read_at = self._is_connected, self._hass.loop.time()

    def _take(self, found: Mapping[str, Client], *, lag_ms: int = 0) -> None:
        """Show what is known now."""
        at, former = clock(self._hass).wall(), self.clients
        self.clients = found
        places = {key: self._place(former.get(key), client, at, lag_ms) for key, client in found.items()}
        self._places = {key: each for key, each in places.items() if each is not None}
        self._tell()

    def _place(self, former: Client | None, client: Client, at: float, lag_ms: int) -> Place | None:
        if client.playing is None:
            return None
        before = former.playing if former else None
        return place(self._places.get(client.identity), before, client.playing, at, lag_ms=lag_ms)

    def _tell(self) -> None:
        self._changed()
        for listener in list(self._listeners):
            listener()

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
        if self._is_closed:
            work.close()
            return None
        task = self._hass.async_create_background_task(work, f"Reel: clients of {self._source.name}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _is_under_way(task: asyncio.Task[None] | None) -> bool:
    return task is not None and not task.done()
