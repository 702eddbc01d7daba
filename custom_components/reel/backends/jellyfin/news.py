"""What does a message of the push channel say of items?"""

from collections.abc import Mapping
from typing import Final

from ..item import UserState
from ..listing import News
from ..reading import objects, text
from ..transport import Json
from .parse_items import parse_state

NOTHING: Final = News()
# 10.10.0 forgot to say of which item it speaks, though not here; still, it is nobody's identity.
_NOBODY: Final = frozenset("0")


def news(message: Mapping[str, Json], user_id: str) -> News:
    """Return what a message says to one user; nothing for all that is about something else, or somebody."""
    data = message.get("Data")
    if not isinstance(data, Mapping):
        return NOTHING
    match message.get("MessageType"):
        case "LibraryChanged":
            return _library_changed(data)
        case "UserDataChanged" if _plain(data.get("UserId")) == _plain(user_id):
            return News(states=_states(data.get("UserDataList")))
    return NOTHING


def _library_changed(data: Mapping[str, Json]) -> News:
    """Return what came, went and changed; the folders around it hold more or less than before."""
    changed = _ids(data.get("ItemsAdded")) | _ids(data.get("ItemsUpdated"))
    around = _ids(data.get("FoldersAddedTo")) | _ids(data.get("FoldersRemovedFrom"))
    removed = _ids(data.get("ItemsRemoved"))
    # A file that was replaced went and came; the lists do not tell in which order.
    told = News(changed=changed | (around - removed), removed=removed - changed)
    # The libraries named are always all there are, so they tell something only where nothing else does.
    return told or News(libraries=_ids(data.get("CollectionFolders")))


def _states(value: Json) -> dict[str, UserState]:
    told = ((_plain(each.get("ItemId")), parse_state(each)) for each in objects(value))
    return {identity: state for identity, state in told if identity and state and set(identity) != _NOBODY}


def _ids(value: Json) -> frozenset[str]:
    return frozenset(found for each in value if (found := _plain(each))) if isinstance(value, list) else frozenset()


def _plain(value: Json) -> str:
    """Return an identity as lists write it: in lower case, without dashes."""
    return (text(value) or "").replace("-", "").lower()
