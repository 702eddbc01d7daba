"""What does Plex tell of one item that it tells in no list? Streams, markers, chapters and everybody in it."""

from collections.abc import Iterator, Mapping
from typing import Final

from ..errors import Missing
from ..item import Chapter, Detail, Marker, MarkerKind, Person, Stream, StreamKind
from ..reading import flag, number, objects, text
from ..transport import Json
from .parse_items import Entry
from .parse_lists import entries

_STREAMS: Final = {1: StreamKind.VIDEO, 2: StreamKind.AUDIO, 3: StreamKind.SUBTITLE}
_MARKERS: Final = {
    "intro": MarkerKind.INTRO,
    "credits": MarkerKind.CREDITS,
    "commercial": MarkerKind.COMMERCIAL,
}
_PEOPLE: Final = (("Role", "actor"), ("Director", "director"), ("Writer", "writer"), ("Producer", "producer"))
_CODE: Final = range(2, 4)


def parse_detail(answer: Json) -> Detail:
    """Return the detail of the one item that was asked for; raises `Missing` where there is none."""
    listed = entries(answer)
    if not listed:
        raise Missing
    item = listed[0]
    return Detail(
        streams=tuple(_streams(item)),
        markers=tuple(_markers(item.get("Marker"))),
        chapters=tuple(_chapters(item.get("Chapter"))),
        people=tuple(dict.fromkeys(_people(item))),
    )


def _streams(item: Entry) -> Iterator[Stream]:
    for version in objects(item.get("Media")):
        for part in objects(version.get("Part")):
            file = text(part.get("id"))
            for each in objects(part.get("Stream")) if file is not None else ():
                if found := _stream(each, file or ""):
                    yield found


def _stream(stream: Mapping[str, Json], file: str) -> Stream | None:
    said = stream.get
    identity, kind = text(said("id")), _STREAMS.get(number(said("streamType")) or 0)
    if identity is None or kind is None:
        return None
    return Stream(
        identity=identity,
        kind=kind,
        file=file,
        codec=text(said("codec")),
        language=_language(said("languageCode")) or _language(said("languageTag")),
        title=text(said("title")) or text(said("displayTitle")),
        channels=number(said("channels")),
        width=number(said("width")),
        height=number(said("height")),
        default=flag(said("default")),
        forced=flag(said("forced")),
        # Only what lies beside the file can be fetched by itself.
        external=text(said("key")) is not None,
    )


def _language(value: Json) -> str | None:
    code = (text(value) or "").partition("-")[0].lower()
    return code if len(code) in _CODE and code.isascii() and code.isalpha() else None


def _markers(listed: Json) -> Iterator[Marker]:
    for each in objects(listed):
        kind = _MARKERS.get(str(each.get("type")))
        start, end = number(each.get("startTimeOffset")), number(each.get("endTimeOffset"))
        if kind is not None and start is not None and end is not None and 0 <= start < end:
            yield Marker(kind, start, end)


def _chapters(listed: Json) -> Iterator[Chapter]:
    for place, each in enumerate(objects(listed), 1):
        start = number(each.get("startTimeOffset"))
        if start is not None and start >= 0:
            yield Chapter(text(each.get("tag")) or str(place), start)


def _people(item: Entry) -> Iterator[Person]:
    for field, job in _PEOPLE:
        for each in objects(item.get(field)):
            if (name := text(each.get("tag"))) is not None:
                yield Person(name, job, text(each.get("role")) if job == "actor" else None)
