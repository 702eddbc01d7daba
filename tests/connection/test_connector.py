"""One source, kept connected: what it costs, what it survives, what it tells."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from custom_components.reel.connection.cache import ConnectionCache
from custom_components.reel.connection.change import Changed, Event, Lost
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.errors import Cause, Offline, SignInRefused, Unreachable, Unsuitable
from custom_components.reel.connection.model import Connection, Quality, Status
from custom_components.reel.connection.policy import Policy
from custom_components.reel.connection.record import read, write
from custom_components.reel.connection.rounds import Target

from .simulation import IDENTITY, LOCAL, OTHER_LOCAL, OTHER_REMOTE, RELAY, REMOTE, SILENT, Answer, World, refuses

ALL = (RELAY, REMOTE, LOCAL)
type MakeConnector = Callable[..., Connector]


@pytest.fixture
def events() -> list[Event]:
    """Return what the connectors of this test told."""
    return []


@pytest.fixture
async def make_connector(world: World, events: list[Event]) -> MakeConnector:
    """Return a maker of connectors for the world of this test."""
    cache = ConnectionCache()

    def make(*connections: Connection, policy: Policy | None = None) -> Connector:
        target = Target("plex:1", IDENTITY, connections or ALL, policy or Policy())
        return Connector(
            target, world, cache, world.simulation.clock, lambda _, event: events.append(event) if event else None
        )

    return make


@pytest.fixture
def connector(make_connector: MakeConnector) -> Connector:
    """Return a connector for a local, a remote and a relayed connection."""
    return make_connector()


def told(events: list[Event]) -> list[tuple[str, Quality | None]]:
    """Return the events as (reason, new quality)."""
    return [(event.reason, event.new.quality) if isinstance(event, Changed) else ("lost", None) for event in events]


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
    await connector.check()
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


async def test_an_idle_local_source_costs_one_request_per_check(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    world.asked.clear()
    for _ in range(12):
        await world.simulation.pass_time(connector.next_check() - world.simulation.now)
        await connector.check()
    # Once an hour the question is whether our credentials are still accepted.
    assert world.asked == [LOCAL] * 11
    assert world.proved == [LOCAL] * 2


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
    await connector.check()
    assert told(events) == [
        ("initial", Quality.LOCAL),
        ("failover", Quality.REMOTE),
        ("failover", Quality.RELAY),
        ("lost", None),
        ("restored", Quality.LOCAL),
    ]


async def test_a_refused_token_is_not_an_outage(world: World, connector: Connector, events: list[Event]) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    world.proofs = {LOCAL: SignInRefused()}
    with pytest.raises(SignInRefused):
        await connector.connect()
    refused = connector.state
    assert (refused.status, refused.quality) == (Status.NEEDS_AUTH, Quality.LOCAL)
    assert world.proved == [LOCAL]
    world.proofs = {}
    await connector.check()
    assert connector.state.status is Status.CONNECTED
    assert told(events) == [("initial", Quality.LOCAL)]


async def test_a_server_we_cannot_work_with_is_an_error_of_its_own(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    world.proofs = {LOCAL: Unsuitable()}
    with pytest.raises(Unsuitable):
        await connector.connect()
    assert (connector.state.status, connector.state.trouble) == (Status.ERROR, Cause.UNUSABLE)
    world.proofs = {}
    await connector.check()
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


async def test_credentials_that_die_are_found_out_within_an_hour(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    world.proofs = {LOCAL: SignInRefused()}
    for _ in range(12):
        await world.simulation.pass_time(connector.next_check() - world.simulation.now)
        await connector.check()
    assert connector.state.status is Status.NEEDS_AUTH


async def test_a_proof_that_meets_a_dead_connection_finds_another(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    world.answers[LOCAL] = refuses()
    world.proofs = {LOCAL: Unreachable(Cause.REFUSED)}
    connector.forget_proof()
    assert connector.next_check() <= world.simulation.now
    await world.simulation.finish(connector.check())
    assert told(events)[-1] == ("failover", Quality.REMOTE)


async def test_a_refusal_by_somebody_else_is_not_believed(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    world.answers[LOCAL] = Answer(identity="a captive portal")
    world.proofs = {LOCAL: SignInRefused()}
    connector.forget_proof()
    await world.simulation.finish(connector.check())
    assert (connector.state.status, connector.state.current) == (Status.CONNECTED, REMOTE)


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


async def test_pinning_a_connection_switches_to_it_and_says_why(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer(0.05)}
    await connector.connect()
    await world.simulation.finish(connector.retarget(replace(connector.target, policy=Policy(pinned=REMOTE.uri))))
    assert told(events)[-1] == ("preference", Quality.REMOTE)
    world.answers[REMOTE] = refuses()
    await connector.check()
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


async def test_a_word_from_a_push_channel_counts_as_a_check(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    await world.simulation.pass_time(250)
    connector.heard(LOCAL)
    assert connector.next_check() == world.simulation.now + 300


async def test_a_chatty_server_is_news_only_now_and_then(world: World, make_connector: MakeConnector) -> None:
    world.answers = {LOCAL: Answer()}
    connector = make_connector(LOCAL)
    await connector.connect()
    states = set()
    for _ in range(20):
        await world.simulation.pass_time(1)
        connector.heard(LOCAL)
        states.add(connector.state.checked_at)
    assert len(states) == 5


async def test_a_false_alarm_moves_nothing(world: World, make_connector: MakeConnector, events: list[Event]) -> None:
    connector = make_connector(REMOTE, OTHER_REMOTE)
    world.answers = {REMOTE: Answer(0.1)}
    await world.simulation.finish(connector.connect())
    world.answers[OTHER_REMOTE] = Answer(0.05)
    connector.distrust(REMOTE)
    await world.simulation.finish(connector.check())
    assert connector.state.current == REMOTE
    assert len(events) == 1


async def test_closing_ends_the_round_under_way(world: World, connector: Connector) -> None:
    task = asyncio.ensure_future(connector.check())
    await world.simulation.settle()
    assert world.in_flight == 3
    await connector.close()
    assert world.in_flight == 0
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_restart_goes_on_with_the_last_good_connection_for_one_question(
    world: World, connector: Connector, events: list[Event]
) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await connector.connect()
    remembered = read(write(connector.state))
    world.asked.clear()
    events.clear()
    connector._rounds.put((remembered, None))
    before = connector.state.status
    await connector.check()
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


async def test_answers_over_a_relay_do_not_postpone_looking_for_something_better(
    world: World, connector: Connector
) -> None:
    world.answers = {RELAY: Answer()}
    await world.simulation.finish(connector.connect())
    due = connector.next_check()
    await world.simulation.pass_time(20)
    connector.heard(RELAY)
    assert connector.next_check() == due


async def test_warming_up_waits_for_nothing_and_asks_only_when_the_last_check_is_old(
    world: World, connector: Connector
) -> None:
    world.answers = {LOCAL: Answer(0.01)}
    connector.warm_up()
    assert world.asked == []
    await world.simulation.pass_time(1)
    assert connector.state.current == LOCAL
    world.asked.clear()
    await world.simulation.pass_time(148)
    connector.warm_up()
    await world.simulation.pass_time(1)
    assert world.asked == []
    await world.simulation.pass_time(5)
    connector.warm_up()
    connector.warm_up()
    await world.simulation.pass_time(1)
    assert world.asked == [LOCAL]


async def test_warming_up_leaves_a_dead_server_in_peace(world: World, connector: Connector) -> None:
    for _ in range(3):
        await world.simulation.finish(connector.check())
    world.asked.clear()
    connector.warm_up()
    await world.simulation.settle()
    assert world.asked == []
