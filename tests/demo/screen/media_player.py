"""What does a player of somebody else's integration do? This one resolves what it is given, and lets time pass."""

from datetime import datetime
from typing import Any, Final, override

from homeassistant.components.media_player import MediaPlayerEntity
from homeassistant.components.media_player.browse_media import BrowseMedia, async_process_play_media_url
from homeassistant.components.media_player.const import MediaPlayerEntityFeature as Feature, MediaPlayerState
from homeassistant.components.media_source import async_browse_media, async_resolve_media, is_media_source_id
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from homeassistant.helpers.typing import ConfigType, DiscoveryInfoType
from homeassistant.util import dt as dt_util

FEATURES: Final = (
    Feature.PLAY_MEDIA
    | Feature.BROWSE_MEDIA
    | Feature.PLAY
    | Feature.PAUSE
    | Feature.STOP
    | Feature.SEEK
    | Feature.VOLUME_SET
    | Feature.VOLUME_MUTE
)


async def async_setup_platform(
    _hass: HomeAssistant, _: ConfigType, async_add_entities: AddEntitiesCallback, __: DiscoveryInfoType | None = None
) -> None:
    """Hang it up."""
    async_add_entities([Screen()])


class Screen(MediaPlayerEntity):
    """A screen; nothing can be seen on it."""

    _attr_name = "Projector"
    _attr_unique_id = "projector"
    _attr_should_poll = False
    _attr_supported_features = FEATURES
    _attr_state: MediaPlayerState | None = MediaPlayerState.IDLE
    _attr_volume_level = 0.5
    _attr_is_volume_muted = False

    @override
    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        if is_media_source_id(media_id):
            media_id = (await async_resolve_media(self.hass, media_id, self.entity_id)).url
        self._attr_media_content_id = async_process_play_media_url(self.hass, media_id)
        self._attr_media_content_type = media_type
        self._show(MediaPlayerState.PLAYING, 0)

    @override
    async def async_browse_media(
        self, media_content_type: str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        return await async_browse_media(self.hass, media_content_id)

    @override
    async def async_media_play(self) -> None:
        self._show(MediaPlayerState.PLAYING, self._position)

    @override
    async def async_media_pause(self) -> None:
        self._show(MediaPlayerState.PAUSED, self._position)

    @override
    async def async_media_seek(self, position: float) -> None:
        self._show(self._attr_state, position)

    @override
    async def async_media_stop(self) -> None:
        self._attr_media_content_id = self._attr_media_content_type = None
        self._show(MediaPlayerState.IDLE, None)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        self._attr_volume_level = volume
        self.async_write_ha_state()

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        self._attr_is_volume_muted = mute
        self.async_write_ha_state()

    @property
    def _position(self) -> float:
        """Where it is now."""
        position, since = self._attr_media_position or 0, self._attr_media_position_updated_at
        if self._attr_state is not MediaPlayerState.PLAYING or since is None:
            return position
        return position + (dt_util.utcnow() - since).total_seconds()

    def _show(self, state: MediaPlayerState | None, position: float | None) -> None:
        """Do something else, or do it somewhere else."""
        self._attr_state = state
        self._attr_media_position = None if position is None else int(position)
        self._attr_media_position_updated_at: datetime | None = None if position is None else dt_util.utcnow()
        self.async_write_ha_state()
