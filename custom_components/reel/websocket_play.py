"""Websocket command: what a page of the frontend plays, which no media player shows.

Whoever has one of our addresses was let see the item; so far they may tell how far they got with it.
"""

from math import isfinite
from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant, callback
import probatio as vol

from .backends.playing import PlayState
from .capability import LONGEST, Use
from .const import DOMAIN
from .links import links
from .play_sight import capability_in
from .play_tracker import play_tracker

REPORT: Final = f"{DOMAIN}/play/report"
_LONGEST_NAME: Final = 64
# Nothing that is played takes longer than a month.
_LONGEST_PLAY: Final = 31 * 86_400.0


@callback
def async_setup_play_reports(hass: HomeAssistant) -> None:
    """Register the command."""
    async_register_command(hass, _report)


def _position(value: object) -> float:
    """Return a position in seconds; raises `vol.Invalid`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise vol.Invalid("not a number")
    if not 0 <= value <= _LONGEST_PLAY:
        raise vol.Invalid("no position")
    return float(value)


@websocket_command(
    {
        vol.Required("type"): REPORT,
        vol.Required("url"): vol.All(str, vol.Length(max=2 * LONGEST)),
        vol.Required("page"): vol.All(str, vol.Length(min=1, max=_LONGEST_NAME)),
        vol.Required("state"): vol.Coerce(PlayState),
        vol.Required("position"): _position,
    }
)
@async_response
async def _report(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Take how far a page is with what it plays."""
    capability = capability_in(message["url"])
    grant = None if capability is None else (await links(hass)).read(capability, Use.STREAM, Use.HLS)
    if capability is None or grant is None:
        connection.send_error(message["id"], ERR_NOT_FOUND, "This address leads to nothing that Reel plays")
        return
    position = round(message["position"] * 1000)
    await play_tracker(hass).browser_report(capability, message["page"], message["state"], position)
    connection.send_result(message["id"])
