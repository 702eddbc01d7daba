"""Users may remove the device of what is gone, never that of an account or a source that is there."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, add_jellyfin


async def test_only_what_is_gone_can_be_removed(
    hass: HomeAssistant,
    jellyfin: JellyfinHouse,
    device_registry: dr.DeviceRegistry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await add_jellyfin(hass, jellyfin)
    (key,) = entry.subentries
    gone = device_registry.async_get_or_create(
        config_entry_id=entry.entry_id, config_subentry_id=key, identifiers={(DOMAIN, "a tablet sold years ago")}
    )
    socket = await hass_ws_client(hass)
    devices = dr.async_entries_for_config_entry(device_registry, entry.entry_id)
    answers = {}
    for device in devices:
        await socket.send_json_auto_id(
            {
                "type": "config/device_registry/remove_config_entry",
                "config_entry_id": entry.entry_id,
                "device_id": device.id,
            }
        )
        answers[device.id] = (await socket.receive_json())["success"]
    assert len(devices) == 3
    assert {device for device, removed in answers.items() if removed} == {gone.id}
