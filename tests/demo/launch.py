"""How does Home Assistant run in the demo? In a process of its own, which ends with ours whatever happens."""

import asyncio
from contextlib import suppress
from pathlib import Path
import sys
from typing import Final, Self

from .errors import DemoError
from .place import Place
from .ports import HOST

MAIN: Final = Path(__file__).with_name("home_assistant.py")
# What Home Assistant exits with when somebody pressed "Restart".
RESTART: Final = 100
PATIENCE: Final = 30.0


class HomeAssistant:
    """A running Home Assistant."""

    def __init__(self, place: Place, *, port: int, plex_tv: str, link: str) -> None:
        self.log = place.config / "home-assistant.log"
        self._output = place.output
        self.url = f"http://{HOST}:{port}"
        self._command = (sys.executable, str(MAIN), str(place.config), str(port), plex_tv, link)
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        await self._start("wb")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it, and kill it if it will not."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), PATIENCE)
        if process.returncode is None:
            process.kill()
            await process.wait()

    def require_alive(self) -> None:
        """Raise `DemoError` if it is no more."""
        if self._process is not None and self._process.returncode is not None:
            raise DemoError(f"Home Assistant ended with code {self._process.returncode}: see {self._output}")

    async def watch(self) -> None:
        """Start it again whenever it asks for that, until it ends otherwise; raises `DemoError` then."""
        assert self._process is not None
        while await self._process.wait() == RESTART:
            await self._start()
        self.require_alive()

    async def _start(self, mode: str = "ab") -> None:
        with self._output.open(mode) as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Ctrl-C is ours, too: Home Assistant ends when we do.
                start_new_session=True,
            )
