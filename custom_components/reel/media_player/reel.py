"""What can a Reel player be told as a media player, and what outlives a restart of it?"""

from dataclasses import asdict, dataclass
from typing import Any, override

from homeassistant.components.media_player.browse_media import BrowseMedia, SearchMedia, SearchMediaQuery
from homeassistant.components.media_player.const import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_ENQUEUE,
    ATTR_MEDIA_VOLUME_LEVEL,
    ATTR_MEDIA_VOLUME_MUTED,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEnqueue,
    MediaType,
    RepeatMode,
)
from homeassistant.const import (
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    SERVICE_VOLUME_DOWN,
    SERVICE_VOLUME_MUTE,
    SERVICE_VOLUME_SET,
    SERVICE_VOLUME_UP,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity

from ..play_asked import asked
from ..player import kept
from ..player.queue import Repeat
from ..player_area import follow_area
from ..player_browse import ROOT, browse, find
from ..reel_player import PlayerEntry
from ..tree_spot import Spot
from .reel_view import ReelPlayerView


@callback
def async_setup_player(
    hass: HomeAssistant, entry: PlayerEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the player of an entry."""
    async_add_entities([ReelPlayerEntity(hass, entry)])


@dataclass(frozen=True, slots=True)
class Kept(ExtraStoredData):
    """What outlives a restart."""

    queue: dict[str, Any]
    goes_on: bool

    @override
    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class ReelPlayerEntity(ReelPlayerView, RestoreEntity):
    """A queue of anything that the sources have, on some media player."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the player, with the queue of before."""
        self.async_on_remove(self.player.async_add_listener(self._show_now))
        self.async_on_remove(follow_area(self.hass, self.output.entity_id, self.entity_id))
        if last := await self.async_get_last_extra_data():
            told = last.as_dict()
            self.player.restore(kept.read(told.get("queue") or {}), goes_on=bool(told.get("goes_on")))
        self.show()

    @property
    @override
    def extra_restore_state_data(self) -> Kept:
        """What outlives a restart."""
        return Kept(kept.written(self.player.queue), self.player.goes_on)

    # What it is told

    @override
    async def async_play_media(self, media_type: MediaType | str, media_id: str, **kwargs: Any) -> None:
        """Play something of the sources, or let the output play anything else."""
        if kwargs.get(ATTR_MEDIA_ANNOUNCE) or not _is_ours(media_id):
            await self._pass_on(media_type, media_id, kwargs)
            return
        wanted = await asked(self.hass, media_id)
        how = kwargs.get(ATTR_MEDIA_ENQUEUE) or MediaPlayerEnqueue.REPLACE
        await self.player.play(wanted.plan, how, at_ms=wanted.at_ms, context=self._context)

    async def _pass_on(self, media_type: MediaType | str, media_id: str, extra: dict[str, Any]) -> None:
        if not extra.get(ATTR_MEDIA_ANNOUNCE):
            self.player.playback.let_go()
        data = {ATTR_MEDIA_CONTENT_TYPE: media_type, ATTR_MEDIA_CONTENT_ID: media_id, **extra}
        await self.output.tell(SERVICE_PLAY_MEDIA, self._context, **{key: each for key, each in data.items() if each})

    @override
    async def async_browse_media(
        self, media_content_type: MediaType | str | None = None, media_content_id: str | None = None
    ) -> BrowseMedia:
        """Return what is at a place of all that the sources have."""
        return await browse(self.hass, media_content_id, Spot())

    @override
    async def async_search_media(self, query: SearchMediaQuery) -> SearchMedia:
        """Return what is called like that, of all that the sources have."""
        return await find(self.hass, query, Spot())

    @override
    async def async_media_play(self) -> None:
        """Go on."""
        await self.player.resume(self._context)

    @override
    async def async_media_pause(self) -> None:
        """Pause."""
        await self.player.pause(self._context)

    @override
    async def async_media_stop(self) -> None:
        """Stop."""
        await self.player.stop(self._context)

    @override
    async def async_media_next_track(self) -> None:
        """Go on with what comes next."""
        await self.player.skip(self._context)

    @override
    async def async_media_previous_track(self) -> None:
        """Go back."""
        await self.player.back(self._context)

    @override
    async def async_media_seek(self, position: float) -> None:
        """Jump to a moment of the item."""
        await self.player.seek(round(position * 1000), self._context)

    @override
    async def async_clear_playlist(self) -> None:
        """Empty the queue."""
        await self.player.clear()

    @override
    async def async_set_shuffle(self, shuffle: bool) -> None:
        """Shuffle the queue, or put it in order."""
        self.player.set_shuffle(shuffle)

    @override
    async def async_set_repeat(self, repeat: RepeatMode) -> None:
        """Repeat the queue, one item, or nothing."""
        self.player.set_repeat(Repeat(repeat))

    @override
    async def async_turn_on(self) -> None:
        """Turn the output on."""
        await self.output.tell(SERVICE_TURN_ON, self._context)

    @override
    async def async_turn_off(self) -> None:
        """Turn the output off."""
        self.player.playback.let_go()
        await self.output.tell(SERVICE_TURN_OFF, self._context)

    @override
    async def async_set_volume_level(self, volume: float) -> None:
        """Set the volume of the output."""
        await self.output.tell(SERVICE_VOLUME_SET, self._context, **{ATTR_MEDIA_VOLUME_LEVEL: volume})

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        """Mute the output."""
        await self.output.tell(SERVICE_VOLUME_MUTE, self._context, **{ATTR_MEDIA_VOLUME_MUTED: mute})

    @override
    async def async_volume_up(self) -> None:
        """Make the output louder."""
        await self.output.tell(SERVICE_VOLUME_UP, self._context)

    @override
    async def async_volume_down(self) -> None:
        """Make the output softer."""
        await self.output.tell(SERVICE_VOLUME_DOWN, self._context)


def _is_ours(media_id: str) -> bool:
    return media_id == ROOT or media_id.startswith(f"{ROOT}/")
