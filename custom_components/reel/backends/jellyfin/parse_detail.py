"""What does only a look at one item tell? Its streams, its chapters, all who took part, and what may be skipped."""

from collections.abc import Mapping
from typing import Final

from ..item import Chapter, Detail, Marker, MarkerKind, Person
from ..reading import mapping, objects, text
from ..transport import Json
from .parse_files import parse_streams
from .times import milliseconds

# What is Unknown may not be skipped.
_MARKERS: Final = {
    "Intro": MarkerKind.INTRO,
    "Outro": MarkerKind.CREDITS,
    "Recap": MarkerKind.RECAP,
    "Preview": MarkerKind.PREVIEW,
    "Commercial": MarkerKind.COMMERCIAL,
}
_ACTORS: Final = frozenset({"actor", "gueststar"})


def parse_detail(answer: Json, markers: tuple[Marker, ...] = ()) -> Detail:
    """Return what an item holds."""
    item = mapping(answer)
    return Detail(parse_streams(item), markers, _chapters(item), _people(item))


def parse_markers(answer: Json) -> tuple[Marker, ...]:
    """Return what may be skipped, without what is empty or runs backwards."""
    found = (_marker(each) for each in objects(mapping(answer).get("Items")))
    return tuple(sorted((marker for marker in found if marker), key=lambda marker: marker.start_ms))


def _marker(segment: Mapping[str, Json]) -> Marker | None:
    kind = _MARKERS.get(text(segment.get("Type")) or "")
    start, end = milliseconds(segment.get("StartTicks")), milliseconds(segment.get("EndTicks"))
    if kind is None or start is None or end is None or end <= start:
        return None
    return Marker(kind, start, end)


def _chapters(item: Mapping[str, Json]) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(text(each.get("Name")) or "", start)
        for each in objects(item.get("Chapters"))
        if (start := milliseconds(each.get("StartPositionTicks"))) is not None
    )


def _people(item: Mapping[str, Json]) -> tuple[Person, ...]:
    found = []
    for each in objects(item.get("People")):
        name, job = text(each.get("Name")), (text(each.get("Type")) or "").lower()
        if name and job in _ACTORS:
            found.append(Person(name, role=text(each.get("Role"))))
        elif name and job and job != "unknown":
            found.append(Person(name, job))
    return tuple(found)
