"""How do clients that block run beside the fakes they ask? In a thread of their own, which ends with the test."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests


class Threads:
    """One thread, and the connections that are used in it."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._pool = ThreadPoolExecutor(1)
        self.session = requests.Session()

    async def run[T](self, work: Callable[[], T]) -> T:
        """Return what blocking work returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """End the thread and the connections."""
        self.session.close()
        self._pool.shutdown()
