"""Who plays what on a Jellyfin server? It keeps a session of every app, and passes on what they are told."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from ..clients import Client, Command, Order
from ..errors import Missing
from ..transport import Json
from .asker import TIMEOUT, Query, understood
from .parse_clients import RECENT, parse_clients
from .parse_now_playing import REPEATS
from .times import TICKS_A_MILLISECOND
from .wire import Wire

# So many identities fit into the first line of a request, of which servers take 8 kB.
MOST_ITEMS: Final = 200
_PLAY_STATES: Final = {
    Order.PLAY: "Unpause",
    Order.PAUSE: "Pause",
    Order.STOP: "Stop",
    Order.SEEK: "Seek",
    Order.NEXT: "NextTrack",
    Order.PREVIOUS: "PreviousTrack",
}


@dataclass(frozen=True, slots=True)
class JellyfinClients:
    """Watches and tells the clients of one server, as one user or by a key; implements `Clients`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    user_id: str

    async def clients(self) -> tuple[Client, ...]:
        """Return who plays, and who could be told to; users see their own, administrators and keys all."""
        query = {"activeWithinSeconds": RECENT}
        reply = await self.wire.ask("GET", self.uri, "/Sessions", token=self.token, query=query, timeout=TIMEOUT)
        return await understood(reply, lambda answer: parse_clients(answer, self.wire.client, self.user_id))

    async def tell(self, client: Client, command: Command, number: int) -> None:
        """Tell a client something; the server takes it even if the app does not listen any more."""
        match command.order:
            case Order.PLAY_ITEMS | Order.PLAY_NEXT | Order.PLAY_LAST:
                await self._play(client, command)
            case Order.MESSAGE:
                await self._post(client, "/Message", json=_message(command))
            case order if (state := _PLAY_STATES.get(order)) is not None:
                query = {"seekPositionTicks": command.position_ms * TICKS_A_MILLISECOND} if order is Order.SEEK else {}
                await self._post(client, f"/Playing/{state}", query)
            case _:
                await self._post(client, "/Command", json=_general(command))

    async def _play(self, client: Client, command: Command) -> None:
        """Let a client play items. The server makes the rest of its show of a single episode, if the user wants so."""
        portions = [command.items[at : at + MOST_ITEMS] for at in range(0, len(command.items), MOST_ITEMS)]
        if command.order is Order.PLAY_NEXT:
            # What is sent last is next.
            for portion in reversed(portions):
                await self._queue(client, "PlayNext", portion)
            return
        for at, portion in enumerate(portions):
            if command.order is Order.PLAY_ITEMS and at == 0:
                await self._queue(client, "PlayNow", portion, command.position_ms)
            else:
                await self._queue(client, "PlayLast", portion)

    async def _queue(self, client: Client, how: str, items: tuple[str, ...], position_ms: int | None = None) -> None:
        query: dict[str, str | int] = {"playCommand": how, "itemIds": ",".join(items)}
        if position_ms is not None:
            query["startPositionTicks"] = position_ms * TICKS_A_MILLISECOND
        await self._post(client, "/Playing", query)

    async def _post(self, client: Client, what: str, query: Query | None = None, json: Json = None) -> None:
        if client.address is None:
            raise Missing
        path = f"/Sessions/{quote(client.address, safe='')}{what}"
        await self.wire.ask("POST", self.uri, path, token=self.token, query=query, json=json)


def _message(command: Command) -> dict[str, Json]:
    told: dict[str, Json] = {"Text": command.text, "TimeoutMs": round(command.seconds * 1000)}
    return told | {"Header": command.title} if command.title else told


def _general(command: Command) -> dict[str, Json]:
    """Return a command with its arguments, all of which are texts."""
    match command.order:
        case Order.VOLUME:
            return _named("SetVolume", Volume=str(round(command.level * 100)))
        case Order.MUTE:
            return _named("Mute" if command.on else "Unmute")
        case Order.SHUFFLE:
            return _named("SetShuffleQueue", ShuffleMode="Shuffle" if command.on else "Sorted")
        case Order.REPEAT:
            return _named("SetRepeatMode", RepeatMode=REPEATS[command.repeat])
    return _named(command.key)


def _named(name: str, **arguments: str) -> dict[str, Json]:
    return {"Name": name, "Arguments": dict[str, Json](arguments)}
