"""Does every switch do what it says, and do the faults that all servers share hit Jellyfin too?"""

import asyncio
import json
import socket

import aiohttp
import pytest

from .faults import Cut, Failure, Fault, Garbage, Hang, Slow, Status, flapping
from .jellyfin import TICKS, JellyfinServer
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import open_attic
from .library import Kind, Title


def first_movie(jellyfin: JellyfinServer) -> Title:
    return next(title for title in jellyfin.state.shelf.titles.values() if title.kind is Kind.MOVIE)


async def test_a_starting_server_says_when_to_come_back() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.starting = True
        for path in ("/System/Info/Public", "/Users/Me"):
            answer = await attic.ada.ask("GET", path)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            assert answer.headers["Content-Type"].startswith("text/html")
        attic.jellyfin.behaviour.retry_after = None
        assert "Retry-After" not in (await attic.ada.ask("GET", "/Users/Me")).headers
        attic.jellyfin.behaviour.starting = False
        await attic.ada.get("/Users/Me")


@pytest.mark.parametrize(("version", "status"), [("10.10.7", 503), ("10.11.11", 200), ("12.0.0", 200)])
async def test_the_setup_server_of_10_11_answers_who_it_is(version: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        attic.jellyfin.behaviour.starting = attic.jellyfin.behaviour.setup_answers = True
        answer = await attic.guest.ask("GET", "/System/Info/Public")
        assert answer.status == status
        if status == 200:
            assert answer.object["StartupWizardCompleted"] is False
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 503


async def test_a_captive_portal_says_yes_to_everything() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.captive_portal = True
        answer = await attic.guest.ask("GET", "/System/Info/Public")
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert b"WiFi" in answer.body


async def test_a_captive_portal_may_stand_at_one_door() -> None:
    async with open_attic() as attic:
        await attic.jellyfin.open("hotel")
        attic.jellyfin.hide("hotel")
        attic.guest.door = "hotel"
        assert b"WiFi" in (await attic.guest.get("/System/Info/Public")).body
        attic.guest.door = "local"
        assert (await attic.guest.get("/System/Info/Public")).object["ProductName"] == "Jellyfin Server"


@pytest.mark.parametrize("status", [401, 404])
async def test_a_proxy_writes_errors_in_html(status: int) -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.html_errors = True
        answer = await attic.guest.ask("GET", "/Users/Me" if status == 401 else "/Nothing")
        assert answer.status == status
        assert answer.body.startswith(b"<!DOCTYPE html>")


async def test_emby_looks_alike_but_for_its_product() -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.behaviour.emby = True
        async with http.get(f"{jellyfin.url()}/System/Info/Public") as response:
            info = await response.json()
        assert "ProductName" not in info
        assert info.keys() == {"LocalAddresses", "ServerName", "Version", "Id"}
        async with http.get(f"{jellyfin.url()}/System/Ping") as response:
            assert await response.json() == "Emby Server"


async def test_a_limit_can_be_ignored() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.ignores_limit = True
        page = await attic.ada.get("/Items", recursive="true", startIndex=50, limit=10)
        assert len(page.items) == page.object["TotalRecordCount"] == len(attic.jellyfin.state.shelf.titles)


async def test_totals_can_be_absent() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.totals = False
        page = await attic.ada.get("/Items", recursive="true", limit=10)
        assert (len(page.items), page.object["TotalRecordCount"]) == (10, 0)


async def test_user_data_can_forget_their_item() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.zero_user_data_ids = True
        movie = attic.jellyfin.id_of(first_movie(attic.jellyfin))
        assert (await attic.ada.post(f"/UserFavoriteItems/{movie}")).object["ItemId"] == "0" * 32


async def test_items_can_be_sparse() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.sparse = True
        (item,) = (await attic.ada.get("/Items", recursive="true", limit=1, fields="Overview")).items
        assert {"UserData", "RunTimeTicks", "ProductionYear", "ImageTags", "Overview"}.isdisjoint(item)
        assert {"Id", "Name", "Type"} <= item.keys()


async def test_dates_can_be_unset() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.unset_dates = True
        (item,) = (await attic.ada.get("/Items", recursive="true", limit=1, fields="DateCreated")).items
        assert item["DateCreated"] == "0001-01-01T00:00:00.0000000Z"


async def test_a_mixed_library_has_no_type() -> None:
    async with open_attic() as attic:
        attic.jellyfin.behaviour.mixed_library = True
        views = (await attic.ada.get("/UserViews")).items
        assert [view.get("CollectionType") for view in views] == [None, "tvshows", "music"]


async def test_a_restart_keeps_tokens_and_what_was_watched() -> None:
    async with open_attic() as attic:
        movie = attic.jellyfin.id_of(first_movie(attic.jellyfin))
        await attic.ada.post(f"/UserPlayedItems/{movie}")
        secret = str((await attic.guest.post("/QuickConnect/Initiate")).object["Secret"])
        attic.jellyfin.restart(starting=True)
        assert (await attic.ada.ask("GET", "/Users/Me")).status == 503
        attic.jellyfin.behaviour.starting = False
        data = (await attic.ada.get(f"/UserItems/{movie}/UserData")).object
        assert data["Played"] is True
        assert (await attic.guest.ask("GET", "/QuickConnect/Connect", query={"secret": secret})).status == 404


FAILURES: list[tuple[Failure, int | None]] = [
    (Status(500), 500),
    (Status(429, retry_after=2), 429),
    (Status(404), 404),
    (Garbage(), 200),
    (Slow(0.001), 200),
    (Garbage(raw=True), None),
    (Cut(), None),
]


@pytest.mark.parametrize(("failure", "status"), FAILURES)
async def test_every_fault_hits_the_paths_it_is_meant_for(failure: Failure, status: int | None) -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.fault = Fault(failure, paths="/system/info/*", times=1)
        for expected in (status, 200):
            try:
                async with http.get(f"{jellyfin.url()}/System/Info/Public") as response:
                    await response.read()
                    found = response.status
            except aiohttp.ClientError:
                found = None
            assert found == expected


async def test_a_server_that_hangs_is_given_up() -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.doors["local"].fault = Fault(Hang())
        with pytest.raises(TimeoutError):
            await http.get(f"{jellyfin.url()}/System/Ping", timeout=aiohttp.ClientTimeout(total=0.02))
        assert len(jellyfin.traffic.to("/system/ping")) == 1


async def test_a_client_that_does_not_wait_disturbs_nobody(caplog: pytest.LogCaptureFixture) -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.doors["local"].latency = 0.02
        with pytest.raises(TimeoutError):
            await http.get(f"{jellyfin.url()}/System/Ping", timeout=aiohttp.ClientTimeout(total=0.01))
        async with http.get(f"{jellyfin.url()}/System/Ping") as response:
            assert response.status == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_door_can_flap() -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.doors["local"].fault = flapping(Status(503), good=1, bad=1)
        statuses = []
        for _ in range(4):
            async with http.get(f"{jellyfin.url()}/System/Ping") as response:
                statuses.append(response.status)
        assert statuses == [200, 503, 200, 503]


@pytest.mark.parametrize(
    ("status", "kind"), [(400, "application/problem+json"), (404, "application/problem+json"), (500, "text/plain")]
)
async def test_errors_are_written_as_jellyfin_does(status: int, kind: str) -> None:
    async with JellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        jellyfin.fault = Fault(Status(status))
        async with http.get(f"{jellyfin.url()}/System/Ping") as response:
            assert response.content_type == kind


async def ask_who_is_there(port: int, question: bytes, patience: float = 5) -> dict[str, str | None] | None:
    """Send a datagram and return the answer; None if there is none in so many seconds."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(0)
        await loop.sock_sendto(asker, question, ("127.0.0.1", port))
        try:
            async with asyncio.timeout(patience):
                answer: dict[str, str | None] = json.loads(await loop.sock_recv(asker, 4096))
        except TimeoutError:
            return None
        return answer


@pytest.mark.parametrize("question", [b"who is JellyfinServer?", b"Who Is JELLYFINSERVER? thank you"])
async def test_a_question_in_the_network_is_answered(question: bytes) -> None:
    async with JellyfinServer("Attic", base_path="/jf") as jellyfin:
        responder = await jellyfin.announce(0)
        assert await ask_who_is_there(responder.port, question) == {
            "Address": jellyfin.url(),
            "Id": jellyfin.server_id,
            "Name": "Attic",
            "EndpointAddress": None,
        }
        assert responder.asked == 1


async def test_other_datagrams_are_ignored() -> None:
    async with JellyfinServer() as jellyfin:
        responder = await jellyfin.announce(0)
        assert await ask_who_is_there(responder.port, b"\xff\x00 hello", 0.02) is None


async def test_the_address_that_is_told_may_be_of_no_use() -> None:
    async with JellyfinServer() as jellyfin:
        responder = await jellyfin.announce(0, address="http://172.17.0.2:8096")
        answer = await ask_who_is_there(responder.port, b"who is JellyfinServer?")
        assert answer is not None
        assert answer["Address"] == "http://172.17.0.2:8096"


async def test_playing_needs_no_network() -> None:
    async with JellyfinServer() as jellyfin:
        app = jellyfin.open_app(jellyfin.add_user("ada"))
        app.play(first_movie(jellyfin), 600 * TICKS)
        assert app.session.playing is not None
        assert jellyfin.traffic.requests == []
