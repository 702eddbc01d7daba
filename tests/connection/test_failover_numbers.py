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


async def seconds_to_answer(world: World, *, primary: Answer, others: Behaviour) -> float:
    """Return how long an operation takes that begins right when the local connection becomes as told."""
    connections = (LOCAL, *others)
    connector = Connector(
        Target("plex:1", IDENTITY, connections), world, ConnectionCache(), world.simulation.clock, lambda *_: None
    )
    world.answers = {LOCAL: Answer(), **others}
    await world.simulation.finish(connector.connect())
    world.answers[LOCAL] = primary
    began = world.simulation.now
    answered_over = await world.simulation.finish(connector.run(lambda connection: ask(world, connection)))
    assert answered_over != LOCAL
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
    ],
)
async def test_a_refusal_costs_nothing_but_the_answers_of_the_next(
    world: World, others: Behaviour, expected: float
) -> None:
    took = await seconds_to_answer(world, primary=refuses(), others=others)
    assert took == pytest.approx(expected)
    assert took < 0.3


async def test_something_better_that_is_silent_costs_the_grace_of_the_winner_after_a_refusal_too(world: World) -> None:
    took = await seconds_to_answer(world, primary=refuses(), others={OTHER_LOCAL: SILENT, REMOTE: Answer(FAR)})
    assert took == pytest.approx(FAR + GRACE[Quality.REMOTE] + FAR)


async def test_a_connection_that_breaks_halfway_is_as_quick_as_one_that_refuses(world: World) -> None:
    breaks = Answer(FAR, error=Unreachable(Cause.BROKEN))
    took = await seconds_to_answer(world, primary=breaks, others={REMOTE: Answer(FAR)})
    assert took == pytest.approx(FAR + FAR + FAR)
