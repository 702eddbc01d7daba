"""Who wins, when, and that nobody is left behind."""

import asyncio

import pytest

from custom_components.reel.connection.errors import Cause, Unreachable
from custom_components.reel.connection.find import find
from custom_components.reel.connection.model import Connection
from custom_components.reel.connection.policy import Policy
from custom_components.reel.connection.probe import identity_probe
from custom_components.reel.connection.race import Rank, Result, by_quality, race, survey

from .simulation import (
    IDENTITY,
    LOCAL,
    OTHER_LOCAL,
    OTHER_REMOTE,
    RELAY,
    REMOTE,
    SILENT,
    Answer,
    Behaviour,
    World,
    refuses,
)

FOREIGN = Answer(identity="00000000000000000000000000000000deadbeef")


async def run_race(world: World, answers: Behaviour, rank: Rank = by_quality) -> tuple[Result, float]:
    """Race all connections of the answers; return the result and how long it took."""
    world.answers |= answers
    started = world.simulation.now
    probe = identity_probe(world, IDENTITY)
    result = await world.simulation.finish(race(list(answers), probe, world.simulation.clock, rank=rank))
    return result, round(world.simulation.now - started, 6)


@pytest.mark.parametrize(
    ("answers", "winner", "seconds"),
    [
        pytest.param({LOCAL: Answer(0.1), REMOTE: SILENT, RELAY: SILENT}, LOCAL, 0.1, id="local wins at once"),
        pytest.param({REMOTE: Answer(0.1), LOCAL: Answer(0.3)}, LOCAL, 0.3, id="remote waits 250 ms for local"),
        pytest.param({REMOTE: Answer(0.1), LOCAL: Answer(0.36)}, REMOTE, 0.35, id="but not longer"),
        pytest.param({RELAY: Answer(0.1), REMOTE: Answer(0.55)}, REMOTE, 0.55, id="relay waits 500 ms for remote"),
        pytest.param({RELAY: Answer(0.1), REMOTE: Answer(0.61)}, RELAY, 0.6, id="but not longer either"),
        pytest.param({REMOTE: Answer(0.1), LOCAL: refuses(0.2)}, REMOTE, 0.2, id="nothing better left to wait for"),
        pytest.param({REMOTE: Answer(0.1), RELAY: SILENT}, REMOTE, 0.1, id="nobody waits for something worse"),
        pytest.param({RELAY: Answer(0.1), LOCAL: FOREIGN, REMOTE: refuses()}, RELAY, 0.1, id="a foreign server loses"),
        pytest.param(
            {RELAY: Answer(0.1), REMOTE: Answer(0.4), LOCAL: Answer(0.6)}, LOCAL, 0.6, id="a new best has its own grace"
        ),
        pytest.param({REMOTE: Answer(0.35), LOCAL: Answer(0.35)}, LOCAL, 0.35, id="in one instant the better one wins"),
        pytest.param({REMOTE: Answer(0.1), LOCAL: Answer(0.35)}, LOCAL, 0.35, id="even when the grace ends just then"),
        pytest.param(
            {LOCAL: Answer(0.2), OTHER_LOCAL: Answer(0.1)}, OTHER_LOCAL, 0.1, id="among equals the faster wins"
        ),
        pytest.param({LOCAL: Answer(2.9)}, LOCAL, 2.9, id="three seconds are enough"),
        pytest.param({LOCAL: Answer(3.1)}, None, 3.0, id="more is not waited for"),
        pytest.param({LOCAL: SILENT, REMOTE: SILENT}, None, 3.0, id="nobody answers"),
        pytest.param({LOCAL: refuses(), REMOTE: FOREIGN}, None, 0.0, id="everybody fails at once"),
        pytest.param({}, None, 0.0, id="nobody to ask"),
    ],
)
async def test_the_best_that_answers_in_time_wins(
    world: World, answers: Behaviour, winner: Connection | None, seconds: float
) -> None:
    result, took = await run_race(world, answers)
    assert (result.winner.connection if result.winner else None) == winner
    assert took == seconds
    assert world.in_flight == 0


async def test_the_response_time_is_measured_from_the_start_of_the_probe(world: World) -> None:
    result, _ = await run_race(world, {LOCAL: Answer(0.120)})
    assert result.winner is not None
    assert result.winner.response_ms == pytest.approx(120)


async def test_a_pinned_connection_is_better_than_a_local_one(world: World) -> None:
    rank = Policy(pinned=RELAY.uri).rank
    result, took = await run_race(world, {LOCAL: Answer(0.1), RELAY: Answer(0.3)}, rank)
    assert result.winner is not None
    assert result.winner.connection == RELAY
    assert took == 0.3


async def test_a_pinned_connection_that_is_dead_holds_nobody_up_for_long(world: World) -> None:
    rank = Policy(pinned=RELAY.uri).rank
    result, took = await run_race(world, {LOCAL: Answer(0.1), RELAY: SILENT}, rank)
    assert result.winner is not None
    assert result.winner.connection == LOCAL
    assert took == 0.35


async def test_nobody_waits_for_the_weak_but_they_may_win(world: World) -> None:
    world.answers = {REMOTE: Answer(0.1), LOCAL: Answer(0.2), OTHER_LOCAL: SILENT, RELAY: Answer(0.05)}
    probe, started = identity_probe(world, IDENTITY), world.simulation.now
    connections, clock = list(world.answers), world.simulation.clock
    result = await world.simulation.finish(race(connections, probe, clock, weak=[LOCAL, OTHER_LOCAL]))
    assert result.winner is not None
    assert result.winner.connection == REMOTE
    assert world.simulation.now - started == pytest.approx(0.1)
    result = await world.simulation.finish(race(connections, probe, clock, weak=[OTHER_LOCAL, REMOTE]))
    assert result.winner is not None
    assert result.winner.connection == LOCAL


async def test_the_silent_have_failed_only_when_nobody_won(world: World) -> None:
    lost, _ = await run_race(world, {LOCAL: SILENT, REMOTE: refuses()})
    causes = {attempt.connection: str(attempt.error) for attempt in lost.attempts}
    assert causes == {LOCAL: Cause.SILENT, REMOTE: Cause.REFUSED}
    won, _ = await run_race(world, {LOCAL: SILENT, REMOTE: Answer(0.1)})
    assert [attempt.connection for attempt in won.attempts] == [REMOTE]


async def test_at_most_sixteen_are_asked_at_once_and_all_are_asked_in_the_end(world: World) -> None:
    many = {Connection.at(f"http://192.168.1.{number}:32400", local=True): refuses(0.1) for number in range(40)}
    result, took = await run_race(world, {**many, REMOTE: Answer(0.1)})
    assert world.most_in_flight == 16
    assert len(world.asked) == 41
    assert result.winner is not None
    assert took == 0.3


async def test_losers_are_cancelled_when_the_caller_gives_up(world: World) -> None:
    task = asyncio.ensure_future(race([LOCAL, REMOTE], identity_probe(world, IDENTITY), world.simulation.clock))
    await world.simulation.settle()
    assert world.in_flight == 2
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert world.in_flight == 0


async def test_a_bug_in_a_probe_is_not_hidden_and_leaves_nobody_behind(world: World) -> None:
    async def probe(connection: Connection) -> None:
        if connection == REMOTE:
            raise ZeroDivisionError
        await world.identify(connection)

    with pytest.raises(ZeroDivisionError):
        await world.simulation.finish(race([LOCAL, REMOTE], probe, world.simulation.clock))
    assert world.in_flight == 0


async def test_a_survey_waits_for_everybody_and_keeps_the_order(world: World) -> None:
    world.answers = {LOCAL: SILENT, REMOTE: Answer(0.2), RELAY: Answer(0.1), OTHER_REMOTE: FOREIGN}
    connections = [OTHER_REMOTE, RELAY, REMOTE, LOCAL]
    attempts = await world.simulation.finish(
        survey(connections, identity_probe(world, IDENTITY), world.simulation.clock)
    )
    assert [attempt.connection for attempt in attempts] == connections
    assert [str(attempt.error) if attempt.error else None for attempt in attempts] == [
        Cause.FOREIGN,
        None,
        None,
        Cause.SILENT,
    ]


async def test_after_a_lost_race_everybody_is_asked_again_with_more_patience(world: World) -> None:
    world.answers = {LOCAL: SILENT, REMOTE: Answer(8.0), RELAY: Answer(9.0)}
    started = world.simulation.now
    probe = identity_probe(world, IDENTITY)
    result = await world.simulation.finish(find([RELAY, REMOTE, LOCAL], probe, world.simulation.clock))
    assert result.winner is not None
    assert result.winner.connection == REMOTE
    assert world.simulation.now - started == pytest.approx(3 + 10 + 8)
    assert world.asked[3:] == [LOCAL, REMOTE]


async def test_patience_ends_after_thirty_seconds(world: World) -> None:
    five = [Connection.at(f"https://host{number}.example.org") for number in range(5)]
    started = world.simulation.now
    result = await world.simulation.finish(find(five, identity_probe(world, IDENTITY), world.simulation.clock))
    assert result.winner is None
    assert world.simulation.now - started == pytest.approx(33)
    assert {type(attempt.error) for attempt in result.attempts} == {Unreachable}
