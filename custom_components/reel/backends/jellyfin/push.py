"""What does a Jellyfin server tell by itself? It wants to be told, too, that we are still there."""

import asyncio
from typing import Final

from ..push import Channel, open_channel
from ..transport import Request, url_of
from .wire import Wire

PATH: Final = "/socket"
# The server gives up after 60 s of silence and wants to hear at half of that.
KEEP_ALIVE_EVERY: Final = 30.0
# What players do is told at once. The pause, in milliseconds, is for what merely goes on: up to once a second each.
SESSIONS: Final = {"MessageType": "SessionsStart", "Data": "0,10000"}


async def open_push(wire: Wire, uri: str, token: str) -> Channel:
    """Return the push channel of a server; raises `NotAllowed` for a token that opens none."""
    return await open_channel(wire.session, Request("GET", url_of(uri, PATH), wire.headers(token)))


async def keep_alive(channel: Channel) -> None:
    """Ask to be told what clients do, and tell the server again and again that we are there, until cancelled.

    Before 10.11 only administrators are told; everybody else is not heard, and misses nothing of the rest.
    """
    await channel.say(SESSIONS)
    while True:
        await channel.say({"MessageType": "KeepAlive"})
        await asyncio.sleep(KEEP_ALIVE_EVERY)
