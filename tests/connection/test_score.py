"""The score is a promise: these numbers are in the design."""

import pytest

from custom_components.reel.connection.model import Connection, Health
from custom_components.reel.connection.score import priority, score

from .simulation import LOCAL, RELAY, REMOTE

LOCAL_RELAY = Connection.at(
    "https://192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct:8443", local=True, relay=True
)


@pytest.mark.parametrize(
    ("connection", "health", "expected"),
    [
        (LOCAL, Health(available=True, response_ms=50), -1000),
        (REMOTE, Health(available=True, response_ms=100), 1),
        (RELAY, Health(available=True, response_ms=200), 502),
        (REMOTE, Health(available=False), 10_000),
        (RELAY, Health(available=False), 10_500),
        (LOCAL, Health(available=False), 9_000),
        (LOCAL_RELAY, Health(available=True, response_ms=50), -500),
        (REMOTE, Health(), 0),
        (REMOTE, Health(available=True, response_ms=99.9), 0),
    ],
)
def test_the_score_is_the_one_of_the_design(connection: Connection, health: Health, expected: int) -> None:
    assert score(connection, health) == expected


def test_an_unavailable_local_connection_is_worse_than_every_available_one() -> None:
    slowest = Health(available=True, response_ms=60_000)
    assert score(LOCAL, Health(available=False)) > score(RELAY, slowest)


def test_the_users_preference_is_the_base_of_the_score() -> None:
    assert score(REMOTE, Health(available=True, response_ms=100), preference=-2000) == -1999


def test_the_static_order_is_local_then_maybe_relayed_then_remote_then_relay() -> None:
    assert [priority(each) for each in (LOCAL, LOCAL_RELAY, REMOTE, RELAY)] == [0, 1, 2, 3]
