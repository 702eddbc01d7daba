"""What is remembered of connections, and what is guessed from it."""

import pytest

from custom_components.reel.connection.cache import ConnectionCache
from custom_components.reel.connection.metrics import Record, Usage
from custom_components.reel.connection.model import Quality, Status
from custom_components.reel.connection.policy import Policy
from custom_components.reel.connection.predict import order
from custom_components.reel.connection.race import by_quality
from custom_components.reel.connection.state import SourceState

from .simulation import LOCAL, OTHER_LOCAL, RELAY, REMOTE

DAY = 86_400.0


def record_of(*answers: float | None) -> Record:
    """Return the record of answers in ms, None for a failure."""
    record = Record()
    for answer in answers:
        record = record.with_attempt(answer, succeeded=answer is not None)
    return record


def test_a_record_counts_tries_and_knows_its_percentiles() -> None:
    record = record_of(*range(1, 101), None)
    assert record.tries == 101
    assert record.success_rate == pytest.approx(100 / 101)
    assert (record.percentile(50), record.percentile(95)) == (50, 95)


def test_a_record_keeps_the_last_two_hundred_times() -> None:
    record = record_of(*range(300))
    assert len(record.samples) == 200
    assert record.samples[0] == 100
    assert record.tries == 300


def test_an_empty_record_claims_nothing() -> None:
    assert Record().success_rate is None
    assert Record().percentile(95) is None


def test_usage_shares_time_among_qualities_and_outages() -> None:
    usage = Usage().switched(Quality.LOCAL, 0).switched(Quality.RELAY, 60).switched(None, 90).until(100)
    assert usage.share(Quality.LOCAL) == pytest.approx(0.6)
    assert usage.share(Quality.RELAY) == pytest.approx(0.3)
    assert usage.share(None) == pytest.approx(0.1)
    assert usage.share(Quality.REMOTE) == 0
    assert Usage().share(Quality.LOCAL) is None


def test_usage_counts_changes_a_day_for_a_month() -> None:
    usage = Usage().switched(Quality.LOCAL, 0).switched(Quality.RELAY, 1)
    assert usage.changes == {0: 2}
    later = usage.switched(Quality.LOCAL, 30 * DAY)
    assert later.changes == {30: 1}


def test_a_clock_set_back_takes_no_time_away() -> None:
    usage = Usage().switched(Quality.LOCAL, 100).until(160)
    assert usage.until(50).seconds == usage.seconds


def test_those_that_worked_start_first_within_their_quality() -> None:
    records = {LOCAL.uri: record_of(None, None, None), OTHER_LOCAL.uri: record_of(5, 6), REMOTE.uri: record_of(1, 1)}
    assert order([RELAY, LOCAL, REMOTE, OTHER_LOCAL], records, by_quality) == [OTHER_LOCAL, LOCAL, REMOTE, RELAY]


def test_among_equally_reliable_ones_the_faster_starts_first() -> None:
    records = {LOCAL.uri: record_of(50, 60), OTHER_LOCAL.uri: record_of(5, 6)}
    assert order([LOCAL, OTHER_LOCAL], records, by_quality) == [OTHER_LOCAL, LOCAL]


def test_the_pinned_one_starts_before_all() -> None:
    assert order([LOCAL, RELAY], {}, Policy(pinned=RELAY.uri).rank)[0] == RELAY


def test_the_cache_lets_go_of_the_source_that_was_not_used_for_the_longest_time() -> None:
    cache = ConnectionCache(limit=2)
    connected = SourceState(status=Status.CONNECTED)
    cache.put("a", connected)
    cache.put("b", connected)
    cache.get("a")
    cache.put("c", connected)
    assert cache.get("b") == SourceState()
    assert cache.get("a") == cache.get("c") == connected
    cache.forget("a")
    assert cache.get("a") == SourceState()


def test_the_cache_holds_a_hundred_sources() -> None:
    cache = ConnectionCache()
    for number in range(101):
        cache.put(str(number), SourceState(status=Status.CONNECTED))
    kept = [number for number in range(101) if cache.get(str(number)).status is Status.CONNECTED]
    assert kept == list(range(1, 101))
