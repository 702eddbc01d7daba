"""Which Jellyfin servers answer a broadcast on the LAN?"""

from json import loads
from typing import Final

from ...connection.model import Connection
from ..errors import Garbled
from ..lan import Call, Found
from ..model import Kind
from ..reading import mapping, required, text

EVERYBODY: Final = ("255.255.255.255", 7359)
_WORDS: Final = b"Who is JellyfinServer?"
_PORT: Final = 8096


def broadcast_call(address: tuple[str, int] = EVERYBODY) -> Call:
    """Return the question for Jellyfin servers."""
    return Call(_WORDS, address, read_answer)


def read_answer(data: bytes, sender: str) -> Found | None:
    """Return the server that answered; None for anything else.

    The address it tells may be one of its container. The one the answer came from is right, with the port and the path
    that it tells.
    """
    try:
        answer = mapping(loads(data))
        identity, told = (
            required(answer.get("Id")),
            Connection.at(text(answer.get("Address")) or f"http://{sender}:{_PORT}"),
        )
    except Garbled, ValueError, RecursionError:
        return None
    if told.protocol not in {"http", "https"}:
        return None
    # A certificate is for a name: an https address only works as it is told.
    url = told.uri if told.protocol == "https" else told.uri.replace(told.address, sender, 1)
    return Found(Kind.JELLYFIN, identity, text(answer.get("Name")) or "Jellyfin", url)
