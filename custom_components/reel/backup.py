"""How does the catalog get into a backup? As one file that is whole, while Reel goes on writing beside it."""

from homeassistant.core import HomeAssistant

from .storage import storage_of


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Make the file ready to be copied."""
    await storage_of(hass).begin_copy()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Go on as usual."""
    await storage_of(hass).end_copy()
