"""What does Plex list? From its metadata, thin and patchy as it really comes, to items."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from ..item import File, Image, ImageKind, Item, ItemKind, Person, UserState
from ..reading import number, objects, text
from ..transport import Json
from .parse_guids import external_ids

type Entry = Mapping[str, Json]

KINDS: Final[Mapping[str, ItemKind]] = {
    kind: ItemKind(kind)
    for kind in ("movie", "show", "season", "episode", "artist", "album", "track", "collection", "playlist")
}
# What a library of home videos calls films.
HOME_VIDEOS: Final[Mapping[str, ItemKind]] = {**KINDS, "movie": ItemKind.VIDEO}

_LEAVES: Final = frozenset({ItemKind.MOVIE, ItemKind.VIDEO, ItemKind.EPISODE, ItemKind.TRACK})
_LISTS: Final = frozenset({ItemKind.COLLECTION, ItemKind.PLAYLIST})
_NUMBERED: Final = frozenset({ItemKind.SEASON, ItemKind.EPISODE, ItemKind.TRACK})
_WITHIN: Final = frozenset({ItemKind.EPISODE, ItemKind.TRACK})
_UNTOUCHED: Final = UserState()
# Lists give the first few only. An item asked for by itself has all of them, and is cut to the same: whether something
# changed must not depend on who was asked.
_GENRES: Final = 2
_PEOPLE: Final = (("Role", "actor", 3), ("Director", "director", 2), ("Writer", "writer", 2))
# The end of the year 9999: no date of Python's is later.
_LATEST: Final = 253_402_300_800
_DATE: Final = 10
_BEST: Final = 10


def parse_item(entry: Entry, library: str, kinds: Mapping[str, ItemKind] = KINDS) -> Item | None:
    """Return an item of a library; None for what has no key or is nothing that Reel lists."""
    said = entry.get
    identity, kind = text(said("ratingKey")), kinds.get(str(said("type")))
    if identity is None or kind is None or said("playlistType") == "photo":
        return None
    return Item(
        identity=identity,
        kind=kind,
        library=library,
        title=text(said("title")) or "",
        sort_title=text(said("titleSort")),
        original_title=text(said("originalTitle")),
        parent=_key(entry, "parentRatingKey", "parentKey"),
        grandparent=_key(entry, "grandparentRatingKey", "grandparentKey"),
        parent_title=text(said("parentTitle")),
        grandparent_title=text(said("grandparentTitle")),
        number=_count(said("index")) if kind in _NUMBERED else None,
        parent_number=_count(said("parentIndex")) if kind in _WITHIN else None,
        year=_year(said("year")),
        aired=_day(said("originallyAvailableAt")),
        added_at=moment(said("addedAt")),
        updated_at=moment(said("updatedAt")),
        duration_ms=_count(said("duration")) or None,
        rating=_rating(said("audienceRating")) or _rating(said("rating")),
        content_rating=text(said("contentRating")),
        studio=text(said("studio")),
        summary=text(said("summary")),
        tagline=text(said("tagline")),
        children=None if kind in _LEAVES else _children(entry),
        genres=tuple(_tags(said("Genre"), _GENRES)),
        people=_people(entry),
        ids=external_ids(entry),
        images=_images(entry, kind),
        files=_files(said("Media")) if "Media" in entry else (),
        state=None if kind in _LISTS else parse_state(entry),
    )


def parse_state(entry: Entry) -> UserState:
    """Return what the user did with an item, or with what it holds."""
    said = entry.get
    plays, held = _count(said("viewCount")) or 0, _count(said("leafCount"))
    unwatched = None if held is None else max(held - (_count(said("viewedLeafCount")) or 0), 0)
    viewed_at, position = moment(said("lastViewedAt")), _count(said("viewOffset")) or 0
    if not plays and viewed_at is None and unwatched is None and not position:
        return _UNTOUCHED
    return UserState(
        watched=plays > 0 if unwatched is None else bool(held) and not unwatched,
        plays=plays,
        position_ms=position,
        viewed_at=viewed_at,
        unwatched=unwatched,
    )


def moment(value: Json) -> float | None:
    """Return a time in seconds since 1970; None for none, and for what no calendar has."""
    found = number(value)
    return float(found) if found is not None and 0 < found < _LATEST else None


def _key(entry: Entry, name: str, path: str) -> str | None:
    """Return the key of what an item belongs to; some lists give its path only."""
    if (key := text(entry.get(name))) is not None:
        return key
    last = (text(entry.get(path)) or "").removesuffix("/children").rpartition("/")[2]
    return last if last.isdecimal() else None


def _count(value: Json) -> int | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


def _year(value: Json) -> int | None:
    found = number(value)
    return found if found is not None and 0 < found <= date.max.year else None


def _day(value: Json) -> str | None:
    if not isinstance(value, str):
        return None
    try:
        # Some servers put a time behind it.
        return date.fromisoformat(value[:_DATE]).isoformat()
    except ValueError:
        return None


def _rating(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = float(value)
    except ValueError, OverflowError:
        return None
    return found if 0 <= found <= _BEST else None


def _children(entry: Entry) -> int | None:
    held = _count(entry.get("leafCount"))
    return _count(entry.get("childCount")) if held is None else held


def _tags(listed: Json, most: int) -> Iterable[str]:
    # The same tag twice is one.
    return dict.fromkeys(tag for each in objects(listed)[:most] if (tag := text(each.get("tag"))) is not None)


def _people(entry: Entry) -> tuple[Person, ...]:
    return tuple(
        Person(name, job) for field, job, most in _PEOPLE if field in entry for name in _tags(entry[field], most)
    )


def _images(entry: Entry, kind: ItemKind) -> tuple[Image, ...]:
    said = entry.get
    match kind:
        case ItemKind.EPISODE:
            poster, thumb = _path(said("parentThumb")) or _path(said("grandparentThumb")), _path(said("thumb"))
        case ItemKind.VIDEO:
            poster, thumb = None, _path(said("thumb"))
        case _:
            poster, thumb = _path(said("thumb")) or _path(said("composite")) or _path(said("parentThumb")), None
    named = (
        (ImageKind.POSTER, poster),
        (ImageKind.BACKDROP, _path(said("art")) or _path(said("grandparentArt"))),
        (ImageKind.THUMB, thumb),
        (ImageKind.LOGO, _logo(said("Image"))),
    )
    return tuple(Image(kind, path) for kind, path in named if path)


def _logo(listed: Json) -> str | None:
    for each in objects(listed):
        if each.get("type") == "clearLogo":
            return _path(each.get("url"))
    return None


def _path(value: Json) -> str | None:
    """Return the path of a picture at its own server; a whole URL may lead anywhere, and could hold a token."""
    path = text(value)
    return path if path and path[0] == "/" and not path.startswith("//") and "X-Plex-Token" not in path else None


def _files(listed: Json) -> tuple[File, ...]:
    """Return every part of every version: a film may lie in two files."""
    return tuple(
        _file(version, part, identity)
        for version in objects(listed)
        for part in objects(version.get("Part"))
        if (identity := text(part.get("id"))) is not None
    )


def _file(version: Entry, part: Entry, identity: str) -> File:
    said = version.get
    return File(
        identity=identity,
        container=text(part.get("container")) or text(said("container")),
        bytes=_count(part.get("size")),
        bitrate=_count(said("bitrate")),
        width=_count(said("width")),
        height=_count(said("height")),
        video=text(said("videoCodec")),
        audio=text(said("audioCodec")),
        channels=_count(said("audioChannels")),
        duration_ms=_count(part.get("duration")) or _count(said("duration")),
    )
