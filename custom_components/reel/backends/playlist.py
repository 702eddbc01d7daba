"""What may a playlist tell? Where its pieces are, but not by what token its server lets somebody in."""

import asyncio
import re
from typing import Final

from .errors import Garbled
from .playing import HLS_TYPE, Stream
from .stream import Pieces

# Servers repeat all of a long query for each of ten thousand segments.
MOST_BYTES: Final = 32 * 1024 * 1024
# What is smaller is read faster than a thread is woken.
SMALL: Final = 65_536
_TYPES: Final = ("application/vnd.apple.mpegurl", HLS_TYPE.lower(), "audio/mpegurl", "audio/x-mpegurl")
_TOKEN: Final = re.compile(
    r'([?&])(?:api_?key|x-(?:plex|emby|mediabrowser)-token)=[^&\s"#]*(&?)',
    re.IGNORECASE,
)
# The frontend of Home Assistant looks for the only variant by itself, in the line below its tag, and stumbles over a
# playlist whose address names no host, as all have that a media source gives. Blank lines mean nothing to players.
_VARIANT: Final = re.compile(r"(#EXT-X-STREAM-INF:[^\r\n]*\r?\n)(?=[^\r\n])")


def is_playlist(path: str, stream: Stream | None = None) -> bool:
    """Tell whether something is a playlist, by its path or by what its server calls it."""
    if path.partition("?")[0].lower().endswith(".m3u8"):
        return True
    kind = stream.headers.get("content-type", "") if stream else ""
    return kind.partition(";")[0].strip().lower() in _TYPES


def without_token(text: str, token: str) -> str:
    """Return an address, or a list of them, without any credentials."""
    while (found := _TOKEN.sub(lambda match: match[1] if match[2] else "", text)) != text:
        text = found
    return text.replace(token, "") if token else text


async def clean_playlist(stream: Stream, token: str) -> Stream:
    """Return a playlist without any credentials; raises `Garbled` for one that has no end."""
    whole = bytearray()
    async for piece in stream.chunks:
        whole += piece
        if len(whole) > MOST_BYTES:
            raise Garbled
    body = _clean(whole, token) if len(whole) < SMALL else await asyncio.to_thread(_clean, whole, token)
    # It is no longer what its server has a tag for.
    headers = {"content-type": HLS_TYPE, "content-length": str(len(body)), "cache-control": "no-store"}
    return Stream(stream.status, headers, Pieces(body))


def _clean(body: bytearray, token: str) -> bytes:
    return _VARIANT.sub(r"\1\n", without_token(body.decode(errors="replace"), token)).encode()
