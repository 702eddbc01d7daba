"""Whatever the servers do, and in whatever order they are asked: the promises of the race hold."""

import asyncio
from collections.abc import Collection
from random import Random

from hypothesis import given, settings, strategies as st

from custom_components.reel.connection.errors import Cause, Unreachable
from custom_components.reel.connection.model import Connection, Quality
from custom_components.reel.connection.probe import identity_probe
from custom_components.reel.connection.race import GRACE, TIMEOUT, Result, race

from .simulation import IDENTITY, Answer, Simulation, World

FOREIGN = "ffffffffffffffffffffffffffffffffffffffff"
# Whole hundredths that never meet a window's end: what happens in the very same instant is told by a test of its own.
TIMES = st.integers(1, 350).map(lambda hundredths: hundredths / 100 + 0.001)
ANSWERS = st.one_of(
    TIMES.map(Answer),
    TIMES.map(lambda after: Answer(after, identity=FOREIGN)),
    TIMES.map(lambda after: Answer(after, error=Unreachable(Cause.REFUSED))),
    st.just(Answer(after=None)),
)
KINDS = st.sampled_from(Quality)
SERVERS = st.lists(st.tuples(KINDS, ANSWERS), max_size=12)


def connection(number: int, quality: Quality) -> Connection:
    return Connection.at(f"http://host{number}:32400", local=quality is Quality.LOCAL, relay=quality is Quality.RELAY)


def run(answers: dict[Connection, Answer], order: list[Connection], weak: Collection[Connection] = ()) -> Result:
    """Race in a world of its own, and see that nothing is left in it."""

    async def work() -> Result:
        simulation = Simulation()
        world = World(simulation, answers)
        probe = identity_probe(world, IDENTITY)
        result = await simulation.finish(race(order, probe, simulation.clock, weak=weak))
        assert world.in_flight == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    return asyncio.run(work())


@settings(max_examples=150, deadline=None)
@given(servers=SERVERS, known_to_fail=st.sets(st.integers(0, 11)))
def test_the_promises_of_a_race_hold(servers: list[tuple[Quality, Answer]], known_to_fail: set[int]) -> None:
    answers = {connection(number, quality): answer for number, (quality, answer) in enumerate(servers)}
    weak = [each for number, each in enumerate(answers) if number in known_to_fail]
    good = {
        each: answer.after
        for each, answer in answers.items()
        if answer.error is None and answer.identity == IDENTITY and answer.after is not None and answer.after < TIMEOUT
    }
    result = run(answers, list(answers), weak)
    if result.winner is None:
        assert not good
        return
    winner = result.winner.connection
    # Never one whose identity failed, or who failed at all.
    assert winner in good
    # Never a lesser one while a better one answered within its window, or first.
    window = good[winner] + GRACE[winner.quality]
    better = [each for each in good if each.quality.rank < winner.quality.rank]
    assert not [each for each in better if good[each] < (good[winner] if each in weak else window)]
    # Never a slower one of the same quality.
    assert good[winner] == min(good[each] for each in good if each.quality is winner.quality)


@settings(max_examples=100, deadline=None)
@given(servers=SERVERS, chance=st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter_beyond_the_windows(
    servers: list[tuple[Quality, Answer]], chance: Random
) -> None:
    answers = {connection(number, quality): answer for number, (quality, answer) in enumerate(servers)}
    shuffled = list(answers)
    chance.shuffle(shuffled)
    first, second = run(answers, list(answers)).winner, run(answers, shuffled).winner
    if first is None or second is None:
        assert first is second
        return
    # Two equals that answer in the same instant may change places; quality and time may not.
    assert first.connection.quality is second.connection.quality
    assert answers[first.connection].after == answers[second.connection].after
