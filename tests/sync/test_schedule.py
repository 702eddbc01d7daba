"""When a source is read again: by what succeeded, and by what was tried."""

from math import inf

import pytest

from custom_components.reel.backends.listing import Look
from custom_components.reel.catalog.progress import Mark
from custom_components.reel.sync.model import Cancelled, Counts, Failed, Mode, Outcome, Reason, Synced
from custom_components.reel.sync.schedule import AFTER_CANCEL, AFTER_FAILURE, FULL_EVERY, Schedule

NOW = 1_795_132_800.0
WHOLE = {"full": Mark(None, NOW)}


def failed(mode: Mode) -> Failed:
    return Failed(mode=mode, seconds=1.0, counts=Counts(), reason=Reason.BUSY)


def test_a_source_that_was_never_read_is_read_whole_and_not_looked_at() -> None:
    schedule = Schedule()
    assert schedule.is_full_due({}, NOW)
    assert schedule.next_look({"content": Mark("x", NOW)}) == (None, inf)


def test_a_source_is_read_whole_once_a_day() -> None:
    schedule = Schedule()
    due = [schedule.is_full_due(WHOLE, NOW + seconds) for seconds in (0, FULL_EVERY - 1, FULL_EVERY)]
    assert due == [False, False, True]


@pytest.mark.parametrize(
    ("outcome", "wait"),
    [
        (Synced(mode=Mode.FULL, seconds=1.0, counts=Counts()), 0.0),
        (failed(Mode.FULL), AFTER_FAILURE),
        (Cancelled(mode=Mode.FULL, seconds=1.0, counts=Counts()), AFTER_CANCEL),
        (failed(Mode.INCREMENTAL), 0.0),
    ],
)
def test_what_failed_or_was_called_off_is_not_tried_again_at_once(outcome: Outcome, wait: float) -> None:
    schedule = Schedule()
    schedule.ended(outcome, NOW)
    assert schedule.is_full_due({}, NOW + wait)
    assert wait == 0.0 or not schedule.is_full_due({}, NOW + wait - 1)


def test_the_look_that_waited_longest_is_next() -> None:
    marks = WHOLE | {"content": Mark("x", NOW - 100), "states": Mark("x", NOW - 200), "totals": Mark("x", NOW - 300)}
    assert Schedule().next_look(marks) == (Look.STATES, NOW + 700)


def test_a_look_that_failed_waits_like_one_that_did_not() -> None:
    schedule, marks = Schedule(), WHOLE | {"content": Mark("x", NOW - 1000)}
    schedule.looked(Look.CONTENT, NOW)
    assert schedule.next_look(marks) == (Look.CONTENT, NOW + 900)
