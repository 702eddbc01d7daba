"""How is a list read to its end from a server that may count wrongly, send what it likes, or change meanwhile?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from ..backends.listing import IdPage, Page

# Rows a request. More save little, and a page has to be held in memory, twice while the next one is fetched.
PAGE: Final = 500
# The same with nothing but identities.
ID_PAGE: Final = 5000
# Nobody has so many; whoever sends more never ends.
_ENOUGH: Final = 20_000_000


@dataclass(slots=True)
class Course:
    """How reading a list goes."""

    start: int = 0
    """Where it began."""
    resumed: bool = False
    """Whether a former sync read the beginning, or all of it, and nobody knows what became of that since."""
    pages: int = 0
    rows: int = 0
    """How many the server sent."""
    fresh: int = 0
    """How many different items were among them."""
    unread: int = 0
    """How many rows made no sense to us; they are there all the same."""
    total: int | None = None
    """How many there are by the server's last word."""
    steady: bool = True
    """Whether it said the same all the time."""
    ended: bool = False
    """Whether the list came to an end, rather than to where it repeats itself."""

    @property
    def position(self) -> int:
        """Return where the next page begins."""
        return self.start + self.rows

    @property
    def is_whole(self) -> bool:
        """Tell whether all that the server has was among it, by all that can be seen from here."""
        if self.resumed or not self.steady:
            return False
        return self.ended if self.total is None else self.total == self.fresh + self.unread

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing came at all."""
        return self.rows == 0

    def note(self, page: Page | IdPage, asked: int) -> bool:
        """Count a page that came, and tell whether to ask for another one."""
        if self.pages == 0 or page.size:
            self.steady = self.steady and (self.pages == 0 or page.total == self.total)
            self.total = page.total
        self.pages += 1
        self.rows += page.size
        self.unread += _unread(page)
        # Where a page is full to the brim, the total may be that of the page.
        reached = self.total is not None and self.position >= self.total and page.size != asked
        self.ended = page.size == 0 or reached
        return not self.ended and self.rows < _ENOUGH

    def note_fresh(self, fresh: int, page: Page | IdPage, asked: int) -> bool:
        """Count the new ones among a page, and tell whether the list repeats itself."""
        self.fresh += fresh
        if fresh or page.size == 0 or (self.total is not None and not names(page)):
            return False
        self.rows -= page.size
        self.unread -= _unread(page)
        # A server that always sends all it has, wherever the page is to begin, has told all.
        self.ended = len(names(page)) == self.fresh and page.size != asked
        return True


def _unread(page: Page | IdPage) -> int:
    return max(page.size - len(names(page)), 0)


def names(page: Page | IdPage) -> tuple[str, ...]:
    """Return the identities on a page."""
    return page.identities if isinstance(page, IdPage) else tuple([item.identity for item in page.items])


async def walk[P: (Page, IdPage)](
    fetch: Callable[[int], Awaitable[P]],
    take: Callable[[P, Course], Awaitable[int]],
    size: int,
    course: Course | None = None,
) -> Course:
    """Read a list to its end; the next page is fetched while one is taken, never more than one ahead.

    `fetch` gets where a page begins, `take` returns how many identities on it are new. Raises what both raise.
    """
    course = Course() if course is None else course
    ahead = asyncio.ensure_future(fetch(course.position))
    try:
        while True:
            page = await ahead
            goes_on = course.note(page, size)
            if goes_on:
                ahead = asyncio.ensure_future(fetch(course.position))
            repeats = course.note_fresh(await take(page, course), page, size)
            if repeats or not goes_on:
                return course
    finally:
        ahead.cancel()
        await asyncio.gather(ahead, return_exceptions=True)
