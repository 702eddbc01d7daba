"""What can be seen of a Reel player as a media player: what its output does, with what the catalog knows of it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, override

from homeassistant.components.media_player import MediaPlayerEntity, MediaPlayerEntityDescription
from homeassistant.components.media_player.const import (
    MediaPlayerEntityFeature as Feature,
    MediaPlayerEntityStateAttribute as Attribute,
    MediaPlayerState,
    RepeatMode,
)
from homeassistant.const import (
    ATTR_ENTITY_PICTURE,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.util import dt as dt_util

from ..backends.errors import SourceError
from ..backends.playing import PlayState
from ..const import DOMAIN
from ..images import image_of
from ..links import SIZES, picture
from ..play_tracker import Played
from ..player_browse import content_id
from ..reel_player import PlayerEntry, ReelPlayer
from ..targeting import loaded_sources
from .shown import shown

PLAYER: Final = MediaPlayerEntityDescription(key="player", translation_key="player")

_OURS: Final = (
    Feature.PLAY
    | Feature.PLAY_MEDIA
    | Feature.BROWSE_MEDIA
    | Feature.SEARCH_MEDIA
    | Feature.MEDIA_ENQUEUE
    | Feature.NEXT_TRACK
    | Feature.PREVIOUS_TRACK
    | Feature.SHUFFLE_SET
    | Feature.REPEAT_SET
    | Feature.CLEAR_PLAYLIST
)
# What the output can do, so can this.
_PASSED_ON: Final = (
    Feature.PAUSE
    | Feature.STOP
    | Feature.SEEK
    | Feature.VOLUME_SET
    | Feature.VOLUME_MUTE
    | Feature.VOLUME_STEP
    | Feature.TURN_ON
    | Feature.TURN_OFF
    | Feature.MEDIA_ANNOUNCE
)
# Of what is none of ours, what the output shows.
_SHOWN: Final = (
    Attribute.MEDIA_CONTENT_TYPE,
    Attribute.MEDIA_DURATION,
    Attribute.MEDIA_POSITION,
    Attribute.MEDIA_POSITION_UPDATED_AT,
    Attribute.MEDIA_TITLE,
    Attribute.MEDIA_ARTIST,
    Attribute.MEDIA_ALBUM_NAME,
    Attribute.MEDIA_ALBUM_ARTIST,
    Attribute.MEDIA_TRACK,
    Attribute.MEDIA_SERIES_TITLE,
    Attribute.MEDIA_SEASON,
    Attribute.MEDIA_EPISODE,
    Attribute.MEDIA_CHANNEL,
    Attribute.MEDIA_PLAYLIST,
    Attribute.APP_NAME,
)
# Some still say so of what is off.
_STATES: Final[Mapping[str, MediaPlayerState]] = {
    **{state.value: state for state in MediaPlayerState},
    "standby": MediaPlayerState.OFF,
}
# A position that is where it had to be by now is no news.
_DRIFT_MS: Final = 2_000


class ReelPlayerView(MediaPlayerEntity):
    """A Reel player, to look at."""

    _attr_should_poll = False
    _attr_has_entity_name = True
    _attr_name = None
    entity_description = PLAYER

    def __init__(self, hass: HomeAssistant, entry: PlayerEntry) -> None:
        self.player: ReelPlayer = entry.runtime_data
        self.output = self.player.output
        self._place: Played | None = None
        self._attr_unique_id = entry.entry_id
        wrapped = er.async_get(hass).async_get(self.output.entity_id)
        device = dr.async_get(hass).async_get(wrapped.device_id) if wrapped and wrapped.device_id else None
        if device:
            # It has a name of its own beside that of the device.
            self.device_entry = device
            self._attr_name = entry.title
        else:
            self._attr_device_info = DeviceInfo(
                identifiers={(DOMAIN, entry.entry_id)},
                entry_type=DeviceEntryType.SERVICE,
                manufacturer="Reel",
                model="Reel player",
                name=entry.title,
            )

    @callback
    def _show_now(self) -> None:
        self.show()
        self.async_write_ha_state()

    @callback
    def show(self) -> None:
        """Show how things are now."""
        output = self.output.state
        self._attr_available = output is not None
        self._attr_state = _STATES.get(output.state) if output else None
        self._attr_supported_features = _OURS | (self.output.features & _PASSED_ON)
        attributes = output.attributes if output else {}
        self._attr_volume_level = attributes.get(Attribute.MEDIA_VOLUME_LEVEL)
        self._attr_is_volume_muted = attributes.get(Attribute.MEDIA_VOLUME_MUTED)
        self._show_queue()
        played = self.player.playback.played
        if played is None:
            self._show_foreign(attributes)
        else:
            self._show_item(played)

    @property
    @override
    def entity_picture(self) -> str | None:
        """Where a picture of what is played is: ours, or the one that the output shows of something else."""
        output = self.output.state
        if self.player.playback.played is not None or output is None:
            return super().entity_picture
        return output.attributes.get(ATTR_ENTITY_PICTURE)

    @override
    async def async_get_media_image(self) -> tuple[bytes | None, str | None]:
        """Return a picture of what is played."""
        played, item = self.player.playback.played, self.player.playback.item
        source = next((each for each in loaded_sources(self.hass) if played and each.source.key == played.source), None)
        image = picture(item) if item else None
        if source is None or image is None:
            return None, None
        try:
            found = await image_of(source, image.reference, SIZES[-1])
        except SourceError:
            return None, None
        return (found.content, found.mime_type) if found else (None, None)

    def _show_queue(self) -> None:
        queue = self.player.queue
        self._attr_shuffle = queue.shuffled
        self._attr_repeat = RepeatMode(queue.repeat)
        size = len(queue.items)
        self._attr_extra_state_attributes = {"queue_position": queue.at + 1 if size else 0, "queue_size": size}

    def _show_foreign(self, attributes: Mapping[str, Any]) -> None:
        self._place = None
        for name in _SHOWN:
            setattr(self, f"_attr_{name}", attributes.get(name))
        self._attr_media_content_id = None
        self._attr_media_image_hash = None

    def _show_item(self, played: Played) -> None:
        item = self.player.playback.item
        for each in _SHOWN:
            setattr(self, f"_attr_{each}", None)
        for name, value in shown(item).items():
            setattr(self, f"_attr_{name}", value)
        if self._attr_media_duration is None and played.duration_ms:
            self._attr_media_duration = round(played.duration_ms / 1000)
        self._attr_media_content_id = content_id(played.source, played.item)
        image = picture(item) if item else None
        self._attr_media_image_hash = (
            sha256(f"{played.source} {image.reference}".encode()).hexdigest()[:16] if image else None
        )
        if self._place is None or _has_jumped(self._place, played):
            self._place = played
        self._attr_media_position = round(self._place.position_ms / 1000)
        self._attr_media_position_updated_at = dt_util.utc_from_timestamp(self._place.at)


def _has_jumped(former: Played, now: Played) -> bool:
    same = (former.source, former.item, former.state) == (now.source, now.item, now.state)
    expected = former.position_ms + (round((now.at - former.at) * 1000) if former.state is PlayState.PLAYING else 0)
    return not same or abs(now.position_ms - expected) > _DRIFT_MS
