"""What does a Plex server tell by itself?"""

from typing import Final

from ..push import Channel
from .wire import Wire

# What the server calls its path differs from what its document says.
PATH: Final = "/:/websockets/notifications"


async def open_push(wire: Wire, uri: str, token: str) -> Channel:
    """Return the push channel of a server; raises `NotAllowed` for users to whom it tells nothing."""
    return await wire.open(uri, PATH, token)
