"""A stream is pulled piece by piece, ends when its reader leaves, and tells only what is the player's business."""

import asyncio
from collections.abc import Mapping
import gzip
import re

from aiohttp import ClientResponse, ClientSession, ClientTimeout, web
import pytest
from yarl import URL

from custom_components.reel.backends import stream as module
from custom_components.reel.backends.errors import (
    Busy,
    CannotPlay,
    Cause,
    Garbled,
    Missing,
    NotAllowed,
    Refusal,
    SignInRefused,
    SourceError,
    Unreachable,
)
from custom_components.reel.backends.playing import HLS_TYPE, Stream
from custom_components.reel.backends.playlist import MOST_BYTES, clean_playlist, is_playlist, without_token
from custom_components.reel.backends.stream import (
    NOTHING,
    PIECE,
    Pieces,
    asked,
    begin,
    head_of,
    streamed,
    url_below,
    without_part,
)
from custom_components.reel.backends.transport import Request
from tests.servers.faults import Cut, Fault

from .anybody import LOGIN_PAGE, Anybody, never_stops, says
from .playback import Got, read

TOKEN = "qT8wPz5sVx1nLk7yRb3J"
HOME = "http://media.example.org:8096/jellyfin"
TURNS = 2000


def get(server: Anybody, headers: Mapping[str, str] | None = None, method: str = "GET") -> Request:
    return Request(method, URL(server.url()), headers or {})


async def fetched(session: ClientSession, request: Request) -> Got:
    async with streamed(await begin(session, request)) as stream:
        return await read(stream)


class Endless(Anybody):
    """Sends without an end, counts what it sends, and knows when nobody listens any more."""

    def __init__(self) -> None:
        super().__init__(self.send)
        self.sent = 0
        self.begun = asyncio.Event()
        self.over = asyncio.Event()

    async def send(self, request: web.Request) -> web.StreamResponse:
        """Send until nobody listens."""
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(bytes(PIECE))
                self.sent += PIECE
                self.begun.set()
        finally:
            self.over.set()


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        (HOME, "/Videos/1/stream?static=true", f"{HOME}/Videos/1/stream?static=true"),
        (HOME, "/a%20b/%E4%BD%A0.mp4", f"{HOME}/a%20b/%E4%BD%A0.mp4"),
        (HOME, "/a...b/..c/d..", f"{HOME}/a...b/..c/d.."),
        (HOME, "/stream?next=../../x&u=http://else.example.org/", f"{HOME}/stream?next=../../x&u=http://else.example.org/"),
        ("http://127.0.0.1:32400", "/video/:/start.m3u8?p=%2Fa%26b%3D%2B", "http://127.0.0.1:32400/video/:/start.m3u8?p=%2Fa%26b%3D%2B"),
        ("http://127.0.0.1:32400", "//else.example.org/x", "http://127.0.0.1:32400//else.example.org/x"),
    ],
)  # fmt: skip
def test_a_path_leads_below_its_server(base: str, path: str, url: str) -> None:
    assert url_below(base, path) == URL(url)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "x",
        "@else.example.org/",
        ":pass@else.example.org/",
        ".else.example.org/",
        "http://else.example.org/",
        "/..",
        "/../x",
        "/Videos/../../x",
        "/Videos/./x",
        "/%2e%2e/x",
        "/%2E%2E%2Fx",
        "/..%2fx",
        "/..\\x",
        "/%2e%2e%5cx",
        "/Videos/..?a=b",
    ],
)
def test_a_path_that_leads_elsewhere_leads_nowhere(path: str) -> None:
    with pytest.raises(Missing):
        url_below(HOME, path)


def test_a_player_only_says_which_part_it_wants() -> None:
    said = {
        "Range": "bytes=1-",
        "IF-RANGE": '"a"',
        "Cookie": "x",
        "Authorization": "y",
        "Host": "z",
        "X-Plex-Token": "t",
    }
    assert asked(said) == {"range": "bytes=1-", "if-range": '"a"'}
    assert without_part({**said, "If-None-Match": '"a"'}) == {"if-none-match": '"a"'}


async def test_an_answer_comes_whole_with_what_is_said_of_its_body(session: ClientSession) -> None:
    told = {"ETag": '"a"', "Set-Cookie": "a=b", "X-Powered-By": "magic", "Location": "http://else.example.org"}
    async with Anybody(says(content_type="video/mp4", headers=told)) as server:
        got = await fetched(session, get(server, {"X-Plex-Token": TOKEN}))
        (seen,) = server.traffic.requests
    assert got == Got(
        200, {"etag": '"a"', "content-type": "video/mp4", "content-length": str(len(LOGIN_PAGE))}, LOGIN_PAGE
    )
    assert seen.headers["X-Plex-Token"] == TOKEN
    assert (seen.headers["Accept"], seen.headers["Accept-Encoding"]) == ("*/*", "identity")


async def test_pieces_are_small(session: ClientSession) -> None:
    async with Anybody(says(bytes(5 * PIECE))) as server, streamed(await begin(session, get(server))) as stream:
        sizes = [len(piece) async for piece in stream.chunks]
    # What came in one go, behind what was left of the one before.
    assert max(sizes) < 2 * PIECE
    assert sum(sizes) == 5 * PIECE


async def test_whoever_leaves_ends_the_request(session: ClientSession) -> None:
    async with Endless() as server:
        async with streamed(await begin(session, get(server))) as stream:
            assert await anext(stream.chunks)
            assert not server.over.is_set()
        async with asyncio.timeout(5):
            await server.over.wait()


async def fail_at(response: ClientResponse) -> None:
    async with streamed(response) as stream:
        await anext(stream.chunks)
        raise ConnectionResetError


async def test_whoever_fails_ends_the_request(session: ClientSession) -> None:
    async with Endless() as server:
        with pytest.raises(ConnectionResetError):
            await fail_at(await begin(session, get(server)))
        async with asyncio.timeout(5):
            await server.over.wait()


async def test_whoever_is_cancelled_ends_the_request(session: ClientSession) -> None:
    async with Endless() as server:
        task = asyncio.create_task(fetched(session, get(server)))
        await server.begun.wait()
        task.cancel()
        async with asyncio.timeout(5):
            await server.over.wait()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_slow_reader_does_not_fill_memory(session: ClientSession) -> None:
    async with Endless() as server:
        response = await begin(session, get(server))
        async with streamed(response) as stream:
            await anext(stream.chunks)
            # Until the network itself is full.
            before, still = -1, 0
            while still < TURNS:
                still = still + 1 if before == server.sent else 0
                before = server.sent
                await asyncio.sleep(0)
            assert response.content.total_bytes <= 4 * PIECE
            # It goes on where it stood.
            for _ in range(100):
                assert await anext(stream.chunks)


async def test_a_source_that_dies_in_the_middle_is_unreachable(session: ClientSession) -> None:
    async with Anybody(says(bytes(4 * PIECE))) as server:
        server.fault = Fault(Cut())
        with pytest.raises(Unreachable) as caught:
            await fetched(session, get(server))
    assert caught.value.cause is Cause.BROKEN


async def test_a_source_that_falls_silent_is_unreachable(
    session: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT", ClientTimeout(total=None, sock_read=0.05))
    released = asyncio.Event()

    async def stall(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await released.wait()
        return response

    async with Anybody(stall) as server:
        async with streamed(await begin(session, get(server))) as stream:
            assert await anext(stream.chunks) == b"x"
            with pytest.raises(Unreachable) as caught:
                await anext(stream.chunks)
        released.set()
    assert caught.value.cause is Cause.SILENT


async def test_nobody_there_is_unreachable(session: ClientSession) -> None:
    async with Anybody(says()) as server:
        await server.shut("local")
        with pytest.raises(Unreachable) as caught:
            await begin(session, get(server))
    assert caught.value.cause is Cause.REFUSED


async def test_no_film_is_over_by_a_certain_time() -> None:
    assert module.TIMEOUT.total is None
    assert module.TIMEOUT.sock_read


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SignInRefused),
        (403, NotAllowed),
        (404, Missing),
        (400, Garbled),
        (502, Unreachable),
        (500, Busy),
        (503, Busy),
        (302, Garbled),
        (204, Garbled),
    ],
)
async def test_what_is_no_success_is_an_error(session: ClientSession, status: int, error: type[SourceError]) -> None:
    async with Anybody(says(status=status, headers={"Location": "/elsewhere"})) as server:
        with pytest.raises(error):
            await begin(session, get(server))
        assert len(server.traffic.requests) == 1


async def test_a_refusal_can_be_explained(session: ClientSession) -> None:
    async with Anybody(says(b"no money", status=403)) as server:
        with pytest.raises(CannotPlay) as caught:
            await begin(
                session,
                get(server),
                lambda status, said: CannotPlay(Refusal.REMOTE_PASS, said) if status == 403 else None,
            )
    assert (caught.value.reason, caught.value.said) == (Refusal.REMOTE_PASS, "no money")
    assert "money" not in f"{caught.value} {caught.value!r}"


async def test_an_error_that_has_no_end_is_not_read_to_it(session: ClientSession) -> None:
    async def complain(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        while True:
            await response.write(bytes(PIECE))

    async with Anybody(complain) as server:
        with pytest.raises(Busy):
            await begin(session, get(server))


@pytest.mark.parametrize("status", [304, 412, 416])
async def test_some_answers_have_no_body(session: ClientSession, status: int) -> None:
    told = {"Content-Range": "bytes */9", "ETag": '"a"'}
    async with Anybody(says(b"sorry" if status != 304 else b"", status=status, headers=told)) as server:
        got = await fetched(session, get(server))
    assert got == Got(status, {"content-range": "bytes */9", "etag": '"a"'}, b"")


async def test_what_was_packed_all_the_same_is_another_body(session: ClientSession) -> None:
    packed = gzip.compress(LOGIN_PAGE)
    async with Anybody(says(packed, headers={"Content-Encoding": "gzip", "ETag": '"a"'})) as server:
        got = await fetched(session, get(server))
    assert got == Got(200, {"content-type": "text/html"}, LOGIN_PAGE)


@pytest.mark.parametrize(
    ("status", "headers", "head_status", "head"),
    [
        (206, {"content-range": "bytes 0-0/99", "content-length": "1"}, 200, {"content-length": "99"}),
        (206, {"content-range": "bytes 0-0/*", "content-length": "1"}, 200, {}),
        (416, {"content-range": "bytes */0"}, 200, {"content-length": "0"}),
        (200, {"content-length": "99", "etag": "a"}, 200, {"content-length": "99", "etag": "a"}),
        (304, {"etag": "a"}, 304, {"etag": "a"}),
    ],
)
async def test_the_first_byte_tells_what_a_head_would(
    status: int, headers: dict[str, str], head_status: int, head: dict[str, str]
) -> None:
    assert await read(head_of(Stream(status, headers, Pieces(b"x")))) == Got(head_status, head, b"")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("main.m3u8?a=1&ApiKey=SECRET&b=2", "main.m3u8?a=1&b=2"),
        ("main.m3u8?ApiKey=SECRET&b=2", "main.m3u8?b=2"),
        ("main.m3u8?a=1&api_key=SECRET", "main.m3u8?a=1"),
        ("main.m3u8?api_key=SECRET", "main.m3u8"),
        ("?ApiKey=SECRET&api_key=SECRET&X-Plex-Token=SECRET&c=3", "?c=3"),
        ('URI="s.m3u8?SegmentLength=30&ApiKey=SECRET",LANGUAGE="eng"', 'URI="s.m3u8?SegmentLength=30",LANGUAGE="eng"'),
        ("a.ts?x-emby-token=SECRET\nb.ts?x=1&X-MediaBrowser-Token=SECRET\n", "a.ts\nb.ts?x=1\n"),
        ("0.ts?monkey=1&keep=api_key", "0.ts?monkey=1&keep=api_key"),
        ("/SECRET/0.ts", "//0.ts"),
    ],
)
def test_a_playlist_keeps_nothing_that_opens_a_door(text: str, clean: str) -> None:
    assert without_token(text.replace("SECRET", TOKEN), TOKEN) == clean


@pytest.mark.parametrize("copies", [1, 20_000])
async def test_a_playlist_is_handed_out_clean_whatever_its_size(copies: int) -> None:
    body = f"0.ts?ApiKey={TOKEN}\n".encode() * copies
    told = {"content-type": "application/vnd.apple.mpegurl", "content-length": str(len(body)), "etag": '"a"'}
    got = await read(await clean_playlist(Stream(200, told, Pieces(body)), TOKEN))
    assert got.body == b"0.ts\n" * copies
    assert got.headers == {"content-type": HLS_TYPE, "content-length": str(len(got.body)), "cache-control": "no-store"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_the_frontend_leaves_the_only_variant_to_its_player(end: str) -> None:
    body = end.join(("#EXTM3U", "#EXT-X-STREAM-INF:BANDWIDTH=2000000", "main.m3u8?x=1", "")).encode()

    got = await read(await clean_playlist(Stream(200, {}, Pieces(body)), TOKEN))

    # This is how it looks for it, and what it does with that takes an address with a host.
    assert re.search(rb"#EXT-X-STREAM-INF:[^\r\n]*(?:\n|\r\n)([^\r\n]+)", got.body) is None
    assert got.body.split() == body.split()


async def test_a_playlist_without_an_end_is_none(session: ClientSession) -> None:
    async with Anybody(never_stops) as server, streamed(await begin(session, get(server))) as stream:
        with pytest.raises(Garbled):
            await clean_playlist(stream, TOKEN)
    assert MOST_BYTES < 2**26


@pytest.mark.parametrize(
    ("path", "kind", "answer"),
    [
        ("/a/master.m3u8?x=1", "", True),
        ("/a/master.M3U8", "", True),
        ("/a/stream", "application/vnd.apple.mpegurl; charset=utf-8", True),
        ("/a/stream", "application/x-mpegURL", True),
        ("/a/film.mp4?next=x.m3u8", "video/mp4", False),
    ],
)
def test_a_playlist_is_known_by_its_name_or_its_type(path: str, kind: str, *, answer: bool) -> None:
    assert is_playlist(path, Stream(200, {"content-type": kind}, NOTHING)) is answer
