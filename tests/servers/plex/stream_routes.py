"""How do pictures and films get to the screen? The paths of images, files and conversions."""

from math import ceil
from pathlib import Path
from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title
from tests.servers.media import SUBTITLES, file_response, poster

from .element import Scalar, container
from .files import file_of, media, part_of
from .items import Wants
from .machine import VISITOR, Machine, reply
from .shelves import STREAM

# Four seconds of film in the form that HLS has it cut into; every segment is this one.
SEGMENT: Final = Path(__file__).with_name("segment.ts")
SEGMENT_SECONDS: Final = 4
PLAYLIST: Final = "application/vnd.apple.mpegurl"
LARGEST: Final = 2000


class StreamRoutes:
    """Images, files and conversions."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._running: dict[str, tuple[Title, int]] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths; the parts of a conversion need no token, their session is secret enough."""
        universal = "/{media:video|music}/:/transcode/universal"
        return [
            web.get("/library/metadata/{key:\\d+}/{kind:thumb|art|banner|theme}/{stamp:\\d+}", self._picture),
            web.get("/photo/:/transcode", self._photo),
            web.get("/:/resources/{name}", self._resource),
            web.get("/library/parts/{part:\\d+}/{stamp:\\d+}/{name}", self._part),
            web.get("/library/streams/{stream:\\d+}", self._subtitles),
            web.get(f"{universal}/decision", self._decision),
            web.get(f"{universal}/start.m3u8", self._start),
            web.get(f"{universal}/session/{{session}}/base/index.m3u8", self._index),
            web.get(f"{universal}/session/{{session}}/base/{{number:\\d+}}.ts", self._segment),
            web.get(f"{universal}/ping", self._ping),
            web.get(f"{universal}/stop", self._stop),
        ]

    async def _picture(self, request: web.Request) -> web.Response:
        title = self._machine.title(request, request.match_info["key"])
        if request.match_info["kind"] == "theme":
            raise web.HTTPNotFound
        return _image(title, *((200, 300) if request.match_info["kind"] == "thumb" else (320, 180)))

    async def _photo(self, request: web.Request) -> web.Response:
        """Answer with a picture of this server in another size; other servers' pictures are not fetched."""
        said = request.query
        width, height = said.get("width", ""), said.get("height", "")
        parts = said.get("url", "").split("/")
        if not (width.isdecimal() and height.isdecimal()) or parts[:3] != ["", "library", "metadata"]:
            raise web.HTTPBadRequest
        title = self._machine.title(request, parts[3])
        return _image(title, min(int(width), LARGEST), min(int(height), LARGEST))

    async def _resource(self, request: web.Request) -> web.Response:
        return web.Response(body=poster(0, request.match_info["name"], 64, 64), content_type="image/png")

    async def _part(self, request: web.Request) -> web.StreamResponse:
        title = part_of(self._machine.shelves, int(request.match_info["part"]))
        behaviour = self._machine.behaviour
        if title is None or not request[VISITOR].may_see(self._machine.shelves.section_of(title).key):
            raise web.HTTPNotFound
        if request.method == "HEAD" and behaviour.head_of_parts_fails:
            raise web.HTTPInternalServerError
        download = request.query.get("download") == "1"
        if download and not behaviour.download_allowed:
            raise web.HTTPForbidden
        response = await file_response(request, file_of(title))
        if download:
            name = title.path.rpartition("/")[2].encode("ascii", "replace").decode()
            response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    async def _subtitles(self, request: web.Request) -> web.StreamResponse:
        if (int(request.match_info["stream"]) - STREAM) // 10 not in self._machine.shelves.titles:
            raise web.HTTPNotFound
        return await file_response(request, SUBTITLES)

    async def _decision(self, request: web.Request) -> web.Response:
        """Say how an item would be played: as it is, if that is allowed, or converted."""
        title = self._asked(request)
        direct = request.query.get("directPlay") == "1"
        element = self._machine.items.describe(title, request[VISITOR].account, Wants.of(request, full=True))
        decision = "directplay" if direct else "transcode"
        element.children = [child for child in element.children if child.tag != "Media"]
        element.children.insert(0, media(title, decision=decision))
        converted = "Direct play not available; Conversion OK."
        words: dict[str, Scalar | None] = {
            "allowSync": True,
            "generalDecisionCode": 1000 if direct else 1001,
            "generalDecisionText": "Direct play OK." if direct else converted,
            "directPlayDecisionCode": 1000 if direct else 3000,
            "directPlayDecisionText": "Direct play OK." if direct else "App cannot direct play this item.",
        }
        if not direct:
            words |= {"transcodeDecisionCode": 1001, "transcodeDecisionText": converted}
        return reply(request, container(words, [element]))

    async def _start(self, request: web.Request) -> web.Response:
        """Begin to convert; what is answered names the list of segments, without any token."""
        title, session = self._asked(request), _session(request)
        offset = request.query.get("offset", "0")
        self._running[session] = title, int(float(offset or 0))
        sound = title.kind is Kind.TRACK
        stream = "BANDWIDTH=320000" if sound else "BANDWIDTH=2000000,RESOLUTION=1280x720"
        lines = ("#EXTM3U", f"#EXT-X-STREAM-INF:PROGRAM-ID=1,{stream}", f"session/{session}/base/index.m3u8", "")
        return web.Response(text="\n".join(lines), content_type=PLAYLIST)

    async def _index(self, request: web.Request) -> web.Response:
        """List the segments; each starts its clock anew, since all are the same."""
        title, offset = self._conversion(request)
        count = ceil(max(title.seconds - offset, 1) / SEGMENT_SECONDS)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}", "#EXT-X-MEDIA-SEQUENCE:0"]
        lines.append("#EXT-X-PLAYLIST-TYPE:EVENT")
        for number in range(count):
            lines += ["#EXT-X-DISCONTINUITY"] * bool(number) + [f"#EXTINF:{SEGMENT_SECONDS}, nodesc", f"{number:05}.ts"]
        return web.Response(text="\n".join([*lines, "#EXT-X-ENDLIST", ""]), content_type=PLAYLIST)

    async def _segment(self, request: web.Request) -> web.StreamResponse:
        self._conversion(request)
        response = await file_response(request, SEGMENT)
        response.content_type = "video/mp2t"
        return response

    async def _ping(self, request: web.Request) -> web.Response:
        if _session(request) not in self._running:
            raise web.HTTPNotFound
        return web.Response()

    async def _stop(self, request: web.Request) -> web.Response:
        self._running.pop(_session(request), None)
        return web.Response()

    def _asked(self, request: web.Request) -> Title:
        """Return what is to be played; raises HTTPBadRequest, HTTPNotFound."""
        path = request.query.get("path", "")
        if not path.startswith("/library/metadata/") or request.query.get("protocol", "hls") != "hls":
            raise web.HTTPBadRequest
        title = self._machine.title(request, path.rpartition("/")[2])
        if not title.path:
            raise web.HTTPBadRequest
        return title

    def _conversion(self, request: web.Request) -> tuple[Title, int]:
        running = self._running.get(request.match_info["session"])
        if running is None:
            raise web.HTTPNotFound
        return running


def _session(request: web.Request) -> str:
    """Return what the client calls this playback; raises HTTPBadRequest if it does not."""
    said = request.query
    session = said.get("transcodeSessionId") or said.get("session") or request.headers.get("X-Plex-Session-Identifier")
    if not session:
        raise web.HTTPBadRequest
    return session


def _image(title: Title, width: int, height: int) -> web.Response:
    body = poster(title.number, title.name, width, height)
    return web.Response(body=body, content_type="image/png", headers={"Cache-Control": "max-age=31536000"})
