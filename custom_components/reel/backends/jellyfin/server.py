"""What do we ask a Jellyfin server?"""

from dataclasses import dataclass, field
from typing import Final

import aiohttp

from ...connection.model import Connection
from ..errors import Garbled, Missing, NotAllowed, NotMediaServer, SignInRefused, TooOld
from ..model import Library, Server, User
from .model import SignedIn
from .parse import parse_libraries, parse_server, parse_signed_in, parse_user, parse_users, parse_version
from .wire import Wire

# The first version that knows the routes all later ones kept.
OLDEST: Final = (10, 9)
PROBE_TIMEOUT: Final = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class JellyfinProber:
    """Asks one server who it is, and whether it accepts our token."""

    wire: Wire
    token: str = field(repr=False)
    user_id: str | None = None
    """Whose user an API key acts as; a user's own token needs none."""

    async def identify(self, connection: Connection) -> str:
        """Return the id of whoever answers there; sends no token. Raises `TooOld` for a server we cannot work with."""
        server = await introduce(self.wire, connection.uri)
        require_new_enough(server)
        return server.identity

    async def prove(self, connection: Connection) -> None:
        """Ask who we are; raises `SignInRefused` when the token is dead or the user gone."""
        if self.user_id is None:
            await who_am_i(self.wire, connection.uri, self.token)
        else:
            await user_by_id(self.wire, connection.uri, self.token, self.user_id)


async def introduce(wire: Wire, uri: str) -> Server:
    """Return who answers at an address, without telling who asks; raises `NotMediaServer` if it is no Jellyfin."""
    try:
        answer = (await wire.ask("GET", uri, "/System/Info/Public", timeout=PROBE_TIMEOUT)).json()
    except (Garbled, Missing, NotAllowed, SignInRefused) as error:
        # No Jellyfin refuses this question to anybody.
        raise NotMediaServer from error
    return parse_server(answer)


def require_new_enough(server: Server) -> None:
    """Raise `TooOld` for a server that lacks what Reel speaks."""
    if parse_version(server.version) < OLDEST:
        raise TooOld(server.version)


async def sign_in(wire: Wire, uri: str, name: str, password: str) -> SignedIn:
    """Return the user and a token; raises `SignInRefused` for a wrong name or password, `NotAllowed` if disabled.

    A former token of the same user and client identifier dies with this.
    """
    body = {"Username": name, "Pw": password}
    reply = await wire.ask("POST", uri, "/Users/AuthenticateByName", json=body)
    return parse_signed_in(reply.json())


async def who_am_i(wire: Wire, uri: str, token: str) -> User:
    """Return the user of a token; raises `SignInRefused` when it is dead."""
    return parse_user((await wire.ask("GET", uri, "/Users/Me", token=token, timeout=PROBE_TIMEOUT)).json())


async def users(wire: Wire, uri: str, key: str) -> list[User]:
    """Return everybody an API key may act as; raises `SignInRefused` when it is no good."""
    return parse_users((await wire.ask("GET", uri, "/Users", token=key)).json())


async def user_by_id(wire: Wire, uri: str, key: str, user_id: str) -> User:
    """Return the user an API key acts as; raises `SignInRefused` when either is gone."""
    try:
        return parse_user((await wire.ask("GET", uri, f"/Users/{user_id}", token=key, timeout=PROBE_TIMEOUT)).json())
    except Missing as error:
        raise SignInRefused from error


async def libraries(wire: Wire, uri: str, token: str, user_id: str) -> list[Library]:
    """Return the libraries that a user may see."""
    return parse_libraries((await wire.ask("GET", uri, "/UserViews", token=token, query={"userId": user_id})).json())
