"""How can a way into a source be disturbed? Each can be up, slow, silent or down, and is told so by name."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol, override

from tests.servers.faults import Failure, Fault, Hang, Slow
from tests.servers.server import Door, FakeServer

SLOW_SECONDS: Final = 2.0


class State(StrEnum):
    """How a way in is doing."""

    UP = "up"
    SLOW = "slow"
    SILENT = "silent"
    DOWN = "down"


FAILURES: Final[dict[State, Failure]] = {State.SLOW: Slow(SLOW_SECONDS), State.SILENT: Hang()}


class Way(Protocol):
    """A way into a source that can be disturbed."""

    states: tuple[State, ...]

    @property
    def address(self) -> str:
        """Where it leads."""

    @property
    def state(self) -> State:
        """How it is doing."""

    async def put(self, state: State) -> None:
        """Let it do otherwise."""


@dataclass(frozen=True, slots=True)
class DoorWay(Way):
    """A port of a server."""

    server: FakeServer
    door: Door
    states: tuple[State, ...] = tuple(State)

    @property
    @override
    def address(self) -> str:
        return self.server.url(self.door.name)

    @property
    @override
    def state(self) -> State:
        if not self.door.is_open:
            return State.DOWN
        if self.door.fault is None:
            return State.UP
        return State.SLOW if isinstance(self.door.fault.failure, Slow) else State.SILENT

    @override
    async def put(self, state: State) -> None:
        if state is State.DOWN:
            await self.server.shut(self.door.name)
            return
        failure = FAILURES.get(state)
        self.door.fault = Fault(failure) if failure else None
        self.server.let_go()
        await self.server.open(self.door.name)


@dataclass(frozen=True, slots=True)
class Disk(Way):
    """A folder that can be taken away, as a share that is not mounted."""

    path: Path
    states: tuple[State, ...] = (State.UP, State.DOWN)

    @property
    @override
    def address(self) -> str:
        return str(self.path)

    @property
    @override
    def state(self) -> State:
        return State.UP if self.path.exists() else State.DOWN

    @override
    async def put(self, state: State) -> None:
        here, away = self.path, self.path.with_name(f".{self.path.name} is away")
        if state is State.DOWN:
            here, away = away, here
        if away.exists():
            away.rename(here)
