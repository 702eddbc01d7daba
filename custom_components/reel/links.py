"""Under what address does a player or a page get something? Under one of ours, which says by itself what it allows."""

from base64 import b64decode, b64encode
import secrets
from typing import Final, TypedDict
from urllib.parse import quote

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util, slugify
from homeassistant.util.hass_dict import HassKey

from .backends.item import Image, ImageKind, Item, ItemKind
from .backends.playing import Delivery, Way
from .capability import SECRET_BYTES, Grant, Use, image_expiry, read, sign, stream_expiry
from .const import DOMAIN

STREAM_URL: Final = f"/api/{DOMAIN}/stream"
HLS_URL: Final = f"/api/{DOMAIN}/hls"
IMAGE_URL: Final = f"/api/{DOMAIN}/image"
# Edges in pixels that an image is offered in: for rows, for tiles, and for a whole screen.
SIZES: Final = (200, 400, 800)

_STORE: Final = f"{DOMAIN}.links"
_LONGEST_NAME: Final = 60
_LONGEST_ENDING: Final = 8
# To an address without any query, Home Assistant adds a signature of its own, longer than all the rest. Players of
# music have no room for that.
_SIGNED: Final = "signed"
# What a list shows of an item, the best first. Episodes have stills, in the shape of the screen.
_POSTERS: Final = (ImageKind.POSTER, ImageKind.THUMB, ImageKind.BACKDROP)
_STILLS: Final = (ImageKind.THUMB, ImageKind.POSTER, ImageKind.BACKDROP)


class _Stored(TypedDict):
    secret: str


class Links:
    """Makes addresses and reads them, by a secret of this Home Assistant that outlives its restarts."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def stream(self, source: str, item: Item, way: Way) -> str:
        """Return where something is played in a way that its source said."""
        grant = Grant(
            use=Use.HLS if way.delivery is Delivery.HLS else Use.STREAM,
            source=source,
            item=item.identity,
            path=way.path,
            expires=stream_expiry(_now()),
            play_session=way.play_session,
            file=way.file,
            start_ms=way.start_ms,
            transcodes=way.transcodes,
        )
        capability = sign(self._secret, grant)
        if grant.use is Use.HLS:
            return f"{HLS_URL}/{capability}/{first_playlist(grant)}?{_SIGNED}"
        return f"{STREAM_URL}/{capability}/{_file_name(item, way)}?{_SIGNED}"

    def image(self, source: str, item: Item, size: int = SIZES[1]) -> str | None:
        """Return where a picture of an item is, None where it has none."""
        image = picture(item)
        if image is None:
            return None
        grant = Grant(
            use=Use.IMAGE, source=source, item=item.identity, path=image.reference, expires=image_expiry(_now())
        )
        return f"{IMAGE_URL}/{sign(self._secret, grant)}/{size}"

    def read(self, capability: str, *uses: Use) -> Grant | None:
        """Return what a capability allows, None if that is not one of these uses, or nothing at all."""
        grant = read(self._secret, capability, _now())
        return grant if grant is not None and grant.use in uses else None


def picture(item: Item) -> Image | None:
    """Return the picture that stands for an item, None where there is none."""
    wanted = _STILLS if item.kind in {ItemKind.EPISODE, ItemKind.VIDEO} else _POSTERS
    found = {image.kind: image for image in reversed(item.images)}
    return next((found[kind] for kind in wanted if kind in found), None)


def first_playlist(grant: Grant) -> str:
    """Return what the first playlist is called, as it stands in a URL."""
    return grant.path.partition("?")[0].rpartition("/")[2]


def _file_name(item: Item, way: Way) -> str:
    """Return what a file may be called, for players that show it, or look at what it ends with."""
    ending = way.path.partition("?")[0].rpartition("/")[2].rpartition(".")[2]
    # A character may become a word.
    name = slugify(item.title[:_LONGEST_NAME])[:_LONGEST_NAME] or item.kind
    is_ending = ending.isalnum() and ending.isascii() and len(ending) <= _LONGEST_ENDING
    return f"{quote(name)}.{ending.lower()}" if is_ending else quote(name)


def _now() -> float:
    return dt_util.utcnow().timestamp()


@singleton(HassKey[Links](f"{DOMAIN}.links"), async_=True)
async def links(hass: HomeAssistant) -> Links:
    """Return who makes the addresses of this Home Assistant."""
    store = Store[_Stored](hass, 1, _STORE, private=True, atomic_writes=True)
    stored = await store.async_load()
    if stored is None:
        stored = _Stored(secret=b64encode(secrets.token_bytes(SECRET_BYTES)).decode())
        await store.async_save(stored)
    return Links(b64decode(stored["secret"]))
