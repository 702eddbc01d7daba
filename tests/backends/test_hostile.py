"""No answer, however absurd, gets past a parser as anything but our own values or our own error."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
import json
from math import isfinite

from hypothesis import given, strategies as st
import pytest

from custom_components.reel.backends.errors import Garbled, SourceError, Unreachable
from custom_components.reel.backends.jellyfin import parse as jellyfin
from custom_components.reel.backends.plex import parse as plex
from custom_components.reel.backends.transport import Json, Reply, url_of

ODDITIES: tuple[Json, ...] = (
    "--5",
    "1" * 5_000,
    10**400,
    float("nan"),
    float("inf"),
    -1,
    "1/../2",
    "http://[::1",
    "a\0b",
    "\ud83d",
)
SCALARS: st.SearchStrategy[Json] = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
ANYTHING: st.SearchStrategy[Json] = (
    SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(st.text(max_size=5), SCALARS, max_size=2)
)

# What each parser understands, to be spoilt.
ANSWERS: list[tuple[Callable[[Json], object], Json]] = [
    (plex.parse_pin, {"id": 1800000001, "code": "4K7X", "expiresIn": 900}),
    (plex.parse_pin_token, {"authToken": "qT8wPz5sVx1nLk7yRb3J"}),
    (plex.parse_user, {"uuid": "3fd2a1b7c6e59804", "friendlyName": "", "title": "ann", "username": "ann7"}),
    (
        plex.parse_server,
        {"MediaContainer": {"machineIdentifier": "9f3c0f1f", "friendlyName": "Den", "version": "1.42"}},
    ),
    (
        plex.parse_shares,
        [
            {
                "name": "Den",
                "productVersion": "1.42.2",
                "clientIdentifier": "9f3c0f1f",
                "provides": "server",
                "accessToken": "qT8wPz5sVx1nLk7yRb3J",
                "sourceTitle": None,
                "owned": True,
                "home": False,
                "connections": [
                    {
                        "protocol": "http",
                        "address": "10.0.0.7",
                        "port": 32400,
                        "uri": "http://10.0.0.7:32400",
                        "local": 1,
                    }
                ],
            }
        ],
    ),
    (
        jellyfin.parse_server,
        {"Id": "3c5c1f6a", "ServerName": "Attic", "Version": "10.11.11", "ProductName": "Jellyfin Server"},
    ),
    (jellyfin.parse_user, {"Id": "a5d3f6c2", "Name": "ann"}),
    (jellyfin.parse_signed_in, {"User": {"Id": "a5d3f6c2", "Name": "ann"}, "AccessToken": "0f1e2d3c"}),
]


@st.composite
def spoilt(draw: st.DrawFn, answer: Json) -> Json:
    """Return an answer in which here and there something is missing, or is something else."""
    match draw(st.integers(0, 9)), answer:
        case 8, _:
            return draw(st.sampled_from(ODDITIES))
        case 9, _:
            return draw(ANYTHING)
        case _, dict():
            return {name: draw(spoilt(value)) for name, value in answer.items() if draw(st.integers(0, 9)) < 9}
        case _, list():
            return [draw(spoilt(value)) for value in answer]
        case _:
            return answer


def values(result: object) -> Iterator[object]:
    """Yield everything a result is made of."""
    if is_dataclass(result):
        for each in fields(result):
            yield from values(getattr(result, each.name))
    elif isinstance(result, list | tuple):
        for member in result:
            yield from values(member)
    else:
        yield result


@pytest.mark.parametrize(("parse", "answer"), ANSWERS)
@given(data=st.data())
def test_a_parser_understands_or_raises_our_error(
    parse: Callable[[Json], object], answer: Json, data: st.DataObject
) -> None:
    parse(answer)
    body = json.dumps(data.draw(spoilt(answer))).encode()
    with suppress(SourceError):
        for value in values(parse(Reply(200, {}, body).json())):
            if isinstance(value, str):
                value.encode()
            if isinstance(value, float):
                assert isfinite(value)


@given(st.binary(max_size=200) | ANYTHING.map(json.dumps).map(str.encode))
def test_any_body_is_json_that_can_be_written_down_again_or_garbled(body: bytes) -> None:
    try:
        understood = Reply(200, {}, body).json()
    except Garbled:
        understood = None
    again = Reply(200, {}, json.dumps(understood).encode()).json()
    # What is no number is equal to nothing, itself included.
    assert repr(again) == repr(understood)


@given(
    st.text(st.characters(exclude_characters="?#")), st.sampled_from(["", "http://", "https://", "http://10.0.0.7:"])
)
def test_any_base_is_an_address_or_leads_nowhere(base: str, scheme: str) -> None:
    with suppress(Unreachable):
        assert str(url_of(scheme + base, "/identity")).endswith("/identity")


@given(st.text(st.characters()) | st.from_regex(r"\d*(\.\d*)*"))
def test_any_version_is_made_of_numbers(version: str) -> None:
    assert all(part >= 0 for part in jellyfin.parse_version(version))
