"""Which connection will work? Plain statistics over what was seen so far, so that diagnostics can explain the guess."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .metrics import Record
from .model import Connection
from .race import Rank
from .score import priority


@dataclass(frozen=True, slots=True)
class Prediction:
    """Why a connection stands where it stands: smaller sorts first, field by field."""

    rank: int
    unlikeliness: float
    """Expected share of failures; one failure and one success are assumed before the first try."""
    expected_ms: float
    priority: int

    def sort_key(self) -> tuple[int, float, float, int]:
        """Return the fields in their order of weight."""
        return (self.rank, self.unlikeliness, self.expected_ms, self.priority)


def predict(connection: Connection, record: Record, rank: Rank) -> Prediction:
    """Return what history says of a connection."""
    return Prediction(
        rank=rank(connection),
        unlikeliness=1 - (record.successes + 1) / (record.tries + 2),
        expected_ms=record.percentile(50) or 0.0,
        priority=priority(connection),
    )


def order(connections: Sequence[Connection], records: Mapping[str, Record], rank: Rank) -> list[Connection]:
    """Return the connections in the order they should start; the first is the one to warm up."""
    return sorted(connections, key=lambda each: predict(each, records.get(each.uri, Record()), rank).sort_key())
