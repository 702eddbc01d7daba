"""What can be seen of a client of a media server, and what it be told, as a media player?"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, override

from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityDescription
from homeassistant.components.media_player.browse_media import BrowseMedia, SearchMedia, SearchMediaQuery
from homeassistant.components.media_player.const import (
    ATTR_MEDIA_ENQUEUE,
    DOMAIN as MEDIA_PLAYER,
    MediaPlayerEnqueue,
    MediaPlayerEntityFeature as Feature,
    MediaPlayerState,
    MediaType,
    RepeatMode,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from ..backends.clients import Activity, Client, Command, Order, Playing, Repeat
from ..backends.errors import SourceError
from ..backends.item import File
from ..client_entity import ClientEntity
from ..client_roll import async_follow_clients
from ..coordinator import ReelConfigEntry
from ..images import image_of
from ..item_answer import resolution
from ..links import SIZES, picture
from ..own_copy import own_copy
from ..player_browse import browse, content_id, find, spot_of
from ..tree_spot import Spot
from .shown import shown

CLIENT: Final = MediaPlayerEntityDescription(key="client", translation_key="client", name=None)

_STATES: Final = {
    Activity.PLAYING: MediaPlayerState.PLAYING,
    Activity.PAUSED: MediaPlayerState.PAUSED,
    Activity.BUFFERING: MediaPlayerState.BUFFERING,
}
_CHOOSE: Final = Feature.PLAY_MEDIA | Feature.BROWSE_MEDIA | Feature.SEARCH_MEDIA
_FEATURES: Final[Mapping[Order, Feature]] = {
    Order.PLAY: Feature.PLAY,
    Order.PAUSE: Feature.PAUSE,
    Order.STOP: Feature.STOP,
    Order.SEEK: Feature.SEEK,
    Order.NEXT: Feature.NEXT_TRACK,
    Order.PREVIOUS: Feature.PREVIOUS_TRACK,
    Order.VOLUME: Feature.VOLUME_SET,
    Order.MUTE: Feature.VOLUME_MUTE,
    Order.SHUFFLE: Feature.SHUFFLE_SET,
    Order.REPEAT: Feature.REPEAT_SET,
    Order.PLAY_ITEMS: _CHOOSE,
    Order.PLAY_NEXT: Feature.MEDIA_ENQUEUE,
    Order.PLAY_LAST: Feature.MEDIA_ENQUEUE,
}
# What can be asked of a client that is not there: whether it is back is seen then.
_ASKED_OF_THE_ABSENT: Final = _CHOOSE | Feature.MEDIA_ENQUEUE
_REPEATS: Final = {Repeat.OFF: RepeatMode.OFF, Repeat.ONE: RepeatMode.ONE, Repeat.ALL: RepeatMode.ALL}
_ENQUEUES: Final = {MediaPlayerEnqueue.NEXT: Order.PLAY_NEXT, MediaPlayerEnqueue.ADD: Order.PLAY_LAST}


@callback
def async_setup_clients(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a player for every client of the sources of an account, as soon as it is seen."""
    async_follow_clients(entry, MEDIA_PLAYER, async_add_entities, ClientPlayer)


class ClientPlayer(ClientEntity, MediaPlayerEntity):
    """A client of a media server."""

    entity_description = CLIENT
    # Who watches what at which rate is for a glance at it now.
    _unrecorded_attributes = frozenset({"bitrate", "resolution", "transcodes", "user"})

    @override
    def show(self) -> None:
        """Show what the client does; it is off while its server does not know of it."""
        present = self.present
        playing = present.playing if present else None
        self._attr_state = _state(present)
        self._attr_supported_features = _features(present or self.client, is_present=present is not None)
        self._attr_app_name = self.client.product
        self._attr_extra_state_attributes = _extra(present, playing)
        self._show_item(playing)
        self._show_place(playing)
        self._show_settings(playing)

    def _show_item(self, playing: Playing | None) -> None:
        item, source = playing.item if playing else None, self.coordinator.source.key
        for name, value in shown(item).items():
            setattr(self, f"_attr_{name}", value)
        self._attr_media_content_id = content_id(source, item.identity) if item else None
        image = picture(item) if item else None
        self._attr_media_image_hash = sha256(f"{source} {image.reference}".encode()).hexdigest()[:16] if image else None

    def _show_place(self, playing: Playing | None) -> None:
        place = self.coordinator.clients.place(self.client.identity) if playing else None
        self._attr_media_position = round(place.position_ms / 1000) if place else None
        self._attr_media_position_updated_at = dt_util.utc_from_timestamp(place.at) if place else None

    def _show_settings(self, playing: Playing | None) -> None:
        self._attr_volume_level = playing.volume if playing else None
        self._attr_is_volume_muted = playing.muted if playing else None
        self._attr_shuffle = playing.shuffled if playing else None
        self._attr_repeat = _REPEATS[playing.repeat] if playing and playing.repeat else None

    @override
    async def async_get_media_image(self) -> tuple[bytes | None, str | None]:
        """Return a picture of what is played."""
        playing = self.present.playing if self.present else None
        image = picture(playing.item) if playing else None
        if image is None:
            return None, None
        try:
            found = await image_of(self.coordinator, image.reference, SIZES[-1])
        except SourceError:
            return None, None
        return (found.content, found.mime_type) if found else (None, None)

    # What it is told

    @override
    async def async_media_play(self) -> None:
        """Go on."""
        await self.order(Command(order=Order.PLAY))

    @override
    async def async_media_pause(self) -> None:
        """Halt."""
        await self.order(Command(order=Order.PAUSE))

    @override
    async def async_media_stop(self) -> None:
        """Stop."""
        await self.order(Command(order=Order.STOP))

    @override
    async def async_media_next_track(self) -> None:
        """Play what comes next."""
        await self.order(Command(order=Order.NEXT))

    @override
    async def async_media_previous_track(self) -> None:
        """Play what came before."""
        await self.order(Command(order=Order.PREVIOUS))

    @override
    async def async_media_seek(self, position: float) -> None:
        """Go to a second."""
        await self.order(Command(order=Order.SEEK, position_ms=round(position * 1000)))

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Play louder, or not so loud."""
        await self.order(Command(order=Order.VOLUME, level=volume))

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        """Play without a sound, or not."""
        await self.order(Command(order=Order.MUTE, on=mute))

    @override
    async def async_set_shuffle(self, shuffle: bool) -> None:
        """Play in any order, or not."""
        await self.order(Command(order=Order.SHUFFLE, on=shuffle))

    @override
    async def async_set_repeat(self, repeat: RepeatMode) -> None:
        """Decide what comes after the end."""
        await self.order(Command(order=Order.REPEAT, repeat=Repeat(repeat)))

    @override
    async def async_play_media(self, media_type: MediaType | str, media_id: str, **kwargs: Any) -> None:
        """Play something, now or after something else; of a title that another source has, the copy here."""
        spot = spot_of(media_id)
        item = await own_copy(self.coordinator, spot)
        is_idle = self.present is None or self.present.playing is None
        enqueue = _ENQUEUES.get(kwargs.get(ATTR_MEDIA_ENQUEUE, MediaPlayerEnqueue.REPLACE), Order.PLAY_ITEMS)
        # Where nothing is played, nothing can come after it.
        order = Order.PLAY_ITEMS if is_idle else enqueue
        await self.order(Command(order=order, items=(item,), position_ms=(spot.at or 0) * 1000))

    # What it offers

    @override
    async def async_browse_media(
        self, media_content_type: MediaType | str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        """Return what the source has."""
        self.coordinator.clients.warm_up()
        return await browse(self.hass, media_content_id, Spot(source=self.coordinator.source.key))

    @override
    async def async_search_media(self, query: SearchMediaQuery) -> SearchMedia:
        """Return what the source has that is called like that."""
        return await find(self.hass, query, Spot(source=self.coordinator.source.key))


def _state(client: Client | None) -> MediaPlayerState:
    if client is None:
        return MediaPlayerState.OFF
    return _STATES[client.playing.activity] if client.playing else MediaPlayerState.IDLE


def _features(client: Client, *, is_present: bool) -> Feature:
    found = Feature(0)
    for order in client.orders:
        found |= _FEATURES.get(order, Feature(0))
    return found if is_present else found & _ASKED_OF_THE_ABSENT


def _extra(client: Client | None, playing: Playing | None) -> dict[str, str | bool | int | None]:
    """Return who watches, and at which quality."""
    if client is None or playing is None:
        return {}
    return {
        "user": client.user,
        "resolution": resolution(File(identity="", height=playing.height)),
        "transcodes": playing.transcodes,
        "bitrate": playing.bitrate,
    }
