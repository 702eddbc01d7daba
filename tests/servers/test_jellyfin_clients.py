"""Do the clients that others wrote take the fake for a real server?

They must be run where they cannot block the server: the synchronous one in a thread, which ends with the test.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
import queue
from typing import Final

import aiojellyfin
from jellyfin_apiclient_python import JellyfinClient
from jellyfin_apiclient_python.discovery import discover_servers
import pytest

from .jellyfin import TICKS, App
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, dig, open_attic
from .jellyfin.wire import Json, Object
from .library import Kind, Title, make_library

VERSIONS: Final = ["10.9.11", "10.10.7", "10.11.11", "12.0.0"]
MINUTE: Final = 60 * TICKS
NOW: Final = 1_767_225_600.0
# Whole pages are checked against the documents: smaller ones do as well.
LIBRARY: Final = make_library(movies=12, shows=2, artists=1)


@dataclass(frozen=True, slots=True)
class Kodi:
    """jellyfin-apiclient-python, signed in, in a thread of its own."""

    client: JellyfinClient
    pool: ThreadPoolExecutor
    attic: Attic

    async def do[T](self, call: Callable[..., T], *args: object, **named: object) -> T:
        """Run one of its calls."""
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(call, *args, **named))

    async def call(self, name: str, *args: object, **named: object) -> Json:
        """Run one of its calls to the API, by name."""
        answer: Json = await self.do(getattr(self.client.jellyfin, name), *args, **named)
        return answer

    async def items(self, name: str, *args: object) -> list[Object]:
        """Return the items of an answer, be it a page or a bare list."""
        found = await self.call(name, *args)
        page = found if isinstance(found, list) else dig(found, "Items")
        assert isinstance(page, list)
        return [item for item in page if isinstance(item, dict)]


@asynccontextmanager
async def open_kodi(version: str = "10.11.11", base_path: str = "") -> AsyncIterator[Kodi]:
    """Sign in as the library's own examples do."""
    server = CheckedJellyfinServer(library=LIBRARY, version=version, base_path=base_path, now=lambda: NOW)
    with ThreadPoolExecutor(1) as pool:
        async with open_attic(server) as attic:
            client = JellyfinClient(allow_multiple_clients=True)
            client.config.app("Kodi", "1.0", "Bedroom", "4b4f4449-1234")
            client.config.data["auth.ssl"] = False
            kodi = Kodi(client, pool, attic)
            await kodi.do(client.auth.connect_to_address, server.url())
            answer = await kodi.do(client.auth.login, server.url(), "ada", "correct horse")
            assert dig(answer, "User", "Name") == "ada"
            yield kodi
            await kodi.do(client.http.stop_session)


def titles(attic: Attic, kind: Kind) -> list[Title]:
    return [title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind]


def names(items: list[Object]) -> list[Json]:
    return [item["Name"] for item in items]


def open_app(attic: Attic) -> App:
    assert attic.ada.user is not None
    return attic.jellyfin.open_app(attic.ada.user)


@pytest.mark.parametrize("version", VERSIONS)
async def test_kodi_browses(version: str) -> None:
    async with open_kodi(version) as kodi:
        attic, shelf = kodi.attic, kodi.attic.jellyfin.state.shelf
        assert names(await kodi.items("get_views")) == ["Movies", "Shows", "Music"]
        movie, show = titles(attic, Kind.MOVIE)[0], titles(attic, Kind.SHOW)[1]
        item = await kodi.call("get_item", shelf.id_of(movie))
        assert dig(item, "RunTimeTicks") == movie.seconds * TICKS
        movies = await kodi.items("get_user_items", attic.jellyfin.view_id("movies"), "Movie")
        assert len(movies) == len(titles(attic, Kind.MOVIE))
        assert names(await kodi.items("get_items", [shelf.id_of(movie)])) == [movie.name]
        assert names(await kodi.items("get_seasons", shelf.id_of(show))) == ["Specials", "Season 1", "Season 2"]
        assert len(await kodi.items("get_episodes", shelf.id_of(show))) == 12
        assert await kodi.items("get_recently_added", "Movie")
        assert await kodi.items("get_similar", shelf.id_of(movie))
        assert movie.name in names(await kodi.items("search_media_items", movie.name))


@pytest.mark.parametrize("version", VERSIONS)
async def test_kodi_watches(version: str) -> None:
    async with open_kodi(version) as kodi:
        attic, shelf = kodi.attic, kodi.attic.jellyfin.state.shelf
        episodes = [shelf.id_of(title) for title in titles(attic, Kind.EPISODE)]
        await kodi.call("item_played", episodes[0], watched=True)
        assert [item["Id"] for item in await kodi.items("get_next")] == [episodes[1]]
        info = await kodi.call("get_play_info", episodes[1])
        assert dig(info, "MediaSources", 0, "Id") == episodes[1]
        report = {"ItemId": episodes[1], "PlaySessionId": dig(info, "PlaySessionId"), "CanSeek": True}
        await kodi.call("session_playing", report)
        await kodi.call("session_progress", report | {"PositionTicks": 5 * MINUTE})
        (session,) = [each for each in (await attic.ada.get("/Sessions")).items if each["Client"] == "Kodi"]
        assert dig(session, "PlayState", "PositionTicks") == 5 * MINUTE
        await kodi.call("session_stop", report | {"PositionTicks": 6 * MINUTE})
        assert [item["Id"] for item in await kodi.items("get_resume_items")] == [episodes[1]]
        await kodi.call("favorite", episodes[1])
        data = await kodi.call("get_userdata_for_item", episodes[1])
        assert (dig(data, "PlaybackPositionTicks"), dig(data, "IsFavorite")) == (6 * MINUTE, True)
        await kodi.call("item_played", episodes[0], watched=False)
        assert dig(await kodi.call("get_item", episodes[0]), "UserData", "Played") is False


@pytest.mark.parametrize("version", VERSIONS)
async def test_kodi_controls(version: str) -> None:
    async with open_kodi(version) as kodi:
        app = open_app(kodi.attic)
        movies = [kodi.attic.jellyfin.id_of(title) for title in titles(kodi.attic, Kind.MOVIE)]
        sessions = await kodi.items("get_sessions")
        assert [session["Id"] for session in sessions] == [app.id]
        await kodi.call("remote_play_media", app.id, movies[:2])
        await kodi.call("remote_seek", app.id, 9 * MINUTE)
        await kodi.call("remote_pause", app.id)
        await kodi.call("remote_set_volume", app.id, 33)
        await kodi.call("remote_mute", app.id)
        state = dig((await kodi.items("get_sessions"))[0], "PlayState")
        assert (dig(state, "PositionTicks"), dig(state, "IsPaused")) == (9 * MINUTE, True)
        assert (dig(state, "VolumeLevel"), dig(state, "IsMuted")) == (33, True)
        await kodi.call("remote_stop", app.id)
        assert "NowPlayingItem" not in (await kodi.items("get_sessions"))[0]


@pytest.mark.parametrize("version", VERSIONS[1:])
async def test_kodi_finds_intros(version: str) -> None:
    async with open_kodi(version) as kodi:
        episode = titles(kodi.attic, Kind.EPISODE)[0]
        segments = await kodi.items("get_media_segments", kodi.attic.jellyfin.id_of(episode))
        assert [segment["Type"] for segment in segments] == ["Intro", "Outro"]


@pytest.mark.parametrize("base_path", ["", "/jellyfin"])
async def test_the_urls_kodi_hands_out_lead_somewhere(base_path: str) -> None:
    async with open_kodi(base_path=base_path) as kodi:
        movie = kodi.attic.jellyfin.id_of(titles(kodi.attic, Kind.MOVIE)[0])
        for url in (
            await kodi.do(kodi.client.jellyfin.video_url, movie),
            await kodi.do(kodi.client.jellyfin.download_url, movie),
            await kodi.do(kodi.client.jellyfin.artwork, movie, "Primary", 100),
        ):
            async with kodi.attic.http.get(str(url)) as response:
                assert response.status == 200
                assert response.content_type in {"video/mp4", "image/png"}


async def test_kodi_is_told_that_its_password_is_wrong() -> None:
    async with open_kodi() as kodi:
        login, url = kodi.client.auth.login, kodi.attic.jellyfin.url()
        assert await kodi.do(login, url, "ada", "wrong") == {}


async def test_kodi_signs_in_with_a_code() -> None:
    async with open_kodi() as kodi:
        url, api = kodi.attic.jellyfin.url(), kodi.client.jellyfin
        assert await kodi.do(api.quick_connect_enabled, url) is True
        attempt = await kodi.do(api.quick_connect_initiate, url)
        await kodi.attic.ada.post("/QuickConnect/Authorize", code=str(dig(attempt, "Code")))
        state = await kodi.do(api.quick_connect_state, url, str(dig(attempt, "Secret")))
        assert dig(state, "Authenticated") is True
        answer = await kodi.do(kodi.client.auth.login_with_quick_connect, url, str(dig(attempt, "Secret")))
        assert dig(answer, "User", "Name") == "ada"


async def test_kodi_hears_the_news() -> None:
    async with open_kodi() as kodi:
        heard: queue.Queue[tuple[str, Object]] = queue.Queue()
        kodi.client.callback = lambda kind, data: heard.put((kind, data))

        async def wait_for(kind: str) -> Object:
            while True:
                found, data = await kodi.do(heard.get, timeout=5)
                if found == kind:
                    return data

        wire = kodi.client.wsc
        wire.start()
        try:
            await wait_for("WebSocketConnect")
            movie = titles(kodi.attic, Kind.MOVIE)[0]
            await kodi.call("item_played", kodi.attic.jellyfin.id_of(movie), watched=True)
            assert dig(await wait_for("UserDataChanged"), "UserDataList", 0, "Played") is True
            kodi.attic.jellyfin.remove(movie)
            assert dig(await wait_for("LibraryChanged"), "ItemsRemoved", 0) == kodi.attic.jellyfin.id_of(movie)
        finally:
            # Its own way to hang up may leave its threads waiting for ten seconds; the server's way wakes them.
            wire.stop = True
            kodi.attic.jellyfin.restart()
            await kodi.do(wire.join, 5)
            await kodi.do(wire.stop_client)


async def test_kodi_finds_the_server_in_the_network() -> None:
    async with open_kodi() as kodi:
        responder = await kodi.attic.jellyfin.announce(0)
        (found,) = await kodi.do(discover_servers, 0.05, ("127.0.0.1", responder.port))
        assert found["Address"] == kodi.attic.jellyfin.url()
        assert found["Id"] == kodi.attic.jellyfin.server_id


async def sign_in(attic: Attic) -> aiojellyfin.Connection:
    app = aiojellyfin.session.SessionConfiguration(
        attic.http, attic.jellyfin.url(), "Music Assistant", "2.0", "Kitchen", "a1b2c3d4e5f60718"
    )
    return await aiojellyfin.authenticate_by_name(app, "ada", "correct horse")


@pytest.mark.parametrize("version", VERSIONS)
async def test_music_assistant_browses(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(library=LIBRARY, version=version, base_path="/jf")) as attic:
        music = await sign_in(attic)
        folders = await music.get_media_folders()
        assert [folder["Name"] for folder in folders["Items"]] == ["Movies", "Shows", "Music"]
        parent = attic.jellyfin.view_id("music")
        tracks = [track async for track in music.tracks.parent(parent).recursive(recursive=True).stream(5)]
        assert [track["Name"] for track in tracks] == [title.name for title in titles(attic, Kind.TRACK)]
        artists = await music.artists.parent(parent).request()
        assert artists["TotalRecordCount"] == len(titles(attic, Kind.ARTIST))
        track = await music.get_track(tracks[0]["Id"])
        album = await music.get_album(track["AlbumId"])
        assert track["Album"] == album["Name"]
        assert album["AlbumArtists"][0]["Id"] in [artist["Id"] for artist in artists["Items"]]
        assert (await music.get_suggested_tracks())["Items"]


@pytest.mark.parametrize(("version", "status"), [("10.11.11", 200), ("12.0.0", 401)])
async def test_music_assistant_cannot_play_from_12(version: str, status: int) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        music = await sign_in(attic)
        track = attic.jellyfin.id_of(titles(attic, Kind.TRACK)[0])
        async with attic.http.get(music.audio_url(track)) as response:
            assert response.status == status


async def test_music_assistant_misses_what_is_not_there() -> None:
    async with open_attic() as attic:
        music = await sign_in(attic)
        with pytest.raises(aiojellyfin.session.NotFound):
            await music.get_album("0" * 32)
