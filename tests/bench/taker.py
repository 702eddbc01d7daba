"""Who takes films without looking at them? A program as others are, and many who are fast or slow at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import selectors
import socket
from time import perf_counter, process_time
from typing import Final
from urllib.parse import urlsplit

from aiohttp import ClientSession
from yarl import URL

_PIECE: Final = 262_144


def take(url: str) -> tuple[float, float]:
    """Take all of a film, and return how many seconds that took, and how many of a processor."""
    return asyncio.run(_take(URL(url, encoded=True)))


async def _take(url: URL) -> tuple[float, float]:
    async with ClientSession() as session:
        began, cpu = perf_counter(), process_time()
        async with session.get(url) as answer:
            async for _ in answer.content.iter_any():
                pass
        return perf_counter() - began, process_time() - cpu


def first_byte(url: str) -> float:
    """Return after how many seconds the first byte of a film is there."""
    began = perf_counter()
    with _connect(url) as line:
        _ask(line, url, "Range: bytes=0-0\r\n")
        assert b" 206 " in line.recv(_PIECE)
        return perf_counter() - began


@contextmanager
def many(url: str, count: int) -> Iterator[Takers]:
    """Return so many who take the same film at once, each over a connection of its own."""
    lines = [_connect(url) for _ in range(count)]
    for line in lines:
        _ask(line, url)
        line.settimeout(0)
    yield Takers(lines)
    for line in lines:
        line.close()


class Takers:
    """Several who take the same film at once."""

    def __init__(self, lines: list[socket.socket]) -> None:
        self._lines = lines

    def take(self, most: int) -> None:
        """Take so many bytes each, and no more until this is called again."""
        room, left = bytearray(_PIECE), dict.fromkeys(self._lines, most)
        with selectors.DefaultSelector() as selector:
            for line in self._lines:
                selector.register(line, selectors.EVENT_READ, line)
            while selector.get_map():
                for key, _ in selector.select():
                    taker: socket.socket = key.data
                    left[taker] -= taker.recv_into(room, min(_PIECE, left[taker]))
                    if not left[taker]:
                        selector.unregister(taker)


def _connect(url: str) -> socket.socket:
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port))


def _ask(line: socket.socket, url: str, more: str = "") -> None:
    where = urlsplit(url)
    line.sendall(f"GET {where.path}?{where.query} HTTP/1.1\r\nHost: {where.netloc}\r\n{more}\r\n".encode())
