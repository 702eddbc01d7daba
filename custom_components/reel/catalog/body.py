"""How is an item written down? What is sorted and searched by stands in columns, the rest beside them as JSON."""

from collections.abc import Sequence
import json
from typing import Any, Final

from ..backends.item import (
    Chapter,
    Detail,
    ExternalId,
    File,
    Image,
    ImageKind,
    Item,
    ItemKind,
    Marker,
    MarkerKind,
    Person,
    Provider,
    Stream,
    StreamKind,
    UserState,
)

# What `read` takes, for a SELECT from `item` joined with `library`.
COLUMNS: Final = (
    "item.identity, item.kind, library.identity, item.parent, item.grandparent, item.number, item.parent_number, "
    "item.title, item.year, item.aired, item.added_at, item.rating, item.duration_ms, item.body"
)
# What `read_state` takes, for a SELECT from `user_state`.
STATE_COLUMNS: Final = (
    "user_state.watched, user_state.plays, user_state.position_ms, user_state.viewed_at, user_state.favorite, "
    "user_state.unwatched"
)

type Row = Sequence[Any]
"""What SQLite tells, a value for each column."""

_dump: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


def written(item: Item) -> str:
    """Return all of an item that has no column of its own; without names, since there are as many as items."""
    return _dump(
        (
            item.sort_title,
            item.original_title,
            item.parent_title,
            item.grandparent_title,
            item.last_number,
            item.updated_at,
            item.content_rating,
            item.studio,
            item.summary,
            item.tagline,
            item.children,
            item.genres,
            [(each.name, each.job, each.role) for each in item.people],
            [(each.provider, each.value) for each in item.ids],
            [(each.kind, each.reference) for each in item.images],
            [_file(each) for each in item.files],
        )
    )


def _file(file: File) -> tuple[str | int | None, ...]:
    return (
        file.identity,
        file.container,
        file.bytes,
        file.bitrate,
        file.width,
        file.height,
        file.video,
        file.audio,
        file.channels,
        file.duration_ms,
    )


def read(row: Row, state: UserState | None = None) -> Item:
    """Return the item of a row of `COLUMNS`, with the state that belongs to it."""
    identity, kind, library, parent, grandparent, number, parent_number, title, *more, body = row
    year, aired, added_at, rating, duration_ms = more
    rest = json.loads(body)
    return Item(
        identity=identity,
        kind=ItemKind(kind),
        library=library,
        title=title,
        sort_title=rest[0],
        original_title=rest[1],
        parent=parent,
        grandparent=grandparent,
        parent_title=rest[2],
        grandparent_title=rest[3],
        number=number,
        last_number=rest[4],
        parent_number=parent_number,
        year=year,
        aired=aired,
        added_at=added_at,
        updated_at=rest[5],
        duration_ms=duration_ms,
        rating=rating,
        content_rating=rest[6],
        studio=rest[7],
        summary=rest[8],
        tagline=rest[9],
        children=rest[10],
        genres=tuple(rest[11]),
        people=tuple(Person(*each) for each in rest[12]),
        ids=tuple(ExternalId(Provider(provider), value) for provider, value in rest[13]),
        images=tuple(Image(ImageKind(kind), reference) for kind, reference in rest[14]),
        files=tuple(_read_file(each) for each in rest[15]),
        state=state,
    )


def _read_file(row: Row) -> File:
    identity, container, size, bitrate, width, height, video, audio, channels, duration_ms = row
    return File(
        identity=identity,
        container=container,
        bytes=size,
        bitrate=bitrate,
        width=width,
        height=height,
        video=video,
        audio=audio,
        channels=channels,
        duration_ms=duration_ms,
    )


def written_state(state: UserState) -> tuple[int | float | None, ...]:
    """Return a state as a row of `STATE_COLUMNS`."""
    return (
        int(state.watched),
        state.plays,
        state.position_ms,
        state.viewed_at,
        int(state.favorite),
        state.unwatched,
    )


def read_state(row: Row) -> UserState:
    """Return the state of a row of `STATE_COLUMNS`; without a row of its own, nothing was ever done with an item."""
    watched, plays, position_ms, viewed_at, favorite, unwatched = row
    if watched is None:
        return UserState()
    return UserState(
        watched=bool(watched),
        plays=plays,
        position_ms=position_ms,
        viewed_at=viewed_at,
        favorite=bool(favorite),
        unwatched=unwatched,
    )


def written_detail(detail: Detail) -> str:
    """Return the body of a row of `detail`."""
    return _dump(
        (
            [_stream(each) for each in detail.streams],
            [(each.kind, each.start_ms, each.end_ms) for each in detail.markers],
            [(each.title, each.start_ms) for each in detail.chapters],
            [(each.name, each.job, each.role) for each in detail.people],
        )
    )


def _stream(stream: Stream) -> tuple[str | int | None, ...]:
    return (
        stream.identity,
        stream.kind,
        stream.file,
        stream.codec,
        stream.language,
        stream.title,
        stream.channels,
        stream.width,
        stream.height,
        stream.default,
        stream.forced,
        stream.external,
    )


def read_detail(body: str) -> Detail:
    """Return the detail of the body of a row of `detail`."""
    streams, markers, chapters, people = json.loads(body)
    return Detail(
        streams=tuple(_read_stream(each) for each in streams),
        markers=tuple(Marker(MarkerKind(kind), start, end) for kind, start, end in markers),
        chapters=tuple(Chapter(title, start) for title, start in chapters),
        people=tuple(Person(*each) for each in people),
    )


def _read_stream(row: Row) -> Stream:
    identity, kind, file, codec, language, title, channels, width, height, default, forced, external = row
    return Stream(
        identity=identity,
        kind=StreamKind(kind),
        file=file,
        codec=codec,
        language=language,
        title=title,
        channels=channels,
        width=width,
        height=height,
        default=default,
        forced=forced,
        external=external,
    )
