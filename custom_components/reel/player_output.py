"""The media player that a Reel player plays on: what its state says, and the actions that it is told things by."""

import asyncio
from typing import Any, Final

from homeassistant.components.media_player.const import (
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_SEEK_POSITION,
    DOMAIN as MEDIA_PLAYER,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEntityFeature as Feature,
    MediaPlayerState,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    SERVICE_MEDIA_SEEK,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er

from .backends.item import Item
from .browse import mime_type
from .catalog.query import ItemKey
from .const import DOMAIN
from .player_browse import content_id

# A player that has to be woken first takes its time; one that never answers is not waited for.
PATIENCE: Final = 60.0

_BUSY: Final = frozenset({MediaPlayerState.PLAYING, MediaPlayerState.PAUSED, MediaPlayerState.BUFFERING})
_RESTING: Final = frozenset({MediaPlayerState.IDLE, MediaPlayerState.ON})


@callback
def output_of(hass: HomeAssistant, named: str) -> str | None:
    """Return the entity that an id of the registry or of an entity means; None if it is gone."""
    registry = er.async_get(hass)
    if named.startswith(f"{MEDIA_PLAYER}."):
        return named
    entry = registry.entities.get_entry(named)
    return entry.entity_id if entry else None


@callback
def lasting_name(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity is called that stays the same when it is renamed, as far as there is such a name."""
    entry = er.async_get(hass).async_get(entity_id)
    return entry.id if entry else entity_id


class PlayerOutput:
    """Some media player of Home Assistant."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        self._hass = hass
        self.entity_id = entity_id

    @property
    def state(self) -> State | None:
        """Its state; None while it is not there."""
        state = self._hass.states.get(self.entity_id)
        return None if state is None or state.state in {STATE_UNAVAILABLE, STATE_UNKNOWN} else state

    @property
    def features(self) -> Feature:
        """What it can do."""
        state = self.state
        return Feature(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) if state else 0)

    @property
    def is_busy(self) -> bool:
        """Whether it plays anything, or would at the press of a button."""
        return self.state is not None and self.state.state in _BUSY

    @property
    def rests(self) -> bool:
        """Whether it is there and on, but plays nothing."""
        return self.state is not None and self.state.state in _RESTING

    async def play(self, key: ItemKey, item: Item, at_ms: int, context: Context | None) -> None:
        """Let it play an item; where that is a conversion, from a moment on. Raises `HomeAssistantError`."""
        data = {
            ATTR_MEDIA_CONTENT_ID: content_id(*key, at_ms // 1000 or None),
            ATTR_MEDIA_CONTENT_TYPE: mime_type(item),
        }
        await self.tell(SERVICE_PLAY_MEDIA, context, **data)

    async def seek(self, stream_ms: int, context: Context | None) -> None:
        """Let it jump to a moment of what it plays, as it counts; raises `HomeAssistantError`."""
        await self.tell(SERVICE_MEDIA_SEEK, context, **{ATTR_MEDIA_SEEK_POSITION: stream_ms / 1000})

    async def tell(self, action: str, context: Context | None, **data: Any) -> None:  # noqa: ANN401  # whatever it takes
        """Call an action on it; raises `HomeAssistantError` where it refuses, is not there or never answers."""
        if self.state is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="output_unavailable")
        try:
            async with asyncio.timeout(PATIENCE):
                await self._hass.services.async_call(
                    MEDIA_PLAYER, action, {ATTR_ENTITY_ID: self.entity_id, **data}, blocking=True, context=context
                )
        except TimeoutError as error:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="output_silent") from error
