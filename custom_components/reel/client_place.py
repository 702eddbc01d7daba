"""Where in what it plays is a client? Where it last was, and how long it has gone on since.

Clients say it every few seconds; told each time, it would be a new state each time. What is told is one place and its
time, until the client jumps, halts, or plays something else.
"""

from dataclasses import dataclass
from typing import Final

from .backends.clients import Activity, Playing

# What is no jump, but the pace of a client's clock and of the network. Milliseconds.
SLACK_MS: Final = 3000
# What a server is asked for may be as old as the last report of the client, and those come every ten seconds.
LAG_MS: Final = 12_000


@dataclass(frozen=True, slots=True)
class Place:
    """A position, and the wall time at which it was right."""

    position_ms: int
    at: float


def place(former: Place | None, before: Playing | None, now: Playing, at: float, *, lag_ms: int = 0) -> Place | None:
    """Return where a client is after it said something at `at`; the former place if that is what was to be expected.

    `lag_ms` is how old what it said may be.
    """
    if now.position_ms is None:
        return None
    if former is None or before is None or not _goes_on(before, now):
        return Place(now.position_ms, at)
    expected = _expected(former, before, at)
    if now.position_ms == before.position_ms:
        # It was said before, and is no news of where it is.
        return former if now.activity is before.activity else Place(expected, at)
    if now.activity is before.activity and -lag_ms - SLACK_MS <= now.position_ms - expected <= SLACK_MS:
        return former
    return Place(now.position_ms, at)


def _goes_on(before: Playing, now: Playing) -> bool:
    return before.item.identity == now.item.identity and before.session == now.session


def _expected(former: Place, before: Playing, at: float) -> int:
    """Return where a client must be if nothing happened to it."""
    passed = max(at - former.at, 0.0) if before.activity is Activity.PLAYING else 0.0
    position = former.position_ms + round(passed * 1000)
    return position if before.item.duration_ms is None else min(position, before.item.duration_ms)
