"""Diagnostics of a Reel player: what it plays on and how far it is, without saying what that is."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import CONF_KIND
from .reel_player import PlayerEntry, ReelPlayer


@callback
def player_diagnostics(hass: HomeAssistant, entry: PlayerEntry) -> dict[str, Any]:
    """Return what is known about a Reel player."""
    told: dict[str, Any] = {"account": {"kind": entry.data[CONF_KIND], "version": entry.version}}
    if entry.state is not ConfigEntryState.LOADED:
        return told
    return told | {"options": dict(entry.options), "player": _player(hass, entry.runtime_data)}


def _player(hass: HomeAssistant, player: ReelPlayer) -> dict[str, Any]:
    output, played, queue = player.output, player.playback.played, player.queue
    known = er.async_get(hass).async_get(output.entity_id)
    return {
        "output": {
            "integration": known.platform if known else None,
            "state": output.state.state if output.state else None,
            "features": int(output.features),
        },
        "queue": {
            "size": len(queue.items),
            "at": queue.at,
            "repeat": queue.repeat,
            "shuffled": queue.shuffled,
            "goes_on": player.goes_on,
        },
        "follows": player.is_following,
        "plays": None
        if played is None
        else {
            "state": played.state,
            "delivery": played.delivery,
            "transcodes": played.transcodes,
            "start_ms": played.start_ms,
            "position_ms": played.position_ms,
            "duration_ms": played.duration_ms,
        },
    }
