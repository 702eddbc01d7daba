"""Media players: every client of a media server, and every Reel player."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import ReelConfigEntry
from ..player_entry import is_player
from .client import async_setup_clients
from .reel import async_setup_player

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the players of an account, or the one that an entry is."""
    if is_player(entry):
        async_setup_player(hass, entry, async_add_entities)
    else:
        async_setup_clients(hass, entry, async_add_entities)
