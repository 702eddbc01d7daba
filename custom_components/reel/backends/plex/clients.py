"""How are the players of a Plex server watched and told what to do? Through the server, which hands it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import aiohttp
from yarl import URL

from ..clients import Client, Command, Order, Repeat
from ..errors import Cause, Garbled, Missing, NotAllowed, SignInRefused, Unreachable
from ..item import ItemKind
from ..reading import mapping, text
from ..transport import Json, Reply
from .asker import Asker
from .parse_clients import parse_clients
from .parse_timelines import queue_of
from .play_queues import PLUGIN, PlayQueues
from .wire import Wire

# The server waits for the player, which may be switched off.
PATIENCE: Final = aiohttp.ClientTimeout(total=15, sock_connect=5)

_TARGET: Final = "X-Plex-Target-Client-Identifier"
_NOBODY: Final[Json] = {"MediaContainer": {"size": 0}}
_WORDS: Final = {
    Order.PLAY: "play",
    Order.PAUSE: "pause",
    Order.STOP: "stop",
    Order.NEXT: "skipNext",
    Order.PREVIOUS: "skipPrevious",
}
_REPEATS: Final = {Repeat.OFF: 0, Repeat.ONE: 1, Repeat.ALL: 2}

type _Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class PlexClients:
    """The clients of one server, as its owner sees them; implements `Clients`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    server: str
    """The server's own identity: players may know several."""
    user_id: str = ""
    """Whose account it is, as plex.tv knows them; if nobody knows, nobody counts as somebody else."""
    idle: bool = True
    """Whether to ask for those that play nothing, too: that is a question of its own."""

    async def clients(self) -> tuple[Client, ...]:
        """Return who plays, and who could be told to; raises `NotAllowed` for all but the owner of the server."""
        sessions = await self._owner_asks("/status/sessions")
        try:
            announced = await self._owner_asks("/clients") if self.idle else _NOBODY
        except NotAllowed:
            announced = _NOBODY
        return parse_clients(sessions, announced, self.wire.client.identifier, self.user_id)

    async def tell(self, client: Client, command: Command, number: int) -> None:
        """Tell a client something; raises `NotAllowed` for what it does not obey, `CannotPlay` for items that are gone.

        Most obey, some say that they do and do not.
        """
        if command.order not in client.orders:
            raise NotAllowed
        match command.order:
            case Order.PLAY_ITEMS:
                await self._play(client, command, number)
            case Order.PLAY_NEXT | Order.PLAY_LAST:
                await self._add(client, command, number)
            case Order.NAVIGATE if command.key in client.keys:
                await self._send(client, f"navigation/{command.key}", {}, number)
            case Order.SEEK:
                await self._control(client, "seekTo", {"offset": max(command.position_ms, 0)}, number)
            case Order.VOLUME:
                volume = round(min(max(command.level, 0), 1) * 100)
                await self._control(client, "setParameters", {"volume": volume}, number)
            case Order.SHUFFLE:
                await self._control(client, "setParameters", {"shuffle": int(command.on)}, number)
            case Order.REPEAT:
                await self._control(client, "setParameters", {"repeat": _REPEATS[command.repeat]}, number)
            case order if order in _WORDS:
                await self._control(client, _WORDS[order], {}, number)
            case _:
                raise NotAllowed

    async def _play(self, client: Client, command: Command, number: int) -> None:
        queue = await self._queues.make(command.items)
        here = URL(self.uri)
        words: dict[str, str | int] = {
            "providerIdentifier": PLUGIN,
            "machineIdentifier": self.server,
            "protocol": here.scheme,
            "address": here.host or "",
            "port": here.port or 0,
            "offset": max(command.position_ms, 0),
            "key": f"/library/metadata/{queue.first}",
            "type": "music" if queue.sound else "video",
            "containerKey": f"/playQueues/{queue.identity}?window=100&own=1",
        }
        if (token := await self._pass()) is not None:
            words["token"] = token
        await self._send(client, "playback/playMedia", words, number)

    async def _add(self, client: Client, command: Command, number: int) -> None:
        if client.playing is None:
            await self._play(client, command, number)
            return
        # Only the player knows. To ask takes a number, too, and the command has to have a greater one.
        told = await self._send(client, "timeline/poll", {"wait": 0}, number - 1)
        if (queue := queue_of(told.body)) is None:
            raise Garbled
        if command.order is Order.PLAY_NEXT:
            await self._queues.add_next(queue, command.items)
        else:
            await self._queues.add_last(queue, command.items)
        await self._control(client, "refreshPlayQueue", {"playQueueID": queue}, number)

    @property
    def _queues(self) -> PlayQueues:
        return PlayQueues(Asker(self.wire, self.uri, self.token), self.server)

    async def _pass(self) -> str | None:
        """Return what lets a player play in our name until the server restarts: our token is nothing for others."""
        words = {"type": "delegation", "scope": "all"}
        try:
            answer = await self.wire.ask("POST", self.uri, "/security/token", token=self.token, query=words)
        except Missing, NotAllowed:
            # A player may have a token of its own.
            return None
        return text(mapping(mapping(answer).get("MediaContainer")).get("token"))

    async def _control(self, client: Client, name: str, words: _Query, number: int) -> None:
        sound = client.playing is not None and client.playing.item.kind is ItemKind.TRACK
        await self._send(client, f"playback/{name}", {**words, "type": "music" if sound else "video"}, number)

    async def _send(self, client: Client, path: str, words: _Query, number: int) -> Reply:
        query = {**words, "commandID": number, _TARGET: client.identity}
        try:
            return await self.wire.fetch(
                "GET", self.uri, f"/player/{path}", token=self.token, query=query, timeout=PATIENCE
            )
        except SignInRefused as error:
            raise NotAllowed from error
        except Unreachable as error:
            if _is_of_the_player(error):
                raise Missing from error
            raise

    async def _owner_asks(self, path: str) -> Json:
        """Return what only the owner is told: all others get any of three refusals, whatever their token is worth."""
        try:
            return await self.wire.ask("GET", self.uri, path, token=self.token)
        except (SignInRefused, Missing) as error:
            raise NotAllowed from error


def _is_of_the_player(error: Unreachable) -> bool:
    """Tell whether the server was reached, and it is the player behind it that does not answer."""
    is_late = error.cause is Cause.SILENT and not isinstance(error.__cause__, aiohttp.ConnectionTimeoutError)
    return is_late or error.cause is Cause.GATEWAY
