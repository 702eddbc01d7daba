"""An account becomes another user of its Plex Home, over the newer and the older path."""

import pytest

from custom_components.reel.backends.errors import Busy, Garbled, Missing
from custom_components.reel.backends.model import User
from custom_components.reel.backends.plex import tv as plex_tv
from custom_components.reel.backends.plex.model import Member
from custom_components.reel.backends.plex.parse import parse_members, parse_switched, parse_switched_xml
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.conftest import Time
from tests.servers.plex import PlexTv

PIN = "1397"


def test_members_are_read_whatever_is_missing_about_them() -> None:
    assert parse_members({}) == []
    assert parse_members({"users": [{"uuid": "0f1e", "title": "bob", "protected": 1}, "noise"]}) == [
        Member(User("0f1e", "bob"), protected=True)
    ]


@pytest.mark.parametrize("answer", [b"", b"<user/>", b'<user authenticationToken=""/>', b"\xff\xfe"])
def test_an_older_answer_without_a_token_makes_no_sense(answer: bytes) -> None:
    with pytest.raises(Garbled):
        parse_switched_xml(answer)


def test_an_answer_without_a_token_makes_no_sense() -> None:
    with pytest.raises(Garbled):
        parse_switched({"authToken": None})


@pytest.mark.parametrize("by_v2", [True, False])
async def test_a_member_is_switched_to_with_the_right_pin_only(
    plex_wire: Wire, tv: PlexTv, time: Time, *, by_v2: bool
) -> None:
    tv.behaviour.switch_by_v2 = by_v2
    admin = tv.add_user("ann@example.com", username="ann")
    child = tv.add_user("bob@example.com", username="bob", admin=admin, pin=PIN)
    service = plex_tv.PlexTv(plex_wire, time.clock, tv.url())
    ann, bob = await service.members(admin.token)
    assert [(each.user.name, each.protected) for each in (ann, bob)] == [("ann", False), ("bob", True)]
    for wrong in ("", "0000"):
        with pytest.raises(plex_tv.WrongPin):
            await service.switch(admin.token, bob, wrong)
    assert await service.switch(admin.token, bob, PIN) == child.token
    with pytest.raises(Missing):
        await service.switch(admin.token, Member(User("nobody", "eve"), protected=False))
    tv.behaviour.switches_allowed = 0
    with pytest.raises(Busy):
        await service.switch(admin.token, bob, PIN)
