"""What is a connection, and what do we know about it?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from .errors import Cause


class Quality(StrEnum):
    """How good a way in is; the members stand in order, best first."""

    LOCAL = "local"
    REMOTE = "remote"
    RELAY = "relay"

    @property
    def rank(self) -> int:
        """0 for the best."""
        return tuple(Quality).index(self)


class Origin(StrEnum):
    """Who told us of a connection."""

    DISCOVERED = "discovered"
    USER = "user"
    LAN = "lan"


class Status(StrEnum):
    """How a source is doing."""

    CONNECTED = "connected"
    OFFLINE = "offline"
    NEEDS_AUTH = "needs_auth"
    ERROR = "error"


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One way to reach a source. The URI, without a trailing slash, tells connections of one source apart.

    `local` is the server's own word for "a private address": it earns nothing until a probe succeeds.
    """

    uri: str
    protocol: str
    address: str
    port: int
    local: bool = False
    relay: bool = False
    origin: Origin = Origin.DISCOVERED

    @classmethod
    def at(
        cls, uri: str, *, local: bool = False, relay: bool = False, origin: Origin = Origin.DISCOVERED
    ) -> Connection:
        """Return the connection of a URI, whose parts it spells out; raises ValueError for an impossible port."""
        parts = urlsplit(uri)
        return cls(
            uri=uri.rstrip("/"),
            protocol=parts.scheme,
            address=parts.hostname or "",
            port=parts.port or _DEFAULT_PORTS.get(parts.scheme, 0),
            local=local,
            relay=relay,
            origin=origin,
        )

    @property
    def quality(self) -> Quality:
        """Local comes first: a local connection flagged as relay is still local."""
        if self.local:
            return Quality.LOCAL
        return Quality.RELAY if self.relay else Quality.REMOTE


@dataclass(frozen=True, slots=True)
class Health:
    """What we learnt about a connection; `available` is None until it was tested."""

    available: bool | None = None
    response_ms: float | None = None
    failures: int = 0
    last_tested: float | None = None
    cause: Cause | None = None
    """Why it does not work; None while it does, and where nobody knows."""

    def answered(self, now: float, response_ms: float | None = None) -> Health:
        """Return the health after an answer; without a measurement the last one stands."""
        known_ms = self.response_ms if response_ms is None else response_ms
        return Health(available=True, response_ms=known_ms, last_tested=now)

    def failed(self, now: float, cause: Cause | None = None) -> Health:
        """Return the health after a failure."""
        return replace(self, available=False, failures=self.failures + 1, last_tested=now, cause=cause)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as an argument: what the wall says, what a stopwatch says, and how to wait (all in seconds)."""

    wall: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
