"""What do a config entry and its subentries mean? From their plain data to accounts and sources, and back."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_TOKEN, CONF_VERIFY_SSL

from .backends.local.folder import Folder
from .backends.model import Kind, Server
from .connection.model import Connection, Origin, Quality
from .connection.policy import Policy
from .connection.rounds import Target
from .connection.schedule import INTERVALS
from .const import (
    CONF_CLIENT_ID,
    CONF_CONNECTIONS,
    CONF_IDENTITY,
    CONF_INTERVALS,
    CONF_KIND,
    CONF_MOUNTED,
    CONF_PREFERRED,
    CONF_REFUSE_RELAY,
    CONF_TRUST_CACHED_CHECKS,
    SUBENTRY_SOURCE,
)


@dataclass(frozen=True, slots=True)
class Source:
    """One server or folder of an account. `key` tells it from all others for as long as it is configured."""

    key: str
    kind: Kind
    name: str
    identity: str
    unique_id: str
    """Stable over removal and return, and different for two accounts of one server."""
    client_id: str
    token: str = field(repr=False)
    connections: tuple[Connection, ...]
    policy: Policy = field(default_factory=Policy)
    verify_ssl: bool = True
    mounted: bool = False

    @property
    def target(self) -> Target:
        """What is to be reached, and how."""
        return Target(self.key, self.identity, self.connections, self.policy)


def sources_of(entry: ConfigEntry[Any]) -> Iterator[Source]:
    """Return the sources of an account."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE):
        yield _source(entry, subentry)


def server_subentry(
    server: Server, connections: tuple[Connection, ...], token: str | None = None
) -> ConfigSubentryData:
    """Return what a server becomes in its account; `token` is its own, where it differs from the account's."""
    return _subentry(server.name, server.identity, connections, {CONF_TOKEN: token} if token else {})


def folder_subentry(folder: Folder) -> ConfigSubentryData:
    """Return what a folder becomes in the account of this machine's folders."""
    return _subentry(folder.path.name, folder.identity, (folder.connection,), {CONF_MOUNTED: folder.mounted})


def new_subentry(data: ConfigSubentryData) -> ConfigSubentry:
    """Return a source that is to be added to an account that exists."""
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


def folder_of(source: Source) -> Folder:
    """Return the folder that a local source is."""
    return Folder(Path(source.identity), source.mounted)


def _subentry(
    title: str, identity: str, connections: tuple[Connection, ...], extra: Mapping[str, object]
) -> ConfigSubentryData:
    data = {CONF_IDENTITY: identity, CONF_CONNECTIONS: [asdict(connection) for connection in connections], **extra}
    return ConfigSubentryData(data=data, subentry_type=SUBENTRY_SOURCE, title=title, unique_id=identity)


def _source(entry: ConfigEntry[Any], subentry: ConfigSubentry) -> Source:
    data = subentry.data
    return Source(
        key=subentry.subentry_id,
        kind=Kind(entry.data[CONF_KIND]),
        name=subentry.title,
        identity=data[CONF_IDENTITY],
        unique_id=f"{entry.unique_id}:{data[CONF_IDENTITY]}",
        client_id=entry.data.get(CONF_CLIENT_ID, ""),
        token=data.get(CONF_TOKEN) or entry.data.get(CONF_TOKEN, ""),
        connections=tuple(_connection(each) for each in data[CONF_CONNECTIONS]),
        policy=_policy(data),
        verify_ssl=data.get(CONF_VERIFY_SSL, True),
        mounted=data.get(CONF_MOUNTED, False),
    )


def _policy(data: Mapping[str, Any]) -> Policy:
    intervals = {Quality(quality): float(seconds) for quality, seconds in data.get(CONF_INTERVALS, {}).items()}
    return Policy(
        pinned=data.get(CONF_PREFERRED),
        refuse_relay=data.get(CONF_REFUSE_RELAY, False),
        trust_cached_checks=data.get(CONF_TRUST_CACHED_CHECKS, True),
        intervals={**INTERVALS, **intervals},
    )


def _connection(data: Mapping[str, Any]) -> Connection:
    return Connection(**{**data, "origin": Origin(data["origin"])})
