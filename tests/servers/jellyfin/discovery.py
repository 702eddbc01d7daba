"""Who answers in the local network? The responder for "who is JellyfinServer?" broadcasts."""

import asyncio
from collections.abc import Callable
import json
from typing import Final, override

QUESTION: Final = "who is jellyfinserver?"
PORT: Final = 7359


class Responder(asyncio.DatagramProtocol):
    """Answers each question with one datagram to its sender; anything else is ignored."""

    def __init__(self, tell: Callable[[], dict[str, str | None]]) -> None:
        """Answer with what `tell` returns at that time."""
        self._tell = tell
        self._transport: asyncio.DatagramTransport | None = None
        self.asked = 0

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember what to answer through."""
        assert isinstance(transport, asyncio.DatagramTransport)
        self._transport = transport

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer a question."""
        if QUESTION in data.decode(errors="replace").lower() and self._transport is not None:
            self.asked += 1
            self._transport.sendto(json.dumps(self._tell()).encode(), addr)

    @property
    def port(self) -> int:
        """The port it listens at."""
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def close(self) -> None:
        """Fall silent."""
        if self._transport is not None:
            self._transport.close()
