"""How is a sync ended before its time? At its next request; what is being written is written to its end."""

import asyncio
from collections.abc import Awaitable, Callable


class Halted(Exception):
    """Somebody called the sync off."""


class Halt:
    """Whether a sync was called off, known to whoever waits for its source."""

    def __init__(self) -> None:
        self._called = asyncio.Event()

    def call(self) -> None:
        """Call the sync off."""
        self._called.set()

    async def unless[T](self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what the work returns; raises `Halted`, and gives the work up, as soon as the sync is called off."""
        if self._called.is_set():
            raise Halted
        task = asyncio.ensure_future(work())
        called = asyncio.ensure_future(self._called.wait())
        try:
            await asyncio.wait((task, called), return_when=asyncio.FIRST_COMPLETED)
            if self._called.is_set():
                raise Halted
            return task.result()
        finally:
            task.cancel()
            called.cancel()
            await asyncio.gather(task, called, return_exceptions=True)
