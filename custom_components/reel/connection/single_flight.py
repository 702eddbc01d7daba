"""How do many callers share one round of work?"""

import asyncio
from collections.abc import Callable, Coroutine


class SingleFlight:
    """Runs one round at a time; whoever asks meanwhile waits for the round under way.

    The round belongs to this object, not to the caller who happened to start it: a caller may give up, the others still
    get the result. `close` ends it.
    """

    def __init__(self) -> None:
        self._round: asyncio.Task[None] | None = None

    async def join(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Wait for the round under way, or start this one."""
        await asyncio.shield(self.start(work))

    def start(self, work: Callable[[], Coroutine[object, object, None]]) -> asyncio.Task[None]:
        """Return the round under way, or this one, just started; nobody has to wait for it."""
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(work())
        return self._round

    async def alone(self, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run this very round, after those under way."""
        while self._round is not None and not self._round.done():
            await asyncio.wait([self._round])
        await self.join(work)

    async def close(self) -> None:
        """Cancel the round under way, if any, and wait until it is gone."""
        if self._round is not None:
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)
