"""When is a source that could not be reached tried again, and when is trying not worth it?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

BASE: Final = 30.0
LONGEST: Final = 600.0
# 2**5 * 30 already exceeds the longest; an outage of weeks must not make a number of thousands of digits.
_HIGHEST_EXPONENT: Final = 5
FAILURES_TO_OPEN: Final = 3


def delay(failures: int) -> float:
    """Return how many seconds to wait after failure number `failures`, from 1: 60, 120, 240, 480, 600, 600."""
    return float(min(BASE * 2 ** min(failures, _HIGHEST_EXPONENT), LONGEST))


class BreakerState(StrEnum):
    """What a breaker lets through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Breaker:
    """Failed rounds in a row, and when the next one is due.

    While it is closed, an operation that needs the source may try at any time. After three failed rounds it is open:
    nobody tries before `retry_at`. Then it is half open: one round is let through, and decides.
    """

    failures: int = 0
    retry_at: float = 0.0

    def state(self, now: float) -> BreakerState:
        """Return what the breaker lets through now."""
        if self.failures < FAILURES_TO_OPEN:
            return BreakerState.CLOSED
        return BreakerState.OPEN if now < self.retry_at else BreakerState.HALF_OPEN

    def failed(self, now: float) -> Breaker:
        """Return the breaker after a round in which nobody answered."""
        failures = self.failures + 1
        return Breaker(failures, now + delay(failures))
