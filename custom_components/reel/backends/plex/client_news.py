"""What does a Plex server push of its clients? Who plays what, and how far: sooner than its sessions do."""

from collections.abc import Iterator, Mapping
from typing import Final

from ..clients import ClientChange, ClientNews
from ..reading import number, objects, text
from ..transport import Json
from .parse_items import Entry
from .parse_sessions import activity_of, item_of

_STOPPED: Final = "stopped"


def client_news(message: Mapping[str, Json], ourselves: str) -> ClientNews:
    """Return what a notification tells of clients other than ourselves."""
    told = message.get("NotificationContainer")
    if not isinstance(told, Mapping) or told.get("type") != "playing":
        return ClientNews()
    return ClientNews(changes=tuple(_changes(objects(told.get("PlaySessionStateNotification")), ourselves)))


def _changes(told: list[Entry], ourselves: str) -> Iterator[ClientChange]:
    for entry in told:
        client, activity = text(entry.get("clientIdentifier")), activity_of(entry.get("state"))
        if client in {None, ourselves} or (activity is None and entry.get("state") != _STOPPED):
            continue
        position = number(entry.get("viewOffset"))
        yield ClientChange(
            client=str(client),
            item=item_of(entry) or "",
            activity=activity,
            position_ms=None if position is None else max(position, 0),
        )
