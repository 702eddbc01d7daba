"""Who plays what on a server, and what can these clients be told?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from .item import Item


class ClientKind(StrEnum):
    """What somebody may want to see no entity of; a client can be several of them, or none."""

    WEB = "web"
    """A page in a browser."""
    MOBILE = "mobile"
    """An app on a phone or a tablet."""
    SHARED = "shared"
    """Used by somebody who is not the user of our account."""


class Order(StrEnum):
    """What a client can be told to do."""

    PLAY = "play"
    """To go on after a pause."""
    PAUSE = "pause"
    STOP = "stop"
    SEEK = "seek"
    NEXT = "next"
    PREVIOUS = "previous"
    VOLUME = "volume"
    MUTE = "mute"
    SHUFFLE = "shuffle"
    REPEAT = "repeat"
    PLAY_ITEMS = "play_items"
    """To play items of its server instead of what it plays."""
    PLAY_NEXT = "play_next"
    """To play items after the one that it plays."""
    PLAY_LAST = "play_last"
    """To play items after all that it is going to play."""
    MESSAGE = "message"
    NAVIGATE = "navigate"
    """To press a key of a remote control, see `Command.key`."""


class Activity(StrEnum):
    """What a client does with what it plays."""

    PLAYING = "playing"
    PAUSED = "paused"
    BUFFERING = "buffering"


class Repeat(StrEnum):
    """What comes after the end."""

    OFF = "off"
    ONE = "one"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing to tell a client; only the values that its order needs mean anything."""

    order: Order
    position_ms: int = 0
    """Where to go, or to begin."""
    level: float = 0.0
    """The volume, from 0 to 1."""
    on: bool = False
    """Whether to mute, or to shuffle."""
    repeat: Repeat = Repeat.OFF
    items: tuple[str, ...] = ()
    """What to play, in order; what holds others (a season, an album) means all of them."""
    text: str = ""
    title: str = ""
    seconds: float = 5.0
    """How long a message is shown."""
    key: str = ""
    """Which key to press, one of `Client.keys`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """What a client plays, and how."""

    item: Item
    """As far as the server tells here: enough to show it, not all there is to know."""
    activity: Activity
    position_ms: int | None = None
    """None where the client does not tell."""
    session: str = ""
    """By what the server knows this play."""
    transcodes: bool = False
    bitrate: int | None = None
    """Kilobits a second that go to the client."""
    height: int | None = None
    """Lines of the picture that the client gets."""
    volume: float | None = None
    muted: bool | None = None
    shuffled: bool | None = None
    repeat: Repeat | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An app on a device, whether it plays or not."""

    identity: str
    """The same for as long as the app is installed there: neither a session nor an address."""
    name: str
    """What its user calls the device."""
    product: str
    """Which app it is."""
    device: str | None = None
    """What it runs on, as far as anybody tells."""
    version: str | None = None
    kinds: frozenset[ClientKind] = frozenset()
    orders: frozenset[Order] = frozenset()
    """What it obeys, as far as it says; nothing where it cannot be told anything now."""
    keys: tuple[str, ...] = ()
    """The keys of a remote control that it knows."""
    user: str | None = None
    """The name of who uses it now."""
    playing: Playing | None = None
    address: str | None = None
    """How its server names it to commands, where that differs from its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChange:
    """A client plays, or stopped to: a server tells that sooner than everything else."""

    client: str
    item: str
    activity: Activity | None
    """None for one that stopped."""
    position_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientNews:
    """What a message of a push channel says of clients; nothing of neither kind for all other messages."""

    everything: tuple[Client, ...] | None = None
    """All clients there are now."""
    changes: tuple[ClientChange, ...] = ()


def follow(known: Mapping[str, Client], news: ClientNews) -> tuple[dict[str, Client], bool]:
    """Return the clients by their identities after the news, and whether the server has to be asked for the rest."""
    if news.everything is not None:
        return {client.identity: client for client in news.everything}, False
    clients, is_unclear = dict(known), False
    for change in news.changes:
        client = clients.get(change.client)
        if client is None or (change.activity is not None and not _goes_on(client, change)):
            is_unclear = is_unclear or change.activity is not None
            continue
        clients[client.identity] = replace(client, playing=_changed(client, change))
    return clients, is_unclear


def _goes_on(client: Client, change: ClientChange) -> bool:
    return client.playing is not None and client.playing.item.identity == change.item


def _changed(client: Client, change: ClientChange) -> Playing | None:
    if client.playing is None or change.activity is None:
        return None
    position = client.playing.position_ms if change.position_ms is None else change.position_ms
    return replace(client.playing, activity=change.activity, position_ms=position)


class Clients(Protocol):
    """Watches and tells the clients of one server, over one connection; cannot remember anything.

    All raise `SourceError`; `NotAllowed` means that the user may not see or tell others.
    """

    async def clients(self) -> tuple[Client, ...]:
        """Return who plays, and who could be told to; without ourselves."""

    async def tell(self, client: Client, command: Command, number: int) -> None:
        """Tell a client something; `number` is greater than in every command to it before.

        Nobody says whether it obeys: that is seen in what it does. Raises `Missing` for one that is gone.
        """
