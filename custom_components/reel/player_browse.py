"""What do players of ours show and find? The tree of the media source; they also play what holds others there."""

from typing import Final

from homeassistant.components import media_source
from homeassistant.components.media_player.browse_media import BrowseMedia, SearchMedia, SearchMediaQuery
from homeassistant.components.media_player.const import MediaClass
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source.error import Unresolvable
from homeassistant.core import HomeAssistant

from .const import DOMAIN
from .tree_spot import Spot, spot

ROOT: Final = f"media-source://{DOMAIN}"

# Played one after the other; a folder of the tree is none, however few films are in it.
_HOLDERS: Final = frozenset(
    {MediaClass.TV_SHOW, MediaClass.SEASON, MediaClass.ARTIST, MediaClass.ALBUM, MediaClass.PLAYLIST}
)
_COLLECTION: Final = "collection"


def content_id(source: str, item: str, at: int | None = None) -> str:
    """Return what Home Assistant calls an item of a source, or the moment `at` seconds of it."""
    return f"{ROOT}/{Spot(source=source, item=item, at=at)}"


def spot_of(media_id: str) -> Spot:
    """Return the place that is meant; raises `Unresolvable` for one that is none of ours."""
    if media_id == ROOT or media_id.startswith(f"{ROOT}/"):
        try:
            return spot(media_id.removeprefix(ROOT).removeprefix("/"))
        except ValueError:
            pass
    raise Unresolvable(translation_domain=DOMAIN, translation_key="not_playable")


async def browse(hass: HomeAssistant, media_id: str | None, root: Spot) -> BrowseMedia:
    """Return what is at a place, of all that a player offers; raises `BrowseError`."""
    found = await media_source.async_browse_media(hass, _within(root, media_id))
    for node in (found, *(found.children or ())):
        node.can_play = node.can_play or _holds(node)
    return found


async def find(hass: HomeAssistant, query: SearchMediaQuery, root: Spot) -> SearchMedia:
    """Return what is called like that, of all that a player offers; raises `BrowseError`."""
    found = await media_source.async_search_media(hass, _within(root, query.media_content_id), query)
    for node in found.result:
        node.can_play = node.can_play or _holds(node)
    return found


def _within(root: Spot, media_id: str | None) -> str:
    if not media_id or media_id == ROOT:
        return f"{ROOT}/{root}".removesuffix("/")
    try:
        place = spot_of(media_id)
    except Unresolvable as error:
        raise BrowseError(translation_domain=DOMAIN, translation_key="not_in_catalog") from error
    if root.source is not None and place.source != root.source:
        raise BrowseError(translation_domain=DOMAIN, translation_key="not_in_catalog")
    return media_id


def _holds(node: BrowseMedia) -> bool:
    return node.media_class in _HOLDERS or node.media_content_type == _COLLECTION
