"""Does the fake plex.tv behave like plex.tv? Everything here goes over real HTTP."""

from collections.abc import AsyncIterator
import json

from aiohttp import ClientSession
import pytest

from tests.servers.faults import Fault, Status
from tests.servers.plex import PlexServer, PlexTv, TvBehaviour, User
from tests.servers.plex.visit import CLIENT, Answer, Visit

START = 1_767_225_600.0


class Clock:
    """A time that only tests move."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def tv(clock: Clock) -> AsyncIterator[PlexTv]:
    async with PlexTv(now=clock) as tv:
        yield tv


@pytest.fixture
def ada(tv: PlexTv) -> User:
    return tv.add_user("ada@example.com", username="ada", password="lovelace")


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den") as plex:
        yield plex


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def nobody(tv: PlexTv, session: ClientSession) -> Visit:
    return Visit(session, tv.url())


@pytest.fixture
def visit(tv: PlexTv, ada: User, session: ClientSession) -> Visit:
    return Visit(session, tv.url(), ada.token)


def code_of(answer: Answer) -> object:
    errors = answer.json["errors"]
    assert isinstance(errors, list)
    return answer.status, errors[0]["code"]


def resources_in(answer: Answer) -> list[dict[str, object]]:
    found = json.loads(answer.body)
    assert isinstance(found, list)
    return found


async def test_a_client_that_does_not_say_who_it_is_is_turned_away(tv: PlexTv, session: ClientSession) -> None:
    async with session.post(f"{tv.url()}/api/v2/pins") as response:
        assert response.status == 400


async def test_the_identity_may_stand_in_the_query(tv: PlexTv, session: ClientSession) -> None:
    async with session.post(f"{tv.url()}/api/v2/pins", params={"X-Plex-Client-Identifier": CLIENT}) as response:
        assert response.status == 201


@pytest.mark.parametrize(("strong", "length"), [("true", 25), ("1", 25), ("false", 4)])
async def test_a_strong_pin_has_a_long_code(nobody: Visit, strong: str, length: int) -> None:
    pin = (await nobody.ask("/api/v2/pins", "POST", strong=strong)).json
    assert len(str(pin["code"])) == length
    assert (pin["authToken"], pin["expiresIn"], pin["clientIdentifier"]) == (None, 900, CLIENT)


async def test_an_approved_pin_hands_over_the_token_once(tv: PlexTv, nobody: Visit, ada: User) -> None:
    pin = (await nobody.ask("/api/v2/pins", "POST")).json
    path = f"/api/v2/pins/{pin['id']}"
    assert (await nobody.ask(path)).json["authToken"] is None
    tv.approve(str(pin["code"]), ada)
    assert (await nobody.ask(path)).json["authToken"] == ada.token
    assert code_of(await nobody.ask(path)) == (404, 1020)


async def test_only_the_client_that_made_a_pin_may_ask_for_it(
    tv: PlexTv, session: ClientSession, nobody: Visit
) -> None:
    pin = (await nobody.ask("/api/v2/pins", "POST")).json
    other = Visit(session, tv.url(), headers={"X-Plex-Client-Identifier": "another"})
    assert code_of(await other.ask(f"/api/v2/pins/{pin['id']}")) == (404, 1020)


async def test_a_pin_expires(tv: PlexTv, clock: Clock, nobody: Visit, ada: User) -> None:
    pin = (await nobody.ask("/api/v2/pins", "POST")).json
    clock.time += 899
    assert (await nobody.ask(f"/api/v2/pins/{pin['id']}")).json["expiresIn"] == 1
    clock.time += 1
    assert code_of(await nobody.ask(f"/api/v2/pins/{pin['id']}")) == (404, 1020)
    with pytest.raises(KeyError):
        tv.approve(str(pin["code"]), ada)


async def test_pins_may_live_as_long_as_a_test_wants(tv: PlexTv, nobody: Visit) -> None:
    tv.behaviour.pin_lifetime = 1800
    assert (await nobody.ask("/api/v2/pins", "POST")).json["expiresIn"] == 1800


async def test_a_short_code_can_be_linked_by_who_is_signed_in(visit: Visit, nobody: Visit, ada: User) -> None:
    pin = (await nobody.ask("/api/v2/pins", "POST")).json
    assert (await visit.ask("/api/v2/pins/link", "PUT", code="XXXX")).status == 404
    assert (await visit.ask("/api/v2/pins/link", "PUT", code=str(pin["code"]))).status == 204
    assert (await nobody.ask(f"/api/v2/pins/{pin['id']}")).json["authToken"] == ada.token


async def test_a_good_token_says_whose_it_is_and_a_bad_one_nothing(visit: Visit, nobody: Visit, ada: User) -> None:
    assert (await visit.ask("/api/v2/user")).json["id"] == ada.id
    assert (await visit.ask("/api/v2/ping")).json == {"pong": True}
    assert code_of(await nobody.ask("/api/v2/user")) == (401, 1001)


async def test_a_bad_token_may_be_called_unprocessable(tv: PlexTv, nobody: Visit) -> None:
    tv.behaviour.invalid_token_status = 422
    answer = await nobody.ask("/api/v2/user")
    assert answer.status == 422
    assert b"Invalid token" in answer.body


async def test_signing_out_or_revoking_ends_a_token_and_signing_in_gives_a_new_one(
    tv: PlexTv, visit: Visit, nobody: Visit, ada: User
) -> None:
    first = ada.token
    assert (await visit.ask("/api/v2/users/signout", "DELETE")).status == 204
    assert (await visit.ask("/api/v2/user")).status == 401
    answer = await nobody.ask("/api/v2/users/signin", "POST", login="ada", password="lovelace")
    assert (answer.status, answer.json["authToken"]) == (201, ada.token)
    assert ada.token != first
    tv.revoke(ada)
    assert (await Visit(visit.session, visit.url, ada.token).ask("/api/v2/user")).status == 401


async def test_a_revoked_account_token_opens_no_server_but_access_tokens_still_do(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    access = tv.give(plex, ada, owned=True)
    tv.revoke(ada)
    for token, status in ((ada.token, 401), (access, 200)):
        assert (await Visit(visit.session, plex.url(), token).ask("/")).status == status


async def test_a_wrong_password_or_a_missing_second_factor_is_refused(nobody: Visit, ada: User) -> None:
    assert (await nobody.ask("/api/v2/users/signin", "POST", login="ada", password="x")).status == 401
    ada.verification_code = "123456"
    answer = await nobody.ask("/api/v2/users/signin", "POST", login="ada", password="lovelace")
    assert answer.status == 401
    assert b"verification code" in answer.body
    words = {"login": "ada", "password": "lovelace", "verificationCode": "123456"}
    assert (await nobody.ask("/api/v2/users/signin", "POST", **words)).status == 201


async def test_every_user_has_a_token_of_their_own_for_each_server(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    bo = tv.add_user("bo@example.com")
    async with PlexServer("Attic") as attic:
        tokens = [tv.give(plex, ada, owned=True), tv.give(attic, ada, owned=True), tv.give(plex, bo)]
        assert len({*tokens, ada.token, bo.token}) == 5
        listed = resources_in(await visit.ask("/api/v2/resources"))
        assert [resource["accessToken"] for resource in listed] == tokens[:2]
        for server, token, status in ((plex, tokens[0], 200), (attic, tokens[0], 401), (plex, tokens[2], 200)):
            assert (await Visit(visit.session, server.url(), token).ask("/")).status == status


async def test_the_account_token_opens_owned_servers_only(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    bo = tv.add_user("bo@example.com")
    tv.give(plex, ada, owned=True)
    tv.give(plex, bo)
    assert (await Visit(visit.session, plex.url(), ada.token).ask("/")).status == 200
    assert (await Visit(visit.session, plex.url(), bo.token).ask("/")).status == 401


async def test_shared_servers_say_whose_they_are(
    tv: PlexTv, plex: PlexServer, session: ClientSession, ada: User
) -> None:
    bo = tv.add_user("bo@example.com")
    tv.give(plex, ada, owned=True)
    tv.give(plex, bo, home=True)
    mine, theirs = [
        resources_in(await Visit(session, tv.url(), user.token).ask("/api/v2/resources"))[0] for user in (ada, bo)
    ]
    assert (mine["owned"], mine["ownerId"], mine["sourceTitle"]) == (True, None, None)
    assert (theirs["owned"], theirs["home"], theirs["ownerId"], theirs["sourceTitle"]) == (False, True, ada.id, "ada")
    assert mine["clientIdentifier"] == theirs["clientIdentifier"] == plex.identifier


async def test_relays_ipv6_and_certificates_are_listed_on_demand(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    tv.give(plex, ada, owned=True)
    await plex.open("relay")
    name = "https://192-168-1-20.0123456789abcdef0123456789abcdef.plex.direct:32400"
    tv.advertise(plex, "local", local=True, uri=name)
    tv.advertise(plex, "relay", relay=True)
    tv.advertise(plex, "six", local=True, ipv6=True, uri="https://[fd00::1]:32400")

    async def listed(**query: int) -> list[tuple[object, ...]]:
        [resource] = resources_in(await visit.ask("/api/v2/resources", **query))
        connections = resource["connections"]
        assert isinstance(connections, list)
        return [(one["uri"], one["address"], one["relay"], one["IPv6"]) for one in connections]

    assert await listed() == [("http://192.168.1.20:32400", "192.168.1.20", False, False)]
    assert await listed(includeHttps=1) == [(name, "192.168.1.20", False, False)]
    assert len(await listed(includeRelay=1)) == len(await listed(includeIPv6=1)) == 2


async def test_what_plex_tv_says_of_a_server_can_change(tv: PlexTv, plex: PlexServer, visit: Visit, ada: User) -> None:
    token = tv.give(plex, ada, owned=True)
    tv.advertise(plex, "local", local=True)
    listing = tv.listing(plex)
    listing.presence, listing.https_required = False, True
    tv.withdraw(plex, "local")
    [resource] = resources_in(await visit.ask("/api/v2/resources"))
    assert (resource["presence"], resource["httpsRequired"], resource["connections"]) == (False, True, [])
    tv.take(plex, ada)
    assert resources_in(await visit.ask("/api/v2/resources")) == []
    assert (await Visit(visit.session, plex.url(), token).ask("/")).status == 401


async def test_players_are_listed_beside_servers(tv: PlexTv, plex: PlexServer, visit: Visit, ada: User) -> None:
    client = plex.add_client("Living room")
    tv.list_player(client, ada)
    [resource] = resources_in(await visit.ask("/api/v2/resources"))
    assert (resource["name"], resource["clientIdentifier"]) == ("Living room", client.identifier)
    assert "player" in str(resource["provides"]).split(",")


async def test_a_home_lists_its_members_and_who_is_protected(tv: PlexTv, visit: Visit, ada: User) -> None:
    tv.add_user("kid@example.com", username="kid", admin=ada, pin="1234", restricted=True)
    users = (await visit.ask("/api/v2/home/users")).json["users"]
    assert isinstance(users, list)
    assert [(user["title"], user["admin"], user["protected"]) for user in users] == [
        ("ada", True, False),
        ("kid", False, True),
    ]


@pytest.mark.parametrize("key", ["id", "uuid"])
async def test_a_switch_makes_one_the_other_if_the_pin_is_right(tv: PlexTv, visit: Visit, ada: User, key: str) -> None:
    kid = tv.add_user("kid@example.com", admin=ada, pin="1234")
    path = f"/api/v2/home/users/{getattr(kid, key)}/switch"
    assert (await visit.ask(path, "POST")).status == 403
    answer = await visit.ask(path, "POST", pin="1234")
    assert (answer.status, answer.json["authToken"]) == (201, kid.token)
    assert (await visit.ask("/api/v2/home/users/1/switch", "POST")).status == 404


async def test_the_old_switch_answers_in_xml_and_takes_the_pin_from_json(tv: PlexTv, visit: Visit, ada: User) -> None:
    kid = tv.add_user("kid@example.com", admin=ada, pin="1234")
    headers = {"X-Plex-Client-Identifier": CLIENT, "X-Plex-Token": ada.token, "Accept": "application/json"}
    url = f"{tv.url()}/api/home/users/{kid.id}/switch"
    async with visit.session.post(url, headers=headers, json={"pin": "1234"}) as response:
        assert response.status == 201
        assert f'authenticationToken="{kid.token}"' in await response.text()


async def test_the_new_switch_may_be_missing(tv: PlexTv, visit: Visit, ada: User) -> None:
    kid = tv.add_user("kid@example.com", admin=ada)
    tv.behaviour.switch_by_v2 = False
    assert (await visit.ask(f"/api/v2/home/users/{kid.id}/switch", "POST")).status == 404
    assert (await visit.ask(f"/api/home/users/{kid.id}/switch", "POST")).status == 201


async def test_too_many_switches_are_refused() -> None:
    async with PlexTv(behaviour=TvBehaviour(switches_allowed=1)) as tv, ClientSession() as session:
        ada = tv.add_user("ada@example.com")
        kid = tv.add_user("kid@example.com", admin=ada)
        visit = Visit(session, tv.url(), ada.token)
        answers = [await visit.ask(f"/api/v2/home/users/{kid.id}/switch", "POST") for _ in range(2)]
        assert [answer.status for answer in answers] == [201, 429]


async def test_friends_are_listed_with_what_they_share_in_xml(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    bo = tv.add_user("bo@example.com", username="bo")
    tv.add_user("stranger@example.com")
    tv.give(plex, ada, owned=True)
    tv.give(plex, bo)
    [friend] = await visit.xml("/api/users")
    assert (friend.get("username"), friend[0].get("machineIdentifier")) == ("bo", plex.identifier)


async def test_trouble_at_plex_tv_says_nothing_about_the_token(tv: PlexTv, visit: Visit) -> None:
    tv.fault = Fault(Status(429, retry_after=30), paths="/api/v2/resources")
    answer = await visit.ask("/api/v2/resources")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "30")
    tv.fault = Fault(Status(503))
    assert (await visit.ask("/api/v2/user")).headers["Content-Type"].startswith("text/html")


async def test_a_media_server_goes_on_when_plex_tv_is_gone(
    tv: PlexTv, plex: PlexServer, visit: Visit, ada: User
) -> None:
    token = tv.give(plex, ada, owned=True)
    await tv.shut("local")
    assert (await Visit(visit.session, plex.url(), token).ask("/")).status == 200
