"""Which connection answers, if all are asked at once?"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import Cause, SourceError, Unreachable
from .model import Clock, Connection, Quality
from .probe import Attempt, Probe

# Long enough for a sleepy disk or a satellite line, short enough to be waited for.
TIMEOUT: Final = 3.0
# A server with containers and tunnels advertises dozens of addresses; a router should not meet all at once.
MOST_IN_FLIGHT: Final = 16
# How long a lesser success waits for a better one that has not answered yet.
GRACE: Final = {Quality.LOCAL: 0.25, Quality.REMOTE: 0.25, Quality.RELAY: 0.5}

type Rank = Callable[[Connection], int]
"""How good a connection would be if it answered; lower is better."""


def by_quality(connection: Connection) -> int:
    """Rank by quality alone."""
    return connection.quality.rank


@dataclass(frozen=True, slots=True)
class Result:
    """The winner of a race, if any, and how everybody fared who answered before it was over."""

    winner: Attempt | None
    attempts: tuple[Attempt, ...]


async def race(
    candidates: Sequence[Connection],
    probe: Probe,
    clock: Clock,
    *,
    rank: Rank = by_quality,
    weak: Collection[Connection] = (),
    timeout: float = TIMEOUT,  # noqa: ASYNC109  # the race itself is what is timed, and it has a result when time is up
) -> Result:
    """Ask all candidates at once, in their order where it matters, and return the best that answers.

    The first success of the best rank still possible wins at once. A lesser one is taken when its grace has passed
    without a better one. The `weak` take part like everybody, but nobody waits for them. Whoever has not answered by
    then is cancelled and awaited: nothing is left behind. Raises only what a probe should not have raised.
    """
    track = _Track(list(candidates), probe, clock, rank, weak)
    track.start_timer("timeout", timeout)
    try:
        while track.fill() and not track.decided:
            await track.next_event()
        return track.result()
    finally:
        await track.clear()


async def survey(candidates: Sequence[Connection], probe: Probe, clock: Clock) -> tuple[Attempt, ...]:
    """Ask all candidates at once, wait for every answer, and return them in the order of the candidates."""
    gate = asyncio.Semaphore(MOST_IN_FLIGHT)

    async def ask(connection: Connection) -> Attempt:
        async with gate:
            result = await race([connection], probe, clock)
        return result.attempts[0]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(connection)) for connection in candidates]
    return tuple(task.result() for task in tasks)


@dataclass(slots=True)
class _Track:
    """A race while it is on."""

    waiting: list[Connection]
    probe: Probe
    clock: Clock
    rank: Rank
    weak: Collection[Connection]
    running: dict[asyncio.Task[Attempt], Connection] = field(default_factory=dict)
    timers: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    best: Attempt | None = None
    time_is_up: bool = False

    @property
    def decided(self) -> bool:
        """Whether nobody still out there could be preferred, or the waiting is over."""
        if self.time_is_up or self.best is None:
            return self.time_is_up
        best = self.rank(self.best.connection)
        hopes = [each for each in (*self.running.values(), *self.waiting) if each not in self.weak]
        return all(self.rank(each) >= best for each in hopes)

    def fill(self) -> bool:
        """Start as many as may run at once; tell whether anybody runs."""
        while self.waiting and len(self.running) < MOST_IN_FLIGHT:
            connection = self.waiting.pop(0)
            self.running[asyncio.ensure_future(self._attempt(connection))] = connection
        return bool(self.running)

    def start_timer(self, name: str, seconds: float) -> None:
        """End the race after so many seconds, with what it has by then."""
        if former := self.timers.pop(name, None):
            former.cancel()
        self.timers[name] = asyncio.ensure_future(self.clock.sleep(seconds))

    async def next_event(self) -> None:
        """Wait for an answer or a timer and take note of it."""
        done, _ = await asyncio.wait(self._pending(), return_when=asyncio.FIRST_COMPLETED)
        # Those who answered in the same instant are taken in the order of the candidates, not as they happen to come.
        answers = [task.result() for task in list(self.running) if task in done]
        self.running = {task: connection for task, connection in self.running.items() if task not in done}
        self._note(answers)
        self.time_is_up = any(timer.done() for timer in self.timers.values())

    def result(self) -> Result:
        """Return how it ended. Without a winner, those who had all the time and said nothing have failed."""
        silent = [] if self.best else [Attempt(c, error=Unreachable(Cause.SILENT)) for c in self.running.values()]
        return Result(self.best, (*self.attempts, *silent))

    async def clear(self) -> None:
        """Cancel whoever has not answered, and the timers, and wait until they are gone."""
        left = self._pending()
        for task in left:
            task.cancel()
        # A loser may still win between the decision and its cancellation: its result is not ours to use.
        await asyncio.gather(*left, return_exceptions=True)

    def _pending(self) -> list[asyncio.Future[Any]]:
        return [*self.running, *self.timers.values()]

    def _note(self, answers: Iterable[Attempt]) -> None:
        for attempt in answers:
            self.attempts.append(attempt)
            if attempt.succeeded and self._beats_the_best(attempt):
                self.best = attempt
                self.start_timer("grace", GRACE[attempt.connection.quality])

    def _beats_the_best(self, attempt: Attempt) -> bool:
        return self.best is None or self.rank(attempt.connection) < self.rank(self.best.connection)

    async def _attempt(self, connection: Connection) -> Attempt:
        started = self.clock.monotonic()
        try:
            await self.probe(connection)
        except SourceError as error:
            return Attempt(connection, error=error)
        return Attempt(connection, response_ms=(self.clock.monotonic() - started) * 1000)
