"""What has a connection been like so far? Small numbers that survive a restart."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final

from .model import Quality

SAMPLES_KEPT: Final = 200
DAYS_KEPT: Final = 30
SECONDS_A_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Record:
    """How often a connection was tried and how it answered; `samples` are the last response times in ms."""

    tries: int = 0
    successes: int = 0
    samples: tuple[float, ...] = ()

    def with_attempt(self, response_ms: float | None, *, succeeded: bool) -> Record:
        """Return the record after one more try."""
        samples = self.samples if response_ms is None else (*self.samples, response_ms)[-SAMPLES_KEPT:]
        return Record(self.tries + 1, self.successes + succeeded, samples)

    @property
    def success_rate(self) -> float | None:
        """From 0 to 1; None before the first try."""
        return self.successes / self.tries if self.tries else None

    def percentile(self, percent: int) -> float | None:
        """Return the response time in ms that so many per cent of the samples did not exceed."""
        if not self.samples:
            return None
        return sorted(self.samples)[max(ceil(len(self.samples) * percent / 100) - 1, 0)]


@dataclass(frozen=True, slots=True)
class Usage:
    """How long a source was reached at which quality, and how often its connection changed each day.

    `seconds` counts time offline under None; `changes` counts by the number of the day since 1970.
    """

    seconds: Mapping[Quality | None, float] = field(default_factory=dict)
    changes: Mapping[int, int] = field(default_factory=dict)
    at: Quality | None = None
    since: float | None = None

    def until(self, now: float) -> Usage:
        """Return the usage with the time up to now added to what it was spent at."""
        if self.since is None:
            return replace(self, since=now)
        spent = self.seconds.get(self.at, 0.0) + max(now - self.since, 0.0)
        return replace(self, seconds={**self.seconds, self.at: spent}, since=now)

    def switched(self, quality: Quality | None, now: float) -> Usage:
        """Return the usage after a change of the connection, or its loss."""
        today = int(now // SECONDS_A_DAY)
        kept = {day: count for day, count in self.changes.items() if day > today - DAYS_KEPT}
        return replace(self.until(now), at=quality, changes={**kept, today: kept.get(today, 0) + 1})

    def share(self, quality: Quality | None) -> float | None:
        """Return the share of time from 0 to 1; None when nothing was counted yet."""
        total = sum(self.seconds.values())
        return self.seconds.get(quality, 0.0) / total if total else None
