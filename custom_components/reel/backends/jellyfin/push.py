"""What does a Jellyfin server tell by itself? It wants to be told, too, that we are still there."""

import asyncio
from typing import Final

from ..push import Channel, open_channel
from ..transport import Request, url_of
from .wire import Wire

PATH: Final = "/socket"
# The server gives up after 60 s of silence and wants to hear at half of that.
KEEP_ALIVE_EVERY: Final = 30.0


async def open_push(wire: Wire, uri: str, token: str) -> Channel:
    """Return the push channel of a server; raises `NotAllowed` for a token that opens none."""
    return await open_channel(wire.session, Request("GET", url_of(uri, PATH), wire.headers(token)))


async def keep_alive(channel: Channel) -> None:
    """Tell the server again and again that we are there, until cancelled."""
    while True:
        await channel.say({"MessageType": "KeepAlive"})
        await asyncio.sleep(KEEP_ALIVE_EVERY)
