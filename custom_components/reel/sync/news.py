"""When is it time for what a push channel told? A moment later, together with all that came meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from ..backends.listing import News

# Servers tell one change in many messages.
COLLECT: Final = 2.0
# A scan says again and again that something happened in a library.
REST: Final = 60.0


class Slot:
    """Collects news for a while, hands them on together, and rests before it hands on the next."""

    def __init__(
        self,
        handle: Callable[[News], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]],
        *,
        before: float,
        after: float = 0.0,
    ) -> None:
        self._handle = handle
        self._sleep = sleep
        self._before = before
        self._after = after
        self._news = News()
        self._task: asyncio.Task[None] | None = None

    def put(self, news: News) -> None:
        """Take news; whoever tells them does not wait."""
        self._news |= news
        if self._news and (self._task is None or self._task.done()):
            self._task = asyncio.get_running_loop().create_task(self._hand_on())

    async def close(self) -> None:
        """Let go of everything."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _hand_on(self) -> None:
        while self._news:
            await self._sleep(self._before)
            news, self._news = self._news, News()
            await self._handle(news)
            if self._after:
                await self._sleep(self._after)


class Letterbox:
    """Sorts news by what they cost: states nothing, items a request for many, libraries a look around."""

    def __init__(self, states: Slot, items: Slot, libraries: Slot) -> None:
        self._states = states
        self._items = items
        self._libraries = libraries

    def put(self, news: News) -> None:
        """Take news; whoever tells them does not wait."""
        self._states.put(News(states=news.states))
        self._items.put(News(changed=news.changed, removed=news.removed))
        self._libraries.put(News(libraries=news.libraries))

    async def close(self) -> None:
        """Let go of everything."""
        for slot in (self._states, self._items, self._libraries):
            await slot.close()
