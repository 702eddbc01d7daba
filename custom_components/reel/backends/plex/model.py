"""What does Plex have that others do not?"""

from dataclasses import dataclass, field
from enum import StrEnum

from ...connection.model import Connection
from ..model import Server, User


class Ownership(StrEnum):
    """Whose server it is; the members stand in order of preference."""

    OWNED = "owned"
    HOME = "home"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Pin:
    """A sign-in waiting for its user. Whoever knows identifier and code can take the token: both stay out of logs."""

    identifier: str = field(repr=False)
    code: str = field(repr=False)
    expires_in: float
    """Seconds."""


@dataclass(frozen=True, slots=True)
class Share:
    """A server an account may use, with every way plex.tv knows to reach it, and the token for this server alone."""

    server: Server
    token: str = field(repr=False)
    ownership: Ownership
    owner: str | None
    connections: tuple[Connection, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a Plex Home; who is protected can only be switched to with a PIN."""

    user: User
    protected: bool
