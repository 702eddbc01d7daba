"""What does Jellyfin say? From its JSON, as it really comes, to our own values."""

from collections.abc import Mapping
import re
from typing import Final

from ..errors import Garbled, NotMediaServer
from ..item import LISTS, ItemKind
from ..model import Library, Server, User
from ..reading import flag, mapping, objects, required, text
from ..transport import Json
from .model import QuickCode, SignedIn

# Emby answers the same question with the same shape, less this; a captive portal with anything.
PRODUCT: Final = "Jellyfin Server"
_LIBRARIES: Final = frozenset({"CollectionFolder", "UserView"})
_SERIES: Final = (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE)
# By collection type; a library of films and shows mixed has none. Books, photos and live TV are not listed.
_KINDS: Final[Mapping[str | None, tuple[ItemKind, ...]]] = {
    None: (ItemKind.MOVIE, *_SERIES, ItemKind.VIDEO),
    "movies": (ItemKind.MOVIE,),
    "tvshows": _SERIES,
    "music": (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK),
    "homevideos": (ItemKind.VIDEO,),
    "musicvideos": (ItemKind.VIDEO,),
    "boxsets": (ItemKind.COLLECTION,),
    "playlists": (ItemKind.PLAYLIST,),
}


def parse_server(answer: Json) -> Server:
    """Return who a server says it is; raises `NotMediaServer` for what is no Jellyfin."""
    try:
        info = mapping(answer)
        identity = required(info.get("Id"))
    except Garbled as error:
        raise NotMediaServer from error
    if text(info.get("ProductName")) != PRODUCT:
        raise NotMediaServer
    return Server(identity, text(info.get("ServerName")) or "Jellyfin", text(info.get("Version")) or "")


def parse_version(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, `(10, 11, 11)` for `10.11.11`; what is no number ends it."""
    numbers = re.match(r"\d{1,9}(\.\d{1,9})*", version)
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else ()


def parse_user(answer: Json) -> User:
    """Return a user."""
    user = mapping(answer)
    return User(required(user.get("Id")), text(user.get("Name")) or "")


def parse_signed_in(answer: Json) -> SignedIn:
    """Return what a sign-in earned."""
    result = mapping(answer)
    return SignedIn(parse_user(result.get("User")), required(result.get("AccessToken")))


def parse_users(answer: Json) -> list[User]:
    """Return the users of a server who may sign in; raises `Garbled` for what is no list."""
    if not isinstance(answer, list):
        raise Garbled
    return [parse_user(user) for user in objects(answer) if not _is_disabled(user)]


def parse_libraries(answer: Json) -> list[Library]:
    """Return the libraries that a user may see, with what each holds."""
    views = objects(mapping(answer).get("Items"))
    found: list[Library] = []
    for each in views:
        kinds = _kinds_of(each)
        if LISTS.issuperset(kinds) and any(library.kinds == kinds for library in found):
            # A question for collections is answered with all there are, whatever library is named.
            kinds = ()
        found.append(Library(required(each.get("Id")), text(each.get("Name")) or "", kinds))
    return found


def parse_quick_code(answer: Json) -> QuickCode:
    """Return a code just made."""
    attempt = mapping(answer)
    return QuickCode(required(attempt.get("Code")), required(attempt.get("Secret")))


def parse_approval(answer: Json) -> bool:
    """Tell whether a code was approved."""
    return flag(mapping(answer).get("Authenticated"))


def _kinds_of(view: Mapping[str, Json]) -> tuple[ItemKind, ...]:
    if text(view.get("Type")) not in _LIBRARIES:
        # Channels of plugins come along.
        return ()
    return _KINDS.get(text(view.get("CollectionType")), ())


def _is_disabled(user: Mapping[str, Json]) -> bool:
    policy = user.get("Policy")
    return flag(policy.get("IsDisabled")) if isinstance(policy, Mapping) else False
