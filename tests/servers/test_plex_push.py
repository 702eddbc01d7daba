"""Does the server tell at once what happened, to those who may hear it?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.plex import PlexServer
from tests.servers.plex.people import make_user
from tests.servers.plex.visit import Visit

PATH = "/:/websockets/notifications"


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@asynccontextmanager
async def listening(
    plex: PlexServer, session: ClientSession, query: str = "", token: str | None = None
) -> AsyncIterator[ClientWebSocketResponse]:
    """Open a websocket, and wait until the server knows that it was closed."""
    url = f"{plex.url()}{PATH}?X-Plex-Token={token or plex.token}{query}"
    async with session.ws_connect(url) as socket:
        yield socket
    await plex.heard(0)


async def heard(socket: ClientWebSocketResponse) -> tuple[str, list[dict[str, object]]]:
    """Return the type of the next notification and what is in it."""
    body = (await socket.receive_json())["NotificationContainer"]
    [name] = body.keys() - {"type", "size"}
    assert body["size"] == len(body[name])
    return body["type"], body[name]


async def test_the_channel_needs_a_token(plex: PlexServer, session: ClientSession) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(plex.url() + PATH)
    assert refused.value.status == 401


async def test_what_a_client_does_is_told_without_saying_who_it_is(plex: PlexServer, session: ClientSession) -> None:
    client = plex.add_client("Living room")
    async with listening(plex, session) as socket:
        plex.play(client, plex.owner, 3, 1000)
        plex.buffer(client)
        plex.pause(client, 2000)
        plex.resume(client, 3000)
        plex.finish(client)
        notices = [await heard(socket) for _ in range(5)]
    assert {kind for kind, _ in notices} == {"playing"}
    entries = [entry for _, [entry] in notices]
    assert [(entry["state"], entry["viewOffset"]) for entry in entries] == [
        ("playing", 1000),
        ("buffering", 1000),
        ("paused", 2000),
        ("playing", 3000),
        ("stopped", 3000),
    ]
    assert {entry["sessionKey"] for entry in entries} == {"1"}
    assert "User" not in entries[0]


async def test_a_conversion_is_told_from_its_start_to_its_end(plex: PlexServer, session: ClientSession) -> None:
    client = plex.add_client("Living room")
    async with listening(plex, session) as socket:
        playback = plex.play(client, plex.owner, 3, transcode=True)
        plex.finish(client)
        notices = [await heard(socket) for _ in range(4)]
    assert [kind for kind, _ in notices] == ["playing", "transcodeSession.start", "playing", "transcodeSession.end"]
    assert playback.transcode == f"/transcode/sessions/{notices[0][1][0]['transcodeSession']}"
    assert notices[1][1][0]["key"] == playback.transcode


async def test_reports_are_told_once_each(plex: PlexServer, session: ClientSession) -> None:
    visit = Visit(session, plex.url(), plex.token)
    async with listening(plex, session) as socket:
        for state, time in (("paused", 5), ("playing", 5), ("stopped", 9)):
            await visit.ask("/:/timeline", ratingKey=2, state=state, time=time, duration=1000)
        entries = [(await heard(socket))[1][0] for _ in range(3)]
    assert [(entry["state"], entry["viewOffset"]) for entry in entries] == [
        ("paused", 5),
        ("playing", 5),
        ("stopped", 9),
    ]


async def test_marking_as_watched_is_not_told(plex: PlexServer, session: ClientSession) -> None:
    visit = Visit(session, plex.url(), plex.token)
    async with listening(plex, session) as socket:
        await visit.ask("/:/scrobble", key=2, identifier="com.plexapp.plugins.library")
        plex.push("reachability", "ReachabilityNotification", [{"reachability": True}])
        assert (await heard(socket))[0] == "reachability"


async def test_the_life_of_an_item_is_told_by_states(plex: PlexServer, session: ClientSession) -> None:
    async with listening(plex, session) as socket:
        number = plex.add_movie("New").number
        plex.touch(number)
        plex.remove(number)
        notices = [await heard(socket) for _ in range(4)]
    assert {kind for kind, _ in notices} == {"timeline"}
    entries = [entry for _, [entry] in notices]
    assert [(entry["itemID"], entry["state"]) for entry in entries] == [(str(number), state) for state in (0, 5, 5, 9)]
    assert (entries[0]["sectionID"], entries[0]["type"], entries[0]["title"]) == ("1", 1, "New")


async def test_all_that_goes_with_a_season_is_told(plex: PlexServer, session: ClientSession) -> None:
    season = next(title for title in plex.titles.values() if title.kind is Kind.SEASON)
    episodes = {plex.key(title.number) for title in plex.machine.shelves.children(season.number)}
    async with listening(plex, session) as socket:
        plex.remove(season.number)
        _, entries = await heard(socket)
    assert {entry["itemID"] for entry in entries} >= {*episodes, plex.key(season.number)}


async def test_a_rescan_is_told_as_deletions_and_creations(plex: PlexServer, session: ClientSession) -> None:
    async with listening(plex, session) as socket:
        plex.rescan()
        _, gone = await heard(socket)
        _, made = await heard(socket)
    assert len(gone) == len(made) == len(plex.titles)
    assert (gone[0]["itemID"], made[0]["itemID"]) == ("1", plex.key(1))


async def test_a_scan_is_told_from_its_start_to_its_end(plex: PlexServer, session: ClientSession) -> None:
    visit = Visit(session, plex.url(), plex.token)
    async with listening(plex, session) as socket:
        activity = plex.begin_scan("2")
        [running] = (await visit.ask("/activities")).listed("Activity")
        assert (running["type"], running["progress"]) == ("library.update.section", 0)
        assert (await visit.ask("/library/sections")).listed("Directory")[1]["refreshing"] is True
        plex.machine.activities.advance(activity, 50)
        plex.end_scan(activity)
        notices = [await heard(socket) for _ in range(4)]
    assert [entry.get("event") for _, [entry] in notices] == ["started", "updated", "ended", None]
    assert notices[-1][0] == "status"
    assert notices[-1][1][0]["title"] == "Library scan complete"
    assert (await visit.ask("/activities")).listed("Activity") == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_refresh_is_a_scan(plex: PlexServer, session: ClientSession, method: str) -> None:
    visit = Visit(session, plex.url(), plex.token)
    async with listening(plex, session) as socket:
        assert (await visit.ask("/library/sections/1/refresh", method)).status == 200
        assert [(await heard(socket))[0] for _ in range(3)] == ["activity", "activity", "status"]


@pytest.mark.parametrize(
    ("filters", "first"), [("playing", "playing"), ("-timeline,-status", "playing"), ("", "timeline")]
)
async def test_a_listener_may_want_only_some(
    plex: PlexServer, session: ClientSession, filters: str, first: str
) -> None:
    async with listening(plex, session, f"&filters={filters}" if filters else "") as socket:
        plex.touch(1)
        plex.play(plex.add_client("Living room"), plex.owner, 2)
        assert (await heard(socket))[0] == first


async def test_shared_users_hear_of_the_library_only(plex: PlexServer, session: ClientSession) -> None:
    token = plex.admit(make_user(7, "bo@example.com"))
    async with listening(plex, session, token=token) as socket:
        plex.play(plex.add_client("Living room"), plex.owner, 2)
        plex.touch(1)
        assert (await heard(socket))[0] == "timeline"


async def test_shared_users_may_be_refused(plex: PlexServer, session: ClientSession) -> None:
    plex.behaviour.shared_push = False
    token = plex.admit(make_user(7, "bo@example.com"))
    with pytest.raises(WSServerHandshakeError) as refused:
        await session.ws_connect(f"{plex.url()}{PATH}?X-Plex-Token={token}")
    assert refused.value.status == 401


async def test_the_channel_may_be_open_and_silent(plex: PlexServer, session: ClientSession) -> None:
    async with listening(plex, session) as socket:
        plex.behaviour.silent_push = True
        plex.touch(1)
        plex.behaviour.silent_push = False
        plex.touch(2)
        _, [entry] = await heard(socket)
    assert entry["itemID"] == "2"


async def test_a_restart_closes_the_channel(plex: PlexServer, session: ClientSession) -> None:
    async with listening(plex, session) as socket:
        plex.restart(refusals=0)
        assert (await socket.receive()).type is WSMsgType.CLOSE


async def test_a_shut_door_tears_the_channel(plex: PlexServer, session: ClientSession) -> None:
    async with listening(plex, session) as socket:
        await plex.shut("local")
        assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.ERROR}


async def test_events_are_sent_one_by_one_with_pings_between(plex: PlexServer, session: ClientSession) -> None:
    plex.behaviour.event_ping = 0.01
    url = f"{plex.url()}/:/eventsource/notifications?X-Plex-Token={plex.token}"
    async with session.get(url) as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readline() == b"event: ping\n"
        plex.play(plex.add_client("Living room"), plex.owner, 2, 1000)
        line = b""
        while line != b"event: playing\n":
            line = await response.content.readline()
        data = await response.content.readline()
        entry = json.loads(data.removeprefix(b"data: "))["PlaySessionStateNotification"]
        assert (entry["ratingKey"], entry["viewOffset"]) == ("2", 1000)
        plex.restart(refusals=0)
        await response.read()
