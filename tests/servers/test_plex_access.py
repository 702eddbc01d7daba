"""Who gets in, and what happens at the door? Identities, tokens, shared users, restarts and faults."""

from collections.abc import AsyncIterator

from aiohttp import ClientConnectionError, ClientPayloadError, ClientSession
import pytest

from tests.servers.faults import Cut, Fault, Garbage, Status
from tests.servers.library import make_library
from tests.servers.plex import PlexServer, PlexTv
from tests.servers.plex.people import make_user
from tests.servers.plex.visit import Visit

OWNERS_ONLY = (
    "/library",
    "/status/sessions",
    "/transcode/sessions",
    "/clients",
    "/accounts",
    "/devices",
    "/library/sections/1/refresh",
)
UNAUTHORIZED = b"<html><head><title>Unauthorized</title></head><body><h1>401 Unauthorized</h1></body></html>"


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


@pytest.fixture
def guest(plex: PlexServer, visit: Visit) -> Visit:
    return Visit(visit.session, plex.url(), plex.admit(make_user(7, "bo@example.com"), sections=frozenset({"1"})))


@pytest.fixture
def nobody(visit: Visit) -> Visit:
    return Visit(visit.session, visit.url)


async def test_anybody_may_ask_who_the_server_is(nobody: Visit, plex: PlexServer) -> None:
    said = (await nobody.ask("/identity")).container
    assert (said["machineIdentifier"], said["claimed"]) == (plex.identifier, True)


async def test_without_a_token_the_answer_is_html_even_for_json(nobody: Visit) -> None:
    answer = await nobody.ask("/")
    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_token_may_stand_in_the_query(nobody: Visit, plex: PlexServer) -> None:
    assert (await nobody.ask("/", X_Plex_Token=plex.token)).container["friendlyName"] == "Den"


async def test_a_revoked_token_opens_nothing(visit: Visit, plex: PlexServer) -> None:
    plex.revoke(plex.token)
    assert (await visit.ask("/")).status == 401


async def test_a_network_may_be_let_in_without_a_token(nobody: Visit, plex: PlexServer) -> None:
    plex.behaviour.allow_without_token = True
    assert (await nobody.ask("/status/sessions")).status == 200


async def test_two_servers_differ_in_all_but_their_keys() -> None:
    async with PlexServer("Den") as den, PlexServer("Attic") as attic:
        assert den.identifier != attic.identifier
        assert den.token != attic.token
        assert den.key(5) == attic.key(5) == "5"
        assert [one.key for one in den.machine.shelves.sections] == [one.key for one in attic.machine.shelves.sections]
        assert den.machine.shelves.sections[0].uuid != attic.machine.shelves.sections[0].uuid


async def test_a_door_may_lead_to_a_foreign_server(visit: Visit, plex: PlexServer) -> None:
    await plex.open("remote")
    foreign = "f" * 40
    plex.pretend("local", foreign)
    assert (await visit.ask("/identity")).container["machineIdentifier"] == foreign
    assert (await visit.ask("/")).status == 401
    remote = Visit(visit.session, plex.url("remote"), plex.token)
    assert (await remote.ask("/identity")).container["machineIdentifier"] == plex.identifier
    plex.pretend("local", None)
    assert (await visit.ask("/")).status == 200


@pytest.mark.parametrize("path", OWNERS_ONLY)
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_shared_user_may_not_see_what_is_the_owners(
    guest: Visit, plex: PlexServer, path: str, status: int
) -> None:
    plex.behaviour.shared_status = status
    answer = await guest.ask(path)
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_a_shared_user_sees_only_what_is_shared(guest: Visit, plex: PlexServer) -> None:
    sections = (await guest.ask("/library/sections")).listed("Directory")
    assert [section["title"] for section in sections] == ["Movies"]
    show = next(title for title in plex.titles.values() if title.kind == "show")
    assert (await guest.ask("/library/sections/2/all")).status == 404
    assert (await guest.ask(f"/library/metadata/{show.number}")).status == 404
    assert {item["type"] for item in (await guest.ask("/library/recentlyAdded")).listed()} == {"movie"}


async def test_a_transient_token_stands_for_its_maker_until_the_restart(
    visit: Visit, nobody: Visit, plex: PlexServer
) -> None:
    token = (await visit.ask("/security/token", "POST", type="delegation", scope="all")).container["token"]
    assert str(token).startswith("transient-")
    assert (await nobody.ask("/", X_Plex_Token=str(token))).status == 200
    plex.restart(refusals=0)
    assert (await nobody.ask("/", X_Plex_Token=str(token))).status == 401
    assert (await visit.ask("/security/token")).status == 400


async def test_a_restart_refuses_for_a_while_and_loses_the_sessions(visit: Visit, plex: PlexServer) -> None:
    plex.play(plex.add_client("Living room"), plex.owner, 1)
    plex.restart(refusals=2, retry_after=7)
    refused = [await visit.ask("/status/sessions") for _ in range(2)]
    assert [(answer.status, answer.headers["Retry-After"]) for answer in refused] == [(503, "7")] * 2
    assert refused[0].headers["Content-Type"].startswith("text/html")
    assert (await visit.ask("/status/sessions")).container["size"] == 0


async def test_faults_of_a_door_leave_the_others_alone(visit: Visit, plex: PlexServer) -> None:
    await plex.open("remote")
    remote = Visit(visit.session, plex.url("remote"), plex.token)
    plex.doors["local"].fault = Fault(Status(500))
    assert ((await visit.ask("/")).status, (await remote.ask("/")).status) == (500, 200)
    plex.doors["local"].fault = Fault(Cut())
    with pytest.raises(ClientPayloadError):
        await visit.ask("/library/sections")
    plex.doors["local"].fault = Fault(Garbage())
    with pytest.raises(ValueError, match="utf-8"):
        _ = (await visit.ask("/")).json
    await plex.shut("local")
    with pytest.raises(ClientConnectionError):
        await visit.ask("/")


async def test_traffic_tells_which_token_came_through_which_door(visit: Visit, plex: PlexServer) -> None:
    await visit.ask("/library/sections")
    [seen] = plex.traffic.to("/library/*")
    assert (seen.token, seen.door) == (plex.token, "local")


async def test_accounts_and_devices_name_who_uses_the_server(visit: Visit, plex: PlexServer) -> None:
    async with PlexTv() as tv:
        ada, bo = tv.add_user("ada@example.com", username="ada"), tv.add_user("bo@example.com", username="bo")
        token = tv.give(plex, ada, owned=True)
        tv.give(plex, bo)
    plex.add_client("Living room")
    visit = Visit(visit.session, plex.url(), token)
    accounts = (await visit.ask("/accounts")).listed("Account")
    assert [(account["id"], account["name"]) for account in accounts] == [(0, ""), (1, "ada"), (bo.id, "bo")]
    assert [device["name"] for device in (await visit.ask("/devices")).listed("Device")] == ["Living room"]
