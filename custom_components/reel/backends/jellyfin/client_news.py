"""What does a message of the push channel say of clients? All there are, each time that one of them changed."""

from collections.abc import Mapping
from typing import Final

from ..clients import ClientNews
from ..model import Client as Ourselves
from ..transport import Json
from .parse_clients import parse_clients

NOTHING: Final = ClientNews()


def client_news(message: Mapping[str, Json], ourselves: Ourselves, user_id: str) -> ClientNews:
    """Return all clients as a message tells them; nothing for all that is about something else.

    Before 10.11 servers tell administrators only, and none tells before something changes.
    """
    data = message.get("Data")
    if message.get("MessageType") != "Sessions" or not isinstance(data, list):
        return NOTHING
    return ClientNews(everything=parse_clients(data, ourselves, user_id))
