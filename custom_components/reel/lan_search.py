"""Looking for servers on the LAN for Home Assistant: now and then, for as long as there is an account.

Zeroconf is Home Assistant's own and finds Plex servers that announce themselves there; this asks in the servers' own
ways.
"""

from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.event import async_track_time_interval

from .backends.jellyfin.broadcast import broadcast_call
from .backends.lan import Call, Found, ask_everybody
from .backends.plex.gdm import gdm_call
from .const import CONF_IDENTITY, CONF_KIND, DOMAIN

EVERY: Final = timedelta(minutes=15)
SECONDS: Final = 3.0


def calls() -> tuple[Call, ...]:
    """Return the questions that are asked."""
    return gdm_call(), broadcast_call()


@callback
def start_search(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Search now and every quarter of an hour, in the background; returns how to end that."""

    @callback
    def search(_: datetime | None = None) -> None:
        for call in calls():
            hass.async_create_background_task(_ask(hass, call), "Reel: who is on the LAN?")

    search()
    return async_track_time_interval(hass, search, EVERY, name="Reel: who is on the LAN?", cancel_on_shutdown=True)


async def _ask(hass: HomeAssistant, call: Call) -> None:
    for found in await ask_everybody(call, SECONDS):
        _offer(hass, found)


@callback
def _offer(hass: HomeAssistant, found: Found) -> None:
    """Let the config flow decide: it offers strangers, and gives servers we know their address on the LAN."""
    discovery_flow.async_create_flow(
        hass,
        DOMAIN,
        context={"source": SOURCE_INTEGRATION_DISCOVERY},
        data={
            CONF_KIND: found.kind.value,
            CONF_IDENTITY: found.identity,
            CONF_NAME: found.name,
            CONF_URL: found.url,
        },
    )
