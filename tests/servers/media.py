"""What is there to see and hear? Small real films and songs, posters for any title, and how a server sends a file."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil
import os
from pathlib import Path
import re
from typing import Final, Self

from aiohttp import web

from .poster import poster

__all__ = ["MATROSKA", "SUBTITLES", "LongFilm", "file_response", "poster", "sample"]

SAMPLES: Final = Path(__file__).with_suffix("")
SUBTITLES: Final = SAMPLES / "film.en.srt"
# What most browsers refuse, with two languages of everything and chapters: for those who look inside.
MATROSKA: Final = SAMPLES / "film.mkv"

_SAMPLE: Final = {"movie": "film.mp4", "episode": "episode.mp4", "track": "track.mp3", "feature": "feature.mp4"}
# Written out, since what the mimetypes module knows depends on the machine.
_CONTENT_TYPE: Final = {
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mkv": "video/x-matroska",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".srt": "application/x-subrip",
}


_PIECE: Final = 262_144
_LONG_TAG: Final = "long"


@dataclass(slots=True)
class LongFilm:
    """A film of any size that nobody has to hold; it knows how it is taken."""

    size: int
    file: Path = Path("/dev/zero")
    """What it is read from, piece by piece."""
    sent: int = 0
    """Bytes that were sent, to everybody."""
    readers: int = 0
    """How many are being sent something now."""


def sample(kind: str) -> Path:
    """Return the file that stands for every "movie", "episode" or "track"; a "feature" is a film of ten minutes."""
    return SAMPLES / _SAMPLE[kind]


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is now, and what tells it from later versions of itself."""

    body: bytes
    tag: str
    modified: datetime

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a whole file; raises OSError."""
        stat = path.stat()
        # HTTP dates know no fractions of a second.
        modified = datetime.fromtimestamp(ceil(stat.st_mtime), UTC)
        return cls(path.read_bytes(), f"{stat.st_mtime_ns:x}-{stat.st_size:x}", modified)


async def file_response(request: web.Request, path: Path | LongFilm) -> web.StreamResponse:
    """Answer with a file, as far as it is asked for and not known; raises HTTPNotFound.

    Not aiohttp's FileResponse: that takes no ETag in If-Range, refuses several ranges, and sends past the counters
    of the traffic and the faults that cut a body in half.
    """
    if isinstance(path, LongFilm):
        return await _send_long(request, path)
    try:
        file = await asyncio.to_thread(_File.read, path)
    except OSError:
        raise web.HTTPNotFound from None
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Type": _CONTENT_TYPE.get(path.suffix.lower(), "application/octet-stream"),
        "ETag": f'"{file.tag}"',
        "Last-Modified": format_datetime(file.modified, usegmt=True),
    }
    if _knows(request, file):
        return web.Response(status=304, headers=headers)
    if not _wants_a_part(request, file.tag, file.modified):
        return web.Response(body=file.body, headers=headers)
    return _part(request.headers["Range"], file.body, headers)


def _knows(request: web.Request, file: _File) -> bool:
    """Tell whether the client says that it has this version."""
    if request.if_none_match is not None:
        return any(tag.value in {file.tag, "*"} for tag in request.if_none_match)
    return request.if_modified_since is not None and file.modified <= request.if_modified_since


def _wants_a_part(request: web.Request, tag: str, modified: datetime | None = None) -> bool:
    """Tell whether one range of bytes is asked for, of this version; several ranges get the whole file."""
    if not re.fullmatch(r"bytes=(\d+-\d*|-\d+)", request.headers.get("Range", "")):
        return False
    condition = request.headers.get("If-Range")
    return condition is None or condition == f'"{tag}"' or (modified is not None and request.if_range == modified)


def _part(wanted: str, body: bytes, headers: dict[str, str]) -> web.Response:
    """Return one range of a body, or say that there is no such range."""
    size = len(body)
    start, end = _span(wanted, size)
    if start >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return web.Response(status=206, body=body[start:end], headers=headers)


def _span(wanted: str, size: int) -> tuple[int, int]:
    first, last = wanted.removeprefix("bytes=").split("-")
    start = int(first) if first else max(size - int(last), 0)
    return start, min(int(last) + 1, size) if first and last else size


async def _send_long(request: web.Request, film: LongFilm) -> web.StreamResponse:
    """Send it as fast as it is taken."""
    start, end, partly = 0, film.size, _wants_a_part(request, _LONG_TAG)
    headers = {"Accept-Ranges": "bytes", "Content-Type": "video/mp4", "ETag": f'"{_LONG_TAG}"'}
    if partly:
        start, end = _span(request.headers["Range"], film.size)
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{film.size}"
    response = web.StreamResponse(status=206 if partly else 200, headers=headers)
    response.content_length = end - start
    if request.method == "HEAD":
        return response
    await response.prepare(request)
    film.readers += 1
    file = os.open(film.file, os.O_RDONLY)
    try:
        for at in range(start, end, _PIECE):
            await response.write(os.pread(file, min(_PIECE, end - at), at))
            film.sent += min(_PIECE, end - at)
    finally:
        os.close(file)
        film.readers -= 1
    return response
