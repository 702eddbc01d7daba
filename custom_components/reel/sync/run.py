"""What does a sync work with, and what did it do so far?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import sqlite3
from typing import Final

from ..backends.errors import SourceError
from ..backends.listing import Backend
from ..backends.model import Library
from ..catalog.writing import Written
from .halt import Halt
from .model import Ask, Counts, Failure, Mode, Running, Store, ends_all, reason_of
from .pace import Pace

# How many newcomers are named; more of them are no news but a new library.
_NAMED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The two ends of every sync of a source, and what its user wants of it."""

    source: str
    ask: Ask
    store: Store
    now: Callable[[], float]
    wanted: frozenset[str] | None = None
    """Which libraries to keep; None for all."""
    keep_states: bool = False
    """Whether what was watched outlives the items: where the catalog is its only home."""
    on_begin: Callable[[], None] = lambda: None
    """Called before anything is asked: what was found out for a former sync is old."""

    def wants(self, library: Library) -> bool:
        """Tell whether a library is to be kept."""
        return bool(library.kinds) and (self.wanted is None or library.identity in self.wanted)


@dataclass(slots=True)
class Tally:
    """What a sync did so far."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    held: int = 0
    states: int = 0
    newcomers: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def note(self, written: Written) -> None:
        """Count what became of some items."""
        self.added += len(written.added)
        self.updated += len(written.updated)
        self.states += len(written.states)
        self.newcomers += written.added[: _NAMED - len(self.newcomers)]

    def counts(self, *, first: bool = False) -> Counts:
        """Return all of it; where a source is read for the first time, nobody is a newcomer."""
        return Counts(
            added=self.added,
            updated=self.updated,
            removed=self.removed,
            held=self.held,
            states=self.states,
            newcomers=() if first else tuple(self.newcomers),
        )


class Run:
    """One sync under way."""

    def __init__(self, site: Site, halt: Halt, mode: Mode, on_step: Callable[[Running], None]) -> None:
        self.site = site
        self.tally = Tally()
        self.pace = Pace(mode, site.now, on_step)
        self.first = False
        """Whether the source is read for the first time."""
        self._halt = halt

    @property
    def source(self) -> str:
        """The key of the source."""
        return self.site.source

    @property
    def counts(self) -> Counts:
        """What was done to the catalog."""
        return self.tally.counts(first=self.first)

    async def ask[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        """Return what the operation returns; raises `SourceError`, and `Halted` once the sync is called off."""
        return await self._halt.unless(lambda: self.site.ask(operation))

    async def write[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns; it is done to its end."""
        return await self.site.store.write(work)

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Return what the work returns."""
        return await self.site.store.read(work)

    def excuse(self, library: str, error: SourceError) -> None:
        """Take note that a library could not be read to its end; raises an error that is one of the whole source."""
        if ends_all(error):
            raise error
        failure = Failure(library, reason_of(error), error)
        if failure not in self.tally.failures:
            self.tally.failures.append(failure)

    @property
    def error(self) -> SourceError | None:
        """What went wrong first, with a part of the source."""
        return next((failure.error for failure in self.tally.failures), None)

    def is_read(self, library: str) -> bool:
        """Tell whether nothing went wrong with a library so far."""
        return all(failure.library != library for failure in self.tally.failures)
