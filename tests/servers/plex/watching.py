"""Who saw what, how far, and when? The rules by which a Plex server keeps each user's place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from tests.servers.library import Title

from .shelves import Shelves

WATCHED: Final = 0.9
"""Whoever gets this far has seen it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one user did with one title. Times are epoch seconds, the offset is milliseconds."""

    offset: int = 0
    count: int = 0
    last: int | None = None
    rating: float | None = None
    dismissed: bool = False
    """Taken out of what is to be continued, without being marked as watched."""


@dataclass(frozen=True, slots=True)
class Viewing:
    """One line of the history."""

    id: int
    number: int
    at: int
    account: int
    device: str


NOTHING: Final = Mark()


class Watching:
    """The marks of all users of one server, and its history."""

    def __init__(self, shelves: Shelves, now: Callable[[], float]) -> None:
        self._shelves = shelves
        self._now = now
        self._marks: dict[int, dict[int, Mark]] = {}
        self.version = 0
        """Moves whenever anybody watches anything."""
        self.history: list[Viewing] = []

    def mark(self, account: int, number: int) -> Mark:
        """Return what a user did with a title."""
        return self._marks.get(account, {}).get(number, NOTHING)

    def put(self, account: int, number: int, mark: Mark) -> None:
        """Set what a user did with a title."""
        self.version += 1
        self._marks.setdefault(account, {})[number] = mark

    def marks(self, account: int) -> Iterator[tuple[Title, Mark]]:
        """Yield what a user did, the last thing first, for titles that are still there."""
        found = self._marks.get(account, {}).items()
        for number, mark in sorted(found, key=lambda pair: (-(pair[1].last or 0), pair[0])):
            if number in self._shelves.titles:
                yield self._shelves.titles[number], mark

    def inherit(self, number: int, new: int) -> None:
        """Let a title be seen as another one was, by everybody: the marks belong to the work."""
        self.version += 1
        for marks in self._marks.values():
            if number in marks:
                marks[new] = marks[number]

    def latest(self, account: int) -> dict[int, int]:
        """Return when a user saw each title last, and something of each that holds some."""
        found: dict[int, int] = {}
        for title, mark in self.marks(account):
            for one in (title, *self._shelves.parents(title)) if mark.last is not None else ():
                found[one.number] = max(found.get(one.number, 0), mark.last or 0)
        return found

    def progress(self, account: int, title: Title, offset: int) -> None:
        """Keep the place; zero does not clear it."""
        if offset > 0:
            mark = self.mark(account, title.number)
            self.put(account, title.number, replace(mark, offset=offset, last=self._moment(), dismissed=False))

    def report(self, account: int, title: Title, offset: int, duration: int, device: str) -> bool:
        """Keep the place of a player, or tell that the title is watched now; without a duration it never is."""
        if duration <= 0 or offset < duration * WATCHED:
            self.progress(account, title, offset)
            return False
        self.scrobble(account, title)
        self.history.append(Viewing(len(self.history) + 1, title.number, self._moment(), account, device))
        return True

    def scrobble(self, account: int, title: Title) -> None:
        """Mark as watched, once more if it was: a title, or everything below it. Writes no history."""
        for leaf in self._shelves.leaves(title.number):
            mark = self.mark(account, leaf.number)
            seen = replace(mark, offset=0, count=mark.count + 1, last=self._moment(), dismissed=False)
            self.put(account, leaf.number, seen)

    def unscrobble(self, account: int, title: Title) -> None:
        """Mark as never watched: a title, or everything below it. This also clears the place."""
        for leaf in self._shelves.leaves(title.number):
            self.put(account, leaf.number, Mark(rating=self.mark(account, leaf.number).rating))

    def rate(self, account: int, title: Title, rating: float) -> None:
        """Rate from 0 to 10; -1 takes the rating away."""
        mark = self.mark(account, title.number)
        self.put(account, title.number, replace(mark, rating=rating if rating >= 0 else None))

    def dismiss(self, account: int, title: Title) -> None:
        """Take a title out of what is to be continued."""
        self.put(account, title.number, replace(self.mark(account, title.number), dismissed=True))

    def started(self, account: int) -> list[Title]:
        """Return what a user has begun and not finished, the last first."""
        return [title for title, mark in self.marks(account) if mark.offset and not mark.dismissed]

    def next_up(self, account: int) -> list[Title]:
        """Return what a user has begun, and the next episode of each show that none is begun of, the last first."""
        found: list[Title] = []
        shows: set[int] = set()
        for title, mark in self.marks(account):
            show = title.parent and self._shelves.parents(title)[-1].number
            if mark.dismissed or (show is not None and show in shows):
                continue
            following = title if mark.offset else self._following(account, title, show)
            if following is not None:
                found.append(following)
            if show is not None:
                shows.add(show)
        return [title for title in found if title.kind in {"movie", "episode"}]

    def _following(self, account: int, title: Title, show: int | None) -> Title | None:
        """Return the first unwatched episode after a watched one."""
        if show is None or not self.mark(account, title.number).count:
            return None
        leaves = list(self._shelves.leaves(show))
        after = leaves[leaves.index(title) + 1 :]
        return next((leaf for leaf in after if not self.mark(account, leaf.number).count), None)

    def _moment(self) -> int:
        return int(self._now())
