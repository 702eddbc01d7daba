"""Config entries of Reel players: how one is loaded, and what becomes of it when its output changes."""

from typing import Any, TypeGuard

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import AnyDeviceEntry
from homeassistant.helpers.helper_integration import async_handle_source_entity_changes

from .const import CONF_KIND, CONF_OUTPUT, DOMAIN, KIND_PLAYER
from .player_output import PlayerOutput, output_of
from .reel_player import PlayerEntry, ReelPlayer
from .storage import storage_of

PLATFORMS = (Platform.MEDIA_PLAYER,)


@callback
def is_player(entry: ConfigEntry[Any]) -> TypeGuard[PlayerEntry]:
    """Tell whether an entry is a Reel player, and no account."""
    return entry.data.get(CONF_KIND) == KIND_PLAYER


async def async_setup_player_entry(hass: HomeAssistant, entry: PlayerEntry) -> bool:
    """Load a Reel player; its output may come later, and so may the accounts."""
    named = entry.data[CONF_OUTPUT]
    entity_id = output_of(hass, named)
    if entity_id is None:
        raise ConfigEntryError(translation_domain=DOMAIN, translation_key="output_gone")
    storage = storage_of(hass)
    await storage.open()
    entry.async_on_unload(storage.close)
    _follow_output(hass, entry, named, entity_id)
    entry.runtime_data = ReelPlayer(hass, entry, PlayerOutput(hass, entity_id))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    entry.runtime_data.start()
    return True


async def async_unload_player_entry(hass: HomeAssistant, entry: PlayerEntry) -> bool:
    """Unload a Reel player; what its output plays goes on."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


@callback
def is_unused(hass: HomeAssistant, entry: PlayerEntry, device: AnyDeviceEntry) -> bool:
    """Tell whether a device is one that a Reel player had while its output had none."""
    own = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return device.id not in {each.device_id for each in own}


@callback
def _follow_output(hass: HomeAssistant, entry: PlayerEntry, named: str, entity_id: str) -> None:
    @callback
    def renamed(name: str) -> None:
        hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_OUTPUT: name}, unique_id=name)
        hass.config_entries.async_schedule_reload(entry.entry_id)

    async def removed() -> None:
        # Then it says what is missing.
        hass.config_entries.async_schedule_reload(entry.entry_id)

    wrapped = er.async_get(hass).async_get(entity_id)
    if wrapped is None:
        return
    entry.async_on_unload(
        async_handle_source_entity_changes(
            hass,
            helper_config_entry_id=entry.entry_id,
            set_source_entity_id_or_uuid=renamed,
            source_device_id=wrapped.device_id,
            source_entity_id_or_uuid=named,
            source_entity_removed=removed,
        )
    )
