"""How does one get into a Jellyfin server, and how does one get thrown out?"""

import pytest

from .jellyfin import JellyfinServer
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Answer, Attic, Visitor, open_attic

HEX = set("0123456789abcdef")


class Clock:
    """A time that only moves when told."""

    def __init__(self) -> None:
        self.time = 1_767_225_600.0

    def __call__(self) -> float:
        return self.time


async def sign_in(guest: Visitor, name: str = "ada", password: str = "correct horse") -> Answer:
    return await guest.ask("POST", "/Users/AuthenticateByName", {"Username": name, "Pw": password})


async def test_a_name_and_a_password_get_a_token() -> None:
    async with open_attic() as attic:
        answer = (await sign_in(attic.guest)).object
        attic.guest.token = str(answer["AccessToken"])
        assert len(attic.guest.token) == 32
        assert set(attic.guest.token) <= HEX
        assert answer["ServerId"] == attic.jellyfin.server_id
        me = (await attic.guest.get("/Users/Me")).object
        assert (me["Name"], me["Id"]) == ("ada", attic.ada.id)


async def test_names_of_users_and_properties_have_no_case() -> None:
    async with open_attic() as attic:
        body = {"username": "ADA", "PW": "correct horse"}
        assert (await attic.guest.ask("POST", "/users/authenticatebyname", body)).status == 200


@pytest.mark.parametrize(("name", "password"), [("ada", "wrong"), ("nobody", "correct horse"), ("ada", "")])
async def test_a_wrong_name_or_password_is_refused(name: str, password: str) -> None:
    async with open_attic() as attic:
        answer = await sign_in(attic.guest, name, password)
        assert (answer.status, answer.body) == (401, b"Error processing request.")


async def test_a_disabled_user_is_forbidden_and_the_tokens_end() -> None:
    async with open_attic() as attic:
        assert attic.ada.user is not None
        attic.jellyfin.disable(attic.ada.user)
        assert (await sign_in(attic.guest)).status == 403
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 401


async def test_so_many_sessions_are_enough() -> None:
    async with open_attic() as attic:
        assert attic.ada.user is not None
        attic.ada.user.max_sessions = 1
        await attic.ada.get("/Users/Me")
        assert (await sign_in(attic.guest)).status == 403


async def test_an_app_must_say_which_it_is() -> None:
    async with open_attic() as attic:
        credentials = {"Username": "ada", "Pw": "correct horse"}
        bare = {"Authorization": 'MediaBrowser Client="Reel", Device="x", DeviceId="y"'}
        assert (await attic.guest.ask("POST", "/Users/AuthenticateByName", credentials, headers=bare)).status == 400


async def test_signing_in_again_from_the_same_device_ends_the_older_token() -> None:
    async with open_attic() as attic:
        attic.guest.device_id = attic.ada.device_id
        assert (await sign_in(attic.guest)).status == 200
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 401


async def test_another_device_or_another_user_keeps_its_token() -> None:
    async with open_attic() as attic:
        await sign_in(attic.guest)
        attic.guest.device_id = attic.ada.device_id
        assert (await sign_in(attic.guest, "root", "toor")).status == 200
        await attic.ada.get("/Users/Me")


async def test_signing_out_ends_the_token_and_the_session() -> None:
    async with open_attic() as attic:
        await attic.ada.post("/Sessions/Logout")
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 401
        assert [session["UserName"] for session in (await attic.root.get("/Sessions")).items] == ["root"]


async def test_a_revoked_token_is_refused() -> None:
    async with open_attic() as attic:
        assert attic.ada.token is not None
        attic.jellyfin.revoke(attic.ada.token)
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 401


async def test_somebody_without_a_token_gets_nothing_but_the_public_parts() -> None:
    async with open_attic() as attic:
        for path in ("/System/Info/Public", "/System/Ping", "/Users/Public", "/Branding/Configuration", "/health"):
            await attic.guest.get(path)
        for path in ("/System/Info", "/Users/Me", "/Users", "/UserViews", "/Items", "/Sessions", "/Auth/Keys"):
            assert (await attic.guest.ask("GET", path)).status == 401


async def test_hidden_users_are_not_shown_to_anybody() -> None:
    async with open_attic() as attic:
        assert attic.root.user is not None
        attic.root.user.hidden = True
        assert (await attic.guest.get("/Users/Public")).names == ["ada"]


async def test_only_administrators_see_other_users_and_keys() -> None:
    async with open_attic() as attic:
        assert (await attic.root.get("/Users")).names == ["root", "ada"]
        assert (await attic.ada.get("/Users")).names == ["ada"]
        assert (await attic.ada.ask("GET", f"/Users/{attic.root.id}")).status == 403
        assert (await attic.ada.ask("GET", "/Auth/Keys")).status == 403
        assert (await attic.root.ask("GET", f"/Users/{'0' * 32}")).status == 404


async def test_an_api_key_acts_for_nobody() -> None:
    async with open_attic() as attic:
        robot = Visitor(attic.http, attic.jellyfin, token=attic.jellyfin.make_api_key())
        assert (await robot.ask("GET", "/Users/Me")).status == 400
        assert (await robot.ask("GET", "/UserViews")).status == 400
        assert len((await robot.get("/UserViews", userId=attic.ada.id)).items) == 3
        assert len((await robot.get("/Users")).items) == 2
        (item,) = (await robot.get("/Items", recursive="true", limit=1)).items
        assert "UserData" not in item
        (item,) = (await robot.get("/Items", recursive="true", limit=1, userId=attic.ada.id)).items
        assert "UserData" in item
        assert len((await robot.get("/Sessions")).items) == 0


async def test_a_user_may_not_speak_for_another() -> None:
    async with open_attic() as attic:
        assert (await attic.ada.ask("GET", "/UserViews", query={"userId": attic.root.id})).status == 403
        await attic.root.get("/UserViews", userId=attic.ada.id)


async def test_device_and_version_of_a_token_follow_what_the_app_says() -> None:
    async with open_attic() as attic:
        changed = attic.ada.header().replace("Home%20Assistant", "K%C3%BCche").replace("1.0", "2.0")
        await attic.ada.ask("GET", "/Users/Me", headers={"Authorization": changed})
        (session,) = (await attic.root.get("/Sessions", deviceId=attic.ada.device_id)).items
        assert (session["DeviceName"], session["ApplicationVersion"]) == ("Küche", "2.0")


@pytest.mark.parametrize("scheme", ["MediaBrowser", "mediabrowser", "MEDIABROWSER"])
async def test_the_scheme_has_no_case(scheme: str) -> None:
    async with open_attic() as attic:
        headers = {"Authorization": attic.ada.header(scheme)}
        assert (await attic.ada.ask("GET", "/Users/Me", headers=headers)).status == 200


def legacy_forms(ada: Visitor) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the headers and queries that Emby's clients send."""
    token = ada.token or ""
    return [
        ({"X-Emby-Token": token}, {}),
        ({"X-MediaBrowser-Token": token}, {}),
        ({"X-Emby-Authorization": ada.header()}, {}),
        ({"Authorization": ada.header("Emby")}, {}),
        ({}, {"api_key": token}),
    ]


async def statuses_of_legacy_forms(attic: Attic) -> set[int]:
    return {
        (await attic.ada.ask("GET", "/Users/Me", query=query, headers=headers)).status
        for headers, query in legacy_forms(attic.ada)
    }


@pytest.mark.parametrize(
    ("version", "switch", "status"),
    [
        ("10.9.11", None, 200),
        ("10.11.11", None, 200),
        ("10.11.11", False, 401),
        ("12.0.0", None, 401),
        ("12.0.0", True, 200),
    ],
)
async def test_legacy_forms_are_seen_by_default_until_12(version: str, *, switch: bool | None, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        attic.jellyfin.behaviour.legacy_authorization = switch
        assert await statuses_of_legacy_forms(attic) == {status}
        modern = await attic.ada.ask("GET", "/Users/Me", query={"ApiKey": attic.ada.token or ""}, headers={})
        assert modern.status == 200


@pytest.mark.parametrize(("version", "name"), [("10.10.7", "root"), ("10.11.11", "ada")])
async def test_the_old_header_wins_up_to_10_10(version: str, name: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        headers = {"Authorization": attic.ada.header(), "X-Emby-Authorization": attic.root.header()}
        assert (await attic.ada.ask("GET", "/Users/Me", headers=headers)).object["Name"] == name


async def test_traffic_knows_every_token_that_was_sent() -> None:
    async with open_attic() as attic:
        await attic.ada.get("/Users/Me")
        await attic.guest.get("/System/Ping", ApiKey="d41d8cd98f00b204e9800998ecf8427e")
        assert attic.jellyfin.traffic.tokens == {attic.ada.token, "d41d8cd98f00b204e9800998ecf8427e"}


async def test_a_code_is_approved_by_somebody_who_is_signed_in() -> None:
    async with open_attic() as attic:
        attempt = (await attic.guest.post("/QuickConnect/Initiate")).object
        code, secret = str(attempt["Code"]), str(attempt["Secret"])
        assert (len(code), len(secret), attempt["Authenticated"]) == (6, 64, False)
        assert (await attic.guest.get("/QuickConnect/Connect", secret=secret)).object["Authenticated"] is False
        early = await attic.guest.ask("POST", "/Users/AuthenticateWithQuickConnect", {"Secret": secret})
        assert early.status == 404
        await attic.ada.post("/QuickConnect/Authorize", code=code)
        assert (await attic.guest.get("/QuickConnect/Connect", secret=secret)).object["Authenticated"] is True
        answer = (await attic.guest.post("/Users/AuthenticateWithQuickConnect", {"Secret": secret})).object
        attic.guest.token = str(answer["AccessToken"])
        assert (await attic.guest.get("/Users/Me")).object["Id"] == attic.ada.id


async def test_only_an_administrator_approves_for_others() -> None:
    async with open_attic() as attic:
        code = str((await attic.guest.post("/QuickConnect/Initiate")).object["Code"])
        forbidden = await attic.ada.ask(
            "POST", "/QuickConnect/Authorize", query={"code": code, "userId": attic.root.id}
        )
        assert forbidden.status == 403
        await attic.root.post("/QuickConnect/Authorize", code=code, userId=attic.ada.id)


async def test_a_code_dies_after_ten_minutes() -> None:
    clock = Clock()
    async with open_attic(CheckedJellyfinServer(now=clock)) as attic:
        secret = str((await attic.guest.post("/QuickConnect/Initiate")).object["Secret"])
        clock.time += 599
        await attic.guest.get("/QuickConnect/Connect", secret=secret)
        clock.time += 2
        assert (await attic.guest.ask("GET", "/QuickConnect/Connect", query={"secret": secret})).status == 404


async def test_quick_connect_can_be_off() -> None:
    async with open_attic() as attic:
        assert (await attic.guest.get("/QuickConnect/Enabled")).data is True
        attic.jellyfin.behaviour.quick_connect = False
        assert (await attic.guest.get("/QuickConnect/Enabled")).data is False
        assert (await attic.guest.ask("POST", "/QuickConnect/Initiate")).status == 401


async def test_tests_can_approve_a_code_themselves() -> None:
    async with open_attic() as attic:
        attempt = (await attic.guest.post("/QuickConnect/Initiate")).object
        assert attic.ada.user is not None
        attic.jellyfin.approve(str(attempt["Code"]), attic.ada.user)
        await attic.guest.post("/Users/AuthenticateWithQuickConnect", {"Secret": attempt["Secret"]})


async def test_a_foreign_server_knows_neither_tokens_nor_passwords() -> None:
    async with open_attic() as attic:
        await attic.jellyfin.open("proxy")
        attic.jellyfin.pretend("proxy", "f1d2d2f924e986ac86fdf7b36c94bcdf")
        attic.ada.door = attic.guest.door = "proxy"
        info = (await attic.guest.get("/System/Info/Public")).object
        assert info["Id"] == "f1d2d2f924e986ac86fdf7b36c94bcdf"
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 401
        assert (await sign_in(attic.guest)).status == 401
        attic.ada.door = "local"
        await attic.ada.get("/Users/Me")


async def test_servers_of_other_names_have_other_ids() -> None:
    attic, cellar = JellyfinServer("Attic"), JellyfinServer("Cellar")
    assert attic.server_id == JellyfinServer("Attic").server_id != cellar.server_id
    assert attic.add_user("ada").id != cellar.add_user("ada").id
