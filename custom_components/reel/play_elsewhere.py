"""Media players of others: one is told to play an item of ours from a moment on, and it is seen whether it does."""

import asyncio
from contextlib import suppress
from typing import Final

from homeassistant.components.media_player.const import MediaPlayerEntityFeature as Feature
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .backends.playing import Delivery, PlayState
from .play_plan import Title
from .play_tracker import Played, play_tracker
from .player_output import PlayerOutput

# As long as a Reel player waits for its own.
PATIENCE: Final = 30.0
# Nobody hears the difference.
_NEAR_MS: Final = 2_000


async def play_there(hass: HomeAssistant, entity_id: str, title: Title, at_ms: int, context: Context) -> bool:
    """Play an item on a player from a moment on; tell whether it plays. Raises `HomeAssistantError`."""
    output, begun = PlayerOutput(hass, entity_id), asyncio.Queue[Played]()

    @callback
    def heard(played: Played) -> None:
        if played.state is not PlayState.STOPPED and (played.source, played.item) in title.copies:
            begun.put_nowait(played)

    forget = play_tracker(hass).async_add_listener(entity_id, heard)
    try:
        await output.play(title.key, title.item, at_ms, context)
        async with asyncio.timeout(PATIENCE):
            played = await begun.get()
    except TimeoutError:
        return False
    finally:
        forget()
    can_jump = Feature.SEEK in output.features and played.delivery is not Delivery.STREAM
    if can_jump and at_ms - played.position_ms > _NEAR_MS:
        with suppress(HomeAssistantError):
            await output.seek(at_ms - played.start_ms, context)
    return True
