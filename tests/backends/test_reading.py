"""Values as servers write them, and as they had better not."""

import pytest

from custom_components.reel.backends.errors import Garbled
from custom_components.reel.backends.reading import flag, mapping, number, objects, required, text
from custom_components.reel.backends.transport import Json

NAN, INFINITY = float("nan"), float("inf")
NO_OBJECTS: list[Json] = [None, True, 7, 1.5, "", "{}", []]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Den", "Den"),
        ("\u00c9clair \U0001f3ac", "\u00c9clair \U0001f3ac"),
        (" ", " "),
        ("", None),
        (7, "7"),
        (0, "0"),
        (4.9, "4.9"),
        (True, None),
        (False, None),
        (None, None),
        ([], None),
        (["Den"], None),
        ({"name": "Den"}, None),
        ("half a \ud83d character", "half a ? character"),
    ],
)
def test_a_text_is_a_text_or_a_number(value: Json, expected: str | None) -> None:
    assert text(value) == expected


def test_a_text_that_is_required_is_there() -> None:
    assert required("Den") == "Den"
    nothing: list[Json] = [None, "", True, [], {}]
    for missing in nothing:
        with pytest.raises(Garbled):
            required(missing)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (-7, -7),
        (0, 0),
        ("32400", 32400),
        ("-5", -5),
        ("007", 7),
        (1.9, 1),
        (2**63 - 1, 2**63 - 1),
        (-(2**63), -(2**63)),
        (2**63, None),
        (10**400, None),
        ("9" * 5_000, None),
        (1e300, None),
        (NAN, None),
        (INFINITY, None),
        (-INFINITY, None),
        ("", None),
        ("-", None),
        ("--5", None),
        ("1.5", None),
        ("NaN", None),
        ("0x10", None),
        ("\u00b2", None),
        ("soon", None),
        (True, None),
        (False, None),
        (None, None),
        ([7], None),
        ({}, None),
    ],
)
def test_a_number_is_whole_and_fits_64_bits(value: Json, expected: int | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [True, 1, "1", "true"])
def test_a_flag_is_raised_in_many_ways(value: Json) -> None:
    assert flag(value) is True


@pytest.mark.parametrize("value", [False, 0, "0", "false", "", "yes", 2, -1, None, 1.0, NAN, [], [True], {}])
def test_anything_else_is_no_flag(value: Json) -> None:
    assert flag(value) is False


def test_an_object_is_an_object() -> None:
    assert mapping({"Id": 1}) == {"Id": 1}
    for other in NO_OBJECTS:
        with pytest.raises(Garbled):
            mapping(other)


def test_objects_are_picked_from_a_list() -> None:
    assert objects([{"Id": 1}, None, 7, "x", [], {}]) == [{"Id": 1}, {}]
    for other in [*NO_OBJECTS, {"0": {}}]:
        assert objects(other) == []
