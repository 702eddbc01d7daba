"""Do the samples play, do the posters show, are files sent the way players ask? The files: over real HTTP."""

from collections.abc import AsyncIterator
import struct
from typing import override
import zlib

from aiohttp import ClientPayloadError, ClientSession, web
import pytest

from .faults import Cut, Fault
from .media import MATROSKA, SUBTITLES, file_response, poster, sample
from .server import FakeServer

FILM = sample("movie").read_bytes()


class FileServer(FakeServer):
    """Sends the samples, and nothing else."""

    @override
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/{name}", self.send)]

    async def send(self, request: web.Request) -> web.StreamResponse:
        return await file_response(request, MATROSKA.parent / request.match_info["name"])

    @override
    def token_of(self, request: web.Request) -> str | None:
        return None

    @override
    def error_response(self, request: web.Request, status: int) -> web.Response:
        return web.Response(status=status, text="the server's own error")


@pytest.fixture
async def server() -> AsyncIterator[FileServer]:
    async with FileServer() as server:
        yield server


@pytest.fixture
async def http(server: FileServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(server.url()) as http:
        yield http


@pytest.mark.parametrize(
    ("kind", "offset", "magic"),
    [("movie", 4, b"ftyp"), ("feature", 4, b"ftyp"), ("episode", 4, b"ftyp"), ("track", 0, b"ID3")],
)
def test_every_kind_that_plays_has_a_small_real_file(kind: str, offset: int, magic: bytes) -> None:
    data = sample(kind).read_bytes()
    assert data[offset:].startswith(magic)
    assert len(data) < 120_000


@pytest.mark.parametrize("kind", ["movie", "episode", "feature"])
def test_films_start_before_they_are_loaded(kind: str) -> None:
    data = sample(kind).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_film_carries_its_subtitles_inside_and_beside_it() -> None:
    assert b"tx3g" in FILM
    assert "This is a test film." in SUBTITLES.read_text(encoding="utf-8")


def test_the_samples_stay_small_enough_to_be_cloned_with_the_code() -> None:
    assert sum(path.stat().st_size for path in MATROSKA.parent.iterdir()) < 500_000


def test_only_what_plays_has_a_sample() -> None:
    with pytest.raises(KeyError):
        sample("season")


async def test_a_whole_file_says_what_it_is_and_that_it_can_be_had_in_parts(http: ClientSession) -> None:
    async with http.get("/film.mp4") as response:
        assert (response.status, await response.read()) == (200, FILM)
        assert response.headers["Content-Type"] == "video/mp4"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["ETag"].startswith('"')
        assert response.headers["Last-Modified"].endswith("GMT")


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("episode.mp4", "video/mp4"),
        ("film.mkv", "video/x-matroska"),
        ("film.en.srt", "application/x-subrip"),
        ("track.mp3", "audio/mpeg"),
    ],
)
async def test_the_type_follows_from_the_suffix(http: ClientSession, name: str, content_type: str) -> None:
    async with http.head(f"/{name}") as response:
        assert response.headers["Content-Type"] == content_type


SIZE = len(FILM)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, SIZE),
        ("bytes=0-", 0, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
        (f"bytes=-{SIZE + 1}", 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 99}", SIZE - 1, SIZE),
    ],
)
async def test_one_range_is_sent_as_a_part(http: ClientSession, wanted: str, start: int, end: int) -> None:
    async with http.get("/film.mp4", headers={"Range": wanted}) as response:
        assert (response.status, await response.read()) == (206, FILM[start:end])
        assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
        assert response.headers["Content-Length"] == str(end - start)
        assert response.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=-0", "bytes=9-8"])
async def test_a_range_that_is_not_there_is_refused_with_the_real_size(http: ClientSession, wanted: str) -> None:
    async with http.get("/film.mp4", headers={"Range": wanted}) as response:
        assert response.status == 416
        assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-9", "bytes=-", "bytes=a-b", "seconds=1-2"])
async def test_several_ranges_and_nonsense_get_the_whole_file(http: ClientSession, wanted: str) -> None:
    async with http.get("/film.mp4", headers={"Range": wanted}) as response:
        assert (response.status, await response.read()) == (200, FILM)


async def test_head_promises_what_get_sends_but_sends_nothing(http: ClientSession) -> None:
    async with http.get("/film.mp4") as response:
        whole = response.headers.copy()
    async with http.head("/film.mp4") as response:
        assert (response.status, await response.read()) == (200, b"")
        assert {name: response.headers[name] for name in whole if name != "Date"} == {
            name: value for name, value in whole.items() if name != "Date"
        }


@pytest.mark.parametrize("validator", ["ETag", "Last-Modified"])
async def test_a_range_of_the_same_version_is_a_part(http: ClientSession, validator: str) -> None:
    async with http.head("/film.mp4") as response:
        version = response.headers[validator]
    async with http.get("/film.mp4", headers={"Range": "bytes=0-9", "If-Range": version}) as response:
        assert (response.status, await response.read()) == (206, FILM[:10])


@pytest.mark.parametrize("version", ['"another"', 'W/"weak"', "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"])
async def test_a_range_of_another_version_is_the_whole_file(http: ClientSession, version: str) -> None:
    async with http.get("/film.mp4", headers={"Range": "bytes=0-9", "If-Range": version}) as response:
        assert (response.status, await response.read()) == (200, FILM)


@pytest.mark.parametrize(
    ("validator", "condition"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")]
)
async def test_a_file_the_client_has_is_not_sent_again(http: ClientSession, validator: str, condition: str) -> None:
    async with http.head("/film.mp4") as response:
        version = response.headers[validator]
    async with http.get("/film.mp4", headers={condition: version}) as response:
        assert (response.status, await response.read()) == (304, b"")


async def test_a_file_that_changed_is_sent_again(http: ClientSession) -> None:
    async with http.get("/film.mp4", headers={"If-None-Match": '"another"'}) as response:
        assert (response.status, await response.read()) == (200, FILM)


async def test_a_file_that_is_gone_is_the_servers_own_404(http: ClientSession) -> None:
    async with http.get("/gone.mp4") as response:
        assert (response.status, await response.text()) == (404, "the server's own error")


async def test_what_is_sent_is_counted(http: ClientSession, server: FileServer) -> None:
    async with http.get("/film.mp4", headers={"Range": "bytes=0-999"}) as response:
        await response.read()
    # A second answer on the same connection: the first one is counted by then. Headers count too.
    await http.head("/film.mp4")
    assert 1000 < server.traffic.bytes_sent < 2000


async def test_a_cut_file_breaks_off_in_the_middle(http: ClientSession, server: FileServer) -> None:
    server.fault = Fault(Cut())
    async with http.get("/film.mp4") as response:
        assert response.headers["Content-Length"] == str(SIZE)
        assert await response.content.readexactly(SIZE // 2) == FILM[: SIZE // 2]
        with pytest.raises(ClientPayloadError):
            await response.content.read()


def chunks(png: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a PNG picture by their kind, after checking every sum."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = {}, 8
    while at < len(png):
        (size,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", png, at + 8 + size) == (zlib.crc32(kind + data),)
        found[kind] = data
        at += size + 12
    return found


@pytest.mark.parametrize(("width", "height"), [(400, 600), (600, 400), (1, 1), (7, 300)])
def test_a_poster_is_a_valid_picture_of_the_size_asked_for(width: int, height: int) -> None:
    found = chunks(poster(1, "Émigré Río", width, height))
    assert struct.unpack_from(">II", found[b"IHDR"]) == (width, height)
    assert len(zlib.decompress(found[b"IDAT"])) == (width + 1) * height
    assert list(found)[-1] == b"IEND"


def test_posters_differ_by_seed_and_by_initials_but_not_from_call_to_call() -> None:
    assert len({poster(seed, "Amber Zoo", 200, 300) for seed in range(20)}) == 20
    assert poster(1, "Amber Zoo", 200, 300) != poster(1, "Borrowed Zoo", 200, 300)
    poster.cache_clear()
    first = poster(1, "Amber Zoo", 200, 300)
    poster.cache_clear()
    assert poster(1, "Amber Zoo", 200, 300) == first


@pytest.mark.parametrize("text", ["", "東京物語", "!?"])
def test_a_name_without_letters_we_can_draw_still_has_a_poster(text: str) -> None:
    assert chunks(poster(1, text, 200, 300))


def test_accents_do_not_change_the_initials() -> None:
    assert poster(1, "Émigré Río", 200, 300) == poster(1, "Emigre Rio", 200, 300)
