"""How does Jellyfin write things down? Ids, dates, ticks and JSON as .NET makes them."""

from datetime import UTC, datetime
from hashlib import md5
from typing import Final
from uuid import UUID

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None
type Object = dict[str, Json]

TICKS: Final = 10_000_000
"""So many ticks make a second."""
ZERO_ID: Final = "0" * 32
UNSET_DATE: Final = "0001-01-01T00:00:00.0000000Z"


def guid(*parts: object) -> str:
    """Return an id that is always the same for the same parts: 32 hex digits, no dashes."""
    return md5(":".join(map(str, parts)).encode()).hexdigest()


def session_id(client: str, device_id: str) -> str:
    """Return the id of the one session that an app has on a device: the hash .NET makes of its UTF-16."""
    return UUID(bytes_le=md5(f"{client}{device_id}".encode("utf-16-le")).digest()).hex


def dashed(hex_id: str) -> str:
    """Return an id with dashes, as it stands in URLs for transcoding and in keys of user data."""
    return str(UUID(hex_id))


def date(seconds: float | None) -> str | None:
    """Return epoch seconds as a date with seven digits after the point."""
    if seconds is None:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond * 10:07}Z"


def read_date(text: str) -> float:
    """Return the epoch seconds of a date; without a zone it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def present(**values: Json) -> Object:
    """Return the properties that have a value; Jellyfin leaves nulls out."""
    return {name: value for name, value in values.items() if value is not None}
