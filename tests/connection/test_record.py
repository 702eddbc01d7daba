"""What is written down of a source is read again, and nonsense is a blank page."""

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.connection.change import Reason
from custom_components.reel.connection.errors import Cause, Unreachable
from custom_components.reel.connection.model import Quality, Status
from custom_components.reel.connection.probe import Attempt
from custom_components.reel.connection.record import read, write
from custom_components.reel.connection.state import SourceState, learn, lose, take

from .simulation import LOCAL, REMOTE


@pytest.fixture
def used() -> SourceState:
    """Return a state with a history."""
    state = learn(SourceState(), [Attempt(LOCAL, 12.5), Attempt(REMOTE, error=Unreachable(Cause.SILENT))], 100.0)
    state, _ = take(state, LOCAL, Reason.INITIAL, 100.0)
    state, _ = lose(state, 160.0)
    state, _ = take(state, LOCAL, Reason.FAILOVER, 200.0)
    return learn(state, [Attempt(LOCAL, 13.0)], 230.0)


def test_the_last_good_connection_and_the_history_survive(used: SourceState) -> None:
    again = read(write(used))
    assert again.current == LOCAL
    assert again.health == used.health
    assert again.records == used.records
    assert again.usage.seconds == {Quality.LOCAL: 60.0, None: 40.0}
    assert again.usage.changes == used.usage.changes


def test_verdicts_do_not_survive(used: SourceState) -> None:
    again = read(write(used))
    assert again.status is Status.OFFLINE
    assert again.checked_at is None
    assert again.resumed
    assert again.breaker.failures == 0


def test_a_blank_state_stays_blank() -> None:
    assert read(write(SourceState())) == SourceState()


@given(st.text())
def test_nonsense_is_a_blank_state(text: str) -> None:
    assert read(text) == SourceState()


@pytest.mark.parametrize("text", ["[]", "null", '{"current": 3}', '{"current": {"uri": "x"}, "health": {}}'])
def test_json_of_another_shape_is_a_blank_state(text: str) -> None:
    assert read(text) == SourceState()
