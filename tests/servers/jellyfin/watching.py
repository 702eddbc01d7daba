"""How far has a user watched what? Positions, plays, and the rules that turn a position into "watched"."""

from dataclasses import dataclass
from typing import Final

from tests.servers.library import Kind, Title

from .wire import TICKS

MIN_RESUME_PERCENT: Final = 5
MAX_RESUME_PERCENT: Final = 90
MIN_RESUME_SECONDS: Final = 300
RESUMABLE: Final = frozenset({Kind.MOVIE, Kind.EPISODE, Kind.VIDEO})
PLAYABLE: Final = RESUMABLE | {Kind.TRACK}


@dataclass(slots=True)
class UserData:
    """What one user did with one title."""

    position: int = 0
    """Ticks."""
    plays: int = 0
    played: bool = False
    favorite: bool = False
    likes: bool | None = None
    rating: float | None = None
    last_played: float | None = None

    def start(self, title: Title, now: float) -> None:
        """Count a play that begins; what was watched is being watched again."""
        self.plays += 1
        self.last_played = now
        self.played = title.kind not in RESUMABLE

    def reach(self, title: Title, ticks: int) -> None:
        """Take note of a position, which may be so near the end that it counts as watched."""
        runtime = title.seconds * TICKS
        if not runtime:
            self.position, self.played = 0, True
            return
        percent = ticks / runtime * 100
        near_end = percent > MAX_RESUME_PERCENT or ticks >= runtime - TICKS
        too_short = title.seconds < MIN_RESUME_SECONDS and percent >= MIN_RESUME_PERCENT
        if near_end or too_short:
            ticks, self.played = 0, True
        elif percent < MIN_RESUME_PERCENT:
            ticks = 0
        self.position = ticks if title.kind in RESUMABLE else 0

    def stop(self, title: Title, ticks: int | None) -> None:
        """End a play; without a position it counts as watched to the end."""
        if ticks is not None:
            self.reach(title, ticks)
            return
        self.plays += 1
        self.played, self.position = True, 0

    def mark(self, now: float, when: float | None = None) -> None:
        """Mark as watched; only one who says when counts another play and moves the date of the last."""
        plays = self.plays if when is None else self.plays + 1
        self.played, self.position, self.plays = True, 0, max(plays, 1)
        self.last_played = when or self.last_played or now

    def unmark(self) -> None:
        """Mark as never watched."""
        self.played, self.position, self.plays, self.last_played = False, 0, 0, None


UNTOUCHED: Final = UserData()
"""What a user did who did nothing; not to be changed."""
