"""All we know about reaching one source, as one value, and how it changes.

Every function here takes a state and returns the next one, with the event that the step was, if it was one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .backoff import Breaker
from .change import Changed, Event, Lost, Reason
from .errors import Cause
from .metrics import Record, Usage
from .model import Connection, Health, Quality, Status
from .probe import Attempt
from .rival import Rival

type Step = tuple[SourceState, Event | None]


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is reached. `current` outlives an outage, to tell what was lost: it is usable while connected."""

    status: Status = Status.OFFLINE
    current: Connection | None = None
    checked_at: float | None = None
    """When `current` last worked; None when there is reason to doubt it."""
    looked_at: float | None = None
    """When somebody last looked for something better."""
    proved_at: float | None = None
    """When our credentials were last accepted; None when that is to be found out."""
    resumed: bool = False
    """Whether this was remembered from an earlier run, and nobody has looked since."""
    since: float | None = None
    """When `status` last changed."""
    trouble: Cause | None = None
    """Why the source cannot be used although it is reached, while the status is `error`."""
    health: Mapping[str, Health] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    breaker: Breaker = field(default_factory=Breaker)
    rival: Rival = field(default_factory=Rival)
    usage: Usage = field(default_factory=Usage)

    @property
    def is_reached(self) -> bool:
        """Whether the right server answers, even if it does not accept us."""
        return self.status is not Status.OFFLINE

    @property
    def quality(self) -> Quality | None:
        """The quality of the connection in use, None without one."""
        return self.current.quality if self.current and self.is_reached else None

    @property
    def response_ms(self) -> float | None:
        """The last response time of the connection in use."""
        return self.health_of(self.current).response_ms if self.current and self.is_reached else None

    def health_of(self, connection: Connection) -> Health:
        """Return what was learnt about a connection."""
        return self.health.get(connection.uri, Health())


def learn(state: SourceState, attempts: Iterable[Attempt], now: float) -> SourceState:
    """Return the state after attempts that decided nothing by themselves."""
    health, records = dict(state.health), dict(state.records)
    for attempt in attempts:
        uri = attempt.connection.uri
        former = health.get(uri, Health())
        answered = attempt.succeeded
        health[uri] = former.answered(now, attempt.response_ms) if answered else former.failed(now, attempt.cause)
        records[uri] = records.get(uri, Record()).with_attempt(attempt.response_ms, succeeded=attempt.succeeded)
    return replace(state, health=health, records=records)


def take(
    state: SourceState,
    connection: Connection,
    reason: Reason,
    now: float,
    status: Status = Status.CONNECTED,
    trouble: Cause | None = None,
) -> Step:
    """Return the state with this connection in use; `reason` counts where there was another one right before.

    The status is `needs_auth` where the source does not accept our credentials; where we cannot work with it, it is
    `error`, and `trouble` tells why.
    """
    event = _change(state, connection, reason, now)
    usage = state.usage.switched(connection.quality, now) if event else state.usage.until(now)
    taken = replace(
        state,
        current=connection,
        checked_at=now,
        looked_at=now,
        proved_at=now,
        resumed=False,
        trouble=trouble,
        breaker=Breaker(),
        rival=Rival(),
        usage=usage,
    )
    return _with_status(taken, status, now), event


def lose(state: SourceState, now: float) -> Step:
    """Return the state after a round in which nobody answered. Only the first of them loses something."""
    lost = Lost(state.current, now) if state.current and state.is_reached else None
    return _with_status(
        replace(
            state,
            checked_at=None,
            resumed=False,
            trouble=None,
            breaker=state.breaker.failed(now),
            rival=Rival(),
            usage=state.usage.switched(None, now) if lost else state.usage.until(now),
        ),
        Status.OFFLINE,
        now,
    ), lost


def confirm(state: SourceState, connection: Connection, now: float) -> SourceState:
    """Return the state after a request over this connection was answered: passive health, worth as much as a check."""
    health = {**state.health, connection.uri: state.health_of(connection).answered(now)}
    checked_at = now if connection == state.current and state.is_reached else state.checked_at
    return replace(state, health=health, checked_at=checked_at)


def stay(state: SourceState, rival: Rival, now: float) -> SourceState:
    """Return the state after a look around that found nothing better."""
    return replace(state, checked_at=now, looked_at=now, rival=rival)


def suspect(state: SourceState, connection: Connection, now: float, cause: Cause | None = None) -> SourceState:
    """Return the state after a request over this connection failed: it must prove itself before it is used again."""
    learnt = replace(state, health={**state.health, connection.uri: state.health_of(connection).failed(now, cause)})
    return replace(learnt, checked_at=None) if connection == state.current else learnt


def _change(state: SourceState, new: Connection, reason: Reason, now: float) -> Changed | None:
    if state.current is None:
        return Changed(None, new, Reason.INITIAL, now)
    # What went on while nobody looked is no event: a restart of Home Assistant is no outage of the source.
    if not state.is_reached and not state.resumed:
        return Changed(state.current, new, Reason.RESTORED, now)
    if state.current.uri != new.uri:
        return Changed(state.current, new, reason, now)
    return None


def _with_status(state: SourceState, status: Status, now: float) -> SourceState:
    return replace(state, status=status, since=state.since if status is state.status else now)
