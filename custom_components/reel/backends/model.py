"""What do all kinds of sources tell about themselves?"""

from dataclasses import dataclass
from enum import StrEnum

from .item import ItemKind


class Kind(StrEnum):
    """The kinds of accounts and sources."""

    PLEX = "plex"
    JELLYFIN = "jellyfin"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Server:
    """A server as it introduces itself; `identity` is its own and never changes."""

    identity: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class User:
    """Who we are at a server or service."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True)
class Library:
    """A library as its server calls it: "Movies", "TV"; `identity` is the server's own."""

    identity: str
    name: str
    kinds: tuple[ItemKind, ...] = ()
    """What it holds, what contains before what is contained. Nothing where it is none that Reel can list."""
    stamp: str | None = None
    """Differs when the server says that its content changed."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who is asking: how Reel introduces itself. `identifier` is stable per account, or servers collect devices."""

    identifier: str
    version: str
    product: str = "Reel"
    device: str = "Home Assistant"
