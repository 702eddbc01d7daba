"""What may somebody fetch who has no other right here? What a capability says, which only we can have written.

It names one item of one source and one use of it. Nothing in it is a token or the address of a server, so that it may
stand in a URL; whoever has it can use it until it expires, over any restart.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
import hashlib
import hmac
import json
from typing import Any, Final
import zlib

DAY: Final = 86_400
# Who stops a film in the evening may go on the next day with what is still open.
STREAM_LASTS: Final = DAY
# So long the address of an image stays the same at the most, and after that it is still good for as long.
IMAGE_LASTS: Final = 7 * DAY
SECRET_BYTES: Final = 32
# The longest conversion that a server was seen to describe takes an eighth of that.
LONGEST: Final = 8192
_SIGNATURE_BYTES: Final = hashlib.sha256().digest_size
# Signed with what it means: what is written in another form some day is not misread.
_FORM: Final = b"reel 1 "


class Use(StrEnum):
    """What is done with an item."""

    STREAM = "stream"
    """One body: a file, or what a conversion makes of it."""
    HLS = "hls"
    """A playlist, and all that it leads to."""
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a capability allows."""

    use: Use
    source: str
    """The key of the source."""
    item: str
    path: str
    """What to fetch, as in `Way.path`; for an image what its source calls it."""
    expires: int
    """In seconds since 1970."""
    play_session: str | None = None
    file: str | None = None
    start_ms: int = 0
    """All three as in `Way`, for whoever follows what is played."""
    transcodes: bool = False


def sign(secret: bytes, grant: Grant) -> str:
    """Return a grant as a text that fits into one step of a path."""
    told = json.dumps(astuple(grant), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    body = zlib.compress(told, 9)
    return urlsafe_b64encode(_signature(secret, body) + body).rstrip(b"=").decode()


def read(secret: bytes, text: str, now: float) -> Grant | None:
    """Return what a text allows; None for one that we did not write so, and for one that has expired."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        whole = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error, ValueError:
        return None
    signature, body = whole[:_SIGNATURE_BYTES], whole[_SIGNATURE_BYTES:]
    # What is not ours is not even unpacked. The text is compared, too: decoding is lenient.
    if not hmac.compare_digest(signature, _signature(secret, body)) or not _is_canonical(whole, text):
        return None
    grant = _grant(json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass")))
    return grant if now < grant.expires else None


def stream_expiry(now: float) -> int:
    """Return until when something that is played now may be fetched."""
    return int(now) + STREAM_LASTS


def image_expiry(now: float) -> int:
    """Return until when an image may be fetched: the same moment for days, so that its address stays the same."""
    return (int(now) // IMAGE_LASTS + 2) * IMAGE_LASTS


def _signature(secret: bytes, body: bytes) -> bytes:
    return hmac.digest(secret, _FORM + body, "sha256")


def _is_canonical(whole: bytes, text: str) -> bool:
    return urlsafe_b64encode(whole).rstrip(b"=") == text.encode()


def _grant(told: list[Any]) -> Grant:
    values = dict(zip((field.name for field in fields(Grant)), told, strict=True))
    return Grant(**{**values, "use": Use(values["use"])})
