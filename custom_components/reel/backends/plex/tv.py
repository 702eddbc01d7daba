"""What does plex.tv know? Who we are, and which servers we may use. It is asked seldom."""

from dataclasses import dataclass
from typing import Final

from ...connection.model import Clock
from ..errors import Missing, NotAllowed
from ..model import User
from ..retry import WHEN_UNANSWERED, retry
from ..transport import Json
from .model import Member, Pin, Share
from .parse import (
    parse_members,
    parse_pin,
    parse_pin_token,
    parse_shares,
    parse_switched,
    parse_switched_xml,
    parse_user,
)
from .wire import Wire

PLEX_TV: Final = "https://plex.tv"
# Where a user types the code of a PIN.
LINK: Final = "https://plex.tv/link"


class PinExpired(Missing):
    """The PIN ran out, or was used already: a new one is needed."""


class WrongPin(NotAllowed):
    """The member of a Plex Home is protected, and that was not the PIN."""


@dataclass(frozen=True, slots=True)
class PlexTv:
    """plex.tv, as one client; every call raises `SourceError`."""

    wire: Wire
    clock: Clock
    base: str = PLEX_TV

    async def create_pin(self) -> Pin:
        """Start a sign-in: the user types its code at `LINK`."""
        return parse_pin(await self.wire.ask("POST", self.base, "/api/v2/pins"))

    async def redeem(self, pin: Pin) -> str | None:
        """Return the account token once the user has approved, None before; raises `PinExpired`."""
        try:
            return parse_pin_token(await self._get(f"/api/v2/pins/{pin.identifier}"))
        except Missing as error:
            raise PinExpired from error

    async def user(self, token: str) -> User:
        """Return the user of an account token; `SignInRefused` is the only answer that means the token is dead."""
        return parse_user(await self._get("/api/v2/user", token))

    async def shares(self, token: str) -> list[Share]:
        """Return the servers an account may use, owned ones first, each with its own token and all connections."""
        return parse_shares(await self._get("/api/v2/resources", token, includeHttps=1, includeRelay=1, includeIPv6=1))

    async def members(self, token: str) -> list[Member]:
        """Return who is in the Plex Home of an account."""
        return parse_members(await self._get("/api/v2/home/users", token))

    async def switch(self, token: str, member: Member, pin: str = "") -> str:
        """Return the account token of a member of the Home; raises `WrongPin`, and `Busy` when asked too often."""
        path, query = f"home/users/{member.user.identity}/switch", {"pin": pin} if pin else {}
        try:
            try:
                return parse_switched(
                    await self.wire.ask("POST", self.base, f"/api/v2/{path}", token=token, query=query)
                )
            except Missing:
                # Some accounts only have the older form.
                reply = await self.wire.fetch("POST", self.base, f"/api/{path}", token=token, query=query)
                return parse_switched_xml(reply.body)
        except NotAllowed as error:
            raise WrongPin from error

    async def _get(self, path: str, token: str | None = None, **query: int) -> Json:
        async def ask() -> Json:
            return await self.wire.ask("GET", self.base, path, token=token, query=query)

        return await retry(ask, self.clock, WHEN_UNANSWERED)
