"""What is done when a source's connection is looked after?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .cache import ConnectionCache
from .change import Event, Reason
from .errors import SignInRefused, SourceError, Unsuitable
from .find import find
from .model import Clock, Connection, Status
from .policy import Policy
from .predict import order
from .probe import Attempt, Probe, Prober, identity_probe
from .race import survey
from .rival import Rival
from .schedule import is_proof_due, is_recent
from .score import score
from .state import SourceState, Step, learn, lose, stay, take


@dataclass(frozen=True, slots=True)
class Target:
    """The source to reach: our key for it, who must answer, and the ways to try."""

    key: str
    identity: str
    connections: tuple[Connection, ...]
    policy: Policy = field(default_factory=Policy)

    def candidates(self) -> list[Connection]:
        """Return the connections the user allows."""
        return [connection for connection in self.connections if self.policy.allows(connection)]


class Rounds:
    """The rounds of one source, to be run one at a time: each ends in a state that says how the source is reached."""

    def __init__(
        self,
        target: Target,
        prober: Prober,
        cache: ConnectionCache,
        clock: Clock,
        on_step: Callable[[SourceState, Event | None], None],
    ) -> None:
        self.target = target
        self._prober = prober
        self._cache = cache
        self._clock = clock
        self._on_step = on_step

    @property
    def state(self) -> SourceState:
        """All that is known about reaching the source."""
        return self._cache.get(self.target.key)

    def put(self, step: Step) -> None:
        """Make a step: keep the state, and tell."""
        state, event = step
        self._cache.put(self.target.key, state)
        self._on_step(state, event)

    async def look_after(self) -> None:
        """Check the current connection, look for a better one unless it is the best, find one if there is none."""
        state, current = self.state, self.state.current
        if state.resumed and current in self.target.candidates() and await self._resume(current):
            return
        if state.status is not Status.CONNECTED or current is None or state.checked_at is None:
            await self.find(Reason.FAILOVER)
            return
        proof_is_due = self._is_proof_due()
        if not self.target.policy.is_content_with(current):
            await self.settle(await self.survey())
        elif not proof_is_due or not self.answered_lately():
            # What a missed check would have found out comes first; the proof takes the place of the next.
            await self.settle(await survey([current], self._probe(), self._clock))
            return
        if proof_is_due:
            await self._prove_again()

    async def _resume(self, connection: Connection) -> bool:
        """Go on where an earlier run ended, for one question instead of a race; tell whether that worked."""
        (attempt,) = await survey([connection], self._probe(), self._clock)
        self._learn([attempt])
        return attempt.succeeded and await self._accept(connection, Reason.FAILOVER)

    def _is_proof_due(self) -> bool:
        return is_proof_due(self.state.proved_at, self._clock.wall())

    def answered_lately(self) -> bool:
        """Tell whether no check was missed: if one was, anybody may have the address, and must not see a token."""
        state, intervals = self.state, self.target.policy.intervals
        if state.current is None or state.checked_at is None:
            return False
        return is_recent(state.current.quality, state.checked_at, self._clock.wall(), intervals)

    async def meet_strangers(self) -> None:
        """Hear out connections that never were, since others were faster: a failover has to know who is there."""
        strangers = [each for each in self.target.candidates() if self.state.health_of(each).available is None]
        if strangers and self.state.status is Status.CONNECTED:
            self._learn(await survey(strangers, self._probe(), self._clock))

    async def _prove_again(self) -> None:
        """Find out whether our credentials are still accepted, unless a switch did: as good as a check, at its price.

        Only a yes counts. A no may be anybody's by now, and is believed once the server said again who it is.
        """
        state = self.state
        if state.status is not Status.CONNECTED or state.current is None or not self._is_proof_due():
            return
        try:
            await self._prober.prove(state.current)
        except SourceError:
            await self.find(Reason.FAILOVER)
            return
        now = self._clock.wall()
        self.put((replace(self.state, checked_at=now, proved_at=now), None))

    async def survey(self) -> tuple[Attempt, ...]:
        """Ask every connection who is there, and return how each of them did."""
        candidates = order(self.target.candidates(), self.state.records, self.target.policy.rank)
        return await survey(candidates, self._probe(), self._clock)

    async def settle(self, attempts: Sequence[Attempt]) -> None:
        """Stay, or switch to something better; if the current connection failed, find another."""
        self._learn(attempts)
        answered = {attempt.connection: attempt for attempt in attempts if attempt.succeeded}
        current = self.state.current
        if self.state.status is not Status.CONNECTED or current not in answered:
            await self.find(Reason.FAILOVER)
            return
        better = min(answered, key=self._standing)
        if self._rank(better) < self._rank(current):
            pinned = better.uri == self.target.policy.pinned
            if await self._accept(better, Reason.PREFERENCE if pinned else Reason.UPGRADE):
                return
        await self._stay(current, answered)

    async def _stay(self, current: Connection, answered: Mapping[Connection, Attempt]) -> None:
        """Keep the connection, unless another of its quality was clearly faster for a while."""
        rival = self._fastest_rival(current, answered)
        wins = Rival()
        if rival is not None:
            wins = self.state.rival.after(rival.uri, _ms(answered[rival]), _ms(answered[current]))
            if wins.takes_over and await self._accept(rival, Reason.UPGRADE):
                return
        self.put((stay(self.state, wins, self._clock.wall()), None))

    def _fastest_rival(self, current: Connection, answered: Mapping[Connection, Attempt]) -> Connection | None:
        rivals = [each for each in answered if each != current and self._rank(each) == self._rank(current)]
        return min(rivals, key=lambda each: _ms(answered[each]), default=None)

    async def find(self, reason: Reason) -> None:
        """Find a way in among all connections and prove our credentials there; nobody there means offline."""
        candidates = order(self.target.candidates(), self.state.records, self.target.policy.rank)
        weak = [each for each in candidates if self._is_weak(each)]
        while candidates:
            result = await find(candidates, self._probe(), self._clock, rank=self._rank_of_habit, weak=weak)
            self._learn(result.attempts)
            if result.winner is None:
                if self._settle_for_unsuitable(result.attempts, reason):
                    return
                break
            if await self._accept(result.winner.connection, reason):
                return
            candidates.remove(result.winner.connection)
        self.put(lose(self.state, self._clock.wall()))

    def _settle_for_unsuitable(self, attempts: Sequence[Attempt], reason: Reason) -> bool:
        """Say why a server that answers cannot be used, if that is all that answers; tell whether it is."""
        for attempt in attempts:
            if isinstance(attempt.error, Unsuitable):
                step = take(
                    self.state, attempt.connection, reason, self._clock.wall(), Status.ERROR, attempt.error.cause
                )
                self.put(step)
                return True
        return False

    async def _accept(self, connection: Connection, reason: Reason) -> bool:
        """Prove our credentials over a connection and use it from now on; tell whether that worked out."""
        status, trouble = Status.CONNECTED, None
        try:
            await self._prober.prove(connection)
        except SignInRefused:
            status = Status.NEEDS_AUTH
        except Unsuitable as error:
            status, trouble = Status.ERROR, error.cause
        except SourceError as error:
            self._learn([Attempt(connection, error=error)])
            return False
        self.put(take(self.state, connection, reason, self._clock.wall(), status, trouble))
        return True

    def _is_weak(self, connection: Connection) -> bool:
        """Tell whether nobody waits for a connection: others worked until now, and it did not when last tried."""
        state = self.state
        if state.status is not Status.CONNECTED or connection == state.current:
            return False
        return state.health_of(connection).available is False

    def _probe(self) -> Probe:
        return identity_probe(self._prober, self.target.identity)

    def _rank(self, connection: Connection) -> int:
        return self.target.policy.rank(connection)

    def _rank_of_habit(self, connection: Connection) -> int:
        """Rank like the policy, but stay with the current one among equals: a false alarm is no reason to move."""
        return 2 * self._rank(connection) - (connection == self.state.current)

    def _standing(self, connection: Connection) -> tuple[int, int]:
        return self._rank(connection), score(connection, self.state.health_of(connection))

    def _learn(self, attempts: Sequence[Attempt]) -> None:
        self.put((learn(self.state, attempts, self._clock.wall()), None))


def _ms(attempt: Attempt) -> float:
    return attempt.response_ms or 0.0
