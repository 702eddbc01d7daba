"""HTTP views: streams, playlists and images of sources, for whoever has an address that allows it and nothing else.

A capability in the address takes the place of a sign-in. What is wrong with it is not told, and answered with 403: 401
counts as a failed sign-in.
"""

from http import HTTPStatus
from math import ceil
from typing import Final
from urllib.parse import quote

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .account import SourceDelivery
from .backends.errors import Busy, CannotPlay, Missing, Offline, Refusal, SourceError
from .backends.playing import Stream
from .capability import Grant, Use
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .images import image_of
from .links import HLS_URL, IMAGE_URL, SIZES, STREAM_URL, links
from .playlist_paths import path_below
from .streaming import address, opened
from .targeting import loaded_sources

# Images are the same for as long as their address is, but for those of folders, which somebody may change.
IMAGE_MAX_AGE: Final = 86_400

_TOLD: Final = (
    "accept-ranges", "content-length", "content-range", "content-type", "etag", "last-modified",
)  # fmt: skip
# What a page of ours would take for a page of ours is sent as something to be saved.
_SAFE: Final = ("audio/", "video/", "text/vtt", "application/x-mpegurl", "application/vnd.apple.mpegurl")
_OTHER: Final = "application/octet-stream"
# What is sent bit by bit gets the last two too late from Home Assistant.
_PRIVATE: Final = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_REFUSALS: Final[dict[Refusal, type[web.HTTPException]]] = {
    Refusal.NOT_ALLOWED: web.HTTPForbidden,
    Refusal.REMOTE_PASS: web.HTTPForbidden,
    Refusal.TOO_MANY: web.HTTPServiceUnavailable,
}


@callback
def async_setup_views(hass: HomeAssistant) -> None:
    """Register Reel's views."""
    for view in StreamView, PlaylistView, ImageView:
        hass.http.register_view(view())


class StreamView(HomeAssistantView):
    """What comes as one body: a file, any part of it, or what a conversion makes of it."""

    url = f"{STREAM_URL}/{{capability}}/{{name:[0-9A-Za-z_-][0-9A-Za-z_.-]{{0,99}}}}"
    name = f"api:{DOMAIN}:stream"
    requires_auth = False
    cors_allowed = True

    async def get(self, request: web.Request, capability: str, name: str) -> web.StreamResponse:
        """Send it, or the part that was asked for; what it is called in the address does not matter."""
        grant = await _granted(request, capability, Use.STREAM)
        source = _source(request, grant)
        if source.source.delivery is SourceDelivery.DIRECT and not grant.transcodes:
            elsewhere = await _elsewhere(request, source, grant.path)
            if elsewhere is not None:
                return elsewhere
        return await _send(request, source, grant.path)

    head = get


class PlaylistView(HomeAssistantView):
    """A conversion in pieces: a playlist, and what it leads to."""

    url = f"{HLS_URL}/{{capability}}/{{tail:.*}}"
    name = f"api:{DOMAIN}:hls"
    requires_auth = False
    cors_allowed = True

    async def get(self, request: web.Request, capability: str, tail: str) -> web.StreamResponse:
        """Send a playlist or a piece; they name each other by paths that lead here."""
        grant = await _granted(request, capability, Use.HLS)
        source = _source(request, grant)
        asked = request.rel_url.raw_path.removeprefix(f"{HLS_URL}/{quote(capability)}/")
        path = path_below(grant, source.source.kind, asked, request.rel_url.raw_query_string)
        if path is None:
            raise web.HTTPNotFound
        return await _send(request, source, path)

    head = get


class ImageView(HomeAssistantView):
    """A picture of an item, in one of a few sizes."""

    url = f"{IMAGE_URL}/{{capability}}/{{name}}"
    name = f"api:{DOMAIN}:image"
    requires_auth = False
    cors_allowed = True

    async def get(self, request: web.Request, capability: str, name: str) -> web.StreamResponse:
        """Send a picture; `name` is its size."""
        grant = await _granted(request, capability, Use.IMAGE)
        if name not in map(str, SIZES):
            raise web.HTTPNotFound
        try:
            found = await image_of(_source(request, grant), grant.path, int(name))
        except SourceError as error:
            raise _refusal(error) from error
        if found is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": f"public, max-age={IMAGE_MAX_AGE}", "ETag": f'"{found.tag}"'}
        if f'"{found.tag}"' in request.headers.get("If-None-Match", ""):
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return web.Response(body=found.content, content_type=found.mime_type, headers=headers)

    head = get


async def _granted(request: web.Request, capability: str, use: Use) -> Grant:
    """Return what a capability allows; raises `HTTPForbidden`."""
    grant = (await links(request.app[KEY_HASS])).read(capability, use)
    if grant is None:
        raise web.HTTPForbidden
    return grant


def _source(request: web.Request, grant: Grant) -> ReelCoordinator:
    """Return the source of a grant; raises `HTTPNotFound` if it was removed or is not loaded."""
    for source in loaded_sources(request.app[KEY_HASS]):
        if source.source.key == grant.source:
            return source
    raise web.HTTPNotFound


async def _elsewhere(request: web.Request, source: ReelCoordinator, path: str) -> web.Response | None:
    """Return the answer that leads a player on to the server itself, None if what it wants has to come through us."""
    try:
        found = await address(source, path)
    except SourceError as error:
        raise _refusal(error) from error
    # Who came over TLS is not sent away to where everybody can read along; no browser would go there.
    if found is None or (request.secure and not found.startswith("https:")):
        return None
    return web.Response(status=HTTPStatus.TEMPORARY_REDIRECT, headers={**_PRIVATE, "Location": found})


async def _send(request: web.Request, source: ReelCoordinator, path: str) -> web.StreamResponse:
    """Send what lies at a path of a source, piece by piece, as fast as it is taken."""
    response: web.StreamResponse | None = None
    try:
        async with opened(source, lambda _: path, request.headers, request.method) as stream:
            response = web.StreamResponse(status=stream.status, headers=_headers(stream))
            await response.prepare(request)
            if request.method != "HEAD":
                await _pass_on(stream, response)
    except SourceError as error:
        if response is None:
            raise _refusal(error) from error
        # The player sees that something is missing, and asks for the rest.
        if request.transport is not None:
            request.transport.close()
    return response


async def _pass_on(stream: Stream, response: web.StreamResponse) -> None:
    try:
        async for piece in stream.chunks:
            await response.write(piece)
        await response.write_eof()
    except ConnectionError:
        # Whoever wanted it has left.
        return


def _headers(stream: Stream) -> dict[str, str]:
    told = {name: stream.headers[name] for name in _TOLD if name in stream.headers}
    if "content-type" in told and not told["content-type"].lower().startswith(_SAFE):
        told["content-type"] = _OTHER
    return {**told, **_PRIVATE}


def _refusal(error: SourceError) -> web.HTTPException:
    """Return the answer that tells a player what went wrong."""
    match error:
        case Missing():
            return web.HTTPNotFound()
        case CannotPlay():
            return _REFUSALS.get(error.reason, web.HTTPBadGateway)()
        case Busy():
            return web.HTTPServiceUnavailable(headers={"Retry-After": str(ceil(error.retry_after or 1))})
        case Offline():
            return web.HTTPGatewayTimeout()
        case _:
            return web.HTTPBadGateway()
