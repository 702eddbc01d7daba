"""What people type is understood as they meant it."""

import pytest

from custom_components.reel.connection.address import guesses, is_private

PORTS = (("http", 8096), ("https", 8920))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("192.168.1.10", ["http://192.168.1.10:8096", "https://192.168.1.10:8920", "https://192.168.1.10", "http://192.168.1.10"]),
        ("192.168.1.10:9000", ["http://192.168.1.10:9000", "https://192.168.1.10:9000"]),
        ("http://nas:8096/", ["http://nas:8096"]),
        ("https://media.example.org/jellyfin/", ["https://media.example.org/jellyfin", "https://media.example.org:8920/jellyfin"]),
        ("  media.example.org/jellyfin ", [
            "http://media.example.org:8096/jellyfin",
            "https://media.example.org:8920/jellyfin",
            "https://media.example.org/jellyfin",
            "http://media.example.org/jellyfin",
        ]),
        ("http://[fd00::10]:8096", ["http://[fd00::10]:8096"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_guessed_and_what_was_typed_is_kept(typed: str, meant: list[str]) -> None:
    assert guesses(typed, PORTS) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "http://",
        "https:///path",
        "ftp://nas",
        "http://user@nas",
        "nas?x=1",
        "nas#x",
        "http://nas:99999",
        "[::1",
    ],
)
def test_what_can_be_no_server_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # what it says is nobody's business
        guesses(typed, PORTS)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("192.168.1.10", True),
        ("10.0.0.7", True),
        ("172.20.0.3", True),
        ("127.0.0.1", True),
        ("fd00::10", True),
        ("fe80::1", True),
        ("nas", True),
        ("NAS.local", True),
        ("nas.fritz.box.home.arpa.", True),
        ("203.0.114.9", False),
        ("2606:4700::1", False),
        ("media.example.org", False),
    ],
)
def test_a_house_knows_its_own_addresses(address: str, private: bool) -> None:  # noqa: FBT001
    assert is_private(address) is private
