"""When a player falls idle in the middle: did somebody stop it, or did its source go away under it?"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from homeassistant.core import HomeAssistant

from .connection.change import Reason
from .connection.history import Chapter
from .connection.model import Status
from .connection.notice import Happening
from .coordinator import ReelCoordinator
from .targeting import loaded_sources

# So long players live on what they fetched before.
LIVES_ON: Final = 120.0
# A server that does not say within that time that it is there is not there for a film.
PATIENCE: Final = 5.0


async def went_away(hass: HomeAssistant, sources: Collection[str]) -> bool:
    """Tell whether one of these sources was lost lately, or is now, so that nothing more came from there."""
    loaded = {each.source.key: each for each in loaded_sources(hass)}
    if any(key not in loaded or _had_trouble(loaded[key]) for key in sources):
        return True
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(loaded[key].connector.check() for key in sources))
    return any(_had_trouble(loaded[key]) for key in sources)


def _had_trouble(source: ReelCoordinator) -> bool:
    state = source.connector.state
    if state.status is not Status.CONNECTED or state.checked_at is None:
        return True
    return any(_is_loss(each) for each in source.history.chapters if 0 <= source.now - each.at < LIVES_ON)


def _is_loss(chapter: Chapter) -> bool:
    return chapter.notice.happening is Happening.SOURCE_LOST or chapter.notice.reason is Reason.FAILOVER
