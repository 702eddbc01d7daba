"""A connection knows its parts."""

import pytest

from custom_components.reel.connection.errors import Cause
from custom_components.reel.connection.model import Connection, Health, Quality


@pytest.mark.parametrize(
    ("uri", "protocol", "address", "port"),
    [
        ("http://192.168.1.10:32400", "http", "192.168.1.10", 32400),
        ("https://media.example.org/jellyfin/", "https", "media.example.org", 443),
        ("http://[fd00::10]:8096", "http", "fd00::10", 8096),
        ("file:///media/films", "file", "", 0),
    ],
)
def test_a_uri_is_spelled_out(uri: str, protocol: str, address: str, port: int) -> None:
    connection = Connection.at(uri)
    assert (connection.protocol, connection.address, connection.port) == (protocol, address, port)
    assert not connection.uri.endswith("/")


@pytest.mark.parametrize(
    ("local", "relay", "quality"),
    [
        (True, False, Quality.LOCAL),
        (True, True, Quality.LOCAL),
        (False, False, Quality.REMOTE),
        (False, True, Quality.RELAY),
    ],
)
def test_local_decides_before_relay(local: bool, relay: bool, quality: Quality) -> None:  # noqa: FBT001
    assert Connection.at("http://a:1", local=local, relay=relay).quality is quality


def test_qualities_rank_in_their_order() -> None:
    assert sorted(Quality, key=lambda quality: -quality.rank) == [Quality.RELAY, Quality.REMOTE, Quality.LOCAL]


def test_failures_are_counted_until_the_next_answer() -> None:
    health = Health().failed(1.0).failed(2.0)
    assert (health.available, health.failures, health.last_tested) == (False, 2, 2.0)
    assert health.answered(3.0, 12.5) == Health(available=True, response_ms=12.5, failures=0, last_tested=3.0)


def test_a_failure_is_remembered_with_its_cause_until_the_next_answer() -> None:
    health = Health().failed(1.0, Cause.CERTIFICATE)
    assert (health.cause, health.failed(2.0).cause, health.answered(3.0).cause) == (Cause.CERTIFICATE, None, None)


def test_an_answer_without_a_measurement_keeps_the_last_one() -> None:
    assert Health().answered(1.0, 40.0).answered(2.0).response_ms == 40.0
