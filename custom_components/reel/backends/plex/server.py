"""What does a Plex Media Server say?"""

from dataclasses import dataclass, field
from typing import Final

import aiohttp

from ...connection.model import Connection
from ..errors import Garbled, Missing, NotAllowed, NotMediaServer, SignInRefused
from ..model import Library, Server
from .parse import parse_libraries, parse_server
from .wire import Wire

# The race ends after 3 s and its last resort after 10; a question that outlives both is a leak.
PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class PlexProber:
    """Asks one server who it is, and whether it accepts our token for it."""

    wire: Wire
    token: str = field(repr=False)

    async def identify(self, connection: Connection) -> str:
        """Return the machine identifier of whoever answers there; sends no token."""
        return (await introduce(self.wire, connection.uri)).identity

    async def prove(self, connection: Connection) -> None:
        """Ask for something only a valid token gets; raises `SignInRefused` without one."""
        await open_server(self.wire, connection.uri, self.token)


async def introduce(wire: Wire, uri: str) -> Server:
    """Return who answers at an address, without telling who asks; raises `NotMediaServer` if it is no Plex."""
    try:
        answer = await wire.ask("GET", uri, "/identity", timeout=PROBE_TIMEOUT)
    except (Garbled, Missing, NotAllowed, SignInRefused) as error:
        # No Plex refuses this question to anybody.
        raise NotMediaServer from error
    return parse_server(answer)


async def open_server(wire: Wire, uri: str, token: str) -> Server:
    """Return the server with its name, which takes a valid token; raises `SignInRefused` without one."""
    return parse_server(await wire.ask("GET", uri, "/", token=token, timeout=PROBE_TIMEOUT))


async def libraries(wire: Wire, uri: str, token: str) -> list[Library]:
    """Return the libraries that the token's user may see."""
    return parse_libraries(await wire.ask("GET", uri, "/library/sections", token=token))
