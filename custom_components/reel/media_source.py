"""Media source: all that the sources have, for the media browser and for every player of Home Assistant."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final, override

from homeassistant.components.media_player.browse_media import SearchMedia, SearchMediaQuery
from homeassistant.components.media_player.const import MediaClass, MediaType
from homeassistant.components.media_player.errors import BrowseError
from homeassistant.components.media_source import (
    BrowseMediaSource,
    MediaSource,
    MediaSourceItem,
    PlayMedia,
    Unresolvable,
    models,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .backends.errors import SourceError
from .backends.item import ItemKind
from .backends.playing import Delivery, Target
from .browse import Node, Tree, Words
from .catalog import query
from .catalog_reading import read
from .const import DOMAIN
from .errors import playing_key
from .images import image_of
from .links import SIZES, links, picture
from .play_choice import Refused, choose, target_of
from .play_tracker import play_tracker
from .targeting import loaded_sources
from .tree_spot import Spot, spot

_CLASSES: Final = {
    ItemKind.MOVIE: (MediaClass.MOVIE, MediaType.MOVIE),
    ItemKind.SHOW: (MediaClass.TV_SHOW, MediaType.TVSHOW),
    ItemKind.SEASON: (MediaClass.SEASON, MediaType.SEASON),
    ItemKind.EPISODE: (MediaClass.EPISODE, MediaType.EPISODE),
    ItemKind.ARTIST: (MediaClass.ARTIST, MediaType.ARTIST),
    ItemKind.ALBUM: (MediaClass.ALBUM, MediaType.ALBUM),
    ItemKind.TRACK: (MediaClass.TRACK, MediaType.TRACK),
    ItemKind.VIDEO: (MediaClass.VIDEO, MediaType.VIDEO),
    ItemKind.COLLECTION: (MediaClass.DIRECTORY, "collection"),
    ItemKind.PLAYLIST: (MediaClass.PLAYLIST, MediaType.PLAYLIST),
}
_FOLDER: Final = (MediaClass.DIRECTORY, "directory")
_SOUGHT: Final = [media_class for media_class, _ in _CLASSES.values() if media_class is not MediaClass.DIRECTORY]
# What people mean who ask for music.
_MUSIC: Final = (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK)


async def async_get_media_source(hass: HomeAssistant) -> MediaSource:
    """Return Reel's media source."""
    return ReelMediaSource(hass)


class ReelMediaSource(MediaSource):
    """Shows all sources as one tree, plays what is in it, and finds it by name."""

    name = "Reel"

    def __init__(self, hass: HomeAssistant) -> None:
        super().__init__(DOMAIN)
        self._hass = hass

    @override
    async def async_browse_media(self, item: MediaSourceItem) -> BrowseMediaSource:
        """Return what is at a place; a source that is looked into is made ready to play."""
        place = spot(item.identifier or "")
        self._warm_up(place)
        node = await self._in_tree(lambda tree: tree.node(place))
        if node is None:
            raise BrowseError(translation_domain=DOMAIN, translation_key="not_in_catalog")
        return _shown(node)

    @override
    async def async_search_media(self, item: MediaSourceItem, query: SearchMediaQuery) -> SearchMedia:
        """Return what is called like that, at a place or everywhere."""
        place = spot(item.identifier or "")
        # Players are asked for none where none were chosen.
        kinds = _kinds(query.media_filter_classes) if query.media_filter_classes else None
        found = await self._in_tree(lambda tree: tree.find(place, query.search_query, kinds))
        return SearchMedia(result=[_shown(node) for node in found])

    @override
    async def async_resolve_media(self, item: MediaSourceItem) -> PlayMedia:
        """Return where an item is played: from the best of its copies, as its player can take it."""
        source, identity, start_ms = _item_spot(item)
        try:
            target = target_of(self._hass, item.target_media_player)
            choice = await choose(self._hass, source, identity, target, start_ms=start_ms)
        except Refused as refused:
            raise Unresolvable(
                translation_domain=DOMAIN,
                translation_key=playing_key(refused.error),
                translation_placeholders={"source": refused.source},
            ) from refused
        if choice is None:
            raise _unknown()
        url = (await links(self._hass)).stream(choice.source.source.key, choice.item, choice.way)
        if target is Target.BROWSER and choice.way.delivery is Delivery.FILE and start_ms:
            # A page goes there by itself; other players are told to once they play.
            url += f"#t={start_ms // 1000}"
        if item.target_media_player is not None:
            play_tracker(self._hass).handed_out(item.target_media_player, url)
        return PlayMedia(url, choice.way.mime_type)

    # From 2026.11 on; before, nobody asks, and there is no such answer.
    async def async_get_media_image(self, item: MediaSourceItem) -> Any:  # noqa: ANN401
        """Return a picture of an item, None where there is none or it cannot be had now."""
        key, identity, _ = _item_spot(item)
        source = next((each for each in loaded_sources(self._hass) if each.source.key == key), None)
        if source is None:
            return None
        entry = await read(self._hass, [source], lambda reading: query.item(reading.database, key, identity))
        shown = None if entry is None else picture(entry.item)
        if shown is None:
            return None
        with suppress(SourceError):
            image = getattr(models, "MediaImage")  # noqa: B009  # which the older one of our versions does not have
            if found := await image_of(source, shown.reference, SIZES[-1]):
                return image(found.content, found.mime_type)
        return None

    def _warm_up(self, place: Spot) -> None:
        for source in loaded_sources(self._hass):
            if place.row is not None or place.source == source.source.key:
                source.connector.warm_up()

    async def _in_tree[T](self, work: Callable[[Tree], T]) -> T:
        words, makes = await self._words(), await links(self._hass)
        return await read(
            self._hass, loaded_sources(self._hass), lambda reading: work(Tree(reading, words, makes.image))
        )

    async def _words(self) -> Words:
        found = await async_get_translations(self._hass, self._hass.config.language, "common", {DOMAIN})
        return lambda key: found.get(f"component.{DOMAIN}.common.{key}", key)


def _item_spot(item: MediaSourceItem) -> tuple[str, str, int]:
    """Return the source, the identity and the moment in ms of an item; raises `Unresolvable` where none is meant."""
    try:
        place = spot(item.identifier or "")
    except ValueError as error:
        raise _unknown() from error
    if place.source is None or place.item is None:
        raise _unknown()
    return place.source, place.item, (place.at or 0) * 1000


def _unknown() -> Unresolvable:
    return Unresolvable(translation_domain=DOMAIN, translation_key="not_playable")


def _kinds(classes: Iterable[MediaClass]) -> list[ItemKind]:
    wanted = set(classes)
    return [
        kind
        for kind, (media_class, _) in _CLASSES.items()
        if media_class in wanted or (kind in _MUSIC and MediaClass.MUSIC in wanted)
    ]


def _shown(node: Node) -> BrowseMediaSource:
    media_class, content_type = _FOLDER if node.kind is None else _CLASSES[node.kind]
    return BrowseMediaSource(
        domain=DOMAIN,
        identifier=str(node.spot) or None,
        media_class=media_class,
        # Players choose by it what they show.
        media_content_type=node.mime_type or content_type,
        title=node.title,
        can_play=node.can_play,
        can_expand=not node.can_play,
        children=[_shown(child) for child in node.children],
        children_media_class=None if node.holds is None else _CLASSES[node.holds][0],
        thumbnail=node.picture,
        can_search=node.searchable,
        search_media_classes=_SOUGHT if node.searchable else None,
    )
