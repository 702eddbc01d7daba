"""Who plays on a Plex server, and who could? Its sessions, and the players that it found on its network, as clients."""

from collections.abc import Mapping
from typing import Final

from ..clients import Client, ClientKind, Order
from ..reading import mapping, number, objects, text
from ..transport import Json
from .parse_items import Entry
from .parse_lists import entries
from .parse_sessions import parse_playing, part

KEYS: Final = (
    "moveUp",
    "moveDown",
    "moveLeft",
    "moveRight",
    "select",
    "back",
    "home",
    "contextMenu",
    "toggleOSD",
    "pageUp",
    "pageDown",
    "nextLetter",
    "previousLetter",
    "music",
)
"""Keys of a remote control, as players name them."""

# Without MUTE: players know volumes only, and nobody here could remember the one from before.
_PLAYBACK: Final = frozenset(
    {
        Order.PLAY,
        Order.PAUSE,
        Order.STOP,
        Order.SEEK,
        Order.NEXT,
        Order.PREVIOUS,
        Order.VOLUME,
        Order.SHUFFLE,
        Order.REPEAT,
        Order.PLAY_ITEMS,
    }
)
_QUEUES: Final = frozenset({Order.PLAY_NEXT, Order.PLAY_LAST})
_BROWSERS: Final = frozenset({"chrome", "chromium", "edge", "firefox", "internet explorer", "opera", "safari"})
_POCKETS: Final = frozenset({"phone", "tablet", "mobile"})
_POCKET_PLATFORMS: Final = frozenset({"ios", "ipados"})
# The account that owns a server, on that server; some name it as plex.tv does.
_OWNER: Final = "1"


def parse_clients(sessions: Json, announced: Json, ourselves: str, user_id: str = "") -> tuple[Client, ...]:
    """Return the clients of a server without ourselves; `user_id` is whose account it is, as plex.tv knows them."""
    found = _announced(announced)
    playing = _newest(sessions)
    return tuple(
        _client(identity, playing.get(identity, {}), found.get(identity, {}), user_id)
        for identity in dict.fromkeys((*found, *playing))
        if identity != ourselves
    )


def _announced(answer: Json) -> dict[str, Entry]:
    container = mapping(mapping(answer).get("MediaContainer"))
    return {
        identity: player
        for player in objects(container.get("Server"))
        if (identity := text(player.get("machineIdentifier"))) is not None
    }


def _newest(answer: Json) -> dict[str, Entry]:
    """Return the session of each client that plays; the older ones of the same client are about to be forgotten."""
    sessions = sorted(entries(answer), key=lambda entry: number(entry.get("sessionKey")) or 0)
    return {
        identity: session
        for session in sessions
        if (identity := text(part(session, "Player").get("machineIdentifier"))) is not None
    }


def _client(identity: str, session: Entry, announced: Entry, user_id: str) -> Client:
    player, user = part(session, "Player"), part(session, "User")
    # What is announced comes first: it is the same whether something plays or not.
    product = _first(announced.get("product"), player.get("product")) or "Plex"
    abilities = {each.strip() for each in (text(announced.get("protocolCapabilities")) or "").split(",")}
    orders = _orders(abilities)
    return Client(
        identity=identity,
        name=_first(announced.get("name"), player.get("title"), player.get("device")) or product,
        product=product,
        device=_first(player.get("device"), player.get("model"), player.get("platform")),
        version=_first(announced.get("version"), player.get("version")),
        kinds=_kinds(product, {**announced, **player}, _is_somebody_else(user, user_id)),
        orders=orders,
        keys=KEYS if Order.NAVIGATE in orders else (),
        user=text(user.get("title")),
        playing=parse_playing(session) if session else None,
    )


def _orders(abilities: set[str]) -> frozenset[Order]:
    orders = _PLAYBACK if "playback" in abilities else frozenset[Order]()
    if {"playback", "playqueues"} <= abilities:
        orders |= _QUEUES
    return orders | {Order.NAVIGATE} if "navigation" in abilities else orders


def _kinds(product: str, player: Entry, somebody_else: bool) -> frozenset[ClientKind]:  # noqa: FBT001
    platform = (text(player.get("platform")) or "").casefold()
    device_class = (text(player.get("deviceClass")) or "").casefold()
    kinds = set[ClientKind]()
    if product == "Plex Web" or platform.removeprefix("microsoft ") in _BROWSERS:
        kinds.add(ClientKind.WEB)
    if _fits_a_pocket(product, platform, device_class):
        kinds.add(ClientKind.MOBILE)
    if somebody_else:
        kinds.add(ClientKind.SHARED)
    return frozenset(kinds)


def _fits_a_pocket(product: str, platform: str, device_class: str) -> bool:
    if "TV" in product:
        return False
    return device_class in _POCKETS or platform in _POCKET_PLATFORMS or "(Mobile)" in product


def _is_somebody_else(user: Mapping[str, Json], user_id: str) -> bool:
    """Tell whether a session is surely not of the account's user; its picture is where plex.tv names whose it is."""
    account = text(user.get("id"))
    if not user_id or account is None or account in {_OWNER, user_id}:
        return False
    return f"/users/{user_id}/" not in (text(user.get("thumb")) or "")


def _first(*values: Json) -> str | None:
    return next((found for value in values if (found := text(value)) is not None), None)
