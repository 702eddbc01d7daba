"""Do pictures, files, playlists and segments come as Jellyfin sends them?"""

import pytest

from .jellyfin import TICKS
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.streams import SEGMENT_SECONDS
from .jellyfin.visitor import Attic, dig, open_attic
from .library import Kind, Title
from .media import sample

PNG = b"\x89PNG\r\n\x1a\n"


def first(attic: Attic, kind: Kind) -> Title:
    return next(title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind)


def path_of(attic: Attic, title: Title, picture: str = "Primary") -> str:
    return f"/Items/{attic.jellyfin.id_of(title)}/Images/{picture}"


async def test_anybody_may_see_pictures() -> None:
    async with open_attic() as attic:
        movie, show = first(attic, Kind.MOVIE), first(attic, Kind.SHOW)
        for path in (
            path_of(attic, movie),
            path_of(attic, movie, "Backdrop/0"),
            path_of(attic, show, "logo"),
            path_of(attic, show, "Thumb"),
            f"/Items/{attic.jellyfin.view_id('movies')}/Images/Primary",
        ):
            answer = await attic.guest.ask("GET", path, headers={})
            assert answer.status == 200
            assert answer.headers["Content-Type"] == "image/png"
            assert answer.body.startswith(PNG)
            head = await attic.guest.ask("HEAD", path, headers={})
            assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(answer.body)))


async def test_the_tags_of_items_say_which_pictures_there_are() -> None:
    async with open_attic() as attic:
        items = (await attic.ada.get("/Items", recursive="true")).items
        for item in items[::3]:
            answer = await attic.guest.ask("GET", f"/Items/{item['Id']}/Images/Primary")
            assert answer.status == (200 if dig(item, "ImageTags", "Primary") else 404)
        assert any(not item["ImageTags"] for item in items)


async def test_a_picture_that_is_not_there_is_not_found() -> None:
    async with open_attic() as attic:
        movie = first(attic, Kind.MOVIE)
        for picture in ("Disc", "Logo", "Backdrop/1", "Nonsense"):
            assert (await attic.guest.ask("GET", path_of(attic, movie, picture))).status == 404
        assert (await attic.guest.ask("GET", f"/Items/{'0' * 32}/Images/Primary")).status == 404
        assert (await attic.guest.ask("GET", "/UserImage", query={"userId": attic.ada.id})).status == 404
        assert (await attic.guest.ask("GET", "/UserImage")).status == 400


@pytest.mark.parametrize(
    ("query", "size"),
    [
        ({}, (200, 300)),
        ({"maxWidth": 100}, (100, 150)),
        ({"fillHeight": 30}, (20, 30)),
        ({"maxWidth": 4000}, (200, 300)),
    ],
)
async def test_pictures_come_in_the_size_that_is_asked_for(query: dict[str, int], size: tuple[int, int]) -> None:
    async with open_attic() as attic:
        answer = await attic.guest.get(path_of(attic, first(attic, Kind.MOVIE)), **query)
        width, height = (int.from_bytes(answer.body[at : at + 4]) for at in (16, 20))
        assert (width, height) == size


@pytest.mark.parametrize(("version", "tagged"), [("10.10.7", False), ("10.11.11", False), ("12.0.0", True)])
async def test_a_picture_with_a_tag_may_be_kept(version: str, *, tagged: bool) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        path = path_of(attic, first(attic, Kind.MOVIE))
        assert "Cache-Control" not in (await attic.guest.get(path)).headers
        answer = await attic.guest.get(path, tag="x")
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert ("immutable" in answer.headers["Cache-Control"]) is tagged
        assert ("ETag" in answer.headers) is tagged
        known = {"If-Modified-Since": answer.headers["Last-Modified"]}
        assert (await attic.guest.ask("GET", path, headers=known)).status == 304
        tag = {"If-None-Match": answer.headers.get("ETag", '"x"')}
        assert (await attic.guest.ask("GET", path, headers=tag)).status == (304 if tagged else 200)


@pytest.mark.parametrize(
    ("kind", "template", "name"),
    [
        (Kind.MOVIE, "/Videos/{}/stream", "movie"),
        (Kind.EPISODE, "/videos/{}/stream.mp4", "episode"),
        (Kind.TRACK, "/Audio/{}/stream.mp3", "track"),
    ],
)
async def test_a_file_needs_no_token_and_comes_in_parts(kind: Kind, template: str, name: str) -> None:
    async with open_attic() as attic:
        path = template.format(attic.jellyfin.id_of(first(attic, kind)))
        whole = sample(name).read_bytes()
        answer = await attic.guest.ask("GET", path, query={"static": "true"}, headers={})
        assert (answer.status, answer.body) == (200, whole)
        part = await attic.guest.ask("GET", path, headers={"Range": "bytes=100-199"})
        assert (part.status, part.body) == (206, whole[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
        head = await attic.guest.ask("HEAD", path, headers={})
        assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(whole)), b"")
        beyond = await attic.guest.ask("GET", path, headers={"Range": "bytes=99999999-"})
        assert beyond.status == 416


async def test_some_ways_to_a_file_need_a_token() -> None:
    async with open_attic() as attic:
        track = attic.jellyfin.id_of(first(attic, Kind.TRACK))
        for path in (f"/Audio/{track}/universal", f"/Items/{track}/Download", f"/Items/{track}/File"):
            assert (await attic.guest.ask("GET", path)).status == 401
            assert (await attic.ada.get(path)).body == sample("track").read_bytes()
        download = await attic.ada.get(f"/Items/{track}/Download")
        assert download.headers["Content-Disposition"].startswith("attachment; filename=")


async def test_downloads_can_be_forbidden() -> None:
    async with open_attic() as attic:
        assert attic.ada.user is not None
        attic.ada.user.may_download = False
        movie = attic.jellyfin.id_of(first(attic, Kind.MOVIE))
        assert (await attic.ada.ask("GET", f"/Items/{movie}/Download")).status == 403


async def test_folders_have_no_file() -> None:
    async with open_attic() as attic:
        show = attic.jellyfin.id_of(first(attic, Kind.SHOW))
        assert (await attic.guest.ask("GET", f"/Videos/{show}/stream")).status == 404


async def test_subtitles_lie_beside_a_film() -> None:
    async with open_attic() as attic:
        movie = attic.jellyfin.id_of(first(attic, Kind.MOVIE))
        path = f"/Videos/{movie}/{movie}/Subtitles"
        assert b"-->" in (await attic.guest.get(f"{path}/2/Stream.srt")).body
        assert (await attic.guest.ask("GET", f"{path}/1/Stream.srt")).status == 404


async def test_playlists_lead_to_segments_and_can_be_stopped() -> None:
    async with open_attic(CheckedJellyfinServer(base_path="/jf")) as attic:
        movie = first(attic, Kind.MOVIE)
        item_id = attic.jellyfin.id_of(movie)
        info = (await attic.ada.post(f"/Items/{item_id}/PlaybackInfo", {"MaxStreamingBitrate": 1_000_000})).data
        url = str(dig(info, "MediaSources", 0, "TranscodingUrl"))
        master = (await attic.guest.get(url)).body.decode().splitlines()
        assert master[0] == "#EXTM3U"
        main = (await attic.guest.get(f"/Videos/{item_id}/{master[-1]}")).body.decode().splitlines()
        segments = [line for line in main if not line.startswith("#")]
        assert len(segments) == -(-movie.seconds // SEGMENT_SECONDS)
        segment = await attic.guest.get(f"/Videos/{item_id}/{segments[-1]}")
        assert segment.body[0] == segment.body[188] == 0x47
        assert len(attic.jellyfin.state.encodings) == 1
        stop = {"deviceId": attic.ada.device_id, "playSessionId": str(dig(info, "PlaySessionId"))}
        assert (await attic.ada.ask("DELETE", "/Videos/ActiveEncodings", query=stop)).status == 204
        assert attic.jellyfin.state.encodings == set()


async def test_a_playlist_must_know_its_file_and_its_caller() -> None:
    async with open_attic() as attic:
        path = f"/Videos/{attic.jellyfin.id_of(first(attic, Kind.MOVIE))}/master.m3u8"
        assert (await attic.ada.ask("GET", path)).status == 400
        assert (await attic.guest.ask("GET", path, query={"mediaSourceId": "x"})).status == 401


async def test_there_is_no_segment_after_the_end() -> None:
    async with open_attic() as attic:
        movie = first(attic, Kind.MOVIE)
        path = f"/Videos/{attic.jellyfin.id_of(movie)}/hls1/main/{movie.seconds // SEGMENT_SECONDS + 1}.ts"
        timing = {"runtimeTicks": 0, "actualSegmentLengthTicks": SEGMENT_SECONDS * TICKS}
        assert (await attic.ada.ask("GET", path, query=timing)).status == 404
