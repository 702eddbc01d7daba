"""Who is signed in to a Jellyfin server, and what do they play? From its sessions to our clients."""

from collections.abc import Mapping
from hashlib import sha256
import re
from typing import Final

from ..clients import Client, ClientKind, Order
from ..errors import Garbled
from ..model import Client as Ourselves
from ..reading import flag, objects, text
from ..transport import Json
from .parse_now_playing import parse_now_playing
from .times import moment

# An app that waits for orders all day asks for nothing; one that was not there for so long is not in use any more.
RECENT: Final = 30 * 24 * 3600
# Whoever can be told anything can be told this.
_ALWAYS: Final = frozenset(
    {
        Order.PLAY,
        Order.PAUSE,
        Order.STOP,
        Order.NEXT,
        Order.PREVIOUS,
        Order.PLAY_ITEMS,
        Order.PLAY_NEXT,
        Order.PLAY_LAST,
    }
)
_COMMANDS: Final[Mapping[Order, frozenset[str]]] = {
    Order.VOLUME: frozenset({"SetVolume"}),
    Order.MUTE: frozenset({"Mute", "Unmute"}),
    Order.SHUFFLE: frozenset({"SetShuffleQueue"}),
    Order.REPEAT: frozenset({"SetRepeatMode"}),
    Order.MESSAGE: frozenset({"DisplayMessage"}),
}
_KEYS: Final = (
    "MoveUp", "MoveDown", "MoveLeft", "MoveRight", "Select", "Back", "GoHome", "GoToSettings", "GoToSearch",
    "PageUp", "PageDown", "PreviousLetter", "NextLetter", "ToggleContextMenu", "ToggleOsd", "ToggleOsdMenu",
    "ToggleFullscreen", "ToggleStats", "VolumeUp", "VolumeDown", "ToggleMute", "ChannelUp", "ChannelDown", "Guide",
    "TakeScreenshot",
)  # fmt: skip
_WEB: Final = "Jellyfin Web"
# By the words in the names of apps and devices: nobody says in another way what they are.
_MOBILE_APPS: Final = frozenset({"mobile", "android", "ios", "ipados", "finamp", "findroid", "streamyfin", "symfonium"})
_MOBILE_DEVICES: Final = frozenset({"android", "iphone", "ipad"})
_TELEVISIONS: Final = frozenset({"tv", "tvos", "androidtv", "bravia", "shield", "chromecast"})
_WORDS: Final = re.compile(r"[^\W\d_]+")
_NOBODY: Final = frozenset("0")


def parse_clients(answer: Json, ourselves: Ourselves, user_id: str) -> tuple[Client, ...]:
    """Return who plays, and who could; raises `Garbled` where there is no list.

    A push channel tells of everybody since the server started, so that time is counted from who was there last.
    """
    if not isinstance(answer, list):
        raise Garbled
    sessions = [each for each in objects(answer) if text(each.get("Id")) and text(each.get("DeviceId"))]
    latest = max((moment(each.get("LastActivityDate")) or 0.0 for each in sessions), default=0.0)
    others = (each for each in sessions if not _is_us(each, ourselves))
    return tuple(_client(each, user_id) for each in others if _is_player(each, latest))


def _is_us(session: Mapping[str, Json], ourselves: Ourselves) -> bool:
    """Tell whether this is Reel, which says what others play: by this account, by another one, or by a key."""
    return session.get("DeviceId") == ourselves.identifier or session.get("Client") == ourselves.product


def _is_player(session: Mapping[str, Json], latest: float) -> bool:
    """Tell whether something plays there or might, unlike in the programs that only ask a server."""
    if isinstance(session.get("NowPlayingItem"), Mapping):
        return True
    active = moment(session.get("LastActivityDate"))
    return bool(_told(session, "PlayableMediaTypes")) and (active is None or latest - active <= RECENT)


def _client(session: Mapping[str, Json], user_id: str) -> Client:
    product, playing = text(session.get("Client")) or "", parse_now_playing(session)
    keys = _keys(session)
    return Client(
        identity=_identity(session),
        name=text(session.get("DeviceName")) or product,
        product=product,
        device=text(session.get("DeviceType")),
        version=text(session.get("ApplicationVersion")),
        kinds=_kinds(session, user_id),
        orders=_orders(session, can_navigate=bool(keys)),
        keys=keys,
        user=text(session.get("UserName")),
        playing=playing,
        address=text(session.get("Id")),
    )


def _identity(session: Mapping[str, Json]) -> str:
    """Return what stays the same: the app and its device.

    Two apps of one maker on one device may give the same device, and two devices have the same app. The server's own
    identity of a session is made of the same two, but nobody promised that it will be.
    """
    both = f"{text(session.get('Client')) or ''}\0{text(session.get('DeviceId'))}"
    return sha256(both.encode()).hexdigest()[:32]


def _kinds(session: Mapping[str, Json], user_id: str) -> frozenset[ClientKind]:
    app, device = _words(session.get("Client")), _words(session.get("DeviceName"))
    is_mobile = bool(app & _MOBILE_APPS or device & _MOBILE_DEVICES) and not (app | device) & _TELEVISIONS
    found = {
        ClientKind.WEB: session.get("Client") == _WEB,
        ClientKind.MOBILE: is_mobile,
        ClientKind.SHARED: _is_foreign(session, user_id),
    }
    return frozenset(kind for kind, applies in found.items() if applies)


def _is_foreign(session: Mapping[str, Json], user_id: str) -> bool:
    """Tell whether somebody else uses it, and we do not do so along with them."""
    together = (session, *objects(session.get("AdditionalUsers")))
    users = {_plain(each.get("UserId")) for each in together}
    return _plain(user_id) not in users and any(set(user) - _NOBODY for user in users)


def _orders(session: Mapping[str, Json], *, can_navigate: bool) -> frozenset[Order]:
    """Return what can be told; the server takes orders for whoever is not listening as well, and drops them."""
    if not flag(session.get("SupportsRemoteControl")):
        return frozenset()
    commands = _told(session, "SupportedCommands")
    found = _ALWAYS | {order for order, needed in _COMMANDS.items() if needed <= commands}
    if can_navigate:
        found |= {Order.NAVIGATE}
    return found | {Order.SEEK} if _can_seek(session) else found


def _can_seek(session: Mapping[str, Json]) -> bool:
    """Tell whether one can go elsewhere in what is played; where nothing is, nobody knows, and it does no harm."""
    state = session.get("PlayState")
    if session.get("NowPlayingItem") is None or not isinstance(state, Mapping):
        return True
    return flag(state.get("CanSeek"))


def _keys(session: Mapping[str, Json]) -> tuple[str, ...]:
    if not flag(session.get("SupportsRemoteControl")):
        return ()
    commands = _told(session, "SupportedCommands")
    return tuple(key for key in _KEYS if key in commands)


def _told(session: Mapping[str, Json], name: str) -> frozenset[str]:
    """Return what a session can do, which stands there twice."""
    capabilities = session.get("Capabilities")
    inner = capabilities.get(name) if isinstance(capabilities, Mapping) else None
    value = session.get(name) or inner
    return frozenset(each for each in value if isinstance(each, str)) if isinstance(value, list) else frozenset()


def _words(value: Json) -> frozenset[str]:
    return frozenset(_WORDS.findall((text(value) or "").lower()))


def _plain(value: Json) -> str:
    return (text(value) or "").replace("-", "").lower()
