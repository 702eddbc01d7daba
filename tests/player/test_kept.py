"""A queue is the same after a restart, and what is none makes no trouble."""

import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.player.kept import read, written
from custom_components.reel.player.queue import Queue, Repeat

KEYS = st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=9)


@given(KEYS, st.sampled_from(Repeat), st.booleans(), st.data())
def test_a_queue_is_read_as_it_was_written(
    items: list[tuple[str, str]],
    repeat: Repeat,
    shuffled: bool,  # noqa: FBT001  # drawn
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations(range(len(items))))
    at = data.draw(st.integers(0, max(len(items) - 1, 0)))
    queue = Queue(items=tuple(items), order=tuple(order), at=at, repeat=repeat, shuffled=shuffled)
    assert read(json.loads(json.dumps(written(queue)))) == queue


GOOD = written(Queue(items=(("den", "1"), ("den", "2")), order=(1, 0)))


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {**GOOD, "order": [0]},
        {**GOOD, "at": 7},
        {**GOOD, "repeat": "never"},
        {**GOOD, "items": ["den", "1"]},
        {**GOOD, "items": None},
        {**GOOD, "order": ["a", "b"]},
    ],
)
def test_what_is_no_queue_is_an_empty_one(kept: dict[str, Any]) -> None:
    assert read(kept) == Queue()
    assert read(GOOD) != Queue()
