"""What does a Plex server push of its items? Seldom what became of them, but which to ask for."""

from collections.abc import Iterator, Mapping
from typing import Final

from ..listing import News
from ..reading import number, objects, text
from ..transport import Json

# Somewhere: the server was looking through a library and does not say which.
SOMEWHERE: Final = "*"

_LIBRARY: Final = "com.plexapp.plugins.library"
_CREATED: Final = 0
_PROCESSED: Final = 5
_DELETED: Final = 9
# Trailers, people, photos and their albums.
_STRANGE: Final = frozenset({5, 7, 13, 14})


def parse_news(message: Mapping[str, Json]) -> News:
    """Return what a notification tells of items; nothing of what is only under way."""
    told = message.get("NotificationContainer")
    if not isinstance(told, Mapping):
        return News()
    match told.get("type"):
        case "timeline":
            return _lives(told)
        case "playing":
            return News(changed=frozenset(_stopped(told)))
        case "activity":
            return News(libraries=frozenset(_scanned(told)))
        case "status":
            return News(libraries=frozenset(_scans(told)))
        case _:
            return News()


def _lives(told: Mapping[str, Json]) -> News:
    """Return what was created, changed and deleted; the last word on an item counts."""
    last: dict[str, int] = {}
    for entry in objects(told.get("TimelineEntry")):
        key, state = text(entry.get("itemID")), number(entry.get("state"))
        ours = entry.get("identifier") == _LIBRARY and number(entry.get("type")) not in _STRANGE
        if ours and key is not None and state in {_CREATED, _PROCESSED, _DELETED}:
            last[key] = state
    return News(
        changed=frozenset(key for key, state in last.items() if state != _DELETED),
        removed=frozenset(key for key, state in last.items() if state == _DELETED),
    )


def _stopped(told: Mapping[str, Json]) -> Iterator[str]:
    """Yield what somebody stopped to play: how far, and whether it counts as watched, is known now."""
    for entry in objects(told.get("PlaySessionStateNotification")):
        if entry.get("state") == "stopped" and (key := text(entry.get("ratingKey"))) is not None:
            yield key


def _scanned(told: Mapping[str, Json]) -> Iterator[str]:
    for entry in objects(told.get("ActivityNotification")):
        activity = entry.get("Activity")
        if entry.get("event") == "ended" and isinstance(activity, Mapping):
            context = activity.get("Context")
            section = text(context.get("librarySectionID")) if isinstance(context, Mapping) else None
            if activity.get("type") == "library.update.section":
                yield section or SOMEWHERE


def _scans(told: Mapping[str, Json]) -> Iterator[str]:
    for entry in objects(told.get("StatusNotification")):
        if entry.get("notificationName") == "LIBRARY_UPDATE" or entry.get("title") == "Library scan complete":
            yield SOMEWHERE
