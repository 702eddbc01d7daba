"""What lately happened to a source, and how did its connections stand then?"""

from collections import deque
from dataclasses import dataclass
from typing import Final

from .connector import Connector
from .model import Quality
from .notice import Notice
from .score import score

CHAPTERS_KEPT: Final = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How one connection stood: the lowest rank is taken first, then the lowest score."""

    quality: Quality
    rank: int
    score: int
    available: bool | None
    in_use: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened, and the connections in the order in which they are configured."""

    at: float
    notice: Notice
    standings: tuple[Standing, ...]


class History:
    """The last things that happened to one source."""

    def __init__(self) -> None:
        self._chapters: deque[Chapter] = deque(maxlen=CHAPTERS_KEPT)

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """What happened, oldest first."""
        return tuple(self._chapters)

    def note(self, notice: Notice, connector: Connector, now: float) -> None:
        """Add what just happened."""
        self._chapters.append(Chapter(now, notice, standings(connector)))


def standings(connector: Connector) -> tuple[Standing, ...]:
    """Return how the connections of a source stand now."""
    state, target = connector.state, connector.target
    return tuple(
        Standing(
            quality=connection.quality,
            rank=target.policy.rank(connection),
            score=score(connection, state.health_of(connection)),
            available=state.health_of(connection).available,
            in_use=state.is_reached and connection == state.current,
        )
        for connection in target.connections
    )
