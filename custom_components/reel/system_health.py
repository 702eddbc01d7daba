"""System health: is plex.tv there, and how are the sources reached?"""

from collections import Counter
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .backends.model import Kind
from .backends.plex import tv
from .connection.model import Quality, Status
from .const import DOMAIN
from .player_entry import is_player
from .targeting import loaded_sources


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what system health shows of Reel."""
    register.async_register_info(system_health_info)


async def system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how many sources there are and how they are reached; plex.tv only matters to those who use it."""
    sources = [*loaded_sources(hass)]
    qualities = Counter(source.data.quality for source in sources if source.data.status is Status.CONNECTED)
    info: dict[str, Any] = {"sources": len(sources), "connected": qualities.total()}
    info |= {f"connected_{quality}": qualities[quality] for quality in Quality}
    if players := [entry for entry in hass.config_entries.async_loaded_entries(DOMAIN) if is_player(entry)]:
        info["players"] = len(players)
    if any(source.source.kind is Kind.PLEX for source in sources):
        info["plex_tv"] = system_health.async_check_can_reach_url(hass, tv.PLEX_TV)
    return info
