"""Asking Jellyfin servers of every version who they are, signing in, and proving it."""

import json

from aiohttp.typedefs import Handler
import pytest

from custom_components.reel.backends.errors import (
    Busy,
    ForeignServer,
    Missing,
    NotAllowed,
    NotMediaServer,
    SignInRefused,
    TooOld,
)
from custom_components.reel.backends.jellyfin.server import (
    JellyfinProber,
    introduce,
    require_new_enough,
    sign_in,
    who_am_i,
)
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.model import Client, Server, User
from custom_components.reel.connection.model import Connection
from custom_components.reel.connection.probe import identity_probe
from tests.backends.anybody import Anybody, says, says_json
from tests.backends.conftest import CLIENT
from tests.servers.faults import Fault, Garbage
from tests.servers.jellyfin import JellyfinServer
from tests.servers.plex import PlexServer

PASSWORD = "correct horse, battery \u00fc\u20ac"
STRANGER = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("version", ["10.9.0", "10.9.11", "10.10.7", "10.11.11", "12.0.0"])
async def test_every_version_from_10_9_lets_us_in(jellyfin_wire: Wire, version: str) -> None:
    async with JellyfinServer(version=version) as jellyfin:
        ann = jellyfin.add_user("Ann", PASSWORD)
        server = await introduce(jellyfin_wire, jellyfin.url())
        assert server == Server(jellyfin.server_id, "Attic", version)
        require_new_enough(server)
        signed_in = await sign_in(jellyfin_wire, jellyfin.url(), "ann", PASSWORD)
        assert signed_in.user == User(ann.id, "Ann")
        assert await who_am_i(jellyfin_wire, jellyfin.url(), signed_in.token) == signed_in.user
        prober = JellyfinProber(jellyfin_wire, signed_in.token)
        await prober.prove(Connection.at(jellyfin.url()))


@pytest.mark.parametrize("version", ["10.8.13", "10.7.7"])
async def test_an_older_one_is_too_old_and_sees_no_token(jellyfin_wire: Wire, version: str) -> None:
    async with JellyfinServer(version=version) as jellyfin:
        token = jellyfin.sign_in(jellyfin.add_user("Ann"))
        with pytest.raises(TooOld) as caught:
            await JellyfinProber(jellyfin_wire, token).identify(Connection.at(jellyfin.url()))
        assert caught.value.version == version
        assert jellyfin.traffic.tokens == set()


@pytest.mark.parametrize("door", ["local", "remote"])
async def test_a_server_is_the_same_behind_every_door_and_below_its_base_path(
    jellyfin_wire: Wire, jellyfin: JellyfinServer, door: str
) -> None:
    prober = JellyfinProber(jellyfin_wire, jellyfin.sign_in(jellyfin.add_user("Ann")))
    connection = Connection.at(jellyfin.url(door) + "/")
    assert await prober.identify(connection) == jellyfin.server_id
    await prober.prove(connection)
    assert {seen.path.partition("/jellyfin")[0] for seen in jellyfin.traffic.requests} == {""}


async def test_without_its_base_path_nobody_is_found(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    with pytest.raises(NotMediaServer):
        await introduce(jellyfin_wire, jellyfin.url().removesuffix("/jellyfin"))


async def test_the_question_who_is_there_carries_no_token(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    token = jellyfin.sign_in(jellyfin.add_user("Ann"))
    await JellyfinProber(jellyfin_wire, token).identify(Connection.at(jellyfin.url()))
    (seen,) = jellyfin.traffic.requests
    assert seen.token is None
    assert token not in str(seen)


async def test_the_token_travels_in_one_header_and_never_in_a_url(
    jellyfin_wire: Wire, jellyfin: JellyfinServer
) -> None:
    token = jellyfin.sign_in(jellyfin.add_user("Ann"))
    await who_am_i(jellyfin_wire, jellyfin.url(), token)
    (seen,) = jellyfin.traffic.requests
    assert [name for name, value in seen.headers.items() if token in value] == ["Authorization"]
    assert seen.headers["Authorization"].startswith("MediaBrowser ")
    assert seen.query == {}


async def test_a_foreign_server_is_told_apart_and_never_sees_a_token(
    jellyfin_wire: Wire, jellyfin: JellyfinServer
) -> None:
    jellyfin.pretend("remote", STRANGER)
    token = jellyfin.sign_in(jellyfin.add_user("Ann"))
    probe = identity_probe(JellyfinProber(jellyfin_wire, token), jellyfin.server_id)
    await probe(Connection.at(jellyfin.url("local")))
    with pytest.raises(ForeignServer):
        await probe(Connection.at(jellyfin.url("remote")))
    assert jellyfin.traffic.tokens == set()


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("ann", ""), ("nobody", PASSWORD)])
async def test_a_wrong_name_or_password_is_refused(
    jellyfin_wire: Wire, jellyfin: JellyfinServer, name: str, password: str
) -> None:
    jellyfin.add_user("Ann", PASSWORD)
    with pytest.raises(SignInRefused):
        await sign_in(jellyfin_wire, jellyfin.url(), name, password)


async def test_a_user_without_a_password_may_sign_in(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    kid = jellyfin.add_user("Kid")
    assert (await sign_in(jellyfin_wire, jellyfin.url(), "Kid", "")).user == User(kid.id, "Kid")


async def test_the_password_is_sent_once_in_the_body(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    jellyfin.add_user("Ann", PASSWORD)
    await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)
    (seen,) = jellyfin.traffic.requests
    assert json.loads(seen.body) == {"Username": "Ann", "Pw": PASSWORD}
    assert PASSWORD not in f"{seen.path}{seen.query}{seen.headers}"


async def test_a_disabled_user_is_known_and_not_allowed(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    jellyfin.disable(jellyfin.add_user("Ann", PASSWORD))
    with pytest.raises(NotAllowed):
        await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)


async def test_a_user_with_too_many_sessions_is_not_allowed(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    ann = jellyfin.add_user("Ann", PASSWORD)
    ann.max_sessions = 1
    jellyfin.open_app(ann)
    with pytest.raises(NotAllowed):
        await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)


async def test_the_token_of_a_user_disabled_later_is_refused(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    ann = jellyfin.add_user("Ann", PASSWORD)
    token = (await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)).token
    jellyfin.disable(ann)
    with pytest.raises(SignInRefused):
        await JellyfinProber(jellyfin_wire, token).prove(Connection.at(jellyfin.url()))


async def test_a_second_sign_in_of_one_device_ends_the_first_token(
    jellyfin_wire: Wire, jellyfin: JellyfinServer
) -> None:
    """So each account needs a DeviceId of its own, which the next test relies on."""
    jellyfin.add_user("Ann", PASSWORD)
    first = await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)
    second = await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)
    with pytest.raises(SignInRefused):
        await who_am_i(jellyfin_wire, jellyfin.url(), first.token)
    assert await who_am_i(jellyfin_wire, jellyfin.url(), second.token) == second.user


async def test_another_device_or_user_leaves_the_first_token_alone(
    jellyfin_wire: Wire, jellyfin: JellyfinServer
) -> None:
    for name in ("Ann", "Bob"):
        jellyfin.add_user(name, PASSWORD)
    first = await sign_in(jellyfin_wire, jellyfin.url(), "Ann", PASSWORD)
    await sign_in(jellyfin_wire, jellyfin.url(), "Bob", PASSWORD)
    other = Wire(jellyfin_wire.session, Client("another", "1.0"))
    await sign_in(other, jellyfin.url(), "Ann", PASSWORD)
    assert await who_am_i(jellyfin_wire, jellyfin.url(), first.token) == first.user


@pytest.mark.parametrize(
    "name", ['say "hi"', "a, b=c", "100 %25 + more", "K\u00fcche \U0001f3ac", "back\\slash", "new\nline", " padded "]
)
async def test_names_arrive_as_they_are(jellyfin_wire: Wire, jellyfin: JellyfinServer, name: str) -> None:
    jellyfin.add_user("Ann", PASSWORD)
    wire = Wire(jellyfin_wire.session, Client(f"id of {name}", "1.0", device=name))
    token = (await sign_in(wire, jellyfin.url(), "Ann", PASSWORD)).token
    device = jellyfin.state.accounts.devices[token]
    assert (device.client, device.name, device.device_id, device.version) == ("Reel", name, f"id of {name}", "1.0")
    await who_am_i(wire, jellyfin.url(), token)
    assert jellyfin.state.accounts.devices[token].name == name


async def test_the_server_learns_who_asks(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    await introduce(jellyfin_wire, jellyfin.url())
    (seen,) = jellyfin.traffic.requests
    assert seen.headers["Authorization"] == (
        f'MediaBrowser Client="Reel", Device="Home%20Assistant", DeviceId="{CLIENT.identifier}", Version="0.1.0"'
    )


@pytest.mark.parametrize(
    "answer",
    [
        says(),
        says(b""),
        says(status=401, headers={"WWW-Authenticate": 'Basic realm="router"'}),
        says(status=403),
        says(status=404),
        says(status=302, headers={"Location": "/web/"}),
        says_json({}),
        says_json("Jellyfin Server"),
        says_json({"Id": STRANGER}),
    ],
)
async def test_whatever_else_answers_is_no_media_server(jellyfin_wire: Wire, answer: Handler) -> None:
    async with Anybody(answer) as server:
        with pytest.raises(NotMediaServer):
            await introduce(jellyfin_wire, server.url())


async def test_emby_and_the_wifi_of_a_hotel_are_no_jellyfin(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    jellyfin.behaviour.emby = True
    with pytest.raises(NotMediaServer):
        await introduce(jellyfin_wire, jellyfin.url())
    jellyfin.behaviour.captive_portal = True
    with pytest.raises(NotMediaServer):
        await introduce(jellyfin_wire, jellyfin.url())


async def test_a_portal_that_got_in_the_way_is_not_mistaken_for_a_refusal(
    jellyfin_wire: Wire, jellyfin: JellyfinServer
) -> None:
    token = jellyfin.sign_in(jellyfin.add_user("Ann"))
    jellyfin.behaviour.captive_portal = True
    with pytest.raises(NotMediaServer):
        await JellyfinProber(jellyfin_wire, token).identify(Connection.at(jellyfin.url()))
    assert jellyfin.traffic.tokens == set()


async def test_garbage_is_no_media_server(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    jellyfin.fault = Fault(Garbage())
    with pytest.raises(NotMediaServer):
        await introduce(jellyfin_wire, jellyfin.url())


async def test_plex_is_no_jellyfin(jellyfin_wire: Wire, plex: PlexServer) -> None:
    with pytest.raises(NotMediaServer):
        await introduce(jellyfin_wire, plex.url())


async def test_a_server_that_starts_is_busy_and_not_a_stranger(jellyfin_wire: Wire, jellyfin: JellyfinServer) -> None:
    jellyfin.restart(starting=True)
    with pytest.raises(Busy) as caught:
        await introduce(jellyfin_wire, jellyfin.url())
    assert caught.value.retry_after == 5
    jellyfin.behaviour.setup_answers = True
    assert (await introduce(jellyfin_wire, jellyfin.url())).identity == jellyfin.server_id


@pytest.mark.parametrize("html", [False, True])
async def test_errors_mean_the_same_in_text_and_in_html(
    jellyfin_wire: Wire,
    jellyfin: JellyfinServer,
    html: bool,  # noqa: FBT001
) -> None:
    jellyfin.behaviour.html_errors = html
    with pytest.raises(SignInRefused):
        await who_am_i(jellyfin_wire, jellyfin.url(), "0f1e2d3c4b5a69788796a5b4c3d2e1f0")
    with pytest.raises(Missing):
        await jellyfin_wire.ask("GET", jellyfin.url(), "/NoSuchThing")
