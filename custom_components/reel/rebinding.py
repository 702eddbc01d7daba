"""Does the DNS of this house hide the addresses of this house? Asked of Home Assistant's own resolver.

Reel reads the address from a name of plex.direct that does not resolve. Apps and browsers cannot: they take a relay.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant

from .backends.plex.direct import address_in
from .connection.address import is_private
from .connection.model import Connection

PATIENCE: Final = 10.0
# A name that resolves wherever names of plex.direct do.
CONTROL: Final = "plex.tv"


def private_names(connections: Iterable[Connection]) -> list[str]:
    """Return the names of plex.direct that stand for addresses of a house."""
    names = (urlsplit(connection.uri).hostname or "" for connection in connections)
    return [name for name in names if (address := address_in(name)) and is_private(address)]


async def hides_addresses(hass: HomeAssistant, names: Iterable[str]) -> bool | None:
    """Return whether some of these names do not resolve; None while no name at all does, or there are none."""
    found = [await resolves(hass, name) for name in names]
    if all(found):
        return False if found else None
    return True if await resolves(hass, CONTROL) else None


async def resolves(hass: HomeAssistant, name: str) -> bool:
    """Tell whether a name has an address."""
    try:
        async with asyncio.timeout(PATIENCE):
            return bool(await hass.loop.getaddrinfo(name, None))
    except OSError, UnicodeError:
        return False
