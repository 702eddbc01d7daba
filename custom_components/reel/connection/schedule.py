"""When is a connection looked at again, if nobody uses it?"""

from collections.abc import Mapping
from typing import Final

from .model import Quality

# A good connection is left in peace; a relay is looked at often, since anything else would be better. Seconds.
INTERVALS: Final[Mapping[Quality, float]] = {Quality.LOCAL: 300.0, Quality.REMOTE: 120.0, Quality.RELAY: 30.0}


# Nobody may ask for anything for hours: a token that died meanwhile is found out within this, in place of a check.
PROVE_EVERY: Final = 3600.0
# A check that is due comes a little later than that.
LATE: Final = 1.1


def is_proof_due(proved_at: float | None, now: float) -> bool:
    """Tell whether it is time to find out if our credentials are still accepted."""
    return proved_at is None or not 0 <= now - proved_at < PROVE_EVERY


def latest_proof(quality: Quality, proved_at: float, intervals: Mapping[Quality, float] = INTERVALS) -> float:
    """Return when that is found out even if no check was due meanwhile: a chatty push channel postpones them."""
    # The check that proves may have to wait for the next one.
    return proved_at + PROVE_EVERY + 2 * intervals[quality] * LATE


def is_fresh(quality: Quality, checked_at: float, now: float, intervals: Mapping[Quality, float] = INTERVALS) -> bool:
    """Tell whether a connection that worked at `checked_at` may be used without asking again."""
    # A clock that was set back makes checks lie in the future: those tell nothing.
    return 0 <= now - checked_at < intervals[quality]


def is_recent(quality: Quality, checked_at: float, now: float, intervals: Mapping[Quality, float] = INTERVALS) -> bool:
    """Tell whether a connection that worked at `checked_at` is as fresh as schedules can have it: they come late."""
    return 0 <= now - checked_at < intervals[quality] * LATE


def is_worth_warming(
    quality: Quality, checked_at: float, now: float, intervals: Mapping[Quality, float] = INTERVALS
) -> bool:
    """Tell whether a connection should be looked at because it is about to be used: half of its time is over."""
    return not 0 <= now - checked_at < intervals[quality] / 2


def next_check(quality: Quality, checked_at: float, intervals: Mapping[Quality, float] = INTERVALS) -> float:
    """Return when a connection that worked at `checked_at` is due."""
    return checked_at + intervals[quality]
