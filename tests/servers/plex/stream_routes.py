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
from .machine import DOOR, VISITOR, Machine, reply
from .shelves import STREAM

# Four seconds of film in the form that HLS has it cut into; every segment is this one.
SEGMENT: Final = Path(__file__).with_name("segment.ts")
SEGMENT_SECONDS: Final = 4
PLAYLIST: Final = "application/vnd.apple.mpegurl"
WHOLE: Final = {"mp3": "audio/mpeg", "mkv": "video/x-matroska"}
LARGEST: Final = 2000
HOME: Final = "local"
# What comes in one piece, by what the client calls it.
PROTOCOLS: Final = frozenset({"hls", "http"})
UNSAID: Final = "X-Plex-Token"


class StreamRoutes:
    """Images, files and conversions."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._running: dict[str, tuple[Title, int]] = {}
        self._decided: dict[str, dict[str, str]] = {}

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
            web.get(f"{universal}/start.{{ending:mp3|mkv}}", self._start_whole),
            web.get(f"{universal}/session/{{session}}/base/index.m3u8", self._index),
            web.get(f"{universal}/session/{{session}}/base/{{number:\\d+}}.ts", self._segment),
            web.get(f"{universal}/ping", self._ping),
            web.get(f"{universal}/stop", self._stop),
        ]

    async def _picture(self, request: web.Request) -> web.Response:
        title = self._machine.title(request, request.match_info["key"])
        if request.match_info["kind"] == "theme":
            raise web.HTTPNotFound
        return _image(title, *_natural(title, request.match_info["kind"]))

    async def _photo(self, request: web.Request) -> web.Response:
        """Answer with a picture of this server in another size; other servers' pictures are not fetched."""
        said = request.query
        width, height = said.get("width", ""), said.get("height", "")
        match said.get("url", "").split("/"):
            case ["", "library", "metadata", key, kind, *_] if width.isdecimal() and height.isdecimal():
                title, wanted = self._machine.title(request, key), (min(int(width), LARGEST), min(int(height), LARGEST))
                fill, grow = said.get("minSize") == "1", said.get("upscale") == "1"
                return _image(title, *_scaled(_natural(title, kind), wanted, fill=fill, grow=grow))
        raise web.HTTPBadRequest

    async def _resource(self, request: web.Request) -> web.Response:
        return web.Response(body=poster(0, request.match_info["name"], 64, 64), content_type="image/png")

    async def _part(self, request: web.Request) -> web.StreamResponse:
        title = part_of(self._machine.shelves, int(request.match_info["part"]))
        behaviour = self._machine.behaviour
        if title is None or not request[VISITOR].may_see(self._machine.shelves.section_of(title).key):
            raise web.HTTPNotFound
        self._stay_at_home(request)
        if request.method == "HEAD" and behaviour.head_of_parts_fails:
            raise web.HTTPInternalServerError
        download = request.query.get("download") == "1"
        if download and not behaviour.download_allowed:
            raise web.HTTPForbidden
        response = await file_response(request, behaviour.film or file_of(title))
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
        if (session := _name(request)) is not None:
            self._decided[session] = _wishes(request)
        element = self._machine.items.describe(title, request[VISITOR].account, Wants.of(request, full=True))
        decision = "directplay" if direct else "transcode"
        element.children = [child for child in element.children if child.tag != "Media"]
        version = media(title, decision=decision)
        version.attributes |= _converted(request) if not direct else {}
        element.children.insert(0, version)
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
        if self._machine.behaviour.verdict is not None:
            code, text = self._machine.behaviour.verdict
            words |= {"generalDecisionCode": code, "generalDecisionText": text}
        return reply(request, container(words, [element]))

    async def _start(self, request: web.Request) -> web.Response:
        """Begin to convert; what is answered names the list of segments, without any token."""
        title = self._begin(request)
        sound = title.kind is Kind.TRACK
        stream = "BANDWIDTH=320000" if sound else "BANDWIDTH=2000000,RESOLUTION=1280x720"
        lines = (
            "#EXTM3U",
            f"#EXT-X-STREAM-INF:PROGRAM-ID=1,{stream}",
            f"session/{_session(request)}/base/index.m3u8",
            "",
        )
        return web.Response(text="\n".join(lines), content_type=PLAYLIST)

    async def _start_whole(self, request: web.Request) -> web.StreamResponse:
        """Convert all of it in one go: nobody knows how long it gets, and there is no part to be asked for."""
        body = file_of(self._begin(request)).read_bytes()
        response = web.StreamResponse(headers={"Content-Type": WHOLE[request.match_info["ending"]]})
        await response.prepare(request)
        await response.write(body)
        await response.write_eof()
        return response

    def _begin(self, request: web.Request) -> Title:
        """Note that something is converted; raises HTTPBadRequest if it was not decided in the same words."""
        title, session = self._asked(request), _session(request)
        if not self._machine.behaviour.starts_undecided and self._decided.get(session) != _wishes(request):
            raise web.HTTPBadRequest
        self._running[session] = title, int(float(request.query.get("offset") or 0))
        return title

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
        self._stay_at_home(request)
        path = request.query.get("path", "")
        if not path.startswith("/library/metadata/") or request.query.get("protocol", "hls") not in PROTOCOLS:
            raise web.HTTPBadRequest
        title = self._machine.title(request, path.rpartition("/")[2])
        if not title.path:
            raise web.HTTPBadRequest
        return title

    def _stay_at_home(self, request: web.Request) -> None:
        """Raise HTTPForbidden for who comes from elsewhere, where that costs money."""
        if not self._machine.behaviour.plays_abroad and request[DOOR] != HOME:
            raise web.HTTPForbidden

    def _conversion(self, request: web.Request) -> tuple[Title, int]:
        running = self._running.get(request.match_info["session"])
        if running is None:
            raise web.HTTPNotFound
        return running


def _name(request: web.Request) -> str | None:
    """Return what the client calls this playback."""
    said = request.query
    return said.get("transcodeSessionId") or said.get("session") or request.headers.get("X-Plex-Session-Identifier")


def _session(request: web.Request) -> str:
    """Return the same; raises HTTPBadRequest if it has no name."""
    session = _name(request)
    if not session:
        raise web.HTTPBadRequest
    return session


def _wishes(request: web.Request) -> dict[str, str]:
    return {name: value for name, value in request.query.items() if name != UNSAID}


def _converted(request: web.Request) -> dict[str, Scalar | None]:
    """Return what a converted film is made of: no more than was asked for."""
    most = request.query.get("maxVideoBitrate", "")
    return {"bitrate": min(int(most), 4000) if most.isdecimal() else 4000, "selected": True}


def _natural(title: Title, kind: str) -> tuple[int, int]:
    """Return the size of an original."""
    if kind == "art" or title.kind in {Kind.EPISODE, Kind.VIDEO}:
        return 320, 180
    return (200, 200) if title.kind in {Kind.ARTIST, Kind.ALBUM, Kind.TRACK} else (200, 300)


def _scaled(natural: tuple[int, int], wanted: tuple[int, int], *, fill: bool, grow: bool) -> tuple[int, int]:
    """Return the size in which a picture fills a frame, or fits into it; it keeps its proportions."""
    scales = [there / here for here, there in zip(natural, wanted, strict=True)]
    scale = max(scales) if fill else min(scales)
    width, height = (max(round(edge * (scale if grow else min(scale, 1))), 1) for edge in natural)
    return width, height


def _image(title: Title, width: int, height: int) -> web.Response:
    body = poster(title.number, title.name, width, height)
    return web.Response(body=body, content_type="image/png", headers={"Cache-Control": "max-age=31536000"})
