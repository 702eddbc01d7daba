"""A queue plays what is in it, in an order that its user has a hand in."""

from collections.abc import Callable
import random

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.player.queue import Queue, Repeat


def last(count: int) -> int:
    """Draw what is left last: that turns an order round."""
    return count - 1


def first(_: int) -> int:
    return 0


EMPTY = Queue[str]()


def queue(items: str, at: int = 0, repeat: Repeat = Repeat.OFF) -> Queue[str]:
    """Return a queue of letters."""
    return EMPTY.filled(items, at, first).with_repeat(repeat)


def played(found: Queue[str]) -> str:
    """Return the letters as they play, the current one as a capital."""
    return "".join(each.upper() if place == found.at else each for place, each in enumerate(found.in_order))


@pytest.mark.parametrize(
    ("change", "result"),
    [
        (lambda q: q, "aBc"),
        (lambda q: q.added("xy", last), "aBcxy"),
        (lambda q: q.interposed("xy"), "aBxyc"),
        (lambda q: q.interposed("xy").after_skip(), "abXyc"),
        (lambda q: q.filled("xyz", 1, last), "xYz"),
        (lambda q: q.filled("", 0, last), ""),
        (lambda q: q.removed(0), "Bc"),
        (lambda q: q.removed(1), "aC"),
        (lambda q: q.removed(2), "aB"),
        (lambda q: q.removed(2).removed(1), "A"),
        (lambda q: q.removed(0).removed(0).removed(0), ""),
        (lambda q: q.emptied(), ""),
        (lambda q: q.after_skip(), "abC"),
        (lambda q: q.after_end(), "abC"),
        (lambda q: q.before(), "Abc"),
        (lambda q: q.before().before(), "Abc"),
        (lambda q: q.with_shuffle(last), "Bca"),
        (lambda q: q.with_shuffle(last).after_skip(), "bCa"),
        (lambda q: q.with_shuffle(last).after_skip().in_sequence(), "abC"),
        (lambda q: q.with_shuffle(last).added("xy", last), "Byxac"),
        (lambda q: q.with_shuffle(last).interposed("xy"), "Bxyca"),
        (lambda q: q.with_shuffle(last).interposed("xy").in_sequence(), "aBcxy"),
        (lambda q: q.with_shuffle(last).filled("xyz", 2, last), "Zyx"),
        (lambda q: q.with_shuffle(last).removed(0), "Ca"),
        (lambda q: q.with_shuffle(last).removed(2).in_sequence(), "Bc"),
    ],
)
def test_a_change_leads_to(change: Callable[[Queue[str]], Queue[str]], result: str) -> None:
    assert played(change(queue("abc", 1))) == result


@pytest.mark.parametrize(
    ("at", "repeat", "ended", "skipped", "back"),
    [
        (0, Repeat.OFF, "aB", "aB", "Ab"),
        (1, Repeat.OFF, None, None, "Ab"),
        (0, Repeat.ALL, "aB", "aB", "aB"),
        (1, Repeat.ALL, "Ab", "Ab", "Ab"),
        (0, Repeat.ONE, "Ab", "aB", "aB"),
        (1, Repeat.ONE, "aB", "Ab", "Ab"),
    ],
)
def test_after_each_item_it_goes_on_as_it_repeats(
    at: int, repeat: Repeat, ended: str | None, skipped: str | None, back: str
) -> None:
    found = queue("ab", at, repeat)
    for result, expected in ((found.after_end(), ended), (found.after_skip(), skipped), (found.before(), back)):
        assert (result and played(result)) == expected


@pytest.mark.parametrize("repeat", Repeat)
def test_an_empty_queue_leads_nowhere(repeat: Repeat) -> None:
    empty = EMPTY.with_repeat(repeat).with_shuffle(last)
    assert empty.current is None
    assert empty.after_end() is None
    assert empty.after_skip() is None
    assert (empty.before(), empty.in_sequence().shuffled) == (empty, False)
    assert played(empty.added("ab", first)) == "Ab"
    assert played(EMPTY.interposed("ab")) == "Ab"


@pytest.mark.parametrize(("order", "at"), [((0,), 0), ((0, 0), 0), ((0, 1), 2), ((0, 1), -1), ((0, 2), 0)])
def test_a_queue_that_cannot_be_is_refused(order: tuple[int, ...], at: int) -> None:
    with pytest.raises(ValueError, match="queue"):
        Queue(items=("a", "b"), order=order, at=at)


STEPS = ("after_skip", "before", "in_sequence", "with_shuffle", "added", "interposed", "removed")


@given(st.lists(st.sampled_from(STEPS), max_size=30), st.sampled_from(Repeat), st.integers(0, 99))
def test_nothing_is_lost_and_nothing_doubled_whatever_is_done_to_it(
    steps: list[str], repeat: Repeat, seed: int
) -> None:
    roll = random.Random(seed).randrange
    found, known = EMPTY.filled(("0", "1", "2"), 1, roll).with_repeat(repeat), {"0", "1", "2"}
    for number, step in enumerate(steps):
        new, before = f"new {number}", found.current
        match step:
            case "added":
                found, known = found.added((new,), roll), known | {new}
            case "interposed":
                found, known = found.interposed((new,)), known | {new}
            case "removed" if found.order:
                known.discard(found.in_order[roll(len(found.order))])
                (gone,) = set(found.items) - known
                found = found.removed(found.in_order.index(gone))
            case "with_shuffle":
                found = found.with_shuffle(roll)
                assert found.current == before
            case "in_sequence":
                found = found.in_sequence()
                assert found.current == before
            case "after_skip":
                found = found.after_skip() or found
            case "before":
                found = found.before()
        assert set(found.items) == known
        assert len(found.items) == len(known)
        if step in {"added", "interposed"} and before is not None:
            assert found.current == before
