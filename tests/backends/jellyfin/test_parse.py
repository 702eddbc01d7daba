"""What Jellyfin really writes, in tables."""

import pytest

from custom_components.reel.backends.errors import Garbled, NotMediaServer
from custom_components.reel.backends.jellyfin.model import SignedIn
from custom_components.reel.backends.jellyfin.parse import parse_server, parse_signed_in, parse_user, parse_version
from custom_components.reel.backends.jellyfin.server import OLDEST
from custom_components.reel.backends.model import Server, User
from custom_components.reel.backends.transport import Json

SERVER_ID = "3c5c1f6a4d0b4a6e9d0f7c2b8e1a5d94"
USER_ID = "a5d3f6c2b1e04987b6f0c4d2e8a97135"
TOKEN = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PUBLIC: dict[str, Json] = {
    "LocalAddress": "http://10.0.0.7:8096",
    "ServerName": "Attic",
    "Version": "10.11.11",
    "ProductName": "Jellyfin Server",
    "OperatingSystem": "",
    "Id": SERVER_ID,
    "StartupWizardCompleted": True,
}


def test_a_server_introduces_itself() -> None:
    assert parse_server(PUBLIC) == Server(SERVER_ID, "Attic", "10.11.11")


def test_a_server_may_have_no_name_and_no_version() -> None:
    bare: Json = {"Id": SERVER_ID, "ProductName": "Jellyfin Server"}
    assert parse_server(bare) == Server(SERVER_ID, "Jellyfin", "")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "Jellyfin Server",
        PUBLIC | {"Id": None},
        PUBLIC | {"Id": ""},
        PUBLIC | {"ProductName": "Emby Server"},
        PUBLIC | {"ProductName": None},
        {"LocalAddresses": [], "ServerName": "Attic", "Version": "4.9.1.80", "Id": SERVER_ID},
        {"MediaContainer": {"machineIdentifier": SERVER_ID}},
    ],
)
def test_anything_else_is_no_jellyfin(answer: Json) -> None:
    with pytest.raises(NotMediaServer):
        parse_server(answer)


@pytest.mark.parametrize(
    ("version", "numbers", "old"),
    [
        ("10.8.13", (10, 8, 13), True),
        ("10.8", (10, 8), True),
        ("9.99", (9, 99), True),
        ("4.9.1.80", (4, 9, 1, 80), True),
        ("10.9", (10, 9), False),
        ("10.9.0", (10, 9, 0), False),
        ("10.10.7", (10, 10, 7), False),
        ("10.11.0-rc3", (10, 11, 0), False),
        ("12.0.0+build.7", (12, 0, 0), False),
        ("12", (12,), False),
        ("10.x.9", (10,), True),
        ("10..9", (10,), True),
        ("v10.11", (), True),
        ("", (), True),
        ("9" * 5_000, (999_999_999,), False),
    ],
)
def test_versions_are_compared_number_by_number(version: str, numbers: tuple[int, ...], old: bool) -> None:  # noqa: FBT001
    assert parse_version(version) == numbers
    assert (numbers < OLDEST) is old


def test_a_sign_in_earns_a_user_and_a_token() -> None:
    answer: Json = {"User": {"Id": USER_ID, "Name": "ann"}, "AccessToken": TOKEN, "ServerId": SERVER_ID}
    signed_in = parse_signed_in(answer)
    assert signed_in == SignedIn(User(USER_ID, "ann"), TOKEN)
    assert TOKEN not in repr(signed_in)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"AccessToken": TOKEN},
        {"AccessToken": TOKEN, "User": None},
        {"AccessToken": TOKEN, "User": {"Name": "ann"}},
        {"AccessToken": "", "User": {"Id": USER_ID}},
        {"User": {"Id": USER_ID}},
    ],
)
def test_half_a_sign_in_is_garbled(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_signed_in(answer)


def test_a_user_may_have_no_name() -> None:
    assert parse_user({"Id": USER_ID}) == User(USER_ID, "")
