"""Signing in at plex.tv, and what it lists, over the wire."""

import pytest

from custom_components.reel.backends.errors import Busy, Garbled, SignInRefused, Unreachable
from custom_components.reel.backends.model import Client, User
from custom_components.reel.backends.plex import tv as plex_tv
from custom_components.reel.backends.plex.model import Ownership
from custom_components.reel.backends.plex.tv import PinExpired
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.conftest import CLIENT, Time
from tests.servers.faults import Cut, Fault, Garbage, Status
from tests.servers.plex import PlexServer, PlexTv


@pytest.fixture
def service(plex_wire: Wire, tv: PlexTv, time: Time) -> plex_tv.PlexTv:
    return plex_tv.PlexTv(plex_wire, time.clock, tv.url())


def test_plex_tv_is_where_it_is(plex_wire: Wire, time: Time) -> None:
    assert plex_tv.PlexTv(plex_wire, time.clock).base == "https://plex.tv"
    assert plex_tv.LINK == "https://plex.tv/link"


async def test_a_pin_earns_a_token_once_somebody_approves_it(tv: PlexTv, service: plex_tv.PlexTv) -> None:
    ann = tv.add_user("ann@example.com")
    pin = await service.create_pin()
    assert len(pin.code) == 4
    assert pin.expires_in == 900
    assert await service.redeem(pin) is None
    tv.approve(pin.code, ann)
    token = await service.redeem(pin)
    assert token == ann.token
    assert await service.user(token) == User(ann.uuid, "ann")


async def test_a_pin_that_was_redeemed_is_gone(tv: PlexTv, service: plex_tv.PlexTv) -> None:
    pin = await service.create_pin()
    tv.approve(pin.code, tv.add_user("ann@example.com"))
    await service.redeem(pin)
    with pytest.raises(PinExpired):
        await service.redeem(pin)


async def test_a_pin_that_nobody_approves_runs_out(time: Time, tv: PlexTv, service: plex_tv.PlexTv) -> None:
    tv.behaviour.pin_lifetime = 60
    pin = await service.create_pin()
    assert pin.expires_in == 60
    time.now += 59
    assert await service.redeem(pin) is None
    time.now += 1
    with pytest.raises(PinExpired):
        await service.redeem(pin)


async def test_only_who_made_a_pin_may_redeem_it(
    time: Time, tv: PlexTv, service: plex_tv.PlexTv, plex_wire: Wire
) -> None:
    pin = await service.create_pin()
    tv.approve(pin.code, tv.add_user("ann@example.com"))
    stranger = plex_tv.PlexTv(Wire(plex_wire.session, Client("another", "1.0")), time.clock, tv.url())
    with pytest.raises(PinExpired):
        await stranger.redeem(pin)
    assert await service.redeem(pin)


async def test_plex_tv_learns_who_asks(tv: PlexTv, service: plex_tv.PlexTv) -> None:
    await service.create_pin()
    (seen,) = tv.traffic.requests
    assert seen.headers["X-Plex-Client-Identifier"] == CLIENT.identifier
    assert seen.headers["X-Plex-Product"] == "Reel"
    assert seen.headers["X-Plex-Device-Name"] == "Reel (Home Assistant)"
    assert (seen.query, seen.token) == ({}, None)


async def test_names_may_be_written_in_any_script(tv: PlexTv, plex_wire: Wire, time: Time) -> None:
    client = Client(CLIENT.identifier, "1.0", device="Küche 🎬")
    await plex_tv.PlexTv(Wire(plex_wire.session, client), time.clock, tv.url()).create_pin()
    assert tv.traffic.requests[0].headers["X-Plex-Device-Name"] == "Reel (Küche 🎬)"


async def test_shares_come_owned_first_with_their_own_tokens_and_all_connections(
    tv: PlexTv, service: plex_tv.PlexTv, plex: PlexServer
) -> None:
    ann, bob, carl = (tv.add_user(f"{name}@example.com") for name in ("ann", "bob", "carl"))
    kids, attic = PlexServer("Kids"), PlexServer("Attic")
    tv.give(attic, carl, owned=True)
    tv.give(kids, bob, owned=True)
    tokens = [tv.give(plex, ann, owned=True), tv.give(kids, ann, home=True), tv.give(attic, ann)]
    tv.advertise(attic, "none", uri="https://203-0-113-9.0123456789abcdef0123456789abcdef.plex.direct:32400")
    tv.advertise(kids, "none", local=True, uri="http://192.168.1.11:32400")
    tv.advertise(plex, "local", local=True)
    tv.advertise(plex, "remote")
    tv.advertise(plex, "none", relay=True, uri="https://198-51-100-4.0123.plex.direct:8443")
    tv.advertise(plex, "none", ipv6=True, uri="https://2001-db8--7.0123.plex.direct:32400")

    owned, home, shared = await service.shares(ann.token)
    assert [each.ownership for each in (owned, home, shared)] == list(Ownership)
    assert [each.token for each in (owned, home, shared)] == tokens
    assert [each.owner for each in (owned, home, shared)] == [None, "bob", "carl"]
    assert owned.server.identity == plex.identifier
    assert [(each.local, each.relay) for each in owned.connections] == [
        (True, False),
        (False, False),
        (False, True),
        (False, False),
    ]
    assert owned.connections[0].uri == plex.url()


async def test_players_and_servers_without_a_token_are_left_out(
    tv: PlexTv, service: plex_tv.PlexTv, plex: PlexServer
) -> None:
    ann = tv.add_user("ann@example.com")
    tv.list_player(plex.add_client("Living Room TV"), ann)
    tv.give(plex, ann, owned=True)
    tv.advertise(plex, "local", local=True)
    assert len(await service.shares(ann.token)) == 1
    for share in tv.listing(plex).shares:
        share.token = None
    assert await service.shares(ann.token) == []


@pytest.mark.parametrize("status", [401, 422])
async def test_a_dead_account_token_is_refused(tv: PlexTv, service: plex_tv.PlexTv, status: int) -> None:
    tv.behaviour.invalid_token_status = status
    ann = tv.add_user("ann@example.com")
    tv.revoke(ann)
    with pytest.raises(SignInRefused):
        await service.user(ann.token)


@pytest.mark.parametrize("failure", [Status(429), Status(500), Status(502), Status(503), Cut(), Garbage()])
async def test_no_other_answer_says_that_a_token_is_dead(
    tv: PlexTv, service: plex_tv.PlexTv, failure: Status | Cut | Garbage
) -> None:
    tv.fault = Fault(failure)
    with pytest.raises((Busy, Unreachable, Garbled)):
        await service.user("qT8wPz5sVx1nLk7yRb3J")


async def test_plex_tv_is_asked_again_when_it_is_busy(time: Time, tv: PlexTv, service: plex_tv.PlexTv) -> None:
    ann = tv.add_user("ann@example.com")
    tv.fault = Fault(Status(503, retry_after=2), times=2)
    assert (await service.user(ann.token)).name == "ann"
    assert time.pauses == [2, 2]


async def test_plex_tv_is_asked_again_when_it_hangs_up(time: Time, tv: PlexTv, service: plex_tv.PlexTv) -> None:
    ann = tv.add_user("ann@example.com")
    tv.fault = Fault(Cut(), times=1)
    assert await service.shares(ann.token) == []
    assert time.pauses == [0.1]


async def test_a_pin_is_not_made_twice(time: Time, tv: PlexTv, service: plex_tv.PlexTv) -> None:
    tv.fault = Fault(Status(503))
    with pytest.raises(Busy):
        await service.create_pin()
    assert (len(tv.traffic.requests), time.pauses) == (1, [])


async def test_a_plex_tv_that_is_down_is_unreachable(time: Time, tv: PlexTv, service: plex_tv.PlexTv) -> None:
    await tv.shut("local")
    with pytest.raises(Unreachable):
        await service.shares("qT8wPz5sVx1nLk7yRb3J")
    assert time.pauses == [0.1, 0.2]


async def test_tokens_travel_in_a_header_and_never_in_a_url(tv: PlexTv, service: plex_tv.PlexTv) -> None:
    ann = tv.add_user("ann@example.com")
    await service.user(ann.token)
    await service.shares(ann.token)
    for seen in tv.traffic.requests:
        assert seen.headers["X-Plex-Token"] == ann.token
        assert ann.token not in f"{seen.path}{seen.query}"
