"""What does Plex say? From its JSON, as it really comes, to our own values."""

from collections.abc import Mapping
import re
from typing import Final

from ...connection.model import Connection, Origin
from ..errors import Garbled, NotMediaServer
from ..item import ItemKind
from ..model import Library, Server, User
from ..reading import flag, mapping, number, objects, required, text
from ..transport import Json
from .model import Member, Ownership, Pin, Share

_LEVELS: Final = {
    "movie": (ItemKind.MOVIE,),
    "show": (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE),
    "artist": (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK),
}
# 1 keeps a library off the home page of Plex; 2 out of searches, too, and so it is meant to be hidden.
_HIDDEN: Final = 2


def parse_pin(answer: Json) -> Pin:
    """Return a PIN just made."""
    pin = mapping(answer)
    return Pin(required(pin.get("id")), required(pin.get("code")), float(number(pin.get("expiresIn")) or 900))


def parse_pin_token(answer: Json) -> str | None:
    """Return the account token of an approved PIN, None while nobody has approved it."""
    return text(mapping(answer).get("authToken"))


def parse_user(answer: Json) -> User:
    """Return the user of an account token."""
    user = mapping(answer)
    name = text(user.get("friendlyName")) or text(user.get("title")) or text(user.get("username"))
    return User(required(user.get("uuid")), name or "Plex")


def parse_members(answer: Json) -> list[Member]:
    """Return who is in a Plex Home; nobody where there is none."""
    return [Member(parse_user(user), flag(user.get("protected"))) for user in objects(mapping(answer).get("users"))]


def parse_switched(answer: Json) -> str:
    """Return the token of the member that was switched to."""
    return required(mapping(answer).get("authToken"))


def parse_switched_xml(answer: bytes) -> str:
    """Return the same from the older answer, which is XML whatever is asked for."""
    # Only one attribute matters, and tokens need no escapes: no parser has to be trusted with the rest.
    found = re.search(rb'\bauthenticationToken="([^"&]+)"', answer)
    if found is None:
        raise Garbled
    return found[1].decode(errors="replace")


def parse_server(answer: Json) -> Server:
    """Return who a server says it is, from `/identity` or `/`; raises `NotMediaServer`."""
    try:
        container = mapping(mapping(answer).get("MediaContainer"))
        identity = required(container.get("machineIdentifier"))
    except Garbled as error:
        raise NotMediaServer from error
    name = text(container.get("friendlyName")) or "Plex Media Server"
    return Server(identity, name, text(container.get("version")) or "")


def parse_libraries(answer: Json) -> list[Library]:
    """Return the libraries of a server that its visitor may see."""
    container = mapping(mapping(answer).get("MediaContainer"))
    return [
        Library(required(each.get("key")), text(each.get("title")) or "", _kinds(each), _stamp(each))
        for each in objects(container.get("Directory"))
    ]


def _kinds(section: Mapping[str, Json]) -> tuple[ItemKind, ...]:
    levels = _LEVELS.get(str(section.get("type")), ())
    if not levels or (number(section.get("hidden")) or 0) >= _HIDDEN:
        return ()
    # Films that nobody looks up are home videos: com.plexapp.agents.none, tv.plex.agents.none.
    if levels == _LEVELS["movie"] and (text(section.get("agent")) or "").endswith(".agents.none"):
        levels = (ItemKind.VIDEO,)
    return (*levels, ItemKind.COLLECTION)


def _stamp(section: Mapping[str, Json]) -> str | None:
    if (counter := text(section.get("contentChangedAt"))) is not None:
        return counter
    # Older servers tell when they last looked for changes.
    times = [told for name in ("updatedAt", "scannedAt") if (told := text(section.get(name))) is not None]
    return "/".join(times) or None


def parse_shares(answer: Json) -> list[Share]:
    """Return the servers an account may use, owned ones first, then home, then shared.

    Devices that are no servers, and servers without an access token or a way in, are left out. Raises `Garbled` for
    what is no list: that is not to say that there are none.
    """
    if not isinstance(answer, list):
        raise Garbled
    shares = [share for device in objects(answer) if (share := _share(device))]
    return sorted(shares, key=lambda share: (list(Ownership).index(share.ownership), share.server.name.casefold()))


def _share(device: Mapping[str, Json]) -> Share | None:
    identity, token = text(device.get("clientIdentifier")), text(device.get("accessToken"))
    connections = tuple(connection for each in objects(device.get("connections")) if (connection := _connection(each)))
    provides = (text(device.get("provides")) or "").split(",")
    if "server" not in provides or identity is None or token is None or not connections:
        return None
    name = text(device.get("name")) or identity
    server = Server(identity, name, text(device.get("productVersion")) or "")
    return Share(server, token, _ownership(device), text(device.get("sourceTitle")), connections)


def _ownership(device: Mapping[str, Json]) -> Ownership:
    if flag(device.get("owned")):
        return Ownership.OWNED
    return Ownership.HOME if flag(device.get("home")) else Ownership.SHARED


def _connection(connection: Mapping[str, Json]) -> Connection | None:
    uri, address, port = text(connection.get("uri")), text(connection.get("address")), number(connection.get("port"))
    if uri is None or address is None or port is None:
        return None
    return Connection(
        uri=uri.rstrip("/"),
        protocol=text(connection.get("protocol")) or uri.partition(":")[0],
        address=address,
        port=port,
        local=flag(connection.get("local")),
        relay=flag(connection.get("relay")),
        origin=Origin.DISCOVERED,
    )
