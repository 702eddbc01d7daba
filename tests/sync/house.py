"""A source, its catalog and the engine between them, as tests of syncs need them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
import sqlite3

from custom_components.reel.backends.listing import Backend
from custom_components.reel.catalog import progress, sweeping
from custom_components.reel.sync.engine import SyncEngine
from custom_components.reel.sync.model import Counts, Failed, Idle, Mode, Outcome, Running, Step, Synced
from custom_components.reel.sync.run import Site

from .shelf import Source
from .store import ThreadStore

# Friday, 20 November 2026.
NOW = 1_795_132_800.0


@dataclass
class House:
    """One source and its catalog; several may share a store."""

    store: ThreadStore
    source: Source = field(default_factory=Source)
    backend: Backend | None = None
    """Who speaks to a server in the place of `source`."""
    key: str = "source-1"
    wanted: frozenset[str] | None = None
    keep_states: bool = False
    time: float = NOW
    steps: list[Step] = field(default_factory=list)
    news: list[Counts] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    _engine: SyncEngine | None = None

    @property
    def engine(self) -> SyncEngine:
        """The engine of the source."""
        if self._engine is None:
            self._engine = self.new_engine()
        return self._engine

    def new_engine(self) -> SyncEngine:
        """Return another one, as a restart makes it."""
        site = Site(
            source=self.key,
            ask=self._ask,
            store=self.store,
            now=lambda: self.time,
            wanted=self.wanted,
            keep_states=self.keep_states,
        )
        self._engine = SyncEngine(site, self.steps.append, self.news.append, sleep=self._sleep)
        return self._engine

    async def _ask[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        return await (operation(self.backend) if self.backend else self.source.ask(operation))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    async def sync(self, mode: Mode = Mode.FULL, library: str | None = None) -> Synced:
        """Run a sync that has to succeed."""
        outcome = await self.engine.sync(mode, library)
        assert isinstance(outcome, Synced), outcome
        return outcome

    async def fail(self, mode: Mode = Mode.FULL, library: str | None = None) -> Failed:
        """Run a sync that has to fail."""
        outcome: Outcome = await self.engine.sync(mode, library)
        assert isinstance(outcome, Failed), outcome
        return outcome

    async def items(self) -> dict[str, str]:
        """Return the library of each item in the catalog of this source."""
        rows = await self._rows(
            "SELECT item.identity, library.identity FROM item JOIN library ON library.id = item.library "
            "JOIN source ON source.id = item.source WHERE source.key = ?"
        )
        return {identity: library for identity, library in rows}  # noqa: C416  # of pairs, not of any tuples

    async def titles(self) -> dict[str, str]:
        """Return the title of each item."""
        rows = await self._rows(
            "SELECT identity, title FROM item JOIN source ON source.id = item.source WHERE source.key = ?"
        )
        return {identity: title for identity, title in rows}  # noqa: C416  # of pairs, not of any tuples

    async def watched(self) -> set[str]:
        """Return which items were watched."""
        found = await self._rows(
            "SELECT identity FROM user_state JOIN source ON source.id = user_state.source "
            "WHERE source.key = ? AND watched"
        )
        return {identity for (identity,) in found}

    async def members(self, identity: str) -> list[str]:
        """Return what a collection holds."""
        found = await self.store.read(
            lambda database: database.execute(
                "SELECT member.identity FROM member JOIN item ON item.id = member.list WHERE item.identity = ? "
                "ORDER BY member.position",
                (identity,),
            ).fetchall()
        )
        return [member for (member,) in found]

    async def held(self) -> set[str]:
        """Return what seems to be gone."""
        return await self.store.read(lambda database: sweeping.held(database, self.key))

    async def marks(self) -> dict[str, str | None]:
        """Return what the looks left for the next ones."""
        found = await self.store.read(lambda database: progress.marks(database, self.key))
        return {look: mark.mark for look, mark in found.items()}

    async def libraries(self) -> list[str]:
        """Return the libraries of the catalog."""
        found = await self.store.read(lambda database: progress.known_libraries(database, self.key))
        return [library.identity for library in found]

    def running(self) -> list[Running]:
        """Return the steps of syncs that were told so far."""
        return [step for step in self.steps if isinstance(step, Running)]

    def ends(self) -> list[Outcome | None]:
        """Return how the syncs ended that were told."""
        return [step.last for step in self.steps if isinstance(step, Idle)]

    async def _rows(self, query: str) -> list[tuple[str, ...]]:
        def work(database: sqlite3.Connection) -> list[tuple[str, ...]]:
            return database.execute(query, (self.key,)).fetchall()

        return await self.store.read(work)
