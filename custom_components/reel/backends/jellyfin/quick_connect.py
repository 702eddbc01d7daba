"""How does a user sign in to Jellyfin without a password? By approving a code in an app that is signed in."""

from typing import Final

from ..errors import Missing, SignInRefused
from ..reading import flag
from .model import QuickCode, SignedIn
from .parse import parse_approval, parse_quick_code, parse_signed_in
from .wire import Wire

# Seconds a code is good for; the server does not tell.
LIFETIME: Final = 600.0


class CodeExpired(Missing):
    """The code ran out, or was used already: a new one is needed."""


async def is_enabled(wire: Wire, uri: str) -> bool:
    """Tell whether the server lets users sign in this way."""
    try:
        return flag((await wire.ask("GET", uri, "/QuickConnect/Enabled")).json())
    except Missing, SignInRefused:
        return False


async def begin(wire: Wire, uri: str) -> QuickCode:
    """Start a sign-in; raises `SignInRefused` where it was switched off meanwhile."""
    return parse_quick_code((await wire.ask("POST", uri, "/QuickConnect/Initiate")).json())


async def redeem(wire: Wire, uri: str, code: QuickCode) -> SignedIn | None:
    """Return the user and a token once the code was approved, None before; raises `CodeExpired`."""
    try:
        reply = await wire.ask("GET", uri, "/QuickConnect/Connect", query={"secret": code.secret})
        if not parse_approval(reply.json()):
            return None
        body = {"Secret": code.secret}
        return parse_signed_in((await wire.ask("POST", uri, "/Users/AuthenticateWithQuickConnect", json=body)).json())
    except Missing as error:
        raise CodeExpired from error
