"""What does the user want of a source's connections?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .model import Connection, Quality
from .schedule import INTERVALS


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's hand: a pinned URI is the best there is as long as it answers."""

    pinned: str | None = None
    refuse_relay: bool = False
    trust_cached_checks: bool = True
    intervals: Mapping[Quality, float] = field(default_factory=lambda: INTERVALS)

    def rank(self, connection: Connection) -> int:
        """Return how good a connection would be if it answered, lower is better."""
        return -1 if connection.uri == self.pinned else connection.quality.rank

    def allows(self, connection: Connection) -> bool:
        """Tell whether a connection may be used at all."""
        return not (self.refuse_relay and connection.quality is Quality.RELAY)

    def is_content_with(self, connection: Connection) -> bool:
        """Tell whether nothing better could be found: it is the pinned one, or local while none is pinned."""
        return connection.uri == self.pinned or (self.pinned is None and connection.quality is Quality.LOCAL)
