"""What comes to its end is followed by something; what is left early is not."""

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.player.ending import is_over, tries_left_off

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("kind", "position", "duration", "over"),
    [
        (ItemKind.MOVIE, HOUR, HOUR, True),
        (ItemKind.EPISODE, HOUR * 95 // 100, HOUR, True),
        (ItemKind.EPISODE, HOUR * 95 // 100 - 1, HOUR, False),
        (ItemKind.MOVIE, HOUR, None, False),
        (ItemKind.MOVIE, 0, 0, False),
        (ItemKind.TRACK, 195_000, 200_000, True),
        (ItemKind.TRACK, 194_999, 200_000, False),
    ],
)
def test_an_item_is_over_at_its_end(kind: ItemKind, position: int, duration: int | None, *, over: bool) -> None:
    assert is_over(kind, position, duration) is over


@pytest.mark.parametrize(("begun", "position", "left"), [(0, 59_999, 2), (0, 60_000, 0), (HOUR, HOUR + 1, 2)])
def test_what_went_well_for_a_while_may_be_tried_again(begun: int, position: int, left: int) -> None:
    assert tries_left_off(2, begun, position) == left
