"""What plays next? Play queues as the server keeps them for players and for those who control them."""

from dataclasses import dataclass, field
from random import Random
import re
from typing import Final
from urllib.parse import unquote

from tests.servers.library import Kind, Title

from .shelves import Shelves

KEYS: Final = re.compile(r"/library/(?:metadata|collections)/([\d,]+)")


@dataclass(slots=True)
class Entry:
    """One place in a queue; the same title may stand in it twice."""

    id: int
    number: int


@dataclass(slots=True)
class Queue:
    """One play queue."""

    id: int
    uri: str
    entries: list[Entry]
    selected: int
    """The entry that plays."""
    shuffled: bool = False
    version: int = 1
    added: int | None = None
    """The entry that was added last: further ones go behind it."""
    unshuffled: list[Entry] = field(default_factory=list)

    def place(self, entry: int) -> int:
        """Return where an entry stands, counted from 0; the first place if it does not."""
        return next((index for index, one in enumerate(self.entries) if one.id == entry), 0)

    def window(self, center: int, size: int) -> list[Entry]:
        """Return the entries around one, so many on each side."""
        place = self.place(center)
        return self.entries[max(place - size, 0) : place + size + 1]


class Queues:
    """All play queues of one server; they are made of titles on its shelves."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self._entries = 0
        self.queues: dict[int, Queue] = {}

    def create(self, uri: str, *, key: str = "", shuffle: bool = False, continuous: bool = False) -> Queue | None:
        """Make a queue of what a URI names, beginning at `key`; None if there is nothing of that kind."""
        titles = self.titles(uri)
        if continuous and len(titles) == 1 and titles[0].kind is Kind.EPISODE:
            titles = self._onwards(titles[0])
        if not titles:
            return None
        entries = [self._entry(title) for title in titles]
        chosen = KEYS.search(key)
        wanted = self._shelves.find(chosen[1]) if chosen else None
        first = next((entry for entry in entries if wanted and entry.number == wanted.number), entries[0])
        queue = Queue(len(self.queues) + 1, uri, entries, first.id)
        self.queues[queue.id] = queue
        if shuffle:
            self.shuffle(queue)
        queue.version = 1
        return queue

    def titles(self, uri: str) -> list[Title]:
        """Return everything playable that a URI names."""
        match = KEYS.search(unquote(uri))
        titles = [self._shelves.find(key) for key in match[1].split(",")] if match else []
        numbers = [number for title in titles if title is not None for number in title.members or (title.number,)]
        return [leaf for number in numbers if number in self._shelves.titles for leaf in self._shelves.leaves(number)]

    def add(self, queue: Queue, uri: str, *, following: bool) -> None:
        """Add what a URI names: right behind what plays, or behind what was added before."""
        entries = [self._entry(title) for title in self.titles(uri)]
        behind = queue.selected if following or queue.added is None else queue.added
        place = queue.place(behind) + 1
        queue.entries[place:place] = entries
        if entries and not following:
            queue.added = entries[-1].id
        queue.version += 1

    def move(self, queue: Queue, entry: int, after: int | None) -> None:
        """Put an entry behind another, or first."""
        moved = queue.entries.pop(queue.place(entry))
        queue.entries.insert(0 if after is None else queue.place(after) + 1, moved)
        queue.version += 1

    def remove(self, queue: Queue, entry: int) -> None:
        """Take an entry out."""
        queue.entries = [one for one in queue.entries if one.id != entry]
        queue.version += 1

    def shuffle(self, queue: Queue) -> None:
        """Mix everything behind what plays, the same way each time."""
        queue.unshuffled = list(queue.entries)
        rest = [entry for entry in queue.entries if entry.id != queue.selected]
        Random(queue.id).shuffle(rest)
        queue.entries = [queue.entries[queue.place(queue.selected)], *rest]
        queue.shuffled, queue.version = True, queue.version + 1

    def unshuffle(self, queue: Queue) -> None:
        """Go back to the order from before."""
        if queue.shuffled:
            queue.entries, queue.shuffled = queue.unshuffled, False
        queue.version += 1

    def _onwards(self, title: Title) -> list[Title]:
        """Return an episode and all that follow it in the show."""
        leaves = list(self._shelves.leaves(self._shelves.parents(title)[-1].number))
        return leaves[leaves.index(title) :]

    def _entry(self, title: Title) -> Entry:
        self._entries += 1
        return Entry(self._entries, title.number)
