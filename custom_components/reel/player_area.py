"""Areas: a Reel player is where its output is, unless its user put it elsewhere."""

from functools import partial

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.event import async_track_entity_registry_updated_event


@callback
def follow_area(hass: HomeAssistant, output: str, player: str) -> CALLBACK_TYPE:
    """Keep a player in the area that its output has of its own, if any; returns how to stop that.

    Where both are of one device, its area is theirs by itself.
    """
    _move(hass, output, player, None)
    return async_track_entity_registry_updated_event(hass, output, partial(_moved, hass, player))


@callback
def _moved(hass: HomeAssistant, player: str, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
    data = event.data
    if data["action"] == "update" and "area_id" in data["changes"]:
        _move(hass, data["entity_id"], player, data["changes"]["area_id"])


def _move(hass: HomeAssistant, output: str, player: str, former: str | None) -> None:
    """Put a player where its output is now, if it was where that was before."""
    entities, devices = er.async_get(hass), dr.async_get(hass)
    to, own = entities.async_get(output), entities.async_get(player)
    if to is None or own is None:
        return
    device = devices.async_get(own.device_id) if own.device_id else None
    if device is not None and device.id != to.device_id:
        # What has a device to itself is where that is.
        if device.area_id == former != to.area_id:
            devices.async_update_device(device.id, area_id=to.area_id)
    elif own.area_id == former != to.area_id:
        entities.async_update_entity(player, area_id=to.area_id)
