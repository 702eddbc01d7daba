"""How do backends get what they need from Home Assistant? Its session, its clock, and who we are."""

import asyncio

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .account import Source, folder_of
from .backends.jellyfin.server import JellyfinProber
from .backends.jellyfin.wire import Wire as JellyfinWire
from .backends.local.folder import FolderProber
from .backends.model import Client, Kind
from .backends.plex import tv
from .backends.plex.server import PlexProber
from .backends.plex.wire import Wire as PlexWire
from .connection.model import Clock
from .connection.probe import Prober

# Servers list it beside our device; it changes with what they might have to know about us, not with every release.
VERSION = "1"


def clock(hass: HomeAssistant) -> Clock:
    """Return Home Assistant's time."""
    return Clock(wall=lambda: dt_util.utcnow().timestamp(), monotonic=hass.loop.time, sleep=asyncio.sleep)


def plex_wire(hass: HomeAssistant, client_id: str) -> PlexWire:
    """Return a way to ask Plex."""
    return PlexWire(async_get_clientsession(hass), Client(client_id, VERSION))


def plex_tv(hass: HomeAssistant, client_id: str) -> tv.PlexTv:
    """Return plex.tv."""
    return tv.PlexTv(plex_wire(hass, client_id), clock(hass), tv.PLEX_TV)


def jellyfin_wire(hass: HomeAssistant, client_id: str) -> JellyfinWire:
    """Return a way to ask Jellyfin servers."""
    return JellyfinWire(async_get_clientsession(hass), Client(client_id, VERSION))


def prober(hass: HomeAssistant, source: Source) -> Prober:
    """Return who asks a source whether it is there."""
    match source.kind:
        case Kind.PLEX:
            return PlexProber(plex_wire(hass, source.client_id), source.token)
        case Kind.JELLYFIN:
            return JellyfinProber(jellyfin_wire(hass, source.client_id), source.token)
        case Kind.LOCAL:
            return FolderProber(folder_of(source))
