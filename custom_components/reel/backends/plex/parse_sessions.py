"""What does a client of a Plex server play, and how? One session, as servers list it."""

from dataclasses import replace
from typing import Final

from ..clients import Activity, Playing
from ..item import Item, ItemKind
from ..reading import flag, number, objects, text
from .parse_items import KINDS, Entry, parse_item

_PLAYABLE: Final = frozenset({"movie", "episode", "track"})
# Trailers, live television, and whatever else there may be.
_CLIP: Final = "clip"
_KINDS: Final = {**KINDS, _CLIP: ItemKind.VIDEO}
_CONVERTED: Final = "transcode"


def part(session: Entry, name: str) -> Entry:
    """Return what a session says of one side of itself; nothing where it says nothing."""
    said = session.get(name)
    return next(iter(objects(said if isinstance(said, list) else [said])), {})


def activity_of(state: object) -> Activity | None:
    """Return what a client does; None for one that stopped, or that does what nobody knows."""
    try:
        return Activity(str(state))
    except ValueError:
        return None


def item_of(entry: Entry) -> str | None:
    """Return by what key a server speaks of what is played; live television has none but its path."""
    return text(entry.get("ratingKey")) or text(entry.get("key"))


def parse_playing(session: Entry) -> Playing | None:
    """Return what a session is about; None for one that is over."""
    item, player = _item(session), part(session, "Player")
    activity = Activity.PLAYING if player.get("state") is None else activity_of(player["state"])
    if item is None or activity is None:
        return None
    said, conversion, media = part(session, "Session"), part(session, "TranscodeSession"), _media(session)
    return Playing(
        item=item,
        activity=activity,
        position_ms=_natural(session.get("viewOffset")),
        session=text(said.get("id")) or text(session.get("sessionKey")) or "",
        transcodes=_converts(conversion),
        bitrate=_natural(said.get("bandwidth")) or _natural(media.get("bitrate")) or None,
        height=_natural((conversion if _converts(conversion, "video") else media).get("height")) or None,
    )


def _item(session: Entry) -> Item | None:
    kind = session.get("type")
    known = {
        **session,
        "ratingKey": item_of(session),
        "type": kind if isinstance(kind, str) and kind in _PLAYABLE else _CLIP,
    }
    library = "" if flag(session.get("live")) else text(session.get("librarySectionID"))
    item = parse_item(known, library or "", _KINDS)
    # What the player's user did with it is not what ours did.
    return None if item is None else replace(item, state=None)


def _converts(conversion: Entry, *what: str) -> bool:
    """Tell whether a server converts anything for a client, or one part of it; to pack it anew is not to convert."""
    said = (conversion.get(f"{each}Decision") for each in what or ("video", "audio"))
    return _CONVERTED in said


def _media(session: Entry) -> Entry:
    """Return the version that is played."""
    versions = objects(session.get("Media"))
    return next((each for each in versions if flag(each.get("selected"))), versions[0] if versions else {})


def _natural(value: object) -> int | None:
    found = number(value) if isinstance(value, int | float | str) else None
    return found if found is not None and found >= 0 else None
