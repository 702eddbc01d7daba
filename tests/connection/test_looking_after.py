"""A connection that is looked after: what a check finds, what it changes, what it tells."""

from dataclasses import replace

import pytest

from custom_components.reel.connection.change import Event
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.model import Connection, Quality, Status
from custom_components.reel.connection.policy import Policy
from custom_components.reel.connection.record import read, write

from .connectors import MakeConnector, told
from .simulation import LOCAL, OTHER_LOCAL, OTHER_REMOTE, RELAY, REMOTE, Answer, World, refuses


async def test_a_source_that_comes_back_is_restored_by_the_next_check(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    world.answers = {}
    await world.simulation.pass_time(300)
    await world.simulation.finish(connector.check())
    world.answers = {LOCAL: Answer()}
    await world.simulation.pass_time(connector.next_check() - world.simulation.now)
    await world.simulation.finish(connector.check())
    assert told(events)[-1] == ("restored", Quality.LOCAL)
    assert connector.state.breaker.failures == 0


async def test_a_source_that_was_never_reached_loses_nothing(
    world: World, connector: Connector, events: list[Event]
) -> None:
    await world.simulation.finish(connector.check())
    await world.simulation.finish(connector.check())
    assert events == []
    world.answers = {REMOTE: Answer()}
    await world.simulation.finish(connector.check())
    assert told(events) == [("initial", Quality.REMOTE)]


@pytest.mark.parametrize("lesser", [REMOTE, RELAY])
async def test_a_better_connection_is_taken_as_soon_as_a_check_sees_it(
    world: World, connector: Connector, events: list[Event], lesser: Connection
) -> None:
    world.answers = {lesser: Answer(0.05)}
    await world.simulation.finish(connector.connect())
    world.answers[LOCAL] = Answer(0.01)
    await world.simulation.finish(connector.check())
    assert connector.state.current == LOCAL
    assert told(events)[-1] == ("upgrade", Quality.LOCAL)


async def test_the_same_quality_is_taken_only_when_clearly_faster_for_three_checks(
    world: World, make_connector: MakeConnector
) -> None:
    connector = make_connector(REMOTE, OTHER_REMOTE)
    world.answers = {REMOTE: Answer(0.2)}
    await world.simulation.finish(connector.connect())
    world.answers[OTHER_REMOTE] = Answer(0.05)
    seen = []
    for _ in range(3):
        await world.simulation.finish(connector.check())
        seen.append(connector.state.current)
    assert seen == [REMOTE, REMOTE, OTHER_REMOTE]


async def test_two_connections_of_like_speed_do_not_flap(
    world: World, make_connector: MakeConnector, events: list[Event]
) -> None:
    connector = make_connector(REMOTE, OTHER_REMOTE)
    world.answers = {REMOTE: Answer(0.1), OTHER_REMOTE: Answer(0.12)}
    await world.simulation.finish(connector.connect())
    for number in range(20):
        world.answers = {REMOTE: Answer(0.1 + number % 2 / 10), OTHER_REMOTE: Answer(0.2 - number % 2 / 10)}
        await world.simulation.finish(connector.check())
    assert len(events) == 1


async def test_losing_one_connection_after_the_other_tells_each_step(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(), RELAY: Answer()}
    await connector.connect()
    for gone in (LOCAL, REMOTE, RELAY):
        world.answers[gone] = refuses()
        await world.simulation.finish(connector.check())
    world.answers = {LOCAL: Answer(), REMOTE: Answer(), RELAY: Answer()}
    await world.simulation.finish(connector.check())
    assert told(events) == [
        ("initial", Quality.LOCAL),
        ("failover", Quality.REMOTE),
        ("failover", Quality.RELAY),
        ("lost", None),
        ("restored", Quality.LOCAL),
    ]


async def test_pinning_a_connection_switches_to_it_and_says_why(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(0.05)}
    await connector.connect()
    await world.simulation.finish(connector.retarget(replace(connector.target, policy=Policy(pinned=REMOTE.uri))))
    assert told(events)[-1] == ("preference", Quality.REMOTE)
    world.answers[REMOTE] = refuses()
    await world.simulation.finish(connector.check())
    assert told(events)[-1] == ("failover", Quality.LOCAL)
    world.answers[REMOTE] = Answer(0.05)
    await world.simulation.finish(connector.check())
    assert told(events)[-1] == ("preference", Quality.REMOTE)


async def test_new_connections_are_tried_at_once(world: World, connector: Connector, events: list[Event]) -> None:
    world.answers = {REMOTE: Answer(), OTHER_LOCAL: Answer()}
    await world.simulation.finish(connector.connect())
    target = replace(connector.target, connections=(OTHER_LOCAL, REMOTE))
    await world.simulation.finish(connector.retarget(target))
    assert told(events)[-1] == ("rediscovery", Quality.LOCAL)
    world.asked.clear()
    await connector.retarget(target)
    assert world.asked == []


async def test_a_false_alarm_moves_nothing(world: World, make_connector: MakeConnector, events: list[Event]) -> None:
    connector = make_connector(REMOTE, OTHER_REMOTE)
    world.answers = {REMOTE: Answer(0.1)}
    await world.simulation.finish(connector.connect())
    world.answers[OTHER_REMOTE] = Answer(0.05)
    connector.distrust(REMOTE)
    await world.simulation.finish(connector.check())
    assert connector.state.current == REMOTE
    assert len(events) == 1


async def test_a_restart_goes_on_with_the_last_good_connection_for_one_question(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await world.simulation.finish(connector.check())
    remembered = read(write(connector.state))
    world.asked.clear()
    events.clear()
    connector._rounds.put((remembered, None))
    before = connector.state.status
    await world.simulation.finish(connector.check())
    assert (before, connector.state.status) == (Status.OFFLINE, Status.CONNECTED)
    assert world.asked == [LOCAL]
    assert events == []


async def test_a_restart_that_finds_another_way_tells_so_and_one_that_finds_none_is_offline(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    remembered = read(write(connector.state))
    events.clear()
    connector._rounds.put((remembered, None))
    world.answers = {REMOTE: Answer()}
    await world.simulation.finish(connector.check())
    assert told(events) == [("failover", Quality.REMOTE)]
    events.clear()
    connector._rounds.put((remembered, None))
    world.answers = {}
    await world.simulation.finish(connector.check())
    assert events == []
    world.answers = {LOCAL: Answer()}
    await world.simulation.finish(connector.check())
    assert told(events) == [("restored", Quality.LOCAL)]
