"""Who answers when we call into the LAN? One question by UDP, and whatever comes back in time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
import socket
from typing import override

from .model import Kind


@dataclass(frozen=True, slots=True)
class Found:
    """A server that answered. Anybody can say anything: it counts once it introduced itself at its URL."""

    kind: Kind
    identity: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Call:
    """A question to everybody: what is said, to where, and how an answer from an address is read."""

    words: bytes
    address: tuple[str, int]
    read: Callable[[bytes, str], Found | None]


async def ask_everybody(call: Call, seconds: float) -> list[Found]:
    """Return who answers within so many seconds, each server once; nobody, where broadcasts go nowhere."""
    loop = asyncio.get_running_loop()
    found: dict[str, Found] = {}
    try:
        transport, _ = await loop.create_datagram_endpoint(lambda: _Listener(call, found), sock=_socket())
    except OSError:
        return []
    try:
        transport.sendto(call.words, call.address)
        await asyncio.sleep(seconds)
    except OSError:
        pass
    finally:
        transport.close()
    return list(found.values())


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, call: Call, found: dict[str, Found]) -> None:
        self._call = call
        self._found = found

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if answer := self._call.read(data, addr[0]):
            self._found.setdefault(answer.identity, answer)


def _socket() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 2)
    sock.setblocking(False)  # noqa: FBT003  # the standard library's own signature
    return sock
