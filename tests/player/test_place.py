"""When something counts as watched, and where one goes on."""

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.player.place import is_watched, place_at, resume_at

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("position", "duration", "watched"),
    [
        (0, HOUR, False),
        (HOUR * 9 // 10, HOUR, False),
        (HOUR * 9 // 10 + 1, HOUR, True),
        (HOUR, HOUR, True),
        (2 * HOUR, HOUR, True),
        (HOUR, None, False),
        (HOUR, 0, False),
        (0, 0, False),
    ],
)
def test_more_than_nine_tenths_are_the_whole(position: int, duration: int | None, *, watched: bool) -> None:
    assert is_watched(position, duration) is watched


@pytest.mark.parametrize(
    ("kind", "position", "duration", "place"),
    [
        (ItemKind.MOVIE, HOUR // 20 - 1, HOUR, None),
        (ItemKind.MOVIE, HOUR // 20, HOUR, HOUR // 20),
        (ItemKind.EPISODE, HOUR // 2, HOUR, HOUR // 2),
        (ItemKind.VIDEO, HOUR // 2, HOUR, HOUR // 2),
        (ItemKind.TRACK, HOUR // 2, HOUR, None),
        (None, HOUR // 2, HOUR, HOUR // 2),
        (ItemKind.MOVIE, 9_999, None, None),
        (ItemKind.MOVIE, 10_000, None, 10_000),
        (ItemKind.MOVIE, 10_000, 0, 10_000),
    ],
)
def test_who_has_hardly_begun_has_no_place(
    kind: ItemKind | None, position: int, duration: int | None, place: int | None
) -> None:
    assert place_at(kind, position, duration) == place


@pytest.mark.parametrize(
    ("position", "duration", "watched", "place"),
    [
        (10_000, HOUR, False, 0),
        (10_001, HOUR, False, 10_001),
        (HOUR // 2, HOUR, True, 0),
        (HOUR * 95 // 100 - 1, HOUR, False, HOUR * 95 // 100 - 1),
        (HOUR * 95 // 100, HOUR, False, 0),
        (HOUR, None, False, HOUR),
        (HOUR, 0, False, HOUR),
        (0, None, False, 0),
    ],
)
def test_one_goes_on_where_that_makes_sense(position: int, duration: int | None, place: int, *, watched: bool) -> None:
    assert resume_at(position, duration, watched=watched) == place
