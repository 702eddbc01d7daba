"""Do other people's clients take the fake server for real? python-plexapi and plexwebsocket drive it."""

# mypy: disable-error-code="no-untyped-call"
# python-plexapi has no types to speak of.

import asyncio
from collections.abc import AsyncIterator, Iterator

from aiohttp import ClientSession
from plexapi.exceptions import Unauthorized
from plexapi.playqueue import PlayQueue
from plexapi.server import PlexServer as PlexApi
from plexwebsocket import PlexWebsocket
import pytest

from tests.servers.library import Kind, Title, make_library
from tests.servers.plex import PlexServer
from tests.servers.plex.threads import Threads


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads()
    yield threads
    threads.close()


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
async def api(plex: PlexServer, threads: Threads) -> PlexApi:
    return await threads.run(lambda: PlexApi(plex.url(), plex.token, threads.session))


async def test_plexapi_opens_a_server_with_its_token(plex: PlexServer, api: PlexApi) -> None:
    assert (api.friendlyName, api.machineIdentifier, api.version) == (plex.name, plex.identifier, plex.version)


async def test_plexapi_is_refused_without_the_token(plex: PlexServer, threads: Threads) -> None:
    with pytest.raises(Unauthorized):
        await threads.run(lambda: PlexApi(plex.url(), "not-a-token-of-yours", threads.session))


async def test_plexapi_lists_everything_page_by_page(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    plex.traffic.clear()
    movies = await threads.run(lambda: api.library.section("Movies").all(container_size=7))
    assert sorted(movie.ratingKey for movie in movies) == [title.number for title in movies_of(plex)]
    assert len(plex.traffic.to("/library/sections/1/all")) == 3


def movies_of(plex: PlexServer) -> list[Title]:
    return [title for title in plex.titles.values() if title.kind is Kind.MOVIE]


async def test_plexapi_walks_from_a_show_to_its_streams(api: PlexApi, threads: Threads) -> None:
    def walk() -> list[str]:
        show = api.library.section("TV Shows").all()[0]
        episode = show.seasons()[0].episodes()[0]
        assert episode.show().title == show.title
        assert len(show.episodes()) == show.leafCount
        episode.reload()
        return [stream.displayTitle for stream in episode.media[0].parts[0].streams]

    assert await threads.run(walk) == [
        "1080p (H.264)",
        "English (AAC Stereo)",
        "Français (AC3 5.1)",
        "English (SRT External)",
    ]


async def test_plexapi_reads_ids_chapters_and_markers(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    def read() -> None:
        movie = api.fetchItem(1)
        assert {guid.id for guid in movie.guids} == {f"imdb://{title.imdb}", f"tmdb://{title.tmdb}"}
        assert len(movie.chapters) == 4
        assert movie.addedAt.timestamp() == title.added
        assert movie.duration == title.seconds * 1000
        episode = api.library.section("TV Shows").searchEpisodes()[0]
        assert [marker.type for marker in episode.markers] == ["intro", "credits"]

    title = plex.titles[1]
    await threads.run(read)


async def test_plexapi_searches_as_the_section_declares(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    def search() -> None:
        section = api.library.section("Movies")
        wanted = plex.titles[1]
        assert wanted.number in [movie.ratingKey for movie in section.search(title=wanted.name)]
        genre = wanted.genres[0]
        assert {movie.ratingKey for movie in section.search(genre=genre)} == {
            title.number for title in plex.titles.values() if title.kind is Kind.MOVIE and genre in title.genres
        }
        assert section.totalSize == 20
        assert api.library.section("TV Shows").totalViewSize("episode") == 28
        newest = section.search(sort="addedAt:desc", maxresults=1)[0]
        assert newest.ratingKey == max(movies_of(plex), key=lambda title: title.added).number

    await threads.run(search)


async def test_plexapi_searches_all_hubs(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    name = plex.titles[1].name
    found = await threads.run(lambda: api.search(name))
    assert name in [item.title for item in found]


async def test_plexapi_marks_rates_and_reports(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    def drive() -> None:
        movie = api.fetchItem(2)
        movie.markPlayed()
        assert api.fetchItem(2).viewCount == 1
        movie.markUnplayed()
        assert not api.fetchItem(2).isPlayed
        movie.rate(8)
        assert api.fetchItem(2).userRating == 8
        movie.updateProgress(60_000)
        assert api.fetchItem(2).viewOffset == 60_000
        assert [item.ratingKey for item in api.library.onDeck()] == [2]
        assert [item.ratingKey for item in api.continueWatching()] == [2]
        movie.removeFromContinueWatching()
        assert api.continueWatching() == []
        movie.updateTimeline(120_000, state="playing", duration=movie.duration)
        assert api.fetchItem(2).viewOffset == 120_000

    await threads.run(drive)
    assert plex.mark(plex.owner, 2).offset == 120_000


async def test_plexapi_sees_sessions_users_and_players(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    client = plex.add_client("Living room")
    plex.play(client, plex.owner, 3, 90_000, transcode=True)

    def look() -> None:
        session = api.sessions()[0]
        assert (session.ratingKey, session.viewOffset, session.sessionKey) == (3, 90_000, 1)
        assert session.usernames == [plex.owner.username]
        assert session.player.machineIdentifier == client.identifier
        assert session.player.state == "playing"
        assert session.session.location == "lan"
        assert session.transcodeSession.videoDecision == "transcode"
        assert api.transcodeSessions()[0].key == session.transcodeSession.key
        session.stop(reason="Bedtime")
        assert api.sessions() == []

    await threads.run(look)


async def test_plexapi_controls_a_player_through_the_server(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    client = plex.add_client("Living room")

    def control() -> None:
        player = api.client("Living room")
        player.proxyThroughServer()
        player.playMedia(api.fetchItem(4), offset=30_000)
        player.pause()
        player.setVolume(40)
        player.seekTo(50_000)
        assert player.timeline.state == "paused"
        assert player.timeline.time == 50_000

    await threads.run(control)
    playback = plex.machine.players.of(client)
    assert playback is not None
    assert (playback.title.number, playback.state, playback.offset) == (4, "paused", 50_000)
    assert client.volume == 40


async def test_plexapi_builds_and_changes_a_queue(api: PlexApi, threads: Threads) -> None:
    def queue() -> None:
        show = api.library.section("TV Shows").all()[0]
        episodes = show.episodes()
        made = PlayQueue.create(api, show, startItem=episodes[1])
        assert [item.ratingKey for item in made] == [episode.ratingKey for episode in episodes]
        assert made.selectedItem.ratingKey == episodes[1].ratingKey
        movie = api.fetchItem(5)
        made.addItem(movie)
        assert made.items[2].ratingKey == 5
        made.removeItem(made.items[2])
        assert len(made) == len(episodes)
        made.moveItem(made.items[-1])
        assert made.items[0].ratingKey == episodes[-1].ratingKey
        assert len(PlayQueue.get(api, made.playQueueID, window=1).items) == 3
        assert len(PlayQueue.create(api, [movie, episodes[0]])) == 2

    await threads.run(queue)


async def test_plexapi_reads_history_accounts_and_playlists(plex: PlexServer, api: PlexApi, threads: Threads) -> None:
    client = plex.add_client("Living room")
    plex.play(client, plex.owner, 3)
    plex.finish(client, plex.titles[3].seconds * 1000)
    plex.add_playlist("Sunday", [1, 2])
    activity = plex.begin_scan("2")

    def read() -> None:
        assert [(entry.ratingKey, entry.accountID) for entry in api.history()] == [(3, 1)]
        assert plex.owner.username in [account.name for account in api.systemAccounts()]
        assert [device.name for device in api.systemDevices()] == ["Living room"]
        assert [item.ratingKey for item in api.playlist("Sunday").items()] == [1, 2]
        assert api.createToken().startswith("transient-")
        assert [activity.uuid for activity in api.activities] == [activity.uuid]
        assert api.identity().claimed
        assert api.library.recentlyAdded()
        assert next(iter(api.library.hubs())).hubIdentifier == "home.continue"

    await threads.run(read)


async def test_plexwebsocket_hears_of_what_plays(plex: PlexServer, api: PlexApi) -> None:
    heard: asyncio.Queue[tuple[str, object]] = asyncio.Queue()
    async with ClientSession() as session:
        socket = PlexWebsocket(api, lambda kind, data, _error: heard.put_nowait((kind, data)), session=session)
        listening = asyncio.create_task(socket.listen())
        await plex.heard()
        client = plex.add_client("Living room")
        plex.play(client, plex.owner, 3, 1000)
        plex.pause(client, 2000)
        plex.finish(client)
        playing = [await next_of(heard, "playing") for _ in range(3)]
        socket.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    entries = [notice["PlaySessionStateNotification"][0] for notice in playing]
    assert [(entry["state"], entry["ratingKey"]) for entry in entries] == [
        ("playing", "3"),
        ("paused", "3"),
        ("stopped", "3"),
    ]


async def next_of(heard: asyncio.Queue[tuple[str, object]], kind: str) -> dict[str, list[dict[str, str]]]:
    while True:
        name, data = await heard.get()
        if name == kind:
            return data  # type: ignore[return-value]  # the client does not say what it hands over


async def test_plexwebsocket_gives_up_when_it_is_refused(plex: PlexServer, api: PlexApi) -> None:
    plex.revoke(plex.token)
    states: list[object] = []
    async with ClientSession() as session:
        socket = PlexWebsocket(api, lambda _kind, data, error: states.append((data, error)), session=session)
        await socket.listen()
    assert states[-1] == ("stopped", "Authorization failure")
