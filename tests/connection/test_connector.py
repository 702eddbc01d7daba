"""An operation and its connection: what it costs, what it survives, what it tells."""

import asyncio

import pytest

from custom_components.reel.connection.change import Event, Lost
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.errors import Cause, Offline, SignInRefused, Unreachable, Unsuitable
from custom_components.reel.connection.model import Connection, Quality, Status
from custom_components.reel.connection.policy import Policy

from .connectors import ALL, MakeConnector, told
from .simulation import LOCAL, RELAY, REMOTE, SILENT, Answer, World, refuses


async def name(connection: Connection) -> str:
    return connection.uri


async def test_the_first_operation_finds_the_best_connection_and_proves_the_token_once(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(0.02), REMOTE: Answer(0.05), RELAY: Answer(0.2)}
    assert await world.simulation.finish(connector.run(name)) == LOCAL.uri
    assert world.proved == [LOCAL]
    assert told(events) == [("initial", Quality.LOCAL)]
    assert connector.state.response_ms == pytest.approx(20)


async def test_inside_the_interval_an_operation_costs_no_request_of_its_own(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    world.asked.clear()
    for _ in range(100):
        await world.simulation.pass_time(200)
        await connector.run(name)
    assert world.asked == []
    assert world.proved == [LOCAL]


async def test_without_trust_in_cached_checks_every_operation_asks_first(
    world: World, make_connector: MakeConnector
) -> None:
    connector = make_connector(LOCAL, policy=Policy(trust_cached_checks=False))
    world.answers = {LOCAL: Answer()}
    await connector.run(name)
    await connector.run(name)
    assert world.asked == [LOCAL, LOCAL]


async def test_a_foreign_server_never_sees_a_token(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(identity="somebody else"), REMOTE: Answer(0.1)}
    assert await world.simulation.finish(connector.connect()) == REMOTE
    assert world.proved == [REMOTE]
    assert connector.state.health[LOCAL.uri].available is False


async def test_callers_at_the_same_time_share_one_race(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(0.1)}
    callers = [asyncio.ensure_future(connector.run(name)) for _ in range(20)]
    await world.simulation.pass_time(1)
    assert {task.result() for task in callers} == {LOCAL.uri}
    assert sorted(each.uri for each in world.asked) == sorted(each.uri for each in ALL)


async def test_a_caller_who_gives_up_does_not_spoil_the_race_for_the_others(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(0.1)}
    first, second = (asyncio.ensure_future(connector.connect()) for _ in range(2))
    await world.simulation.settle()
    first.cancel()
    await world.simulation.pass_time(1)
    assert second.result() == LOCAL


async def test_an_operation_that_meets_a_dead_connection_is_repeated_over_another(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(0.05)}
    await connector.connect()
    world.answers[LOCAL] = refuses()
    used: list[Connection] = []

    async def operation(connection: Connection) -> str:
        used.append(connection)
        if connection == LOCAL:
            raise Unreachable(Cause.REFUSED)
        return "answer"

    assert await world.simulation.finish(connector.run(operation)) == "answer"
    assert used == [LOCAL, REMOTE]
    assert told(events) == [("initial", Quality.LOCAL), ("failover", Quality.REMOTE)]


async def test_an_operation_over_a_silent_connection_answers_over_another_within_two_seconds(
    world: World, connector: Connector
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(0.05)}
    await connector.connect()
    world.answers[LOCAL] = SILENT

    async def operation(connection: Connection) -> str:
        if connection == LOCAL:
            await asyncio.get_running_loop().create_future()
        return connection.uri

    started = world.simulation.now
    assert await world.simulation.finish(connector.run(operation)) == REMOTE.uri
    assert world.simulation.now - started < 2


async def test_a_slow_answer_over_a_living_connection_is_waited_for(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(0.01), REMOTE: Answer(0.05)}
    await world.simulation.finish(connector.connect())
    calls: list[Connection] = []

    async def operation(connection: Connection) -> str:
        calls.append(connection)
        await world.simulation.sleep(20)
        return "at last"

    assert await world.simulation.finish(connector.run(operation)) == "at last"
    assert calls == [LOCAL]


async def test_what_must_not_be_repeated_is_not(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    calls: list[Connection] = []

    async def operation(connection: Connection) -> None:
        calls.append(connection)
        raise Unreachable(Cause.BROKEN)

    with pytest.raises(Unreachable):
        await connector.run(operation, repeatable=False)
    assert calls == [LOCAL]
    assert connector.next_check() <= world.simulation.now


async def test_when_nobody_answers_the_source_is_offline_and_the_old_url_is_not_handed_out(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    world.answers = {}
    await world.simulation.pass_time(300)
    await world.simulation.finish(connector.check())
    assert connector.state.status is Status.OFFLINE
    assert connector.state.quality is None
    with pytest.raises(Offline):
        await world.simulation.finish(connector.connect())
    assert told(events) == [("initial", Quality.LOCAL), ("lost", None)]
    assert isinstance(events[1], Lost)


async def test_an_open_breaker_answers_at_once_and_asks_nobody(world: World, connector: Connector) -> None:
    for _ in range(3):
        await world.simulation.finish(connector.check())
    world.asked.clear()
    with pytest.raises(Offline):
        await connector.connect()
    assert world.asked == []
    assert connector.next_check() == pytest.approx(world.simulation.now + 240)


async def test_a_refused_token_is_not_an_outage(world: World, connector: Connector, events: list[Event]) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    world.proofs = {LOCAL: SignInRefused()}
    with pytest.raises(SignInRefused):
        await connector.connect()
    refused = connector.state
    assert (refused.status, refused.quality) == (Status.NEEDS_AUTH, Quality.LOCAL)
    assert world.proved == [LOCAL]
    world.proofs = {}
    await world.simulation.finish(connector.check())
    assert connector.state.status is Status.CONNECTED
    assert told(events) == [("initial", Quality.LOCAL)]


async def test_a_refusal_in_the_middle_of_an_operation_has_the_token_proved_but_not_every_time(
    world: World, make_connector: MakeConnector
) -> None:
    async def refused(_: Connection) -> None:
        raise SignInRefused

    connector = make_connector(LOCAL)
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    due = []
    for seconds in 0, 299, 1:
        await world.simulation.pass_time(seconds)
        connector.heard(LOCAL)
        with pytest.raises(SignInRefused):
            await connector.run(refused)
        due.append(connector.next_check() <= world.simulation.now)
    assert due == [False, False, True]
    world.proofs = {LOCAL: SignInRefused()}
    await connector.check()
    assert connector.state.status is Status.NEEDS_AUTH


async def test_a_server_we_cannot_work_with_is_an_error_of_its_own(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    world.proofs = {LOCAL: Unsuitable()}
    with pytest.raises(Unsuitable):
        await connector.connect()
    assert (connector.state.status, connector.state.trouble) == (Status.ERROR, Cause.UNUSABLE)
    world.proofs = {}
    await world.simulation.finish(connector.check())
    assert connector.state.trouble is None


async def test_a_server_that_says_at_the_door_that_it_is_too_old_is_an_error_and_not_an_outage(
    world: World, connector: Connector
) -> None:
    world.answers = {LOCAL: Answer(error=Unsuitable())}
    with pytest.raises(Unsuitable):
        await world.simulation.finish(connector.connect())
    assert connector.state.status is Status.ERROR
    assert world.proved == []
    world.answers[REMOTE] = Answer()
    await world.simulation.finish(connector.check())
    assert connector.state.current == REMOTE


async def test_a_connection_that_knows_who_it_is_but_answers_nothing_else_is_not_taken(
    world: World, connector: Connector
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(0.1)}
    world.proofs = {LOCAL: Unreachable(Cause.BROKEN)}
    assert await world.simulation.finish(connector.connect()) == REMOTE


async def test_relays_are_not_used_when_the_user_refuses_them(world: World, make_connector: MakeConnector) -> None:
    connector = make_connector(policy=Policy(refuse_relay=True))
    world.answers = {RELAY: Answer()}
    with pytest.raises(Offline):
        await world.simulation.finish(connector.connect())
    assert RELAY not in world.asked


async def test_the_test_tells_of_every_connection_even_in_backoff(world: World, connector: Connector) -> None:
    for _ in range(3):
        await world.simulation.finish(connector.check())
    world.answers = {LOCAL: refuses(), REMOTE: Answer(0.05), RELAY: Answer(identity="somebody else")}
    attempts = await world.simulation.finish(connector.test())
    assert {each.connection: str(each.error) if each.error else None for each in attempts} == {
        LOCAL: Cause.REFUSED,
        REMOTE: None,
        RELAY: Cause.FOREIGN,
    }
    assert connector.state.current == REMOTE


async def test_closing_ends_the_round_under_way(world: World, connector: Connector) -> None:
    task = asyncio.ensure_future(connector.check())
    await world.simulation.settle()
    assert world.in_flight == 3
    await connector.close()
    assert world.in_flight == 0
    with pytest.raises(asyncio.CancelledError):
        await task
