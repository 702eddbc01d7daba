"""How does an operation get a connection that works, and another one when that fails?"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Final

from .backoff import BreakerState
from .cache import ConnectionCache
from .change import Event, Reason
from .errors import Cause, Offline, SignInRefused, Unreachable, Unsuitable
from .model import Clock, Connection, Status
from .probe import Attempt, Prober
from .rounds import Rounds, Target
from .schedule import is_fresh, is_proof_due, is_worth_warming, latest_proof, next_check
from .single_flight import SingleFlight
from .state import SourceState, confirm, suspect

# A second answer within so many seconds says nothing that the first did not, and is not worth telling everybody.
NEWS_AFTER: Final = 5.0
# Every usual request has answered by then; from then on the connection itself is asked whether it still lives.
DOUBT_AFTER: Final = 1.0
# What is refused so soon after a proof is refused for what it is, not for who asks: some things are for owners only.
PROOF_HOLDS: Final = 300.0


class Connector:
    """Keeps one source connected. It owns the rounds under way; what they learn goes into the cache.

    One round at a time: whoever needs a connection meanwhile waits for that round. `on_step` hears of every new state,
    with the event that it was, if it was one.
    """

    def __init__(
        self,
        target: Target,
        prober: Prober,
        cache: ConnectionCache,
        clock: Clock,
        on_step: Callable[[SourceState, Event | None], None],
    ) -> None:
        self._rounds = Rounds(target, prober, cache, clock, on_step)
        self._clock = clock
        self._flight = SingleFlight()
        self._left_out: float | None = None
        """When the connection last worked, where the check after that is left out."""

    @property
    def state(self) -> SourceState:
        """All that is known about reaching the source."""
        return self._rounds.state

    @property
    def target(self) -> Target:
        """What is to be reached, and how."""
        return self._rounds.target

    def next_check(self) -> float:
        """Return the wall time at which `check` is due; it may be in the past."""
        state = self.state
        if not state.is_reached or state.current is None:
            return state.breaker.retry_at
        if state.checked_at is None or state.looked_at is None or state.proved_at is None:
            return self._clock.wall()
        # Answers prove that a connection lives, not that there is none better, nor that our token does.
        quality, intervals = state.current.quality, self.target.policy.intervals
        due = next_check(quality, state.checked_at if self.is_content else state.looked_at, intervals)
        if self.is_content and state.checked_at == self._left_out:
            due = next_check(quality, due, intervals)
        return min(due, latest_proof(quality, state.proved_at, intervals))

    @property
    def is_content(self) -> bool:
        """Whether nothing better than the connection in use could be found."""
        return self.state.current is not None and self.target.policy.is_content_with(self.state.current)

    @property
    def beyond_doubt(self) -> Connection | None:
        """The connection in use if any answer over it is worth a check, and may carry a token.

        None where something better may be found, where there is doubt, or where the next check has to prove our token.
        """
        current = self.state.current
        if current is None or self.state.status is not Status.CONNECTED or not self.is_content:
            return None
        return current if self.answered_lately(current) and not self.is_proof_due() else None

    def answered_lately(self, connection: Connection) -> bool:
        """Tell whether a connection is in use and no check of it was missed: anybody may have the address by now."""
        return connection == self.state.current and self._rounds.answered_lately()

    async def connect(self) -> Connection:
        """Return a connection that works, without any request if one was good a moment ago.

        Raises `Offline` when none does, `SignInRefused` when the source does not accept our credentials, and
        `Unsuitable` when it is none we can work with.
        """
        if not self._is_usable():
            if self.state.breaker.state(self._clock.wall()) is BreakerState.OPEN:
                raise Offline
            await self._flight.join(self._rounds.look_after)
        return self._connection_in_use()

    async def run[T](
        self,
        operation: Callable[[Connection], Awaitable[T]],
        *,
        repeatable: bool = True,
        over: Connection | None = None,
    ) -> T:
        """Return what the operation returns over a connection that works, `over` one that is beyond doubt if given.

        When that connection fails meanwhile, or falls silent while another one answers, the operation is repeated once
        over a new one; `repeatable` must be False where that could do harm. Raises what `connect` and the operation do.
        """
        connection = over or await self.connect()
        try:
            return await self._perform(operation, connection, watched=repeatable)
        except Unreachable as error:
            self._rounds.put((suspect(self.state, connection, self._clock.wall(), error.cause), None))
            if not repeatable:
                raise
        return await self._perform(operation, await self.connect(), watched=False)

    async def check(self) -> None:
        """Look after the connection, as the schedule wants it: is it alive, is there a better one?"""
        await self._flight.join(self._rounds.look_after)
        await self._rounds.meet_strangers()

    def leave_out_check(self) -> None:
        """Let the check that is due now not be, unless something raises doubt: its price went into something else."""
        self._left_out = self.state.checked_at

    def is_proof_due(self) -> bool:
        """Tell whether the next check has to find out if our credentials are still accepted."""
        return is_proof_due(self.state.proved_at, self._clock.wall())

    def forget_proof(self) -> None:
        """Take note that our credentials may not be what they were: the next check, due now, finds out."""
        self._rounds.put((replace(self.state, proved_at=None), None))

    def warm_up(self) -> None:
        """Look after the connection now if it is about to be used and its last check is not recent; waits for nothing.

        An open breaker is left open: somebody who may watch something is no reason to storm a dead server.
        """
        state, now = self.state, self._clock.wall()
        if state.breaker.state(now) is BreakerState.OPEN:
            return
        quality, checked_at = state.quality, state.checked_at
        if (
            quality is None
            or checked_at is None
            or is_worth_warming(quality, checked_at, now, self.target.policy.intervals)
        ):
            self._flight.start(self._rounds.look_after)

    async def test(self) -> tuple[Attempt, ...]:
        """Try every connection, even those in backoff, settle on the best, and tell how each of them did."""
        attempts: tuple[Attempt, ...] = ()

        async def work() -> None:
            nonlocal attempts
            attempts = await self._rounds.survey()
            await self._rounds.settle(attempts)

        await self._flight.alone(work)
        return attempts

    async def retarget(self, target: Target) -> None:
        """Use other connections or another policy from now on; look for the best of them unless all stays as it is."""
        former, self._rounds.target = self.target, target
        if target.policy != former.policy:
            await self._flight.alone(partial(self._rounds.find, Reason.PREFERENCE))
        elif target.connections != former.connections:
            await self._flight.alone(partial(self._rounds.find, Reason.REDISCOVERY))

    def heard(self, connection: Connection) -> None:
        """Take note that something just came over this connection: an answer, or a word from a push channel."""
        now, checked_at = self._clock.wall(), self.state.checked_at
        if connection != self.state.current or checked_at is None or not 0 <= now - checked_at < NEWS_AFTER:
            self._rounds.put((confirm(self.state, connection, now), None))

    def distrust(self, connection: Connection) -> None:
        """Take note that there is reason to doubt a connection: it is checked before it is used again."""
        if connection == self.state.current:
            self._rounds.put((replace(self.state, checked_at=None), None))

    async def close(self) -> None:
        """End the round under way, if any."""
        await self._flight.close()

    def _is_usable(self) -> bool:
        state, policy = self.state, self.target.policy
        if state.status is not Status.CONNECTED or state.current is None or state.checked_at is None:
            return False
        fresh = is_fresh(state.current.quality, state.checked_at, self._clock.wall(), policy.intervals)
        return fresh and policy.trust_cached_checks

    def _connection_in_use(self) -> Connection:
        state = self.state
        match state.status:
            case Status.CONNECTED if state.current is not None:
                return state.current
            case Status.NEEDS_AUTH:
                raise SignInRefused
            case Status.ERROR:
                raise Unsuitable
            case _:
                raise Offline

    async def _perform[T](
        self, operation: Callable[[Connection], Awaitable[T]], connection: Connection, *, watched: bool
    ) -> T:
        running = asyncio.ensure_future(operation(connection))
        try:
            if watched and await self._falls_silent(running, connection):
                raise Unreachable(Cause.SILENT)
            result = await running
        except SignInRefused:
            self._doubt_credentials()
            raise
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        self.heard(connection)
        return result

    def _doubt_credentials(self) -> None:
        """Have it found out whether our credentials died, since something was refused."""
        proved_at = self.state.proved_at
        if proved_at is not None and self._clock.wall() - proved_at >= PROOF_HOLDS:
            self.forget_proof()

    async def _falls_silent[T](self, running: asyncio.Future[T], connection: Connection) -> bool:
        """Wait for an answer; when none comes for long, tell whether another connection is in use by now.

        A slow answer over a living connection is waited for: only asking the server who it is tells the two apart.
        """
        doubt = asyncio.ensure_future(self._doubt())
        try:
            await asyncio.wait((running, doubt), return_when=asyncio.FIRST_COMPLETED)
            if doubt.done():
                doubt.result()
            return not running.done() and self.state.current != connection
        finally:
            doubt.cancel()
            await asyncio.gather(doubt, return_exceptions=True)

    async def _doubt(self) -> None:
        await self._clock.sleep(DOUBT_AFTER)
        await self._flight.join(partial(self._rounds.find, Reason.FAILOVER))
