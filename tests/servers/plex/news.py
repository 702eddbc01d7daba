"""What became of an item? The notifications by which the server tells the life of what is on its shelves."""

from collections.abc import Callable
from typing import Final

from tests.servers.library import Title

from .element import Json
from .items import TYPES
from .shelves import Shelves
from .wire import Wire

# Nobody is told of more items than this in one notification.
BATCH: Final = 500


class News:
    """Tells all listeners of one server."""

    def __init__(self, shelves: Shelves, wire: Wire, now: Callable[[], float]) -> None:
        self._shelves = shelves
        self._wire = wire
        self._now = now

    def created(self, titles: list[Title]) -> None:
        """Tell that there are new items."""
        self._tell(titles, 0, {"metadataState": "created"})

    def processed(self, titles: list[Title]) -> None:
        """Tell that items are ready, or ready again."""
        self._tell(titles, 5, {})

    def deleted(self, titles: list[Title]) -> None:
        """Tell that items are gone."""
        self._tell(titles, 9, {"metadataState": "deleted"})

    def _tell(self, titles: list[Title], state: int, words: dict[str, Json]) -> None:
        entries: list[Json] = [
            {
                "identifier": "com.plexapp.plugins.library",
                "sectionID": self._shelves.section_of(title).key,
                "itemID": self._shelves.key(title.number),
                "type": TYPES[title.kind],
                "title": title.name,
                "state": state,
                **words,
                "updatedAt": int(self._now()),
            }
            for title in titles
        ]
        for start in range(0, len(entries), BATCH):
            self._wire.push("timeline", "TimelineEntry", entries[start : start + BATCH])
