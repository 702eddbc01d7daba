"""A check of a connection: when it is due, what it costs, and what takes its place."""

from custom_components.reel.connection.change import Event
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.errors import Cause, SignInRefused, Unreachable
from custom_components.reel.connection.model import Quality, Status

from .connectors import MakeConnector, told
from .simulation import LOCAL, RELAY, REMOTE, Answer, World, refuses


async def test_an_idle_local_source_costs_one_request_per_check(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(), REMOTE: Answer()}
    await world.simulation.finish(connector.check())
    world.asked.clear()
    for _ in range(12):
        await world.simulation.pass_time(connector.next_check() - world.simulation.now)
        await world.simulation.finish(connector.check())
    # Once an hour the question is whether our credentials are still accepted.
    assert world.asked == [LOCAL] * 11
    assert world.proved == [LOCAL] * 2


async def test_credentials_that_die_are_found_out_within_an_hour(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    world.proofs = {LOCAL: SignInRefused()}
    for _ in range(12):
        await world.simulation.pass_time(connector.next_check() - world.simulation.now)
        await world.simulation.finish(connector.check())
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


async def test_whoever_was_not_heard_out_by_a_race_is_heard_out_once(world: World, connector: Connector) -> None:
    world.answers = {LOCAL: Answer(0.01), REMOTE: Answer(0.2)}
    await world.simulation.finish(connector.connect())
    assert connector.state.health_of(REMOTE).available is None
    await world.simulation.finish(connector.check())
    assert [connector.state.health_of(each).available for each in (LOCAL, REMOTE, RELAY)] == [True, True, False]
    world.asked.clear()
    await world.simulation.finish(connector.check())
    assert world.asked == [LOCAL]


async def test_what_a_push_channel_tells_does_not_postpone_the_proof_for_ever(
    world: World, make_connector: MakeConnector
) -> None:
    connector = make_connector(LOCAL)
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    hours = 0.0
    while connector.next_check() > world.simulation.now:
        await world.simulation.pass_time(60)
        connector.heard(LOCAL)
        hours += 60 / 3600
    assert 1 < hours < 1.25
    world.proofs = {LOCAL: SignInRefused()}
    await connector.check()
    assert connector.state.status is Status.NEEDS_AUTH


async def test_after_a_missed_check_the_question_who_is_there_comes_before_the_token(
    world: World, make_connector: MakeConnector
) -> None:
    connector = make_connector(LOCAL)
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    await world.simulation.pass_time(4000)
    world.asked.clear()
    world.proved.clear()
    await connector.check()
    assert (world.asked, world.proved) == ([LOCAL], [])
    await world.simulation.pass_time(300)
    await connector.check()
    assert (world.asked, world.proved) == ([LOCAL], [LOCAL])


async def test_a_check_that_is_left_out_is_due_an_interval_later_unless_there_is_doubt(
    world: World, make_connector: MakeConnector
) -> None:
    connector = make_connector(LOCAL)
    world.answers = {LOCAL: Answer()}
    await connector.connect()
    await world.simulation.pass_time(300)
    connector.leave_out_check()
    assert connector.next_check() == world.simulation.now + 300
    connector.distrust(LOCAL)
    assert connector.next_check() == world.simulation.now
    await connector.check()
    assert connector.next_check() == world.simulation.now + 300


async def test_any_answer_is_worth_a_check_while_nothing_else_is_to_be_found_out(
    world: World, connector: Connector
) -> None:
    world.answers = {REMOTE: Answer()}
    await world.simulation.finish(connector.connect())
    seen = [connector.beyond_doubt]
    world.answers[LOCAL] = Answer()
    await world.simulation.finish(connector.check())
    seen.append(connector.beyond_doubt)
    await world.simulation.pass_time(310)
    seen.append(connector.beyond_doubt)
    await world.simulation.pass_time(310)
    seen.append(connector.beyond_doubt)
    await world.simulation.finish(connector.check())
    connector.distrust(LOCAL)
    seen.append(connector.beyond_doubt)
    connector.heard(LOCAL)
    connector.forget_proof()
    seen.append(connector.beyond_doubt)
    # Something better may be found; nothing; nothing yet; a check was missed; there is doubt; a proof is due.
    assert seen == [None, LOCAL, LOCAL, None, None, None]
