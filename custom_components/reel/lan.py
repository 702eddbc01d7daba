"""A server that Home Assistant met on the LAN: is it one of ours, and by which address is it reached there?"""

from collections.abc import Collection, Iterator
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .account import connections_of, written
from .backends.errors import SourceError
from .backends.model import Kind
from .connection.merge import connection_added
from .connection.model import Connection, Origin
from .const import CONF_CONNECTIONS, CONF_KIND, DOMAIN, SUBENTRY_SOURCE
from .sign_in import introduce


@callback
def known_sources(hass: HomeAssistant, kind: Kind, identity: str) -> list[tuple[ConfigEntry[Any], ConfigSubentry]]:
    """Return every source that is this server; several accounts may have it."""
    return list(_known_sources(hass, kind, identity))


async def async_add_lan_connection(hass: HomeAssistant, kind: Kind, identity: str, url: str) -> bool:
    """Give every source that is this server its address on the LAN; tell whether there is such a source.

    Anybody can announce anything on a LAN: the address counts once the right server answered there, asked without
    credentials. Later on, its certificate is checked as the source wants it.
    """
    uri = url.rstrip("/")
    known = known_sources(hass, kind, identity)
    strangers = [each for each in known if uri not in {way.uri for way in connections_of(each[1])}]
    if strangers and await _answers(hass, kind, identity, uri):
        for entry, subentry in strangers:
            found = Connection.at(uri, local=True, origin=Origin.LAN)
            data = {**subentry.data, CONF_CONNECTIONS: written(connection_added(connections_of(subentry), found))}
            hass.config_entries.async_update_subentry(entry, subentry, data=data)
    return bool(known)


@callback
def async_drop_discoveries(hass: HomeAssistant, identities: Collection[str]) -> None:
    """End the flows that offer servers which have just been added."""
    flows = hass.config_entries.flow
    for flow in flows.async_progress_by_handler(DOMAIN):
        if flow["context"].get("unique_id") in identities:
            flows.async_abort(flow["flow_id"])


def _known_sources(hass: HomeAssistant, kind: Kind, identity: str) -> Iterator[tuple[ConfigEntry[Any], ConfigSubentry]]:
    for entry in hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        if entry.data[CONF_KIND] == kind:
            for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE):
                if subentry.unique_id == identity:
                    yield entry, subentry


async def _answers(hass: HomeAssistant, kind: Kind, identity: str, uri: str) -> bool:
    try:
        return (await introduce(hass, kind, uri)).identity == identity
    except SourceError:
        return False
