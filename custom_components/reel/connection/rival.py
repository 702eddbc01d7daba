"""When does another connection of the same quality take over? Only when it is clearly faster for a while."""

from dataclasses import dataclass
from typing import Final

# Both must hold: a third of 3 ms is noise, and 25 ms of 2 s is not worth a switch.
CLEARLY_FASTER_BY_MS: Final = 20.0
CLEARLY_FASTER_RATIO: Final = 0.7
CHECKS_TO_WIN: Final = 3


@dataclass(frozen=True, slots=True)
class Rival:
    """The fastest other connection, and in how many checks in a row it was clearly faster than the current one."""

    uri: str | None = None
    wins: int = 0

    def after(self, uri: str, response_ms: float, current_ms: float) -> Rival:
        """Return the rivalry after a check in which `uri` was the fastest other one."""
        if not clearly_faster(response_ms, current_ms):
            return Rival()
        return Rival(uri, self.wins + 1 if uri == self.uri else 1)

    @property
    def takes_over(self) -> bool:
        """Whether it has been faster for long enough."""
        return self.wins >= CHECKS_TO_WIN


def clearly_faster(response_ms: float, current_ms: float) -> bool:
    """Tell whether one time beats the other by more than chance."""
    return response_ms < current_ms * CLEARLY_FASTER_RATIO and current_ms - response_ms > CLEARLY_FASTER_BY_MS
