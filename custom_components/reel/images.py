"""Which image is shown of an item? That of its source, in the size that is wanted, from our own cache where it is."""

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .backends.errors import Garbled
from .backends.model import Kind
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .image_cache import ImageCache, Picture, picture_of
from .streaming import opened

# A server that makes sizes sends a hundredth of that; a folder holds what somebody put there.
MOST_BYTES: Final = 16 * 1024 * 1024


async def image_of(source: ReelCoordinator, reference: str, size: int) -> Picture | None:
    """Return an image that fills a square of `size`, None for what is none; raises `SourceError`."""
    if source.source.kind is Kind.LOCAL:
        # It lies on a disk already, and has one size.
        return picture_of(await _fetch(source, reference, size))
    return await _cache(source.hass).get(source.source.key, reference, size, lambda: _fetch(source, reference, size))


async def _fetch(source: ReelCoordinator, reference: str, size: int) -> bytes:
    whole = bytearray()
    async with opened(source, lambda player: player.image_path(reference, size, size), {}) as stream:
        async for piece in stream.chunks:
            whole += piece
            if len(whole) > MOST_BYTES:
                raise Garbled
    return bytes(whole)


@singleton(HassKey[ImageCache](f"{DOMAIN}.images"))
@callback
def _cache(hass: HomeAssistant) -> ImageCache:
    return ImageCache(
        Path(hass.config.cache_path(DOMAIN)),
        lambda fetching: hass.async_create_background_task(fetching, f"{DOMAIN}: fetch an image"),
    )
