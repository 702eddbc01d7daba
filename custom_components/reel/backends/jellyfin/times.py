"""How does Jellyfin tell time? In ticks of a tenth of a microsecond, and in dates with seven digits."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from ..reading import number
from ..transport import Json

TICKS_A_MILLISECOND: Final = 10_000
# What .NET writes where no date was ever set.
_UNSET: Final = "0001-"


def milliseconds(ticks: Json) -> int | None:
    """Return ticks as milliseconds; None for what is no length of time."""
    found = number(ticks)
    return found // TICKS_A_MILLISECOND if found is not None and found >= 0 else None


def moment(value: Json) -> float | None:
    """Return a date as seconds since 1970; None for anything else and for a date that was never set."""
    if not isinstance(value, str) or value.startswith(_UNSET):
        return None
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except ValueError, OverflowError:
        return None


def day(value: Json) -> str | None:
    """Return the day of a date as 2026-11-20; None for anything else and for a date that was never set."""
    if not isinstance(value, str) or value.startswith(_UNSET):
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def written(seconds: float) -> str:
    """Return seconds since 1970 as a date that every version reads."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def server_clock(headers: Mapping[str, str]) -> float | None:
    """Return what time it is where a reply comes from; None where it does not tell."""
    said = next((value for name, value in headers.items() if name.lower() == "date"), "")
    try:
        found = parsedate_to_datetime(said)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except ValueError, OverflowError:
        return None
