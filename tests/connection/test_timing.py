"""When to look again, when to stop trying, when to switch, when to ask for connections: tables."""

import pytest

from custom_components.reel.connection.backoff import Breaker, BreakerState, delay
from custom_components.reel.connection.discovery import DiscoveryLog, Trigger
from custom_components.reel.connection.model import Quality
from custom_components.reel.connection.rival import Rival, clearly_faster
from custom_components.reel.connection.schedule import is_fresh, next_check

OUTAGE_OF_WEEKS = 100_000


@pytest.mark.parametrize(("quality", "seconds"), [(Quality.LOCAL, 300), (Quality.REMOTE, 120), (Quality.RELAY, 30)])
def test_the_worse_the_connection_the_sooner_it_is_looked_at(quality: Quality, seconds: int) -> None:
    assert next_check(quality, checked_at=1000) == 1000 + seconds
    assert is_fresh(quality, checked_at=1000, now=1000 + seconds - 1)
    assert not is_fresh(quality, checked_at=1000, now=1000 + seconds)


def test_a_check_in_the_future_tells_nothing() -> None:
    assert not is_fresh(Quality.LOCAL, checked_at=1000, now=990)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 60), (2, 120), (3, 240), (4, 480), (5, 600), (6, 600), (OUTAGE_OF_WEEKS, 600)]
)
def test_backoff_doubles_up_to_ten_minutes(failures: int, seconds: int) -> None:
    assert delay(failures) == seconds


def test_the_breaker_opens_after_three_failed_rounds_and_lets_one_through_when_the_wait_is_over() -> None:
    breaker = Breaker()
    for number, now in enumerate((0, 60, 180), start=1):
        assert breaker.state(now) is BreakerState.CLOSED
        breaker = breaker.failed(now)
        assert breaker.failures == number
    assert breaker.retry_at == 180 + 240
    assert breaker.state(419) is BreakerState.OPEN
    assert breaker.state(420) is BreakerState.HALF_OPEN
    assert breaker.failed(420).state(421) is BreakerState.OPEN


@pytest.mark.parametrize(
    ("response_ms", "current_ms", "expected"),
    [(50, 100, True), (71, 100, False), (1, 20, False), (1, 22, True), (1400, 2000, False), (1399, 2000, True)],
)
def test_clearly_faster_means_by_share_and_by_amount(response_ms: float, current_ms: float, expected: bool) -> None:  # noqa: FBT001
    assert clearly_faster(response_ms, current_ms) is expected


def test_a_rival_takes_over_only_after_three_wins_in_a_row() -> None:
    rival = Rival().after("a", 10, 100).after("a", 10, 100)
    assert not rival.takes_over
    assert rival.after("a", 10, 100).takes_over
    assert rival.after("a", 90, 100) == Rival()
    assert rival.after("b", 10, 100) == Rival("b", 1)


@pytest.mark.parametrize("trigger", [Trigger.FIRST_AUTH, Trigger.AUTH_CHANGED, Trigger.MANUAL])
def test_people_may_always_ask_for_connections(trigger: Trigger) -> None:
    assert DiscoveryLog(last=1000, last_emergency=1000, fruitless=5).allows(trigger, now=1001)


def test_connections_are_stale_after_a_day() -> None:
    log = DiscoveryLog(last=1000)
    assert not log.allows(Trigger.STALE, now=1000 + 86_399)
    assert log.allows(Trigger.STALE, now=1000 + 86_400)
    assert DiscoveryLog().allows(Trigger.STALE, now=0)


def test_emergencies_ask_once_a_minute_at_most_and_ever_more_rarely_in_vain() -> None:
    log, now, pauses = DiscoveryLog(), 0.0, []
    for _ in range(8):
        log = log.asked(Trigger.ALL_CONNECTIONS_FAILED, now, answered=False)
        asked = now
        while not log.allows(Trigger.ALL_CONNECTIONS_FAILED, now):
            now += 1
        pauses.append(now - asked)
    assert pauses == [120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_an_emergency_that_helped_starts_the_pauses_over() -> None:
    log = DiscoveryLog().asked(Trigger.ALL_CONNECTIONS_FAILED, 0, answered=True).bore_fruit()
    assert not log.allows(Trigger.ALL_CONNECTIONS_FAILED, now=59)
    assert log.allows(Trigger.ALL_CONNECTIONS_FAILED, now=60)


def test_a_question_nobody_answered_is_no_discovery() -> None:
    log = DiscoveryLog(last=1000).asked(Trigger.STALE, 100_000, answered=False)
    assert log.last == 1000
    assert log.asked(Trigger.STALE, 100_001, answered=True).last == 100_001
