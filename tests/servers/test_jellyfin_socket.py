"""What does Jellyfin push, to whom, and when does it hang up?"""

from dataclasses import replace

import aiohttp
import pytest

from .jellyfin import TICKS
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, open_attic
from .jellyfin.wire import Json, Object
from .library import Kind, Title

VERSIONS = ["10.9.11", "10.10.7", "10.11.11", "12.0.0"]


def first(attic: Attic, kind: Kind) -> Title:
    return next(title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind)


def told(data: Object, name: str) -> list[Json]:
    """Return one property of all the user data of a message."""
    entries = data["UserDataList"]
    assert isinstance(entries, list)
    return [entry[name] for entry in entries if isinstance(entry, dict)]


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_socket_begins_with_its_patience(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        headers = {"Authorization": attic.ada.header()}
        async with attic.http.ws_connect(f"{attic.jellyfin.url()}/socket", headers=headers) as stream:
            frame = await stream.receive_json()
        assert (frame["MessageType"], frame["Data"]) == ("ForceKeepAlive", 60)


async def test_a_keep_alive_is_echoed() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        await socket.say("KeepAlive")
        assert "Data" not in await socket.next("KeepAlive")


async def status_of_socket(visitor: Visitor, **query: str) -> int:
    """Return what the upgrade is answered with."""
    url = f"{visitor.jellyfin.url()}/socket"
    headers = {} if query else {"Authorization": visitor.header()}
    try:
        async with visitor.http.ws_connect(url, headers=headers, params=query):
            return 101
    except aiohttp.WSServerHandshakeError as error:
        return error.status


async def test_without_a_good_token_the_socket_is_403() -> None:
    async with open_attic() as attic:
        assert await status_of_socket(attic.guest) == 403
        assert await status_of_socket(attic.guest, ApiKey="d41d8cd98f00b204e9800998ecf8427e") == 403
        assert await status_of_socket(attic.ada) == 101


@pytest.mark.parametrize(
    ("version", "name", "status"),
    [("10.11.11", "ApiKey", 101), ("10.11.11", "api_key", 101), ("12.0.0", "ApiKey", 101), ("12.0.0", "api_key", 403)],
)
async def test_the_token_may_stand_in_the_query(version: str, name: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        query = {name: attic.ada.token or "", "deviceId": attic.ada.device_id}
        assert await status_of_socket(attic.guest, **query) == status


@pytest.mark.parametrize("version", VERSIONS)
async def test_sessions_come_once_they_were_asked_for_and_change(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic, attic.root.socket() as socket:
        await socket.say("SessionsStart", "0,10000")
        assert "Sessions" not in await socket.settle()
        assert attic.ada.user is not None
        app = attic.jellyfin.open_app(attic.ada.user)
        names = [session["DeviceName"] for session in _list(await socket.next("Sessions"))]
        assert names == ["Home Assistant", "Living Room TV"]
        app.play(first(attic, Kind.MOVIE), 600 * TICKS)
        while not any("NowPlayingItem" in session for session in _list(await socket.next("Sessions"))):
            pass
        await socket.say("SessionsStop")
        await socket.settle()
        app.pause()
        assert "Sessions" not in await socket.settle()


def _list(frame: Object) -> list[Object]:
    data = frame["Data"]
    assert isinstance(data, list)
    return [entry for entry in data if isinstance(entry, dict)]


async def test_a_user_is_told_only_of_own_sessions() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        await socket.say("SessionsStart", "0,10000")
        await socket.settle()
        await attic.root.get("/Users/Me")
        assert [session["UserName"] for session in _list(await socket.next("Sessions"))] == ["ada"]


@pytest.mark.parametrize("by_key", [False, True])
@pytest.mark.parametrize(("version", "heard"), [("10.9.11", False), ("10.10.7", False), ("10.11.11", True)])
async def test_old_versions_tell_only_administrators_of_sessions(version: str, *, heard: bool, by_key: bool) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        key = Visitor(attic.http, attic.jellyfin, token=attic.jellyfin.make_api_key())
        async with (key if by_key else attic.ada).socket() as socket:
            await socket.say("SessionsStart", "0,10000")
            await socket.settle()
            assert attic.ada.user is not None
            attic.jellyfin.open_app(attic.ada.user)
            assert ("Sessions" in await socket.settle()) is heard
            await socket.say("KeepAlive")
            await socket.next("KeepAlive")


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_was_watched_is_pushed_with_what_contains_it(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic, attic.ada.socket() as socket:
        episode = first(attic, Kind.EPISODE)
        up = [episode, attic.jellyfin.state.shelf.parent(episode)]
        await attic.ada.post(f"/UserPlayedItems/{attic.jellyfin.id_of(episode)}")
        data = await socket.data("UserDataChanged")
        assert data["UserId"] == attic.ada.id
        assert told(data, "Played") == [True, False]
        assert told(data, "ItemId") == [attic.jellyfin.id_of(title) for title in up if title]


async def test_several_changes_come_together() -> None:
    async with open_attic(CheckedJellyfinServer(user_data_delay=0.05)) as attic, attic.ada.socket() as socket:
        show = first(attic, Kind.SHOW)
        await attic.ada.post(f"/UserPlayedItems/{attic.jellyfin.id_of(show)}")
        data = await socket.data("UserDataChanged")
        assert len(told(data, "Key")) == 8 + 2


async def test_progress_is_not_pushed_but_the_end_is() -> None:
    async with open_attic(CheckedJellyfinServer(user_data_delay=0)) as attic, attic.ada.socket() as socket:
        body = {"ItemId": attic.jellyfin.id_of(first(attic, Kind.MOVIE)), "PositionTicks": 900 * TICKS}
        await attic.ada.post("/Sessions/Playing", body)
        await socket.next("UserDataChanged")
        await attic.ada.post("/Sessions/Playing/Progress", body)
        await attic.ada.get("/Users/Me")
        assert await socket.settle() == []
        await attic.ada.post("/Sessions/Playing/Stopped", body)
        assert told(await socket.data("UserDataChanged"), "PlaybackPositionTicks") == [900 * TICKS]


async def test_one_users_news_are_not_anothers() -> None:
    async with (
        open_attic(CheckedJellyfinServer(user_data_delay=0)) as attic,
        attic.ada.socket() as socket,
        attic.root.socket() as other,
    ):
        await attic.ada.post(f"/UserFavoriteItems/{attic.jellyfin.id_of(first(attic, Kind.MOVIE))}")
        await socket.next("UserDataChanged")
        assert await other.settle() == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_changes_of_the_library_come_together(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic, attic.ada.socket() as socket:
        jellyfin, movie, season = attic.jellyfin, first(attic, Kind.MOVIE), first(attic, Kind.SEASON)
        added = jellyfin.add(replace(movie, name="Brand New"))
        jellyfin.change(replace(movie, name="Renamed"))
        below = jellyfin.state.shelf.children(season)
        gone = [jellyfin.id_of(title) for title in (season, *below)]
        show_id, season_id = (jellyfin.id_of(title) for title in (first(attic, Kind.SHOW), season))
        jellyfin.remove(season)
        assert await socket.data("LibraryChanged") == {
            "FoldersAddedTo": [jellyfin.view_id("movies")],
            "FoldersRemovedFrom": [show_id, season_id],
            "ItemsAdded": [jellyfin.id_of(added)],
            "ItemsRemoved": gone,
            "ItemsUpdated": [jellyfin.id_of(movie)],
            "CollectionFolders": [jellyfin.view_id(name) for name in ("movies", "tvshows", "music")],
            "IsEmpty": False,
        }


async def test_nobody_hears_of_libraries_that_are_not_shared() -> None:
    async with open_attic(CheckedJellyfinServer(library_delay=0)) as attic:
        guest = attic.jellyfin.add_user("guest", libraries={"music"})
        visitor = attic.visitor(guest, device_id="77de68daecd823ba")
        async with attic.ada.socket() as socket, visitor.socket() as deaf:
            attic.jellyfin.remove(first(attic, Kind.MOVIE))
            await socket.next("LibraryChanged")
            assert await deaf.settle() == []


async def test_an_api_key_hears_of_sessions_only() -> None:
    async with open_attic(CheckedJellyfinServer(library_delay=0, user_data_delay=0)) as attic:
        robot = Visitor(attic.http, attic.jellyfin, token=attic.jellyfin.make_api_key())
        async with attic.ada.socket() as socket, robot.socket() as deaf:
            attic.jellyfin.remove(first(attic, Kind.MOVIE))
            await socket.next("LibraryChanged")
            await attic.ada.post(f"/UserFavoriteItems/{attic.jellyfin.id_of(first(attic, Kind.MOVIE))}")
            await socket.next("UserDataChanged")
            assert await deaf.settle() == []
            await deaf.say("SessionsStart", "0,10000")
            await deaf.settle()
            attic.jellyfin.state.sessions.changed()
            assert [session["UserName"] for session in _list(await deaf.next("Sessions"))] == ["ada"]


async def test_pushes_can_be_off() -> None:
    async with open_attic(CheckedJellyfinServer(library_delay=0, user_data_delay=0)) as attic:
        attic.jellyfin.behaviour.pushes = False
        async with attic.ada.socket() as socket:
            attic.jellyfin.remove(first(attic, Kind.MOVIE))
            await attic.ada.post(f"/UserFavoriteItems/{attic.jellyfin.id_of(first(attic, Kind.MOVIE))}")
            assert await socket.settle() == []


async def test_an_app_with_a_socket_can_be_controlled() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        movie = attic.jellyfin.id_of(first(attic, Kind.MOVIE))
        await attic.ada.post("/Sessions/Capabilities/Full", {"SupportsMediaControl": True})
        (session,) = (await attic.root.get("/Sessions", controllableByUserId=attic.root.id)).items
        assert session["SupportsRemoteControl"] is True
        path = f"/Sessions/{session['Id']}"
        await attic.root.post(f"{path}/Playing", playCommand="PlayNow", itemIds=movie)
        assert (await socket.data("Play"))["ItemIds"] == [movie]
        await attic.root.post(f"{path}/Playing/Seek", seekPositionTicks=42)
        state = await socket.data("Playstate")
        assert (state["Command"], state["SeekPositionTicks"]) == ("Seek", 42)
        await attic.root.post(f"{path}/Command", {"Name": "setvolume", "Arguments": {"Volume": 50}})
        command = await socket.data("GeneralCommand")
        assert (command["Name"], command["Arguments"]) == ("SetVolume", {"Volume": "50"})


async def test_commands_go_to_the_socket_that_spoke_last() -> None:
    async with open_attic() as attic, attic.ada.socket() as older, attic.ada.socket() as newer:
        (session,) = (await attic.ada.get("/Sessions")).items
        await attic.ada.post(f"/Sessions/{session['Id']}/Playing/Pause")
        await newer.next("Playstate")
        assert "Playstate" not in await older.settle()
        await attic.ada.post(f"/Sessions/{session['Id']}/Playing/Pause")
        await older.next("Playstate")
        assert "Playstate" not in await newer.settle()


async def test_silence_is_warned_of_and_then_punished() -> None:
    async with (
        open_attic(CheckedJellyfinServer(keep_alive=0.08)) as attic,
        attic.http.ws_connect(f"{attic.jellyfin.url()}/socket?ApiKey={attic.ada.token}") as stream,
    ):
        kinds = [message.json()["MessageType"] async for message in stream]
        assert kinds == ["ForceKeepAlive", "ForceKeepAlive"]
        (session,) = (await attic.ada.get("/Sessions")).items
        assert session["SupportsRemoteControl"] is False


async def test_whoever_answers_the_warning_stays() -> None:
    async with open_attic(CheckedJellyfinServer(keep_alive=0.4)) as attic, attic.ada.socket() as socket:
        await socket.next("ForceKeepAlive")
        assert await socket.settle() == []
        await socket.next("ForceKeepAlive")


async def test_what_cannot_be_read_is_ignored() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        for text in ("", "{", "[]", "{}", '"KeepAlive"', '{"MessageType": "Dance"}'):
            await socket.stream.send_str(text)
        assert await socket.settle() == []


async def test_a_restart_is_announced_and_ends_every_socket() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        attic.jellyfin.restart()
        await socket.next("ServerRestarting")
        assert (await socket.stream.receive()).type is aiohttp.WSMsgType.CLOSE
        await attic.ada.get("/Users/Me")
        assert [session["UserName"] for session in (await attic.root.get("/Sessions")).items] == ["ada", "root"]


async def test_a_door_that_shuts_cuts_its_sockets() -> None:
    async with open_attic() as attic, attic.ada.socket() as socket:
        await attic.jellyfin.open("proxy")
        await attic.jellyfin.shut("local")
        assert (await socket.stream.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}
        attic.ada.door = "proxy"
        async with attic.ada.socket() as other:
            assert await other.settle() == []
