"""Of what files is an item made, and what is in them?"""

from collections.abc import Mapping

from ..item import File, Stream, StreamKind
from ..reading import flag, number, objects, text
from ..transport import Json
from .times import milliseconds

_KINDS = {"Video": StreamKind.VIDEO, "Audio": StreamKind.AUDIO, "Subtitle": StreamKind.SUBTITLE}


def parse_files(item: Mapping[str, Json]) -> tuple[File, ...]:
    """Return the versions of an item."""
    return tuple(
        _file(source, identity) for source in objects(item.get("MediaSources")) if (identity := text(source.get("Id")))
    )


def _file(source: Mapping[str, Json], identity: str) -> File:
    video: Mapping[str, Json] = {}
    audio: Mapping[str, Json] = {}
    default = source.get("DefaultAudioStreamIndex")
    for stream in objects(source.get("MediaStreams")):
        kind = stream.get("Type")
        if kind == "Video" and not video:
            video = stream
        elif kind == "Audio" and (not audio or stream.get("Index") == default):
            audio = stream
    bitrate = number(source.get("Bitrate"))
    return File(
        identity=identity,
        container=_first_word(source.get("Container")),
        bytes=number(source.get("Size")),
        bitrate=bitrate // 1000 if bitrate is not None else None,
        width=number(video.get("Width")),
        height=number(video.get("Height")),
        video=text(video.get("Codec")),
        audio=text(audio.get("Codec")),
        channels=number(audio.get("Channels")),
        duration_ms=milliseconds(source.get("RunTimeTicks")) or None,
    )


def parse_streams(item: Mapping[str, Json]) -> tuple[Stream, ...]:
    """Return everything to see, hear and read in all versions of an item."""
    return tuple(
        _stream(stream, kind, identity, index)
        for source in objects(item.get("MediaSources"))
        if (identity := text(source.get("Id")))
        for stream in objects(source.get("MediaStreams"))
        if (kind := _KINDS.get(text(stream.get("Type")) or "")) and (index := text(stream.get("Index")))
    )


def _stream(stream: Mapping[str, Json], kind: StreamKind, file: str, index: str) -> Stream:
    language = text(stream.get("Language"))
    return Stream(
        identity=index,
        kind=kind,
        file=file,
        codec=text(stream.get("Codec")),
        language=None if language == "und" else language,
        title=text(stream.get("Title")) or text(stream.get("DisplayTitle")),
        channels=number(stream.get("Channels")),
        width=number(stream.get("Width")),
        height=number(stream.get("Height")),
        default=flag(stream.get("IsDefault")),
        forced=flag(stream.get("IsForced")),
        external=flag(stream.get("IsExternal")),
    )


def _first_word(container: Json) -> str | None:
    # ffprobe names all that share a format: "mov,mp4,m4a,3gp,3g2,mj2".
    found = text(container)
    return found.partition(",")[0] or None if found else None
