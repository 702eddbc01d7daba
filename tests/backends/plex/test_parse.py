"""What Plex and plex.tv really write, in tables."""

import json

import pytest

from custom_components.reel.backends.errors import Garbled, NotMediaServer
from custom_components.reel.backends.model import Server, User
from custom_components.reel.backends.plex.model import Ownership, Pin
from custom_components.reel.backends.plex.parse import (
    parse_pin,
    parse_pin_token,
    parse_server,
    parse_shares,
    parse_user,
)
from custom_components.reel.backends.transport import Json
from custom_components.reel.connection.model import Connection, Origin, Quality
from tests.servers.openapi import FIXTURES, needs_fixtures

MACHINE = "9f3c0f1f7d8c4c1b8f0e6f7a5b4c3d2e1f0a9b8c"
TOKEN = "qT8wPz5sVx1nLk7yRb3J"
HOME = "192-168-1-10.0123456789abcdef0123456789abcdef.plex.direct"


def connection(**changes: Json) -> dict[str, Json]:
    """Return a connection as plex.tv lists it."""
    listed: dict[str, Json] = {
        "protocol": "https",
        "address": "192.168.1.10",
        "port": 32400,
        "uri": f"https://{HOME}:32400",
        "local": True,
        "relay": False,
        "IPv6": False,
    }
    return listed | changes


def device(**changes: Json) -> dict[str, Json]:
    """Return a server as plex.tv lists it to its owner."""
    listed: dict[str, Json] = {
        "name": "Den",
        "productVersion": "1.42.2.10156-f737b826c",
        "clientIdentifier": MACHINE,
        "provides": "server",
        "sourceTitle": None,
        "accessToken": TOKEN,
        "owned": True,
        "home": False,
        "connections": [connection()],
    }
    return listed | changes


def test_a_pin_is_read() -> None:
    pin = parse_pin({"id": 1800000001, "code": "4K7X", "expiresIn": 1800, "authToken": None})
    assert pin == Pin("1800000001", "4K7X", 1800)


@pytest.mark.parametrize(("told", "seconds"), [(None, 900), (0, 900), ("600", 600), ("soon", 900), (1e400, 900)])
def test_a_pin_lasts_a_quarter_of_an_hour_unless_told(told: Json, seconds: float) -> None:
    assert parse_pin({"id": 1, "code": "4K7X", "expiresIn": told}).expires_in == seconds


@pytest.mark.parametrize("answer", [{}, {"id": 1}, {"code": "4K7X"}, {"id": None, "code": "4K7X"}, [], None, "pin"])
def test_half_a_pin_is_garbled(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_pin(answer)


@pytest.mark.parametrize(
    ("answer", "token"),
    [({"authToken": TOKEN}, TOKEN), ({"authToken": None}, None), ({"authToken": ""}, None), ({}, None)],
)
def test_a_pin_has_a_token_once_it_is_approved(answer: Json, token: str | None) -> None:
    assert parse_pin_token(answer) == token


def test_secrets_stay_out_of_logs() -> None:
    (share,) = parse_shares([device()])
    assert TOKEN not in repr(share)
    assert "4K7X" not in repr(parse_pin({"id": 1800000001, "code": "4K7X"}))
    assert "1800000001" not in repr(parse_pin({"id": 1800000001, "code": "4K7X"}))


@pytest.mark.parametrize(
    ("names", "name"),
    [
        ({"friendlyName": "Ann", "title": "ann", "username": "ann7"}, "Ann"),
        ({"friendlyName": "", "title": "ann", "username": "ann7"}, "ann"),
        ({"friendlyName": None, "title": None, "username": "ann7"}, "ann7"),
        ({"username": ""}, "Plex"),
    ],
)
def test_a_user_is_called_what_people_chose_first(names: dict[str, Json], name: str) -> None:
    assert parse_user({"uuid": "3fd2a1b7c6e59804", **names}) == User("3fd2a1b7c6e59804", name)


@pytest.mark.parametrize("answer", [{}, {"uuid": ""}, {"id": 7, "title": "ann"}, [], None])
def test_a_user_without_an_identity_is_garbled(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_user(answer)


def test_a_server_introduces_itself() -> None:
    answer: Json = {"MediaContainer": {"friendlyName": "Den", "machineIdentifier": MACHINE, "version": "1.42.2"}}
    assert parse_server(answer) == Server(MACHINE, "Den", "1.42.2")


def test_a_server_may_keep_its_name_to_itself() -> None:
    answer: Json = {"MediaContainer": {"size": 0, "claimed": True, "machineIdentifier": MACHINE}}
    assert parse_server(answer) == Server(MACHINE, "Plex Media Server", "")


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        "Plex",
        {"MediaContainer": None},
        {"MediaContainer": []},
        {"MediaContainer": {}},
        {"MediaContainer": {"machineIdentifier": ""}},
        {"Id": MACHINE, "ProductName": "Jellyfin Server"},
    ],
)
def test_what_has_no_identity_is_no_media_server(answer: Json) -> None:
    with pytest.raises(NotMediaServer):
        parse_server(answer)


def test_a_share_is_read_with_all_its_connections() -> None:
    relayed = connection(uri="https://198-51-100-4.0123.plex.direct:8443", port="8443", local=0, relay="1")
    (share,) = parse_shares([device(connections=[connection(), relayed])])
    assert share.server == Server(MACHINE, "Den", "1.42.2.10156-f737b826c")
    assert (share.token, share.ownership, share.owner) == (TOKEN, Ownership.OWNED, None)
    home, relay = share.connections
    assert home == Connection(
        uri=f"https://{HOME}:32400",
        protocol="https",
        address="192.168.1.10",
        port=32400,
        local=True,
        origin=Origin.DISCOVERED,
    )
    assert (relay.port, relay.quality) == (8443, Quality.RELAY)


@pytest.mark.parametrize(
    ("owned", "home", "ownership"),
    [
        (True, False, Ownership.OWNED),
        (True, True, Ownership.OWNED),
        ("1", "0", Ownership.OWNED),
        (False, True, Ownership.HOME),
        (0, 1, Ownership.HOME),
        (False, False, Ownership.SHARED),
        (None, None, Ownership.SHARED),
    ],
)
def test_a_server_is_owned_or_of_the_home_or_shared(owned: Json, home: Json, ownership: Ownership) -> None:
    (share,) = parse_shares([device(owned=owned, home=home)])
    assert share.ownership is ownership


def test_owned_servers_come_first_then_those_of_the_home_then_shared_ones_each_by_name() -> None:
    listed: list[Json] = [
        device(name="beach house", owned=False, sourceTitle="carl"),
        device(name="Attic", owned=False, sourceTitle="carl"),
        device(name="Kids", owned=False, home=True),
        device(name="den"),
        device(name="Cellar"),
    ]
    names = [share.server.name for share in parse_shares(listed)]
    assert names == ["Cellar", "den", "Kids", "Attic", "beach house"]


@pytest.mark.parametrize(
    "changes",
    [
        {"provides": "client,player,pubsub-player"},
        {"provides": "servers"},
        {"provides": ""},
        {"provides": None},
        {"accessToken": None},
        {"accessToken": ""},
        {"clientIdentifier": None},
        {"connections": []},
        {"connections": None},
        {"connections": [connection(uri=None)]},
    ],
)
def test_what_is_no_server_that_can_be_opened_is_left_out(changes: dict[str, Json]) -> None:
    assert parse_shares([device(**changes)]) == []


def test_a_server_may_be_a_player_too() -> None:
    assert len(parse_shares([device(provides="client,server,player")])) == 1


@pytest.mark.parametrize("changes", [{"uri": ""}, {"address": None}, {"port": None}, {"port": "many"}])
def test_a_connection_that_leads_nowhere_is_left_out(changes: dict[str, Json]) -> None:
    (share,) = parse_shares([device(connections=[connection(**changes), connection(), None])])
    assert len(share.connections) == 1


def test_a_connection_does_without_what_can_be_told_from_its_uri() -> None:
    spare: Json = {"uri": "http://10.0.0.7:32400/", "address": "10.0.0.7", "port": 32400}
    (share,) = parse_shares([device(connections=[spare], name=None)])
    assert share.connections == (Connection.at("http://10.0.0.7:32400"),)
    assert share.server.name == MACHINE


@pytest.mark.parametrize("answer", [None, {}, {"errors": []}, "", 7])
def test_no_list_is_not_an_empty_list(answer: Json) -> None:
    with pytest.raises(Garbled):
        parse_shares(answer)


@needs_fixtures
def test_genuine_resources_are_understood() -> None:
    listed = json.loads((FIXTURES / "plex/json/get-server-resources-0.json").read_bytes())
    servers = [each for each in listed if "server" in each["provides"].split(",")]
    shares = parse_shares(listed)
    assert servers
    assert {share.server.identity for share in shares} == {each["clientIdentifier"] for each in servers}
    by_identity = {share.server.identity: share for share in shares}
    for each in servers:
        share = by_identity[each["clientIdentifier"]]
        assert (share.token, share.owner) == (each["accessToken"], each["sourceTitle"])
        assert [one.uri for one in share.connections] == [one["uri"].rstrip("/") for one in each["connections"]]
        assert [(one.local, one.relay) for one in share.connections] == [
            (one["local"], one["relay"]) for one in each["connections"]
        ]


@needs_fixtures
def test_a_genuine_user_is_understood() -> None:
    answer = json.loads((FIXTURES / "plex/json/post-sign-in-0.json").read_bytes())
    user = parse_user(answer)
    assert user.identity == answer["uuid"]
    assert user.name in {answer["friendlyName"], answer["title"], answer["username"]}
