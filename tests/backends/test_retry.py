"""Asking again: how often, after what pause, and after which errors."""

import pytest

from custom_components.reel.backends.errors import (
    Busy,
    Cause,
    Garbled,
    Missing,
    NotAllowed,
    Offline,
    SignInRefused,
    SourceError,
    Unreachable,
)
from custom_components.reel.backends.retry import WHEN_BUSY, WHEN_UNANSWERED, retry

from .conftest import Time

SILENT = Unreachable(Cause.SILENT)


class Script:
    """Answers as written: raises the errors in turn, then tells how often it was asked."""

    def __init__(self, time: Time, *errors: SourceError, takes: float = 0.0) -> None:
        self._time = time
        self._errors = list(errors)
        self._takes = takes
        self.asked = 0

    async def ask(self) -> int:
        self.asked += 1
        self._time.now += self._takes
        if self._errors:
            raise self._errors.pop(0)
        return self.asked


async def test_an_answer_is_not_asked_for_again(time: Time) -> None:
    assert await retry(Script(time).ask, time.clock) == 1
    assert time.pauses == []


async def test_pauses_double(time: Time) -> None:
    assert await retry(Script(time, Busy(), Busy()).ask, time.clock) == 3
    assert time.pauses == [0.1, 0.2]


async def test_three_tries_are_all(time: Time) -> None:
    last = Busy()
    script = Script(time, Busy(), Busy(), last, Busy())
    with pytest.raises(Busy) as caught:
        await retry(script.ask, time.clock)
    assert caught.value is last
    assert (script.asked, time.pauses) == (3, [0.1, 0.2])


@pytest.mark.parametrize(
    ("named", "pauses"),
    [([7, 8], [7, 8]), ([0, 0], [0.1, 0.2]), ([None, 3], [0.1, 3]), ([15, 15], [15, 15]), ([30], [30])],
)
async def test_a_server_that_names_its_pause_is_waited_for(
    time: Time, named: list[float | None], pauses: list[float]
) -> None:
    assert await retry(Script(time, *map(Busy, named)).ask, time.clock) == len(named) + 1
    assert time.pauses == pauses


@pytest.mark.parametrize(("named", "pauses"), [([31], []), ([20, 11], [20]), ([float("inf")], [])])
async def test_nobody_waits_for_longer_than_half_a_minute(time: Time, named: list[float], pauses: list[float]) -> None:
    with pytest.raises(Busy):
        await retry(Script(time, *map(Busy, named)).ask, time.clock)
    assert time.pauses == pauses


async def test_time_spent_asking_counts(time: Time) -> None:
    script = Script(time, SILENT, SILENT, takes=29.95)
    with pytest.raises(Unreachable):
        await retry(script.ask, time.clock, WHEN_UNANSWERED)
    assert script.asked == 1


@pytest.mark.parametrize("error", [SignInRefused(), NotAllowed(), Missing(), Garbled(), Offline(), SILENT])
async def test_what_asking_again_cannot_mend_is_told_at_once(time: Time, error: SourceError) -> None:
    script = Script(time, error)
    with pytest.raises(type(error)):
        await retry(script.ask, time.clock, WHEN_BUSY)
    assert (script.asked, time.pauses) == (1, [])


async def test_a_service_with_one_address_is_asked_again_when_it_is_silent(time: Time) -> None:
    assert await retry(Script(time, SILENT, Busy(2)).ask, time.clock, WHEN_UNANSWERED) == 3
    assert time.pauses == [0.1, 2]


async def test_an_error_after_a_pause_is_the_one_told(time: Time) -> None:
    with pytest.raises(SignInRefused):
        await retry(Script(time, Busy(), SignInRefused()).ask, time.clock)
