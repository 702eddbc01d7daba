"""Where do the bytes come from? The file itself, and the transcoder's playlists and segments."""

from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.library import Kind, Title
from tests.servers.media import SUBTITLES, file_response

from .call import Call, done
from .files import file_of
from .routing import Access, Routes
from .shelf import MEDIA_TYPE_OF
from .wire import TICKS

routes = Routes()

# Four seconds of film in the form that HLS has it cut into; every segment is this one.
SEGMENT: Final = Path(__file__).parents[1] / "plex" / "segment.ts"
SEGMENT_SECONDS: Final = 4
SUBTITLE_SECONDS: Final = 30
PLAYLIST: Final = "application/x-mpegURL"
TEXT: Final = 2
"""The stream that holds the subtitles of a film."""


@routes.add("GET HEAD", "/Videos/{itemId}/stream", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Videos/{itemId}/stream.{container}", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Audio/{itemId}/stream", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Audio/{itemId}/stream.{container}", access=Access.ANYBODY)
async def get_stream(call: Call) -> web.StreamResponse:
    """Return the file, or what is made of it; whoever knows the id needs no token."""
    if call.query.flag("static") is True or call.query.text("playSessionId") is None:
        return await _send(call, call.title())
    return await _convert(call, call.title())


@routes.add("GET HEAD", "/Audio/{itemId}/universal")
async def get_universal_audio(call: Call) -> web.StreamResponse:
    return await _send(call, call.title())


@routes.add("GET", "/Items/{itemId}/Download")
async def download(call: Call) -> web.StreamResponse:
    caller = call.caller()
    if caller is not None and not caller.may_download:
        raise web.HTTPForbidden
    title = call.title()
    response = await _send(call, title)
    name = title.path.rpartition("/")[2].encode("ascii", "replace").decode()
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@routes.add("GET", "/Items/{itemId}/File")
async def get_file(call: Call) -> web.StreamResponse:
    return await _send(call, call.title())


@routes.add("GET", "/Videos/{itemId}/{mediaSourceId}/Subtitles/{index}/Stream.{format}", access=Access.ANYBODY)
async def get_subtitles(call: Call) -> web.StreamResponse:
    _require_subtitles(call)
    if call.parts.text("format") == "vtt":
        # Commas are points there, and that is nearly all.
        cues = SUBTITLES.read_text().replace(",", ".")
        return web.Response(text=f"WEBVTT\n\n{cues}", content_type="text/vtt")
    response = await file_response(call.request, SUBTITLES)
    response.headers["Content-Type"] = "text/srt"
    return response


@routes.add("GET", "/Videos/{itemId}/{mediaSourceId}/Subtitles/{index}/subtitles.m3u8")
async def get_subtitles_playlist(call: Call) -> web.Response:
    """Return the subtitles in portions; each is named together with the token, however that came."""
    _require_subtitles(call)
    seconds, length = call.title().seconds, call.query.number("segmentLength") or SUBTITLE_SECONDS
    lines = ["#EXTM3U", f"#EXT-X-TARGETDURATION:{length}", "#EXT-X-VERSION:3", "#EXT-X-MEDIA-SEQUENCE:0"]
    lines.append("#EXT-X-PLAYLIST-TYPE:VOD")
    for start in range(0, seconds, length):
        end = min(start + length, seconds)
        timing = f"StartPositionTicks={start * TICKS}&EndPositionTicks={end * TICKS}&{_token(call)}"
        lines += [f"#EXTINF:{end - start},", f"stream.vtt?CopyTimestamps=true&AddVttTimeMap=true&{timing}"]
    return _playlist([*lines, "#EXT-X-ENDLIST"])


@routes.add("GET HEAD", "/Videos/{itemId}/master.m3u8")
@routes.add("GET HEAD", "/Audio/{itemId}/master.m3u8")
async def get_master_playlist(call: Call) -> web.Response:
    """Return the one quality that was asked for, and the subtitles, which are named together with the token."""
    source, lines = call.query.text("mediaSourceId"), ["#EXTM3U"]
    if source is None:
        raise web.HTTPBadRequest
    bandwidth = call.query.number("videoBitrate") or 4_000_000
    quality = f"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},AVERAGE-BANDWIDTH={bandwidth}"
    if call.query.folded("subtitleMethod") == {"hls"} and call.title().kind is Kind.MOVIE:
        uri = f"{source}/Subtitles/{TEXT}/subtitles.m3u8?SegmentLength={SUBTITLE_SECONDS}&{_token(call)}"
        name = 'GROUP-ID="subs",NAME="English",DEFAULT=NO,FORCED=NO,AUTOSELECT=YES'
        lines.append(f'#EXT-X-MEDIA:TYPE=SUBTITLES,{name},URI="{uri}",LANGUAGE="eng"')
        quality += ',SUBTITLES="subs"'
    return _playlist([*lines, quality, f"main.m3u8?{call.request.query_string}"])


@routes.add("GET", "/Videos/{itemId}/main.m3u8")
@routes.add("GET", "/Audio/{itemId}/main.m3u8")
async def get_main_playlist(call: Call) -> web.Response:
    """Return the segments of the whole film; each starts its clock anew, since all are the same."""
    title = call.title()
    call.state.encodings.add(_encoding(call))
    lines = ["#EXTM3U", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}"]
    lines.append("#EXT-X-MEDIA-SEQUENCE:0")
    for number, start in enumerate(range(0, title.seconds, SEGMENT_SECONDS)):
        seconds = min(SEGMENT_SECONDS, title.seconds - start)
        timing = urlencode({"runtimeTicks": start * TICKS, "actualSegmentLengthTicks": seconds * TICKS})
        lines += ["#EXT-X-DISCONTINUITY"] * bool(number)
        lines += [f"#EXTINF:{seconds:.6f}, nodesc", f"hls1/main/{number}.ts?{call.request.query_string}&{timing}"]
    return _playlist([*lines, "#EXT-X-ENDLIST"])


@routes.add("GET", "/Videos/{itemId}/hls1/{playlistId}/{segmentId}.{container}")
@routes.add("GET", "/Audio/{itemId}/hls1/{playlistId}/{segmentId}.{container}")
async def get_segment(call: Call) -> web.StreamResponse:
    """Return a piece of film; it is made when it is asked for."""
    number = call.parts.number("segmentId") or 0
    if number * SEGMENT_SECONDS >= call.title().seconds:
        raise web.HTTPNotFound
    call.state.encodings.add(_encoding(call))
    response = await file_response(call.request, SEGMENT)
    response.headers["Content-Type"] = "video/mp2t"
    return response


@routes.add("DELETE", "/Videos/ActiveEncodings")
async def stop_encoding(call: Call) -> web.Response:
    if call.query.text("deviceId") is None or call.query.text("playSessionId") is None:
        raise web.HTTPBadRequest
    call.state.encodings.discard(_encoding(call))
    return done()


def _encoding(call: Call) -> tuple[str, str]:
    return call.query.text("deviceId") or "", call.query.text("playSessionId") or ""


def _token(call: Call) -> str:
    return f"ApiKey={call.device.token if call.device else ''}"


def _require_subtitles(call: Call) -> None:
    if call.title().kind is not Kind.MOVIE or call.parts.number("index") != TEXT:
        raise web.HTTPNotFound


async def _convert(call: Call, title: Title) -> web.StreamResponse:
    """Return all of a title in one go: nobody knows how long it gets, and there is no part to be asked for."""
    kind = "audio/mpeg" if title.kind is Kind.TRACK else "video/mp2t"
    response = web.StreamResponse(headers={"Content-Type": kind, "Accept-Ranges": "none"})
    if call.request.method == "HEAD":
        return response
    call.state.encodings.add(_encoding(call))
    await response.prepare(call.request)
    await response.write((file_of(title) if title.kind is Kind.TRACK else SEGMENT).read_bytes())
    await response.write_eof()
    return response


async def _send(call: Call, title: Title) -> web.StreamResponse:
    if title.kind not in MEDIA_TYPE_OF or not title.path:
        raise web.HTTPNotFound
    return await file_response(call.request, call.state.behaviour.film or file_of(title))


def _playlist(lines: list[str]) -> web.Response:
    return web.Response(text="\n".join(lines) + "\n", content_type=PLAYLIST)
