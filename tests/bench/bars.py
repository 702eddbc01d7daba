"""What is measured, and what it must not exceed?"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A number that must not be larger than its limit."""

    value: float
    limit: float

    @property
    def ok(self) -> bool:
        """Whether it is not."""
        return self.value <= self.limit

    def told(self) -> dict[str, float | bool]:
        """Return it as the file of results has it."""
        return {"value": round(self.value, 4), "limit": self.limit, "ok": self.ok}


@dataclass(frozen=True, slots=True)
class Row:
    """What one part of the benchmark found out: all numbers, and the bars among them."""

    numbers: Mapping[str, float]
    bars: Mapping[str, Bar]
