"""Do pictures, files and converted streams come as a Plex server sends them?"""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.media import SUBTITLES, sample
from tests.servers.plex import PlexServer
from tests.servers.plex.people import make_user
from tests.servers.plex.visit import Visit

PNG = b"\x89PNG"
UNIVERSAL = "/video/:/transcode/universal"
SYNC = 0x47


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


@pytest.fixture
def nobody(visit: Visit) -> Visit:
    return Visit(visit.session, visit.url)


async def part_of(visit: Visit, number: int) -> dict[str, object]:
    [item] = (await visit.ask(f"/library/metadata/{number}")).listed()
    media = item["Media"]
    assert isinstance(media, list)
    part = media[0]["Part"][0]
    assert isinstance(part, dict)
    return part


def size_of(png: bytes) -> tuple[int, int]:
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@pytest.mark.parametrize("kind", [Kind.MOVIE, Kind.EPISODE, Kind.TRACK])
async def test_a_part_is_the_file_it_says_it_is(visit: Visit, plex: PlexServer, kind: Kind) -> None:
    title = next(title for title in plex.titles.values() if title.kind is kind)
    part = await part_of(visit, title.number)
    answer = await visit.ask(str(part["key"]))
    assert answer.body == sample(kind).read_bytes()
    assert len(answer.body) == part["size"]
    assert answer.headers["Accept-Ranges"] == "bytes"


async def test_a_range_of_a_part_is_sent_as_such(visit: Visit) -> None:
    part = await part_of(visit, 1)
    ranged = Visit(visit.session, visit.url, visit.token, {"Range": "bytes=10-19"})
    answer = await ranged.ask(str(part["key"]))
    assert (answer.status, answer.body) == (206, sample("movie").read_bytes()[10:20])
    assert answer.headers["Content-Range"] == f"bytes 10-19/{part['size']}"


async def test_the_head_of_a_part_fails_unless_it_does_not(visit: Visit, plex: PlexServer) -> None:
    part = await part_of(visit, 1)
    assert (await visit.ask(str(part["key"]), "HEAD")).status == 500
    plex.behaviour.head_of_parts_fails = False
    answer = await visit.ask(str(part["key"]), "HEAD")
    assert (answer.status, answer.headers["Content-Length"]) == (200, str(part["size"]))


async def test_parts_need_a_token_and_the_right_to_see_them(visit: Visit, nobody: Visit, plex: PlexServer) -> None:
    key = str((await part_of(visit, 1))["key"])
    guest = Visit(visit.session, visit.url, plex.admit(make_user(7, "bo@example.com"), sections=frozenset({"3"})))
    assert [(await one.ask(key)).status for one in (nobody, guest, visit)] == [401, 404, 200]
    assert (await nobody.ask(key, X_Plex_Token=plex.token)).status == 200
    assert (await visit.ask("/library/parts/9/9/file.mp4")).status == 404


async def test_downloads_are_attachments_if_they_are_allowed(visit: Visit, plex: PlexServer) -> None:
    key = str((await part_of(visit, 1))["key"])
    answer = await visit.ask(key, download=1)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    plex.behaviour.download_allowed = False
    assert (await visit.ask(key, download=1)).status == 403


async def test_parts_keep_their_address_when_keys_change(visit: Visit, plex: PlexServer) -> None:
    before = await part_of(visit, 1)
    plex.rescan()
    [item] = (await visit.ask(f"/library/metadata/{plex.key(1)}")).listed()
    assert str(before["key"]) in str(item["Media"])
    assert (await visit.ask(str(before["key"]))).status == 200


async def test_subtitles_are_files_of_their_own(visit: Visit) -> None:
    streams = (await part_of(visit, 1))["Stream"]
    assert isinstance(streams, list)
    [key] = [stream["key"] for stream in streams if "key" in stream]
    assert (await visit.ask(key)).body == SUBTITLES.read_bytes()
    assert (await visit.ask("/library/streams/1")).status == 404


async def test_the_address_of_a_picture_moves_with_the_item(visit: Visit, plex: PlexServer) -> None:
    [item] = (await visit.ask("/library/metadata/1")).listed()
    answer = await visit.ask(str(item["thumb"]))
    assert answer.body.startswith(PNG)
    plex.touch(1)
    [touched] = (await visit.ask("/library/metadata/1")).listed()
    assert touched["thumb"] != item["thumb"]
    assert (await visit.ask("/library/metadata/9999/thumb/1")).status == 404


async def test_pictures_come_in_the_size_that_is_asked_for(visit: Visit) -> None:
    url = "/library/metadata/1/thumb/1"
    answer = await visit.ask("/photo/:/transcode", url=url, width=120, height=180, minSize=1, upscale=1)
    assert size_of(answer.body) == (120, 180)
    for words, size in (
        ({"minSize": 1}, (100, 150)),
        ({"minSize": 0}, (67, 100)),
        ({"minSize": 1, "width": 400, "height": 400}, (200, 300)),
        ({"minSize": 1, "width": 400, "height": 400, "upscale": 1}, (400, 600)),
    ):
        answer = await visit.ask("/photo/:/transcode", url=url, **{"width": 100, "height": 100} | words)
        assert size_of(answer.body) == size
    assert (await visit.ask("/photo/:/transcode", url=url)).status == 400
    elsewhere = await visit.ask("/photo/:/transcode", url="http://example.com/1.png", width=120, height=180)
    assert elsewhere.status == 400


async def test_pictures_need_a_token(nobody: Visit) -> None:
    assert (await nobody.ask("/library/metadata/1/thumb/1")).status == 401


@pytest.mark.parametrize(("direct", "code", "decision"), [(1, 1000, "directplay"), (0, 1001, "transcode")])
async def test_the_decision_says_how_an_item_would_be_played(
    visit: Visit, direct: int, code: int, decision: str
) -> None:
    path = f"{UNIVERSAL}/decision?path=/library/metadata/1"
    body = (await visit.ask(path, directPlay=direct, session="a")).container
    assert body["generalDecisionCode"] == code
    [item] = (await visit.ask(path, directPlay=direct, session="a")).listed()
    media = item["Media"]
    assert isinstance(media, list)
    assert media[0]["Part"][0]["decision"] == decision


async def test_a_stream_plays_from_its_list_to_its_segments_without_a_token(
    visit: Visit, nobody: Visit, plex: PlexServer
) -> None:
    wishes = "path=/library/metadata/1&protocol=hls"
    start = f"{UNIVERSAL}/start.m3u8?{wishes}"
    await visit.ask(f"{UNIVERSAL}/decision?{wishes}", session="abc")
    master = (await visit.ask(start, session="abc")).body.decode()
    inner = master.splitlines()[-1]
    assert plex.token not in master
    playlist = (await nobody.ask(f"{UNIVERSAL}/{inner}")).body.decode()
    segments = [line for line in playlist.splitlines() if line.endswith(".ts")]
    assert len(segments) == -(-plex.titles[1].seconds // 4)
    segment = await nobody.ask(f"{UNIVERSAL}/{inner.rpartition('/')[0]}/{segments[0]}")
    assert segment.headers["Content-Type"] == "video/mp2t"
    assert len(segment.body) % 188 == 0
    assert set(segment.body[::188]) == {SYNC}


async def test_a_stream_starts_at_its_offset_and_ends_when_it_is_stopped(
    visit: Visit, nobody: Visit, plex: PlexServer
) -> None:
    offset = plex.titles[1].seconds - 8
    for what in ("decision", "start.m3u8"):
        wish = f"{UNIVERSAL}/{what}?path=/library/metadata/1"
        assert (await visit.ask(wish, transcodeSessionId="abc", offset=offset)).status == 200
    path = f"{UNIVERSAL}/session/abc/base/index.m3u8"
    assert (await nobody.ask(path)).body.count(b".ts") == 2
    assert (await visit.ask(f"{UNIVERSAL}/ping", session="abc")).status == 200
    assert (await visit.ask(f"{UNIVERSAL}/stop", session="abc")).status == 200
    assert (await nobody.ask(path)).status == 404
    assert (await visit.ask(f"{UNIVERSAL}/ping", session="abc")).status == 404


async def test_what_was_not_decided_in_the_same_words_does_not_start(visit: Visit, plex: PlexServer) -> None:
    wishes: dict[str, str | float] = {"path": "/library/metadata/1", "session": "abc", "directPlay": 0}
    assert (await visit.ask(f"{UNIVERSAL}/start.m3u8", **wishes)).status == 400
    await visit.ask(f"{UNIVERSAL}/decision", **wishes)
    assert (await visit.ask(f"{UNIVERSAL}/start.m3u8", **wishes, maxVideoBitrate=2000)).status == 400
    assert (await visit.ask(f"{UNIVERSAL}/start.m3u8", **wishes)).status == 200
    plex.behaviour.starts_undecided = True
    assert (await visit.ask(f"{UNIVERSAL}/start.m3u8", **wishes, maxVideoBitrate=2000)).status == 200


async def test_what_comes_in_one_piece_has_no_length_and_no_parts(visit: Visit, plex: PlexServer) -> None:
    track = next(title.number for title in plex.titles.values() if title.kind is Kind.TRACK)
    wishes: dict[str, str | float] = {"path": f"/library/metadata/{track}", "session": "abc", "protocol": "http"}
    await visit.ask("/music/:/transcode/universal/decision", **wishes)
    ranged = Visit(visit.session, visit.url, visit.token, {"Range": "bytes=10-19"})
    answer = await ranged.ask("/music/:/transcode/universal/start.mp3", **wishes)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert answer.body == sample("track").read_bytes()
    assert "Content-Length" not in answer.headers


async def test_nothing_plays_abroad_where_nobody_paid(visit: Visit, plex: PlexServer) -> None:
    await plex.open("remote")
    plex.behaviour.plays_abroad = False
    key = str((await part_of(visit, 1))["key"])
    abroad = Visit(visit.session, plex.url("remote"), plex.token)
    assert [(await one.ask(key)).status for one in (visit, abroad)] == [200, 403]
    wishes: dict[str, str | float] = {"path": "/library/metadata/1", "session": "abc"}
    assert (await abroad.ask(f"{UNIVERSAL}/decision", **wishes)).status == 403
    assert (await abroad.ask("/library/metadata/1")).status == 200


async def test_a_decision_can_be_a_no(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.verdict = (2002, "Number of allowed streams has been reached.")
    answer = await visit.ask(f"{UNIVERSAL}/decision", path="/library/metadata/1", session="abc")
    assert answer.container["generalDecisionCode"] == 2002


async def test_unclear_wishes_are_bad(visit: Visit, nobody: Visit, plex: PlexServer) -> None:
    show = next(title.number for title in plex.titles.values() if title.kind is Kind.SHOW)
    start = f"{UNIVERSAL}/start.m3u8"
    assert (await visit.ask(start, session="a", path=f"/library/metadata/{show}")).status == 400
    assert (await visit.ask(start, session="a", path="/library/metadata/99999")).status == 404
    assert (await visit.ask(start, session="a", path="/library/metadata/1", protocol="smoke")).status == 400
    assert (await visit.ask(start, path="/library/metadata/1")).status == 400
    assert (await nobody.ask(start, session="a", path="/library/metadata/1")).status == 401
