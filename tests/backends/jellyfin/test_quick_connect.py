"""Signing in to Jellyfin with a code, and acting as a user with an API key, over the wire."""

import pytest

from custom_components.reel.backends.errors import Garbled, SignInRefused
from custom_components.reel.backends.jellyfin import quick_connect
from custom_components.reel.backends.jellyfin.parse import parse_approval, parse_quick_code, parse_users
from custom_components.reel.backends.jellyfin.server import JellyfinProber, user_by_id, users, who_am_i
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.model import User
from custom_components.reel.connection.model import Connection
from tests.servers.faults import Fault, Status
from tests.servers.jellyfin import JellyfinServer


@pytest.mark.parametrize("version", ["10.9.11", "10.11.11", "12.0.0"])
async def test_an_approved_code_earns_a_token_once(jellyfin_wire: Wire, version: str) -> None:
    async with JellyfinServer("Attic", version=version) as jellyfin:
        ann, uri = jellyfin.add_user("ann"), jellyfin.url()
        assert await quick_connect.is_enabled(jellyfin_wire, uri)
        code = await quick_connect.begin(jellyfin_wire, uri)
        assert (len(code.code), code.secret in repr(code), code.code in repr(code)) == (6, False, False)
        assert await quick_connect.redeem(jellyfin_wire, uri, code) is None
        jellyfin.approve(code.code, ann)
        signed_in = await quick_connect.redeem(jellyfin_wire, uri, code)
        assert signed_in is not None
        assert signed_in.user == await who_am_i(jellyfin_wire, uri, signed_in.token) == User(ann.id, "ann")
        with pytest.raises(quick_connect.CodeExpired):
            await quick_connect.redeem(jellyfin_wire, uri, code)


async def test_a_server_without_quick_connect_offers_none(jellyfin: JellyfinServer, jellyfin_wire: Wire) -> None:
    jellyfin.behaviour.quick_connect = False
    assert not await quick_connect.is_enabled(jellyfin_wire, jellyfin.url())
    with pytest.raises(SignInRefused):
        await quick_connect.begin(jellyfin_wire, jellyfin.url())


@pytest.mark.parametrize("status", [401, 404])
async def test_a_server_that_does_not_say_offers_none(
    jellyfin: JellyfinServer, jellyfin_wire: Wire, status: int
) -> None:
    jellyfin.fault = Fault(Status(status), paths="*/QuickConnect/*")
    assert not await quick_connect.is_enabled(jellyfin_wire, jellyfin.url())


async def test_a_key_acts_as_any_user_who_is_there(jellyfin: JellyfinServer, jellyfin_wire: Wire) -> None:
    ann, eve = jellyfin.add_user("ann"), jellyfin.add_user("eve")
    eve.disabled = True
    key, uri = jellyfin.make_api_key(), jellyfin.url()
    assert await users(jellyfin_wire, uri, key) == [User(ann.id, "ann")]
    assert await user_by_id(jellyfin_wire, uri, key, ann.id) == User(ann.id, "ann")
    prober = JellyfinProber(jellyfin_wire, key, ann.id)
    await prober.prove(Connection.at(uri))
    del jellyfin.state.accounts.users[ann.id]
    with pytest.raises(SignInRefused):
        await prober.prove(Connection.at(uri))
    jellyfin.revoke(key)
    with pytest.raises(SignInRefused):
        await users(jellyfin_wire, uri, key)


@pytest.mark.parametrize("answer", [None, {}, "users"])
def test_what_is_no_list_of_users_makes_no_sense(answer: str | None) -> None:
    with pytest.raises(Garbled):
        parse_users(answer)


def test_users_are_read_whatever_is_missing_about_them() -> None:
    assert parse_users([{"Id": "1"}, {"Id": "2", "Policy": {"IsDisabled": True}}, 3]) == [User("1", "")]


def test_a_code_needs_its_secret_and_approval_must_be_said() -> None:
    with pytest.raises(Garbled):
        parse_quick_code({"Code": "123456"})
    assert not parse_approval({})
