"""A push channel opens for those it may, stays alive, and tells the token to nobody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import WSMsgType, web
import pytest

from custom_components.reel.backends.errors import Cause, NotAllowed, SignInRefused, SourceError, Unreachable
from custom_components.reel.backends.jellyfin.push import keep_alive, open_push as open_jellyfin
from custom_components.reel.backends.jellyfin.wire import Wire as JellyfinWire
from custom_components.reel.backends.plex.push import open_push as open_plex
from custom_components.reel.backends.plex.wire import Wire as PlexWire
from tests.servers.faults import Fault, Hang, Status
from tests.servers.jellyfin import JellyfinServer
from tests.servers.plex import PlexServer

from .anybody import Anybody


async def test_a_plex_server_tells_what_is_played(plex: PlexServer, plex_wire: PlexWire) -> None:
    channel = await open_plex(plex_wire, plex.url(), plex.token)
    plex.play(plex.add_client("Living room"), plex.owner, 1, 90_000)
    told = await anext(aiter(channel.messages()))
    await channel.close()
    assert "PlaySessionStateNotification" in str(told)
    assert plex.token not in str([seen.query for seen in plex.traffic.requests])


@pytest.mark.parametrize(
    ("status", "error"), [(401, SignInRefused), (403, NotAllowed), (404, SourceError), (500, SourceError)]
)
async def test_a_channel_that_is_refused_says_why(
    plex: PlexServer, plex_wire: PlexWire, status: int, error: type[SourceError]
) -> None:
    plex.fault = Fault(Status(status))
    with pytest.raises(error):
        await open_plex(plex_wire, plex.url(), plex.token)


async def test_a_server_that_is_gone_is_unreachable(plex: PlexServer, plex_wire: PlexWire) -> None:
    url = plex.url()
    await plex.shut("local")
    with pytest.raises(Unreachable) as caught:
        await open_plex(plex_wire, url, plex.token)
    assert caught.value.cause is Cause.REFUSED


async def test_listening_ends_when_the_server_hangs_up(plex: PlexServer, plex_wire: PlexWire) -> None:
    channel = await open_plex(plex_wire, plex.url(), plex.token)
    await plex.heard()
    await plex.shut("local")
    assert [told async for told in channel.messages()] == []
    await channel.close()


async def test_a_redirect_is_refused_and_the_token_not_sent_on(plex: PlexServer, plex_wire: PlexWire) -> None:
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": plex.url() + "/:/websockets/notifications"})

    async with Anybody(elsewhere) as box:
        with pytest.raises(Unreachable):
            await open_plex(plex_wire, box.url(), plex.token)
    assert plex.traffic.requests == []


async def test_a_jellyfin_server_is_told_that_we_are_there(
    jellyfin: JellyfinServer, jellyfin_wire: JellyfinWire
) -> None:
    token = jellyfin.sign_in(jellyfin.add_user("ada", "correct horse"), jellyfin_wire.client.identifier)
    channel = await open_jellyfin(jellyfin_wire, jellyfin.url(), token)
    alive = asyncio.create_task(keep_alive(channel))
    told: AsyncIterator[object] = aiter(channel.messages())
    kinds = [str(await anext(told)) for _ in range(2)]
    alive.cancel()
    await asyncio.gather(alive, return_exceptions=True)
    await channel.close()
    assert "ForceKeepAlive" in kinds[0]
    assert "KeepAlive" in kinds[1]


async def test_a_dead_token_opens_no_jellyfin_channel(jellyfin: JellyfinServer, jellyfin_wire: JellyfinWire) -> None:
    with pytest.raises(NotAllowed):
        await open_jellyfin(jellyfin_wire, jellyfin.url(), "0" * 32)


async def test_giving_up_while_a_server_hangs_leaves_nothing(plex: PlexServer, plex_wire: PlexWire) -> None:
    plex.fault = Fault(Hang())
    opening = asyncio.ensure_future(open_plex(plex_wire, plex.url(), plex.token))
    while not plex.traffic.requests:  # noqa: ASYNC110  # nothing tells of a request but its trace
        await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    plex.let_go()


async def test_a_peer_that_answers_no_ping_is_dead_and_one_that_does_is_not(plex_wire: PlexWire) -> None:
    pings: list[bytes] = []

    async def answers_once(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is WSMsgType.PING:
                pings.append(message.data)
            if len(pings) == 1:
                await socket.pong()
        return socket

    async with Anybody(answers_once) as box:
        channel = replace(await open_plex(plex_wire, box.url(), "token"), heartbeat=0.05)
        assert [told async for told in channel.messages()] == []
        await channel.close()
    assert len(pings) == 2


async def test_a_peer_that_pings_is_answered_and_nonsense_is_passed_over(plex_wire: PlexWire) -> None:
    async def asks(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await socket.ping(b"there?")
        pong = await socket.receive()
        for told in ("no JSON", "[1]", '{"pong": "' + pong.data.decode() + '"}'):
            await socket.send_str(told)
        await socket.close()
        return socket

    async with Anybody(asks) as box:
        channel = await open_plex(plex_wire, box.url(), "token")
        assert [told async for told in channel.messages()] == [{"pong": "there?"}]
        await channel.close()
