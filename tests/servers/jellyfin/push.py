"""How does news travel? Changes are collected for a while, then written to every open websocket at once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
import json
from uuid import uuid4

from .accounts import Device, User
from .sessions import Session
from .wire import Json


class Batch[T]:
    """Collects items until nothing was added for a while, then hands them over together."""

    def __init__(self, delay: float, deliver: Callable[[list[T]], None]) -> None:
        """Make an empty batch; the delay is in seconds."""
        self.delay = delay
        self._deliver = deliver
        self._items: list[T] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, *items: T) -> None:
        """Collect, and start waiting if nothing was."""
        self._items.extend(items)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.delay, self._flush)

    def cancel(self) -> None:
        """Forget what was collected."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._items.clear()

    def _flush(self) -> None:
        self._timer = None
        items, self._items = self._items, []
        self._deliver(items)


@dataclass(slots=True, eq=False)
class Socket:
    """One open websocket; what is sent waits in line, so that anybody may send at any time."""

    device: Device
    session: Session | None
    """None for an API key: it has no user, so no news about one."""
    wants_sessions: bool = False
    """Whether Sessions messages were asked for. The pause that is asked for along with them does not matter here: it
    is kept only between those that tell nothing new."""
    stale: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the sessions look different."""
    line: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)

    @property
    def user(self) -> User | None:
        """Whose socket it is."""
        return self.device.user

    def deliver(self, kind: str, data: Json = None) -> None:
        """Send one message."""
        message: dict[str, Json] = {"MessageType": kind, "MessageId": uuid4().hex}
        if data is not None:
            message["Data"] = data
        self.line.put_nowait(json.dumps(message))

    def close(self) -> None:
        """Hang up after everything in the line is sent."""
        self.line.put_nowait(None)
