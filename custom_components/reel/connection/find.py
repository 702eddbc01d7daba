"""How is a way in found? All at once first; if that fails, one by one and with more patience."""

from collections.abc import Collection, Sequence
from typing import Final

from .model import Clock, Connection
from .probe import Attempt, Probe
from .race import Rank, Result, by_quality, race
from .score import priority

# A server that wakes its disks, or a link that is full, may miss a race and still be there.
PATIENCE_EACH: Final = 10.0
PATIENCE_IN_ALL: Final = 30.0


async def find(
    candidates: Sequence[Connection],
    probe: Probe,
    clock: Clock,
    *,
    rank: Rank = by_quality,
    weak: Collection[Connection] = (),
) -> Result:
    """Return the winner of a race among the candidates, else the first that answers in priority order.

    The result holds the last attempt of each connection that was asked. With all of them silent this takes 33 s.
    """
    raced = await race(candidates, probe, clock, rank=rank, weak=weak)
    if raced.winner:
        return raced
    patient = await _one_by_one(sorted(candidates, key=lambda each: (rank(each), priority(each))), probe, clock)
    latest = {attempt.connection: attempt for attempt in (*raced.attempts, *patient.attempts)}
    return Result(patient.winner, tuple(latest.values()))


async def _one_by_one(candidates: Sequence[Connection], probe: Probe, clock: Clock) -> Result:
    attempts: list[Attempt] = []
    ends = clock.monotonic() + PATIENCE_IN_ALL
    for connection in candidates:
        patience = min(PATIENCE_EACH, ends - clock.monotonic())
        if patience <= 0:
            break
        result = await race([connection], probe, clock, timeout=patience)
        attempts.extend(result.attempts)
        if result.winner:
            return Result(result.winner, tuple(attempts))
    return Result(None, tuple(attempts))
