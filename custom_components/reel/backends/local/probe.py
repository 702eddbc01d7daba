"""What is inside a file? ffprobe is asked, one file at a time and not for long; where there is none, nobody knows."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from json import loads
from math import isfinite
import os
from pathlib import Path
from signal import SIGKILL
from typing import Final

from ..errors import Garbled
from ..item import Chapter, File, Stream, StreamKind
from ..reading import flag, mapping, number, objects, text
from ..transport import Json

# Reading the index of a film on a slow share takes seconds; what takes longer is broken, or the share is.
PATIENCE: Final = 30.0
MOST_BYTES: Final = 4 * 1024 * 1024
# Only files: what is a playlist by its content would have ffprobe read whatever that names.
_ARGUMENTS: Final = (
    *("-v", "error", "-protocol_whitelist", "file", "-print_format", "json"),
    *("-show_format", "-show_streams", "-show_chapters", "-i"),
)
_KINDS: Final = {"video": StreamKind.VIDEO, "audio": StreamKind.AUDIO, "subtitle": StreamKind.SUBTITLE}
_UNKNOWN_LANGUAGES: Final = frozenset({"und", "zxx", "mul", "mis", "unk"})  # codespell:ignore mis


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What is inside a file; the streams do not know yet whose they are."""

    container: str | None = None
    bitrate: int | None = None
    duration_ms: int | None = None
    streams: tuple[Stream, ...] = ()
    chapters: tuple[Chapter, ...] = ()

    def of(self, file: str) -> tuple[Stream, ...]:
        """Return the streams as those of a file."""
        return tuple([replace(each, file=file) for each in self.streams])

    def told_of(self, file: File) -> File:
        """Return a file with all that is known of it."""
        video, audio = self._first(StreamKind.VIDEO), self._first(StreamKind.AUDIO)
        return replace(
            file,
            container=file.container or self.container,
            bitrate=self.bitrate,
            duration_ms=self.duration_ms,
            width=video.width if video else None,
            height=video.height if video else None,
            video=video.codec if video else None,
            audio=audio.codec if audio else None,
            channels=audio.channels if audio else None,
        )

    def _first(self, kind: StreamKind) -> Stream | None:
        found = sorted((each for each in self.streams if each.kind is kind), key=lambda each: not each.default)
        return found[0] if found else None


def parse_probe(document: Json) -> Probed:
    """Return what ffprobe says; raises `Garbled` where that is no object."""
    root = mapping(document)
    shape = root.get("format")
    form: Mapping[str, Json] = shape if isinstance(shape, Mapping) else {}
    names = text(form.get("format_name")) or ""
    bitrate = number(form.get("bit_rate"))
    return Probed(
        # Some have many names: "mov,mp4,m4a,3gp".
        container=names.partition(",")[0] or None,
        bitrate=bitrate // 1000 if bitrate and bitrate > 0 else None,
        duration_ms=_milliseconds(form.get("duration")) or None,
        streams=tuple([found for each in objects(root.get("streams")) if (found := _stream(each))]),
        chapters=tuple([_chapter(each, place) for place, each in enumerate(objects(root.get("chapters")), 1)]),
    )


def _stream(told: Mapping[str, Json]) -> Stream | None:
    kind = _KINDS.get(text(told.get("codec_type")) or "")
    marks = told.get("disposition")
    dispositions: Mapping[str, Json] = marks if isinstance(marks, Mapping) else {}
    # The cover of a song is a video of one picture to ffprobe.
    if kind is None or flag(dispositions.get("attached_pic")):
        return None
    tags = _tags(told)
    language = (tags.get("language") or "").lower()
    return Stream(
        identity=str(number(told.get("index")) or 0),
        kind=kind,
        file="",
        codec=text(told.get("codec_name")),
        language=language if language.isalpha() and language not in _UNKNOWN_LANGUAGES else None,
        title=tags.get("title"),
        channels=_positive(told.get("channels")),
        width=_positive(told.get("width")),
        height=_positive(told.get("height")),
        default=flag(dispositions.get("default")),
        forced=flag(dispositions.get("forced")),
    )


def _chapter(told: Mapping[str, Json], place: int) -> Chapter:
    return Chapter(_tags(told).get("title") or f"Chapter {place}", _milliseconds(told.get("start_time")))


def _tags(told: Mapping[str, Json]) -> dict[str, str]:
    tags = told.get("tags")
    if not isinstance(tags, Mapping):
        return {}
    return {name.lower(): found for name, value in tags.items() if (found := text(value))}


def _positive(value: Json) -> int | None:
    found = number(value)
    return found if found is not None and found > 0 else None


def _milliseconds(value: Json) -> int:
    try:
        seconds = float(text(value) or 0)
    except ValueError:
        return 0
    return round(seconds * 1000) if isfinite(seconds) and 0 < seconds < 10**9 else 0


@dataclass(slots=True)
class Prober:
    """Asks ffprobe, one file at a time."""

    program: str = "ffprobe"
    patience: float = PATIENCE
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    async def probe(self, path: Path) -> Probed | None:
        """Return what is inside a file, None where nobody can tell. The path has been checked by `paths.locate`."""
        async with self._alone:
            try:
                # A name that begins with a word and a colon is a protocol otherwise.
                process = await asyncio.create_subprocess_exec(
                    *(self.program, *_ARGUMENTS, f"file:{path}"),
                    stdin=DEVNULL,
                    stdout=PIPE,
                    stderr=DEVNULL,
                    start_new_session=True,
                )
            except OSError, ValueError:
                return None
            try:
                output = await self._answer(process)
            finally:
                await _end(process)
        return _parsed(output)

    async def _answer(self, process: Process) -> bytes:
        assert process.stdout is not None  # noqa: S101  # it was asked for
        found = bytearray()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                while (piece := await process.stdout.read(65536)) and len(found) <= MOST_BYTES:
                    found += piece
                return bytes(found)
        return b""


async def _end(process: Process) -> None:
    """See to it that nothing is left of a process, nor of what it may have started: that would hold the pipe open."""
    if process.stdout is not None and not process.stdout.at_eof():
        with suppress(ProcessLookupError):
            os.killpg(process.pid, SIGKILL)
    # Whatever is still in the pipe has to go before the process counts as ended.
    await process.communicate()


def _parsed(output: bytes) -> Probed | None:
    try:
        found = parse_probe(loads(output))
    except Garbled, ValueError, RecursionError:
        return None
    return found if found.streams else None
