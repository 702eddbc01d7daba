"""How do backends get what they need from Home Assistant? Its session, its clock, and who we are."""

import asyncio
from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .account import Source, folder_of
from .backends.clients import ClientNews, Clients
from .backends.jellyfin.client_news import client_news as jellyfin_client_news
from .backends.jellyfin.clients import JellyfinClients
from .backends.jellyfin.library import JellyfinLibrary
from .backends.jellyfin.news import news as jellyfin_news
from .backends.jellyfin.playing import JellyfinPlaying
from .backends.jellyfin.push import open_push as open_jellyfin
from .backends.jellyfin.server import JellyfinProber, libraries as jellyfin_libraries
from .backends.jellyfin.wire import Wire as JellyfinWire
from .backends.listing import Backend, News
from .backends.local.folder import FolderProber
from .backends.local.playing import FolderPlaying
from .backends.model import Client, Kind, Library
from .backends.playing import Player
from .backends.plex import tv
from .backends.plex.client_news import client_news as plex_client_news
from .backends.plex.clients import PlexClients
from .backends.plex.library import PlexLibrary
from .backends.plex.news import parse_news as plex_news
from .backends.plex.playing import PlexPlaying
from .backends.plex.push import open_push as open_plex
from .backends.plex.server import PlexProber, libraries as plex_libraries
from .backends.plex.wire import Wire as PlexWire
from .backends.push import Channel
from .backends.transport import Json
from .connection.model import Clock, Connection, Quality
from .connection.probe import Prober

# Servers list it beside our device; it changes with what they might have to know about us, not with every release.
VERSION = "1"


def clock(hass: HomeAssistant) -> Clock:
    """Return Home Assistant's time."""
    return Clock(wall=lambda: dt_util.utcnow().timestamp(), monotonic=hass.loop.time, sleep=asyncio.sleep)


def plex_wire(hass: HomeAssistant, client_id: str, *, verify_ssl: bool = True) -> PlexWire:
    """Return a way to ask Plex."""
    return PlexWire(async_get_clientsession(hass, verify_ssl), Client(client_id, VERSION))


def plex_tv(hass: HomeAssistant, client_id: str) -> tv.PlexTv:
    """Return plex.tv."""
    return tv.PlexTv(plex_wire(hass, client_id), clock(hass), tv.PLEX_TV)


def jellyfin_wire(hass: HomeAssistant, client_id: str, *, verify_ssl: bool = True) -> JellyfinWire:
    """Return a way to ask Jellyfin servers."""
    return JellyfinWire(async_get_clientsession(hass, verify_ssl), Client(client_id, VERSION))


def _plex_wire_of(hass: HomeAssistant, source: Source) -> PlexWire:
    return plex_wire(hass, source.client_id, verify_ssl=source.verify_ssl)


def _jellyfin_wire_of(hass: HomeAssistant, source: Source) -> JellyfinWire:
    return jellyfin_wire(hass, source.client_id, verify_ssl=source.verify_ssl)


def backend(hass: HomeAssistant, source: Source, connection: Connection) -> Backend:
    """Return who speaks to a server over one of its connections; takes no time and asks nobody."""
    if source.kind is Kind.PLEX:
        return PlexLibrary(_plex_wire_of(hass, source), connection.uri, source.token)
    return JellyfinLibrary(_jellyfin_wire_of(hass, source), connection.uri, source.token, source.user_id)


def player(hass: HomeAssistant, source: Source, connection: Connection) -> Player:
    """Return who plays what a source has over one of its connections; takes no time and asks nobody."""
    match source.kind:
        case Kind.PLEX:
            is_local = connection.quality is Quality.LOCAL
            return PlexPlaying(_plex_wire_of(hass, source), connection.uri, source.token, is_local)
        case Kind.JELLYFIN:
            wire = _jellyfin_wire_of(hass, source)
            return JellyfinPlaying(wire, connection.uri, source.token, source.user_id, source.by_api_key)
        case Kind.LOCAL:
            return FolderPlaying(folder_of(source))


def read_news(source: Source, message: Mapping[str, Json]) -> News:
    """Return what a message of a push channel says of items."""
    return plex_news(message) if source.kind is Kind.PLEX else jellyfin_news(message, source.user_id)


def clients(hass: HomeAssistant, source: Source, connection: Connection, *, idle: bool = True) -> Clients:
    """Return who watches and tells the clients of a server over one of its connections.

    Without `idle` it asks one question only, and may not see those that play nothing.
    """
    if source.kind is Kind.PLEX:
        wire = _plex_wire_of(hass, source)
        return PlexClients(wire, connection.uri, source.token, source.identity, source.user_id, idle)
    return JellyfinClients(_jellyfin_wire_of(hass, source), connection.uri, source.token, source.user_id)


def read_client_news(source: Source, message: Mapping[str, Json]) -> ClientNews:
    """Return what a message of a push channel says of clients."""
    if source.kind is Kind.PLEX:
        return plex_client_news(message, source.client_id)
    return jellyfin_client_news(message, Client(source.client_id, VERSION), source.user_id)


async def open_push(hass: HomeAssistant, source: Source, connection: Connection) -> Channel:
    """Return the push channel of a server over one of its connections; raises `SourceError`."""
    if source.kind is Kind.PLEX:
        return await open_plex(_plex_wire_of(hass, source), connection.uri, source.token)
    return await open_jellyfin(_jellyfin_wire_of(hass, source), connection.uri, source.token)


async def libraries(hass: HomeAssistant, source: Source, connection: Connection) -> list[Library]:
    """Return the libraries of a server that its account may see; raises `SourceError`."""
    if source.kind is Kind.PLEX:
        return await plex_libraries(_plex_wire_of(hass, source), connection.uri, source.token)
    return await jellyfin_libraries(_jellyfin_wire_of(hass, source), connection.uri, source.token, source.user_id)


def prober(hass: HomeAssistant, source: Source) -> Prober:
    """Return who asks a source whether it is there."""
    match source.kind:
        case Kind.PLEX:
            return PlexProber(_plex_wire_of(hass, source), source.token)
        case Kind.JELLYFIN:
            return JellyfinProber(
                _jellyfin_wire_of(hass, source), source.token, source.user_id if source.by_api_key else None
            )
        case Kind.LOCAL:
            return FolderProber(folder_of(source))
