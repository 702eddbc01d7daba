"""Who is there?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from .errors import Cause, ForeignServer, SourceError
from .model import Connection

type Probe = Callable[[Connection], Awaitable[None]]
"""Returns when the right server answered; raises `SourceError` when it did not. Cancelling it closes its socket."""


class Prober(Protocol):
    """Speaks to one source over any of its connections, just enough to know it."""

    async def identify(self, connection: Connection) -> str:
        """Return who answers there. Carries no credentials, since it may be anybody. Raises `SourceError`."""

    async def prove(self, connection: Connection) -> None:
        """Make one authenticated request over a connection whose identity was checked.

        Raises `SignInRefused` when the source does not accept our credentials, else `SourceError`.
        """


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one connection answered: in so many milliseconds, or with an error."""

    connection: Connection
    response_ms: float | None = None
    error: SourceError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the right server answered."""
        return self.error is None

    @property
    def cause(self) -> Cause | None:
        """Why it failed; None for a success."""
        return self.error.cause if self.error else None


def identity_probe(prober: Prober, identity: str) -> Probe:
    """Return the probe that succeeds only where the server with this identity answers."""

    async def probe(connection: Connection) -> None:
        if await prober.identify(connection) != identity:
            raise ForeignServer

    return probe
