"""How does one thing happen after the other, while nobody waits? In a task that is there as long as there is more."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant, callback

type Job = Callable[[], Awaitable[None]]


class Line:
    """Does jobs in their order."""

    def __init__(self, hass: HomeAssistant, name: str) -> None:
        self._hass = hass
        self._name = name
        self._jobs: deque[Job] = deque()
        self._task: asyncio.Task[None] | None = None

    @callback
    def put(self, job: Job) -> None:
        """Let a job be done once all before it are."""
        self._jobs.append(job)
        self._begin()

    async def wait(self) -> None:
        """Wait until all is done."""
        # A Home Assistant that stops cancels what is under way, and what comes after it is still to be done.
        while (task := self._begin()) is not None:
            await asyncio.wait([task])

    async def close(self) -> None:
        """End what is under way, and do no more."""
        self._jobs.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _begin(self) -> asyncio.Task[None] | None:
        """Return the task that does what there is to do, None if there is nothing."""
        if self._jobs and (self._task is None or self._task.done()):
            self._task = self._hass.async_create_background_task(self._work(), self._name)
        return None if self._task is None or self._task.done() else self._task

    async def _work(self) -> None:
        while self._jobs:
            await self._jobs.popleft()()
