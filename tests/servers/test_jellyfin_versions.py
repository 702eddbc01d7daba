"""What differs between the versions of Jellyfin, and where they are all the same?"""

import pytest

from .jellyfin import JellyfinServer
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.version import Version
from .jellyfin.visitor import dig, open_attic
from .jellyfin.wire import session_id
from .library import Kind

EVERY = ["10.8.13", "10.9.11", "10.10.7", "10.11.11", "12.0.0", "12.1.0"]
SUPPORTED = EVERY[1:]


@pytest.mark.parametrize(
    ("older", "newer"), [("10.9.11", "10.10.0"), ("10.10.7", "10.11.1"), ("10.11.11", "12.0.0"), ("10.8.13", "10.9.0")]
)
def test_versions_are_compared_as_numbers(older: str, newer: str) -> None:
    numbers = tuple(int(part) for part in newer.split("."))
    assert Version(newer).at_least(*numbers)
    assert not Version(older).at_least(*numbers)


@pytest.mark.parametrize("version", EVERY)
async def test_every_version_says_who_it_is(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        info = (await attic.guest.get("/System/Info/Public")).object
        assert info["Version"] == version
        assert info["ProductName"] == "Jellyfin Server"
        assert info["Id"] == attic.jellyfin.server_id
        assert (await attic.guest.get("/System/Ping")).data == "Jellyfin Server"


async def test_10_8_is_too_old_for_users_in_the_query() -> None:
    async with open_attic(CheckedJellyfinServer(version="10.8.13")) as attic:
        ada = attic.ada
        for path in ("/UserViews", "/UserItems/Resume", "/Items/Latest"):
            assert (await ada.ask("GET", path, query={"userId": ada.id})).status == 404
        await ada.get(f"/Users/{ada.id}/Views")


@pytest.mark.parametrize("version", EVERY)
async def test_the_old_routes_of_users_lead_to_the_same(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        ada, shelf = attic.ada, attic.jellyfin.state.shelf
        movie = shelf.id_of(next(shelf.top(shelf.views[0])))
        old = f"/Users/{ada.id}"
        assert len((await ada.get(f"{old}/Views")).items) == 3
        assert (await ada.get(f"{old}/Items/{movie}")).object["Type"] == "Movie"
        assert (await ada.post(f"{old}/PlayedItems/{movie}")).object["Played"] is True
        assert (await ada.post(f"{old}/FavoriteItems/{movie}")).object["IsFavorite"] is True
        assert (await ada.post(f"{old}/Items/{movie}/Rating", likes="true")).object["Likes"] is True
        await ada.get(f"{old}/Items", recursive="true", limit=1)
        assert isinstance((await ada.get(f"{old}/Items/Latest")).data, list)
        assert (await ada.get(f"{old}/Items/Resume")).items == []


@pytest.mark.parametrize("version", SUPPORTED)
async def test_paths_and_queries_have_no_case(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        page = await attic.ada.get("/iTEMS", USERID=attic.ada.id, Recursive="True", INCLUDEITEMTYPES="movie", LIMIT=3)
        assert [item["Type"] for item in page.items] == ["Movie"] * 3


@pytest.mark.parametrize("version", SUPPORTED)
async def test_ids_are_taken_with_dashes_and_given_without(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        plain = attic.jellyfin.view_id("movies")
        dashed = "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
        items = (await attic.ada.get("/Items", parentId=dashed, fields="ParentId")).items
        assert {item["ParentId"] for item in items} == {plain}


@pytest.mark.parametrize(("version", "status"), [("10.11.11", 200), ("12.0.0", 404)])
async def test_the_prefixes_of_emby_are_gone_in_12(version: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        for prefix in ("/emby", "/mediabrowser", "/Emby"):
            assert (await attic.ada.ask("GET", f"{prefix}/Users/Me")).status == status


@pytest.mark.parametrize(("version", "status"), [("10.9.11", 404), ("10.10.7", 200), ("12.0.0", 200)])
async def test_media_segments_came_with_10_10(version: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        shelf = attic.jellyfin.state.shelf
        episode = next(title for title in shelf.titles.values() if title.kind is Kind.EPISODE)
        assert (await attic.ada.ask("GET", f"/MediaSegments/{shelf.id_of(episode)}")).status == status


@pytest.mark.parametrize(("version", "status"), [("10.11.11", 200), ("12.0.0", 405)])
async def test_codes_can_no_longer_be_got_in_12(version: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        assert (await attic.guest.ask("GET", "/QuickConnect/Initiate")).status == status


@pytest.mark.parametrize(
    ("version", "expected"), [("10.9.11", "absent"), ("10.10.0", "zeros"), ("10.10.7", "right"), ("12.0.0", "right")]
)
async def test_user_data_name_their_item_since_10_10(version: str, expected: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        (item,) = (await attic.ada.get("/Items", recursive="true", limit=1)).items
        assert dig(item, "UserData", "ItemId") == {"absent": None, "zeros": "0" * 32, "right": item["Id"]}[expected]


@pytest.mark.parametrize(("version", "count"), [("10.9.11", 0), ("10.10.7", 0), ("10.11.11", 1), ("12.0.0", 1)])
async def test_the_date_saved_alone_is_broken_up_to_10_10(version: str, count: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version, now=lambda: 1_800_000_000.0)) as attic:
        shelf = attic.jellyfin.state.shelf
        attic.jellyfin.change(next(shelf.top(shelf.views[0])))
        since = "2027-01-01T00:00:00.0000000Z"
        ada = attic.ada
        assert len((await ada.get("/Items", recursive="true", minDateLastSaved=since)).items) == count
        assert len((await ada.get("/Items", recursive="true", minDateLastSavedForUser=since)).items) == 1
        both = {"minDateLastSaved": since, "minDateLastSavedForUser": since}
        assert len((await ada.get("/Items", recursive="true", **both)).items) == 1


@pytest.mark.parametrize(("version", "count"), [("10.11.11", 0), ("12.0.0", 24)])
async def test_types_on_a_library_imply_its_folders_in_12(version: str, count: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        episodes = await attic.ada.get("/Items", parentId=attic.jellyfin.view_id("tvshows"), includeItemTypes="Episode")
        assert len(episodes.items) >= count
        assert bool(episodes.items) is bool(count)


@pytest.mark.parametrize(("version", "queued"), [("10.11.11", True), ("12.0.0", False)])
async def test_sessions_repeat_their_queue_up_to_10_11(version: str, *, queued: bool) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        await attic.ada.get("/Users/Me")
        (session,) = (await attic.ada.get("/Sessions")).items
        assert ("NowPlayingQueueFullItems" in session) is queued


async def test_a_session_is_named_after_app_and_device() -> None:
    async with open_attic() as attic:
        (session,) = (await attic.ada.get("/Sessions")).items
        assert session["Id"] == session_id("Reel", attic.ada.device_id)
        assert len(str(session["Id"])) == 32


@pytest.mark.parametrize("base_path", ["", "/jellyfin", "/media/Jelly"])
async def test_a_base_path_stands_in_front_of_everything(base_path: str) -> None:
    async with open_attic(CheckedJellyfinServer(base_path=base_path)) as attic:
        assert attic.jellyfin.url().endswith(base_path)
        info = (await attic.guest.get("/system/info/public")).object
        assert info["LocalAddress"] == attic.jellyfin.url()
        async with attic.ada.socket() as socket:
            assert await socket.settle() == []
        if base_path:
            url = attic.jellyfin.url().removesuffix(base_path)
            async with attic.http.get(f"{url}/System/Info/Public") as response:
                assert response.status == 404


async def test_a_second_door_leads_to_the_same_server() -> None:
    async with JellyfinServer() as jellyfin:
        proxy = await jellyfin.open("proxy")
        assert jellyfin.url("proxy") != jellyfin.url()
        assert jellyfin.url("proxy").endswith(str(proxy.port))
