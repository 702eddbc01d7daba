"""Time that stands still until a test moves it, and servers that answer when the test says so."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from itertools import count

from custom_components.reel.connection.errors import Cause, SourceError, Unreachable
from custom_components.reel.connection.model import Clock, Connection

# How often the loop turns before it counts as settled; a race needs a handful of turns for one answer.
TURNS = 50
LOCAL = Connection.at("http://192.168.1.10:32400", local=True)
OTHER_LOCAL = Connection.at("http://10.0.0.7:32400", local=True)
REMOTE = Connection.at("https://203-0-113-9.0123456789abcdef0123456789abcdef.plex.direct:32400")
OTHER_REMOTE = Connection.at("https://media.example.org")
RELAY = Connection.at("https://198-51-100-4.0123456789abcdef0123456789abcdef.plex.direct:8443", relay=True)
IDENTITY = "9f3c0f1f7d8c4c1b8f0e6f7a5b4c3d2e1f0a9b8c"


@dataclass(slots=True)
class Simulation:
    """A clock that moves from one sleeper to the next, as far as it is told to."""

    now: float = 1_000_000.0
    sleepers: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    @property
    def clock(self) -> Clock:
        """The clock that the core is given."""
        return Clock(wall=lambda: self.now, monotonic=lambda: self.now, sleep=self.sleep)

    def sleep(self, seconds: float) -> Awaitable[None]:
        """Return a future that is done once the time has come."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.now + seconds, next(self._numbers), future))
        return future

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        for _ in range(TURNS):
            await asyncio.sleep(0)

    async def pass_time(self, seconds: float) -> None:
        """Move on, and wake everybody in turn; those of one instant wake together."""
        end = self.now + seconds
        await self.settle()
        while due := [sleeper for sleeper in self.sleepers if sleeper[0] <= end and not sleeper[2].done()]:
            self.now = min(due)[0]
            for when, _, future in due:
                if when == self.now and not future.done():
                    future.set_result(None)
            await self.settle()
            self.sleepers = [sleeper for sleeper in self.sleepers if not sleeper[2].done()]
        self.now = end

    async def finish[T](self, work: Coroutine[object, object, T]) -> T:
        """Move on until the work is done, and return its result."""
        task = asyncio.ensure_future(work)
        await self.settle()
        while not task.done():
            assert self.sleepers, "nobody will ever wake this work"
            await self.pass_time(min(self.sleepers)[0] - self.now)
            self.sleepers = [sleeper for sleeper in self.sleepers if not sleeper[2].done()]
        return task.result()


@dataclass(slots=True)
class Answer:
    """How a connection behaves: after so many seconds it tells an identity or fails; None never answers."""

    after: float | None = 0.0
    identity: str = IDENTITY
    error: SourceError | None = None


def refuses(after: float = 0.0) -> Answer:
    """Return the answer of a closed port."""
    return Answer(after, error=Unreachable(Cause.REFUSED))


SILENT = Answer(after=None)


@dataclass(slots=True)
class World:
    """All servers of a test, as a prober meets them; it notes who was asked for what, and counts who is waiting."""

    simulation: Simulation
    answers: dict[Connection, Answer] = field(default_factory=dict)
    proofs: dict[Connection, SourceError] = field(default_factory=dict)
    asked: list[Connection] = field(default_factory=list)
    proved: list[Connection] = field(default_factory=list)
    in_flight: int = 0
    most_in_flight: int = 0

    async def identify(self, connection: Connection) -> str:
        """Answer as told."""
        self.asked.append(connection)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            answer = self.answers.get(connection, SILENT)
            if answer.after is None:
                await asyncio.get_running_loop().create_future()
            elif answer.after:
                await self.simulation.sleep(answer.after)
        finally:
            self.in_flight -= 1
        if answer.error:
            raise answer.error
        return answer.identity

    async def prove(self, connection: Connection) -> None:
        """Accept the credentials, unless told otherwise."""
        self.proved.append(connection)
        if connection in self.proofs:
            raise self.proofs[connection]


type Behaviour = Mapping[Connection, Answer]
type MakeWorld = Callable[[Behaviour], World]
