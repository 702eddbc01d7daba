"""How does a queue outlive a restart? As plain JSON, which is believed only as far as it makes a queue."""

from collections.abc import Mapping
from typing import Any

from .queue import Queue, Repeat

type Key = tuple[str, str]


def written(queue: Queue[Key]) -> dict[str, Any]:
    """Return a queue as it is kept."""
    return {
        "items": [list(key) for key in queue.items],
        "order": [*queue.order],
        "at": queue.at,
        "repeat": queue.repeat.value,
        "shuffled": queue.shuffled,
    }


def read(kept: Mapping[str, Any]) -> Queue[Key]:
    """Return a queue that was kept; an empty one for anything else."""
    try:
        return Queue(
            items=tuple((str(source), str(item)) for source, item in kept["items"]),
            order=tuple(map(int, kept["order"])),
            at=int(kept["at"]),
            repeat=Repeat(kept["repeat"]),
            shuffled=bool(kept["shuffled"]),
        )
    except KeyError, TypeError, ValueError:
        return Queue()
