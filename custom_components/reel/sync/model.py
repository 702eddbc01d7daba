"""What is a sync, where does it stand, and how did it end?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
import sqlite3
from typing import Final, Protocol

from ..backends.errors import (
    Busy,
    Garbled,
    Missing,
    NotAllowed,
    Offline,
    SignInRefused,
    SourceError,
    Unreachable,
    Unsuitable,
)
from ..backends.listing import Backend


class Ask(Protocol):
    """Takes a question to the source, over a connection that works."""

    async def __call__[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        """Return what the operation returns; raises `SourceError`."""


class Store(Protocol):
    """The catalog, in whatever threads it lives; both raise `sqlite3.Error`."""

    async def write[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns in the one thread that writes."""

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns beside it."""


class Mode(StrEnum):
    """How much of a source is read."""

    FULL = "full"
    INCREMENTAL = "incremental"
    LIBRARY = "library"


class Reason(StrEnum):
    """Why a sync, or a part of it, failed."""

    OFFLINE = "offline"
    SIGN_IN = "sign_in"
    UNSUITABLE = "unsuitable"
    NOT_ALLOWED = "not_allowed"
    UNREACHABLE = "unreachable"
    BUSY = "busy"
    GARBLED = "garbled"
    MISSING = "missing"
    CATALOG = "catalog"
    """Our own file could not be written or read."""
    OTHER = "other"


# The most special first.
_REASONS: Final[tuple[tuple[type[Exception], Reason], ...]] = (
    (Offline, Reason.OFFLINE),
    (SignInRefused, Reason.SIGN_IN),
    (NotAllowed, Reason.NOT_ALLOWED),
    (Unsuitable, Reason.UNSUITABLE),
    (Unreachable, Reason.UNREACHABLE),
    (Busy, Reason.BUSY),
    (Garbled, Reason.GARBLED),
    (Missing, Reason.MISSING),
    (sqlite3.Error, Reason.CATALOG),
)


def reason_of(error: Exception) -> Reason:
    """Return what an error means to a sync."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), Reason.OTHER)


def ends_all(error: SourceError) -> bool:
    """Tell whether an error is one of the whole source, so that asking for the next list would be in vain."""
    if isinstance(error, NotAllowed):
        return False
    return isinstance(error, Offline | SignInRefused | Unsuitable)


@dataclass(frozen=True, slots=True)
class Failure:
    """A library that could not be read to its end."""

    library: str
    reason: Reason
    error: SourceError | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a sync did to the catalog."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    held: int = 0
    """How many items seem gone, too many to believe it at once: they stay until a second full sync agrees."""
    states: int = 0
    """Of how many items it is new what the user did with them."""
    newcomers: tuple[str, ...] = ()
    """Which items were added, the first hundred of them; none where the source was read for the first time."""

    def __bool__(self) -> bool:
        return bool(self.added or self.updated or self.removed or self.states)


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """Everything was read, but for what is in `partial`."""

    mode: Mode
    seconds: float
    counts: Counts
    partial: tuple[Failure, ...] = ()
    library: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It ended before its time; what was read until then is kept, and a full sync goes on from there."""

    mode: Mode
    seconds: float
    counts: Counts
    reason: Reason
    error: Exception | None = field(default=None, compare=False)
    library: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Somebody ended it; the same holds."""

    mode: Mode
    seconds: float
    counts: Counts
    library: str | None = None


type Outcome = Synced | Failed | Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A sync is under way. `library` is the one that is being read; `percent` never runs backwards."""

    mode: Mode
    started: float
    library: str | None = None
    done: int = 0
    total: int = 0
    """How many items there are to read, as far as the source told."""
    percent: int = 0
    rate: float = 0.0
    """Items a second."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is under way; `last` is how the last sync ended that this process knows of."""

    last: Outcome | None = None


type Step = Idle | Running
