"""What does it look like? Posters and backdrops, and how they may be kept."""

from email.utils import formatdate
from typing import Final

from aiohttp import web

from tests.servers.library import NOW, Kind
from tests.servers.media import poster

from .call import Call
from .fields import read_guid
from .items import image_tag
from .routing import Access, Routes
from .wire import guid

routes = Routes()

MODIFIED: Final = formatdate(NOW, usegmt=True)
A_YEAR: Final = 31_536_000
TYPES: Final = {"primary": "Primary", "backdrop": "Backdrop", "thumb": "Thumb", "logo": "Logo"}


@routes.add("GET HEAD", "/Items/{itemId}/Images/{imageType}", access=Access.ANYBODY)
@routes.add("GET HEAD", "/Items/{itemId}/Images/{imageType}/{imageIndex}", access=Access.ANYBODY)
async def get_image(call: Call) -> web.Response:
    """Return a picture; nobody needs a token for it."""
    kind = TYPES.get((call.parts.text("imageType") or "").lower(), "")
    item_id = read_guid(call.parts.text("itemId") or "")
    view, title = call.state.shelf.view(item_id), call.state.shelf.find(item_id)
    if view is not None and kind == "Primary":
        return _picture(call, guid(view.id, kind), 0, view.name, _size(call, 320, 180))
    tag = image_tag(call.state, title, kind) if title else None
    if title is None or tag is None or (call.parts.number("imageIndex") or 0) > 0:
        raise web.HTTPNotFound
    return _picture(call, tag, title.number, title.name, _size(call, *_natural(title.kind, kind)))


@routes.add("GET HEAD", "/UserImage", access=Access.ANYBODY)
async def get_user_image(call: Call) -> web.Response:
    """Return the picture of a user; nobody here has one."""
    if call.query.guid("userId") is None:
        raise web.HTTPBadRequest
    raise web.HTTPNotFound


def _natural(kind: Kind, picture: str) -> tuple[int, int]:
    """Return the size of the original."""
    if picture in {"Backdrop", "Thumb", "Logo"} or kind is Kind.EPISODE:
        return 320, 180
    return (200, 200) if kind in {Kind.ARTIST, Kind.ALBUM} else (200, 300)


def _size(call: Call, width: int, height: int) -> tuple[int, int]:
    """Return the size that was asked for, which keeps the proportions and is never larger than the original."""
    wide = min(call.query.number(name) or width for name in ("maxWidth", "width", "fillWidth"))
    high = min(call.query.number(name) or height for name in ("maxHeight", "height", "fillHeight"))
    scale = min(wide / width, high / height, 1)
    return max(round(width * scale), 1), max(round(height * scale), 1)


def _picture(call: Call, tag: str, seed: int, text: str, size: tuple[int, int]) -> web.Response:
    """Return a picture, or that it has not changed; whoever names a tag may keep it for long."""
    tags_images = call.state.version.tags_images
    headers = {"Last-Modified": MODIFIED, "Vary": "Accept", "Age": "0"}
    if call.query.text("tag") is not None:
        headers["Cache-Control"] = f"public, max-age={A_YEAR}" + (", immutable" if tags_images else "")
    if tags_images:
        headers["ETag"] = f'"{tag}"'
    asked = call.request
    same_tag = tags_images and any(each.value == tag for each in asked.if_none_match or ())
    same_date = asked.if_modified_since is not None and asked.headers.get("If-Modified-Since") == MODIFIED
    if same_tag or same_date:
        return web.Response(status=304, headers=headers)
    return web.Response(body=poster(seed, text, *size), content_type="image/png", headers=headers)
