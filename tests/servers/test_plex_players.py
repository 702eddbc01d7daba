"""Do players obey as far as real ones do, and do queues hold what comes next?"""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.plex import Client, Playback, PlexServer
from tests.servers.plex.visit import Answer, Visit


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
def television(plex: PlexServer) -> Client:
    return plex.add_client("Living room")


@pytest.fixture
async def visit(plex: PlexServer, television: Client) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token, {"X-Plex-Target-Client-Identifier": television.identifier})


@pytest.fixture
def playing(plex: PlexServer, television: Client) -> Playback:
    return plex.play(television, plex.owner, 2, 60_000)


class Remote:
    """Sends commands and numbers them upwards, as a controller has to."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._sent = 0

    async def send(self, command: str, **words: str | int) -> Answer:
        self._sent += 1
        return await self._visit.ask(f"/player/playback/{command}", commandID=self._sent, **words)


@pytest.fixture
def remote(visit: Visit) -> Remote:
    return Remote(visit)


async def test_players_that_announce_themselves_are_listed(visit: Visit, plex: PlexServer, television: Client) -> None:
    plex.add_client("Browser").announces = False
    [listed] = (await visit.ask("/clients")).listed("Server")
    assert (listed["name"], listed["machineIdentifier"]) == ("Living room", television.identifier)
    assert "playback" in str(listed["protocolCapabilities"]).split(",")


async def test_commands_change_what_is_played(remote: Remote, playing: Playback, television: Client) -> None:
    await remote.send("pause")
    assert playing.state == "paused"
    await remote.send("play")
    assert playing.state == "playing"
    await remote.send("seekTo", offset=90_000)
    await remote.send("stepForward")
    assert playing.offset == 120_000
    await remote.send("stepBack")
    assert playing.offset == 110_000
    await remote.send("setParameters", volume=30, shuffle=1)
    assert (television.volume, television.shuffle, television.repeat) == (30, 1, 0)
    await remote.send("stop")
    assert playing.state == "stopped"
    assert [command.name for command in television.commands][-1] == "stop"


async def test_media_is_played_for_whom_the_token_stands(
    remote: Remote, visit: Visit, plex: PlexServer, television: Client
) -> None:
    token = (await visit.ask("/security/token", type="delegation", scope="all")).container["token"]
    words = {"key": "/library/metadata/4", "machineIdentifier": plex.identifier, "token": str(token)}
    await remote.send("playMedia", offset=5000, **words)
    playback = plex.machine.players.of(television)
    assert playback is not None
    assert (playback.title.number, playback.offset, playback.visitor.owner) == (4, 5000, True)


async def test_media_of_another_server_is_not_played(remote: Remote, plex: PlexServer, television: Client) -> None:
    assert (await remote.send("playMedia", key="/library/metadata/4", machineIdentifier="f" * 40)).status == 200
    assert plex.machine.players.of(television) is None


async def test_commands_that_are_not_numbered_upwards_are_old_news(visit: Visit, playing: Playback) -> None:
    await visit.ask("/player/playback/pause", commandID=5)
    await visit.ask("/player/playback/play", commandID=5)
    assert playing.state == "paused"


async def test_commands_may_have_no_effect(remote: Remote, plex: PlexServer, playing: Playback) -> None:
    plex.behaviour.commands_without_effect = True
    assert (await remote.send("pause")).status == 200
    assert playing.state == "playing"


async def test_players_without_the_capability_do_not_obey(
    remote: Remote, playing: Playback, television: Client
) -> None:
    television.capabilities = ("timeline",)
    assert (await remote.send("pause")).status == 200
    assert playing.state == "playing"


async def test_players_may_answer_ok_and_nothing_else(remote: Remote, plex: PlexServer) -> None:
    assert b"<Response" in (await remote.send("pause")).body
    plex.behaviour.players_answer_ok = True
    assert (await remote.send("pause")).body == b"OK"


async def test_commands_need_a_player_that_is_there(visit: Visit, plex: PlexServer) -> None:
    nobody = Visit(visit.session, plex.url(), plex.token)
    assert (await nobody.ask("/player/playback/pause", commandID=1)).status == 400
    gone = Visit(visit.session, plex.url(), plex.token, {"X-Plex-Target-Client-Identifier": "gone"})
    assert (await gone.ask("/player/playback/pause", commandID=1)).status == 404


async def test_a_player_tells_what_it_plays(visit: Visit, playing: Playback) -> None:
    body = (await visit.ask("/player/timeline/poll", wait=0, commandID=3)).container
    assert (body["commandID"], body["location"]) == (3, "fullScreenVideo")
    timelines = body["Timeline"]
    assert isinstance(timelines, list)
    states = {timeline["type"]: timeline["state"] for timeline in timelines}
    assert states == {"music": "stopped", "photo": "stopped", "video": "playing"}
    assert timelines[2]["time"] == playing.offset


def uri(plex: PlexServer, *numbers: int) -> str:
    keys = ",".join(plex.key(number) for number in numbers)
    return f"server://{plex.identifier}/com.plexapp.plugins.library/library/metadata/{keys}"


async def test_a_queue_of_an_episode_goes_on_with_the_next_ones(visit: Visit, plex: PlexServer) -> None:
    show = next(title for title in plex.titles.values() if title.kind is Kind.SHOW)
    leaves = [leaf.number for leaf in plex.machine.shelves.leaves(show.number)]
    words = {"type": "video", "uri": uri(plex, leaves[2])}
    single = await visit.ask("/playQueues", "POST", **words)
    onwards = await visit.ask("/playQueues", "POST", continuous=1, **words)
    assert single.container["playQueueTotalCount"] == 1
    assert [int(str(one["ratingKey"])) for one in onwards.listed()] == leaves[2:]
    assert onwards.container["playQueueID"] == 2


async def test_a_queue_changes_and_counts_its_versions(visit: Visit, plex: PlexServer) -> None:
    made = await visit.ask("/playQueues", "POST", type="video", uri=uri(plex, 1, 2, 3), key="/library/metadata/2")
    path = f"/playQueues/{made.container['playQueueID']}"
    assert (made.container["playQueueSelectedItemOffset"], made.container["playQueueVersion"]) == (1, 1)

    def order(answer: Answer) -> list[str]:
        return [str(one["ratingKey"]) for one in answer.listed()]

    assert order(await visit.ask(path, "PUT", uri=uri(plex, 4), next=1)) == ["1", "2", "4", "3"]
    assert order(await visit.ask(path, "PUT", uri=uri(plex, 5))) == ["1", "2", "5", "4", "3"]
    assert order(await visit.ask(path, "PUT", uri=uri(plex, 6))) == ["1", "2", "5", "6", "4", "3"]
    first, *_, last = made.listed()
    assert order(await visit.ask(f"{path}/items/{last['playQueueItemID']}/move", "PUT"))[0] == "3"
    assert "1" not in order(await visit.ask(f"{path}/items/{first['playQueueItemID']}", "DELETE"))
    shuffled = await visit.ask(f"{path}/shuffle", "PUT")
    assert (order(shuffled)[0], shuffled.container["playQueueShuffled"]) == ("2", True)
    plain = await visit.ask(f"{path}/unshuffle", "PUT")
    assert order(plain) == ["3", "2", "5", "6", "4"]
    assert plain.container["playQueueVersion"] == 8
    assert order(await visit.ask(path, window=1)) == ["3", "2", "5"]
    assert (await visit.ask(f"{path}/reset", "PUT")).container["playQueueSelectedItemOffset"] == 0
    assert order(await visit.ask(f"{path}/items", "DELETE")) == ["3"]


async def test_queues_of_nothing_are_refused(visit: Visit, plex: PlexServer) -> None:
    assert (await visit.ask("/playQueues", "POST", type="video", uri=uri(plex, 99_999))).status == 400
    assert (await visit.ask("/playQueues", "POST", uri=uri(plex, 1))).status == 400
    assert (await visit.ask("/playQueues/1")).status == 404
    await visit.ask("/playQueues", "POST", type="video", uri=uri(plex, 1))
    assert (await visit.ask("/playQueues/1/items/99", "DELETE")).status == 404


async def test_skipping_follows_the_queue_and_ends_with_it(
    remote: Remote, visit: Visit, plex: PlexServer, television: Client
) -> None:
    await visit.ask("/playQueues", "POST", type="video", uri=uri(plex, 1, 2))
    words = {"machineIdentifier": plex.identifier, "containerKey": "/playQueues/1?window=100&own=1"}
    await remote.send("playMedia", key="/library/metadata/1", **words)
    await remote.send("skipNext")
    playback = plex.machine.players.of(television)
    assert playback is not None
    assert (playback.title.number, playback.queue) == (2, 1)
    await remote.send("skipPrevious")
    await remote.send("skipNext")
    await remote.send("skipNext")
    assert plex.machine.players.of(television) is None


async def test_a_playlist_can_be_queued(visit: Visit, plex: PlexServer) -> None:
    playlist = plex.add_playlist("Sunday", [3, 1])
    [listed] = (await visit.ask("/playlists")).listed()
    assert (listed["title"], listed["leafCount"], listed["playlistType"]) == ("Sunday", 2, "video")
    made = await visit.ask("/playQueues", "POST", type="video", playlistID=playlist.number)
    assert [one["ratingKey"] for one in made.listed()] == ["3", "1"]
    assert (await visit.ask("/playlists/1")).status == 404
