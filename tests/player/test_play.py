"""What a player shows becomes what others want to hear: at once when something happens, else every ten seconds."""

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.playing import PlayState
from custom_components.reel.player.play import Play, Report, Seen, Step, end, learn, see, tick

PLAYING, PAUSED, STOPPED = PlayState
HOUR = 3_600_000
LONGEST_PAUSE = 3_600
NOW = 1_795_000_000.0


class Watcher:
    """Takes one step after the other, and remembers what was reported, in seconds since the beginning."""

    def __init__(self, **rest: int | None) -> None:
        self.play = Play(at=NOW, **{"duration_ms": HOUR, **rest})  # type: ignore[arg-type]  # what Play takes
        self.told: list[tuple[str, int]] = []
        self.reports: list[Report] = []

    def take(self, step: Step) -> None:
        self.play, report = step
        if report is not None:
            self.reports.append(report)
            self.told.append((report.state.value, report.position_ms))

    def sees(
        self, state: PlayState, position_ms: int | None = None, *, at: float = 0, told: float | None = None
    ) -> None:
        """See something so many seconds later; the player says when it was there, or that it is there now."""
        moment = None if told is None else NOW + told
        self.take(see(self.play, Seen(state=state, position_ms=position_ms, updated_at=moment), NOW + at))

    def waits(self, until: float) -> None:
        self.take(tick(self.play, NOW + until))


# A step each: what a player shows, after how many seconds, where, and when it was there by its own word. What is
# expected is all that is told.
@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ([(PLAYING, 0, 0, 0)], [("playing", 0)]),
        # Nobody knows since when.
        ([(PAUSED, 0, 900_000, 0)], []),
        ([(PAUSED, 0, 900_000, 0), (STOPPED, 9, None, None)], []),
        ([(PAUSED, 0, 900_000, 0), (PLAYING, 9, 900_000, 9)], [("playing", 900_000)]),
        ([(STOPPED, 0, 0, 0)], []),
        ([(PLAYING, 0, 0, 0), (PLAYING, 5, 0, 0)], [("playing", 0)]),
        ([(PLAYING, 0, 0, 0), (PLAYING, 5, 5_000, 5)], [("playing", 0)]),
        ([(PLAYING, 0, 0, 0), (PLAYING, 5, 8_000, 5)], [("playing", 0)]),
        ([(PLAYING, 0, 0, 0), (PLAYING, 5, 10_000, 5)], [("playing", 0), ("playing", 10_000)]),
        ([(PLAYING, 0, 60_000, 0), (PLAYING, 5, 2_000, 5)], [("playing", 60_000), ("playing", 2_000)]),
        ([(PLAYING, 0, 0, 0), (PAUSED, 7, 7_000, 7)], [("playing", 0), ("paused", 7_000)]),
        # One that says nothing new when it is paused.
        ([(PLAYING, 0, 0, 0), (PAUSED, 7, 0, 0)], [("playing", 0), ("paused", 7_000)]),
        (
            [(PLAYING, 0, 5_000, 0), (PAUSED, 0, 5_000, 0), (PAUSED, 500, 5_000, 0), (PLAYING, 600, 5_000, 0)],
            [("playing", 5_000), ("paused", 5_000), ("playing", 5_000)],
        ),
        ([(PLAYING, 0, 0, 0), (STOPPED, 8, None, None)], [("playing", 0), ("stopped", 8_000)]),
        # One that goes back to the beginning when it is stopped.
        ([(PLAYING, 0, 0, 0), (STOPPED, 8, 0, 8)], [("playing", 0), ("stopped", 8_000)]),
        ([(PLAYING, 0, 0, 0), (STOPPED, 8, 0, 8), (PLAYING, 9, 0, 9)], [("playing", 0), ("stopped", 8_000)]),
        # One without a position.
        (
            [(PLAYING, 0, None, None), (PAUSED, 20, None, None), (PLAYING, 90, None, None), (STOPPED, 95, None, None)],
            [("playing", 0), ("paused", 20_000), ("playing", 20_000), ("stopped", 25_000)],
        ),
        # One whose word is old already, and one whose clock is ahead.
        ([(PLAYING, 10, 5_000, 0)], [("playing", 15_000)]),
        ([(PLAYING, 0, 5_000, 60)], [("playing", 5_000)]),
        # One that runs over the end.
        ([(PLAYING, 0, HOUR - 1_000, 0), (STOPPED, 60, None, None)], [("playing", HOUR - 1_000), ("stopped", HOUR)]),
        ([(PLAYING, 0, 2 * HOUR, 0)], [("playing", HOUR)]),
    ],
)
def test_what_happens_is_told(
    steps: list[tuple[PlayState, float, int | None, float | None]], told: list[tuple[str, int]]
) -> None:
    watcher = Watcher()
    for state, at, position, moment in steps:
        watcher.sees(state, position, at=at, told=moment)
    assert watcher.told == told


def test_a_player_that_does_not_say_when_is_there_now() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, 30_000, at=5)
    watcher.sees(PLAYING, 30_000, at=10)
    assert watcher.play.position_at(NOW + 10) == 35_000


def test_time_is_told_every_ten_seconds_while_it_plays() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, 0, told=0)
    for second in range(4, 31, 2):
        watcher.waits(second)
    assert watcher.told == [("playing", 0), ("playing", 10_000), ("playing", 20_000), ("playing", 30_000)]


def test_time_says_nothing_before_it_begins_and_after_it_ends() -> None:
    watcher = Watcher()
    watcher.waits(30)
    assert watcher.told == []
    watcher.sees(PLAYING, 0, at=30, told=30)
    watcher.sees(STOPPED, at=35)
    watcher.waits(120)
    assert watcher.told == [("playing", 0), ("stopped", 5_000)]


def test_a_pause_is_told_again_as_what_it_was_until_its_user_has_left_it() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, 0, told=0)
    watcher.sees(PAUSED, 7_000, at=7, told=7)
    for second in range(10, LONGEST_PAUSE + 100, 10):
        watcher.waits(second)
    assert watcher.told == [("playing", 0), *[("paused", 7_000)] * (LONGEST_PAUSE // 10)]
    assert {report.at for report in watcher.reports[1:]} == {NOW + 7}


def test_only_the_first_report_begins() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, 0, told=0)
    watcher.waits(10)
    watcher.sees(STOPPED, at=12)
    assert [report.begins for report in watcher.reports] == [True, False, False]


def test_an_end_is_told_once() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, 0, told=0)
    watcher.take(end(watcher.play, NOW + 5))
    watcher.take(end(watcher.play, NOW + 6))
    watcher.sees(STOPPED, at=7)
    assert watcher.told == [("playing", 0), ("stopped", 5_000)]


def test_what_is_watched_is_told_at_once_and_stays_watched() -> None:
    watcher = Watcher()
    watcher.sees(PLAYING, HOUR * 9 // 10 - 1_000, told=0)
    watcher.waits(2)
    watcher.sees(PLAYING, 60_000, at=5, told=5)
    watcher.waits(15)
    assert [report.watched for report in watcher.reports] == [False, True, True, True]
    assert watcher.told[1] == ("playing", HOUR * 9 // 10 + 1_000)


def test_what_becomes_known_later_counts() -> None:
    watcher = Watcher(duration_ms=None)
    watcher.sees(PLAYING, HOUR - 1_000, told=0)
    watcher.take(learn(watcher.play, HOUR, watched=False, now=NOW + 0.5))
    watcher.take(learn(watcher.play, None, watched=False, now=NOW + 0.6))
    assert [(report.watched, report.duration_ms) for report in watcher.reports] == [(False, None), (True, HOUR)]


def test_what_was_watched_before_anybody_looked_is_no_news() -> None:
    watcher = Watcher(duration_ms=None)
    watcher.sees(PLAYING, HOUR - 10_000, told=0)
    watcher.take(learn(watcher.play, HOUR, watched=True, now=NOW + 0.5))
    assert len(watcher.reports) == 1
    assert watcher.play.watched


def test_without_a_length_nothing_is_watched() -> None:
    watcher = Watcher(duration_ms=None)
    watcher.sees(PLAYING, 20 * HOUR, told=0)
    watcher.sees(STOPPED, at=60)
    assert watcher.told == [("playing", 20 * HOUR), ("stopped", 20 * HOUR + 60_000)]
    assert not watcher.play.watched


_SEEN = st.tuples(
    st.sampled_from(list(PlayState)),
    st.one_of(st.none(), st.integers(0, 2 * HOUR)),
    st.one_of(st.none(), st.floats(-100, 100)),
    st.floats(0, 30),
)


@given(st.lists(_SEEN, max_size=20))
def test_whatever_a_player_shows_the_story_makes_sense(
    steps: list[tuple[PlayState, int | None, float | None, float]],
) -> None:
    watcher, now = Watcher(), 0.0
    for state, position, moment, passed in steps:
        now += passed
        watcher.waits(now)
        watcher.sees(state, position, at=now, told=None if moment is None else now + moment)
    states = [report.state for report in watcher.reports]
    assert STOPPED not in states[:-1]
    assert [report.begins for report in watcher.reports] == [True] * bool(states) + [False] * (len(states) - 1)
    assert all(0 <= report.position_ms <= HOUR for report in watcher.reports)
    counted = [report.watched for report in watcher.reports]
    assert counted == sorted(counted)
