"""How long does an operation take whose connection fails meanwhile? To the millisecond, on a clock that stands still.

The promise is 2 s where the connection falls silent and 300 ms where it refuses; here is where that time goes.
"""

import pytest

from custom_components.reel.connection.cache import ConnectionCache
from custom_components.reel.connection.connector import DOUBT_AFTER, Connector
from custom_components.reel.connection.errors import Cause, Unreachable
from custom_components.reel.connection.model import Connection, Quality
from custom_components.reel.connection.race import GRACE
from custom_components.reel.connection.rounds import Target

from .simulation import IDENTITY, LOCAL, OTHER_LOCAL, RELAY, REMOTE, SILENT, Answer, Behaviour, World, refuses

QUICK, FAR, RELAYED = 0.02, 0.05, 0.2
"""Seconds that a connection takes to answer."""


def connect(world: World, *connections: Connection) -> Connector:
    """Return what keeps a source connected in this world."""
    target = Target("plex:1", IDENTITY, connections)
    return Connector(target, world, ConnectionCache(), world.simulation.clock, lambda *_: None)


async def seconds_to_answer(world: World, *, primary: Answer, others: Behaviour) -> float:
    """Return how long an operation takes that begins right when the local connection becomes as told."""
    connector = connect(world, LOCAL, *others)
    world.answers = {LOCAL: Answer(), **others}
    await world.simulation.finish(connector.check())
    world.answers[LOCAL] = primary
    return await seconds_of_an_operation(world, connector)


async def seconds_of_an_operation(world: World, connector: Connector) -> float:
    """Return how long an operation takes that does not end where it began."""
    began, former = world.simulation.now, connector.state.current
    answered_over = await world.simulation.finish(connector.run(lambda connection: ask(world, connection)))
    assert answered_over != former
    return world.simulation.now - began


async def ask(world: World, connection: Connection) -> Connection:
    """Do something over a connection, which takes as long as that takes to answer."""
    await world.identify(connection)
    return connection


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({OTHER_LOCAL: Answer(QUICK)}, DOUBT_AFTER + QUICK + GRACE[Quality.LOCAL] + QUICK),
        ({REMOTE: Answer(FAR)}, DOUBT_AFTER + FAR + GRACE[Quality.REMOTE] + FAR),
        ({RELAY: Answer(RELAYED)}, DOUBT_AFTER + RELAYED + GRACE[Quality.RELAY] + RELAYED),
        ({REMOTE: Answer(FAR), RELAY: Answer(RELAYED)}, DOUBT_AFTER + FAR + GRACE[Quality.REMOTE] + FAR),
        ({OTHER_LOCAL: SILENT, REMOTE: Answer(FAR)}, DOUBT_AFTER + FAR + GRACE[Quality.REMOTE] + FAR),
        ({REMOTE: refuses(), RELAY: Answer(RELAYED)}, DOUBT_AFTER + RELAYED + GRACE[Quality.RELAY] + RELAYED),
    ],
)
async def test_silence_costs_a_second_of_doubt_and_the_grace_of_the_winner(
    world: World, others: Behaviour, expected: float
) -> None:
    took = await seconds_to_answer(world, primary=SILENT, others=others)
    assert took == pytest.approx(expected)
    assert took < 2


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({OTHER_LOCAL: Answer(QUICK)}, QUICK + QUICK),
        ({REMOTE: Answer(FAR)}, FAR + FAR),
        ({REMOTE: Answer(FAR), RELAY: Answer(RELAYED)}, FAR + FAR),
        ({OTHER_LOCAL: refuses(), REMOTE: Answer(FAR)}, FAR + FAR),
        ({OTHER_LOCAL: SILENT, REMOTE: Answer(FAR)}, FAR + FAR),
        ({OTHER_LOCAL: SILENT, REMOTE: Answer(FAR), RELAY: Answer(RELAYED)}, FAR + FAR),
    ],
)
async def test_a_refusal_costs_nothing_but_the_answers_of_the_next(
    world: World, others: Behaviour, expected: float
) -> None:
    took = await seconds_to_answer(world, primary=refuses(), others=others)
    assert took == pytest.approx(expected)
    assert took < 0.3


async def test_something_better_that_fell_silent_unnoticed_costs_the_grace_of_the_winner_once(world: World) -> None:
    world.answers = {LOCAL: Answer(), OTHER_LOCAL: Answer(QUICK), REMOTE: Answer(FAR)}
    connector = connect(world, LOCAL, OTHER_LOCAL, REMOTE)
    await world.simulation.finish(connector.check())
    took = []
    for _ in range(2):
        world.answers |= {LOCAL: refuses(), OTHER_LOCAL: SILENT}
        took.append(await seconds_of_an_operation(world, connector))
        # The next check finds the best one again, and that the other one is silent.
        world.answers[LOCAL] = Answer()
        await world.simulation.pass_time(120)
        await world.simulation.finish(connector.check())
    assert took == [pytest.approx(FAR + GRACE[Quality.REMOTE] + FAR), pytest.approx(FAR + FAR)]


async def test_something_better_that_nobody_waited_for_is_taken_by_the_next_check(world: World) -> None:
    world.answers = {LOCAL: Answer(), OTHER_LOCAL: SILENT, REMOTE: Answer(FAR)}
    connector = connect(world, LOCAL, OTHER_LOCAL, REMOTE)
    await world.simulation.finish(connector.check())
    world.answers |= {LOCAL: refuses(), OTHER_LOCAL: Answer(FAR + QUICK)}
    await seconds_of_an_operation(world, connector)
    assert connector.state.current == REMOTE
    await world.simulation.finish(connector.check())
    assert connector.state.current == OTHER_LOCAL


async def test_a_connection_that_breaks_halfway_is_as_quick_as_one_that_refuses(world: World) -> None:
    breaks = Answer(FAR, error=Unreachable(Cause.BROKEN))
    took = await seconds_to_answer(world, primary=breaks, others={REMOTE: Answer(FAR)})
    assert took == pytest.approx(FAR + FAR + FAR)
