"""What does a client call the key that somebody wants to press?"""

from collections.abc import Mapping
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .backends.clients import Client
from .const import DOMAIN

# What people call keys, and what servers call these.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "up": ("moveUp",),
    "down": ("moveDown",),
    "left": ("moveLeft",),
    "right": ("moveRight",),
    "home": ("goHome",),
    "menu": ("contextMenu", "toggleContextMenu"),
}


def key_of(client: Client, wanted: str) -> str:
    """Return what a client calls a key; raises `ServiceValidationError` for one that it does not have."""
    known = {key.casefold(): key for key in client.keys}
    for name in (wanted, *ALIASES.get(wanted.casefold(), ())):
        if name.casefold() in known:
            return known[name.casefold()]
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="unknown_key",
        translation_placeholders={"client": client.name, "key": wanted, "keys": ", ".join(client.keys)},
    )


def not_switchable(client: Client) -> HomeAssistantError:
    """Return the error of a client that was to be switched on or off."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="not_switchable", translation_placeholders={"client": client.name}
    )
