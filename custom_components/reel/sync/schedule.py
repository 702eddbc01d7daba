"""When is it time to read a source again? What push did not tell, a look finds, and what no look tells, a full sync."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Final

from ..backends.listing import Look
from ..catalog.progress import Mark
from .full import FULL
from .model import Cancelled, Mode, Outcome, Synced

LOOK_EVERY: Final[Mapping[Look, float]] = {Look.CONTENT: 900.0, Look.STATES: 900.0, Look.TOTALS: 3600.0}
FULL_EVERY: Final = 24 * 3600.0
# A full sync that failed goes on from where it was, but not at every check of the connection.
AFTER_FAILURE: Final = 300.0
# Whoever called one off does not want to do so again in five minutes.
AFTER_CANCEL: Final = 3600.0

type Marks = Mapping[str, Mark]


@dataclass(slots=True)
class Schedule:
    """What was tried and when, beside what the catalog knows of what succeeded. Times are seconds since 1970."""

    _looked_at: dict[Look, float] = field(default_factory=dict)
    _not_before: float = 0.0

    def looked(self, look: Look, now: float) -> None:
        """Take note of a look, whatever came of it: one that fails is no reason to look again at once."""
        self._looked_at[look] = now

    def ended(self, outcome: Outcome, now: float) -> None:
        """Take note of how a sync ended."""
        if outcome.mode is Mode.FULL and not isinstance(outcome, Synced):
            self._not_before = now + (AFTER_CANCEL if isinstance(outcome, Cancelled) else AFTER_FAILURE)

    def is_full_due(self, marks: Marks, now: float) -> bool:
        """Tell whether the source is to be read whole."""
        last = marks.get(FULL)
        return now >= self._not_before and (last is None or now - last.at >= FULL_EVERY)

    def next_look(self, marks: Marks) -> tuple[Look | None, float]:
        """Return which look is due next and when; there is nothing to add to before the source was read whole."""
        if FULL not in marks:
            return None, inf
        last = {look: max(marks[look].at, self._looked_at.get(look, 0.0)) for look in LOOK_EVERY if look in marks}
        due = {look: at + LOOK_EVERY[look] for look, at in last.items()}
        look = min(due, key=due.__getitem__, default=None)
        return look, inf if look is None else due[look]
