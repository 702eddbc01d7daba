"""Where do the bytes come from? The file itself, and the transcoder's playlists and segments."""

from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.library import Kind, Title
from tests.servers.media import SUBTITLES, file_response, sample

from .call import Call, done
from .files import SAMPLE_OF
from .routing import Access, Routes
from .shelf import MEDIA_TYPE_OF
from .wire import TICKS

routes = Routes()

SEGMENT_SECONDS: Final = 6
PLAYLIST: Final = "application/x-mpegURL"
# A packet that every demuxer takes and throws away: what matters here is how segments are asked for.
PADDING: Final = b"\x47\x1f\xff\x10" + b"\xff" * 184


@routes.add("GET HEAD", "/Videos/{itemId}/stream", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Videos/{itemId}/stream.{container}", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Audio/{itemId}/stream", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Audio/{itemId}/stream.{container}", access=Access.ANYBODY)
async def get_stream(call: Call) -> web.StreamResponse:
    """Return the file; whoever knows the id needs no token."""
    return await _send(call, call.title())


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
    if call.title().kind is not Kind.MOVIE or call.parts.number("index") != 2:
        raise web.HTTPNotFound
    response = await file_response(call.request, SUBTITLES)
    response.headers["Content-Type"] = "text/srt"
    return response


@routes.add("GET HEAD", "/Videos/{itemId}/master.m3u8")
@routes.add("GET HEAD", "/Audio/{itemId}/master.m3u8")
async def get_master_playlist(call: Call) -> web.Response:
    """Return the one quality that was asked for."""
    if call.query.text("mediaSourceId") is None:
        raise web.HTTPBadRequest
    bandwidth = call.query.number("videoBitrate") or 4_000_000
    lines = ["#EXTM3U", f"#EXT-X-STREAM-INF:BANDWIDTH={bandwidth},AVERAGE-BANDWIDTH={bandwidth}"]
    return _playlist([*lines, f"main.m3u8?{call.request.query_string}"])


@routes.add("GET", "/Videos/{itemId}/main.m3u8")
@routes.add("GET", "/Audio/{itemId}/main.m3u8")
async def get_main_playlist(call: Call) -> web.Response:
    """Return the segments of the whole film; none of them exists before it is asked for."""
    title = call.title()
    call.state.encodings.add(_encoding(call))
    lines = ["#EXTM3U", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SEGMENT_SECONDS}"]
    lines.append("#EXT-X-MEDIA-SEQUENCE:0")
    for number, start in enumerate(range(0, title.seconds, SEGMENT_SECONDS)):
        seconds = min(SEGMENT_SECONDS, title.seconds - start)
        timing = urlencode({"runtimeTicks": start * TICKS, "actualSegmentLengthTicks": seconds * TICKS})
        lines += [f"#EXTINF:{seconds:.6f}, nodesc", f"hls1/main/{number}.ts?{call.request.query_string}&{timing}"]
    return _playlist([*lines, "#EXT-X-ENDLIST"])


@routes.add("GET", "/Videos/{itemId}/hls1/{playlistId}/{segmentId}.{container}")
@routes.add("GET", "/Audio/{itemId}/hls1/{playlistId}/{segmentId}.{container}")
async def get_segment(call: Call) -> web.Response:
    number = call.parts.number("segmentId") or 0
    if number * SEGMENT_SECONDS >= call.title().seconds:
        raise web.HTTPNotFound
    call.state.encodings.add(_encoding(call))
    return web.Response(body=PADDING * 50, content_type="video/mp2t")


@routes.add("DELETE", "/Videos/ActiveEncodings")
async def stop_encoding(call: Call) -> web.Response:
    if call.query.text("deviceId") is None or call.query.text("playSessionId") is None:
        raise web.HTTPBadRequest
    call.state.encodings.discard(_encoding(call))
    return done()


def _encoding(call: Call) -> tuple[str, str]:
    return call.query.text("deviceId") or "", call.query.text("playSessionId") or ""


async def _send(call: Call, title: Title) -> web.Response:
    if title.kind not in MEDIA_TYPE_OF or not title.path:
        raise web.HTTPNotFound
    return await file_response(call.request, sample(SAMPLE_OF[title.kind]))


def _playlist(lines: list[str]) -> web.Response:
    return web.Response(text="\n".join(lines) + "\n", content_type=PLAYLIST)
