"""How are items told in answers of actions, events and attributes? As plain JSON, with nothing that opens a door.

What an item is called by its own source is told, since actions take it back. Paths, URLs and references to images are
not. What is not known is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from homeassistant.util.json import JsonObjectType, JsonValueType

from .backends.item import PLAYABLE, Chapter, Detail, File, Item, ItemKind, Marker, Person, Stream, UserState
from .catalog.entry import Entry
from .connection.model import Quality, Status
from .copies import best_file, lines

# From how many lines on a picture is called what; a little less counts, since films are cut.
_RESOLUTIONS: Final = (
    (4000, "8k"),
    (1900, "4k"),
    (1300, "1440p"),
    (1000, "1080p"),
    (700, "720p"),
    (540, "576p"),
    (460, "480p"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A source, as far as answers tell where an item is."""

    name: str
    device_id: str | None
    status: Status
    quality: Quality | None
    libraries: Mapping[str, str] = field(default_factory=dict)
    """The names of its libraries by their identities."""

    @property
    def way(self) -> Quality | None:
        """At which quality it is connected, None while it is not."""
        return self.quality if self.status is Status.CONNECTED else None


def brief(entry: Entry, place: Place) -> JsonObjectType:
    """Return an item as lists tell it."""
    item = entry.item
    file = best_file(item.files)
    return _known(
        {
            "item": item.identity,
            "source": place.name,
            "device_id": place.device_id,
            "library": place.libraries.get(item.library),
            "kind": item.kind,
            "title": item.title,
            "original_title": item.original_title,
            **_belonging(item),
            "year": item.year,
            "aired": item.aired,
            "duration": _seconds(item.duration_ms),
            **_state(item.kind, entry.state),
            "added": _time(item.added_at),
            "rating": item.rating,
            "content_rating": item.content_rating,
            "studio": item.studio,
            "genres": [*item.genres],
            "summary": item.summary,
            "children": item.children,
            "ids": {each.provider: each.value for each in item.ids},
            "resolution": resolution(file) if file else None,
            "copies": entry.copies,
        }
    )


def full(
    entry: Entry, place: Place, detail: Detail | None, copies: Iterable[tuple[Entry, Place]] = ()
) -> JsonObjectType:
    """Return all that is known of an item, with its copies everywhere, the best first."""
    item, known = entry.item, detail or Detail()
    return brief(entry, place) | _known(
        {
            "tagline": item.tagline,
            "people": [_person(each) for each in known.people or item.people],
            "files": [_file(each, known.streams) for each in item.files],
            "markers": [_marker(each) for each in known.markers],
            "chapters": [_chapter(each) for each in known.chapters],
            "all_copies": [_copy(copy, where) for copy, where in copies],
        }
    )


def resolution(file: File) -> str | None:
    """Return what people call the size of a picture, None where nobody tells."""
    count = lines(file)
    if not count:
        return None
    return next((name for least, name in _RESOLUTIONS if count >= least), "sd")


def _belonging(item: Item) -> dict[str, JsonValueType]:
    """Return what an item is a part of, in the words of its kind, and where in it."""
    match item.kind:
        case ItemKind.EPISODE:
            names: dict[str, JsonValueType] = {
                "show": item.grandparent_title,
                "season": item.parent_number,
                "season_title": item.parent_title,
                "episode": item.number,
                "last_episode": item.last_number,
            }
        case ItemKind.SEASON:
            names = {"show": item.parent_title, "season": item.number}
        case ItemKind.TRACK:
            names = {
                "artist": item.grandparent_title,
                "album": item.parent_title,
                "disc": item.parent_number,
                "track": item.number,
            }
        case ItemKind.ALBUM:
            names = {"artist": item.parent_title}
        case _:
            names = {}
    return {**names, "parent": item.parent, "grandparent": item.grandparent}


def _state(kind: ItemKind, state: UserState) -> dict[str, JsonValueType]:
    return {
        "position": _seconds(state.position_ms) if kind in PLAYABLE else None,
        "watched": state.watched,
        "unwatched": state.unwatched,
        "plays": state.plays,
        "favorite": state.favorite,
        "last_viewed": _time(state.viewed_at),
    }


def _person(person: Person) -> JsonObjectType:
    return _known({"name": person.name, "job": person.job, "role": person.role})


def _file(file: File, streams: Iterable[Stream]) -> JsonObjectType:
    return _known(
        {
            "container": file.container,
            "size": file.bytes,
            "bitrate": file.bitrate,
            "width": file.width,
            "height": file.height,
            "resolution": resolution(file),
            "video": file.video,
            "audio": file.audio,
            "channels": file.channels,
            "duration": _seconds(file.duration_ms),
            "streams": [_stream(each) for each in streams if each.file == file.identity],
        }
    )


def _stream(stream: Stream) -> JsonObjectType:
    return _known(
        {
            "kind": stream.kind,
            "codec": stream.codec,
            "language": stream.language,
            "title": stream.title,
            "channels": stream.channels,
            "width": stream.width,
            "height": stream.height,
            "default": stream.default,
            "forced": stream.forced,
            "external": stream.external,
        }
    )


def _marker(marker: Marker) -> JsonObjectType:
    return {"kind": marker.kind, "start": marker.start_ms / 1000, "end": marker.end_ms / 1000}


def _chapter(chapter: Chapter) -> JsonObjectType:
    return {"title": chapter.title, "start": chapter.start_ms / 1000}


def _copy(copy: Entry, place: Place) -> JsonObjectType:
    file = best_file(copy.item.files)
    return _known(
        {
            "item": copy.item.identity,
            "source": place.name,
            "device_id": place.device_id,
            "library": place.libraries.get(copy.item.library),
            "status": place.status,
            "quality": place.quality,
            "resolution": resolution(file) if file else None,
            "bitrate": file.bitrate if file else None,
            "size": file.bytes if file else None,
        }
    )


def _known(values: Mapping[str, JsonValueType]) -> JsonObjectType:
    """Return what is known: neither what is None nor lists and names that hold nothing."""
    return {key: value for key, value in values.items() if value is not None and value not in ("", [], {})}


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else round(milliseconds / 1000)


def _time(at: float | None) -> str | None:
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
    except ValueError, OverflowError, OSError:
        # What a server says may be no time at all.
        return None
