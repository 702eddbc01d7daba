"""A stretch is skipped when its user wants that, and only once."""

import pytest

from custom_components.reel.backends.item import Marker, MarkerKind
from custom_components.reel.player.markers import (
    AFTER,
    BEFORE,
    due,
    is_ending,
    marker_at,
    next_due_ms,
    worth_skipping,
)

INTRO = Marker(MarkerKind.INTRO, 30_000, 90_000)
RECAP = Marker(MarkerKind.RECAP, 0, 25_000)
BLINK = Marker(MarkerKind.INTRO, 200_000, 204_000)
CREDITS = Marker(MarkerKind.CREDITS, 1_200_000, 1_290_000)
BREAK = Marker(MarkerKind.COMMERCIAL, 600_000, 700_000)
ALL = (CREDITS, BREAK, BLINK, INTRO, RECAP)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [(frozenset(), ()), (BEFORE, (RECAP, INTRO)), (AFTER, (CREDITS,)), (BEFORE | AFTER, (RECAP, INTRO, CREDITS))],
)
def test_only_what_is_wanted_and_long_enough_is_skipped(
    kinds: frozenset[MarkerKind], found: tuple[Marker, ...]
) -> None:
    assert worth_skipping(ALL, kinds) == found


@pytest.mark.parametrize(
    ("position", "skipped", "found", "following"),
    [
        (0, (), RECAP, 30_000),
        (26_000, (), None, 30_000),
        (30_000, (), INTRO, 1_200_000),
        (89_999, (), INTRO, 1_200_000),
        (90_000, (), None, 1_200_000),
        (30_000, (INTRO,), None, 1_200_000),
        (26_000, (INTRO, CREDITS), None, None),
        (1_250_000, (), CREDITS, None),
    ],
)
def test_a_marker_is_due_within_it_and_once(
    position: int, skipped: tuple[Marker, ...], found: Marker | None, following: int | None
) -> None:
    wanted = worth_skipping(ALL, BEFORE | AFTER)
    assert (due(wanted, skipped, position), next_due_ms(wanted, skipped, position)) == (found, following)


def test_of_markers_in_each_other_the_one_counts_that_ends_last() -> None:
    inner = Marker(MarkerKind.COMMERCIAL, 620_000, 640_000)
    assert marker_at((inner, BREAK), 630_000) == BREAK


@pytest.mark.parametrize(
    ("marker", "duration", "ending"),
    [
        (CREDITS, 1_295_000, True),
        (CREDITS, 1_290_000, True),
        (CREDITS, 1_400_000, False),
        (CREDITS, None, False),
        (INTRO, 90_000, False),
    ],
)
def test_credits_are_the_end_unless_something_follows(marker: Marker, duration: int | None, *, ending: bool) -> None:
    assert is_ending(marker, duration) is ending
