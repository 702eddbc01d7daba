"""What do a config entry and its subentries mean? From their plain data to accounts and sources, and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry, ConfigSubentryData
from homeassistant.const import CONF_NAME, CONF_TOKEN, CONF_VERIFY_SSL

from .backends.clients import ClientKind
from .backends.local.folder import Folder
from .backends.model import Kind, Server
from .connection.merge import connections_merged
from .connection.model import Connection, Quality
from .connection.policy import Policy
from .connection.record import connection
from .connection.rounds import Target
from .connection.schedule import INTERVALS
from .const import (
    CONF_BY_API_KEY,
    CONF_CLIENT_ID,
    CONF_CONNECTIONS,
    CONF_DELIVERY,
    CONF_IDENTITY,
    CONF_IGNORED_CLIENTS,
    CONF_INTERVALS,
    CONF_KIND,
    CONF_LIBRARIES,
    CONF_MOUNT,
    CONF_PREFERRED,
    CONF_REFUSE_RELAY,
    CONF_TRUST_CACHED_CHECKS,
    CONF_USER_ID,
    SUBENTRY_SOURCE,
)


class SourceDelivery(StrEnum):
    """Who brings files to players."""

    PROXY = "proxy"
    """Home Assistant, over the best connection there is."""
    DIRECT = "direct"
    """The server itself, to whom Home Assistant sends the player on; it gets to know the token."""


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
    mount: str | None = None
    """Where the share that a folder lies on is mounted."""
    user_id: str = ""
    by_api_key: bool = False
    """Whether the token belongs to nobody, so that requests have to name the user."""
    libraries: frozenset[str] | None = None
    """The libraries a user wants to see here, None for all there are and will be."""
    delivery: SourceDelivery = SourceDelivery.PROXY
    ignored_clients: frozenset[ClientKind] = frozenset()
    """The kinds of clients that get no entity."""

    @property
    def target(self) -> Target:
        """What is to be reached, and how."""
        return Target(self.key, self.identity, self.connections, self.policy)


def sources_of(entry: ConfigEntry[Any]) -> Iterator[Source]:
    """Return the sources of an account."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_SOURCE):
        yield source_of(entry, subentry)


def source_of(entry: ConfigEntry[Any], subentry: ConfigSubentry) -> Source:
    """Return the source that a subentry is."""
    data = subentry.data
    return Source(
        key=subentry.subentry_id,
        kind=Kind(entry.data[CONF_KIND]),
        name=subentry.title,
        identity=data[CONF_IDENTITY],
        unique_id=f"{entry.unique_id}:{data[CONF_IDENTITY]}",
        client_id=entry.data.get(CONF_CLIENT_ID, ""),
        token=data.get(CONF_TOKEN) or entry.data.get(CONF_TOKEN, ""),
        connections=connections_of(subentry),
        policy=_policy(data),
        verify_ssl=data.get(CONF_VERIFY_SSL, True),
        mount=data.get(CONF_MOUNT),
        user_id=entry.data.get(CONF_USER_ID, ""),
        by_api_key=entry.data.get(CONF_BY_API_KEY, False),
        libraries=frozenset(data[CONF_LIBRARIES]) if CONF_LIBRARIES in data else None,
        delivery=SourceDelivery(data.get(CONF_DELIVERY, SourceDelivery.PROXY)),
        ignored_clients=frozenset(map(ClientKind, data.get(CONF_IGNORED_CLIENTS, ()))),
    )


def server_subentry(
    server: Server, connections: tuple[Connection, ...], token: str | None = None, *, verify_ssl: bool | None = None
) -> ConfigSubentryData:
    """Return what a server becomes in its account; `token` is its own, where it differs from the account's.

    Whether to check its certificate is only kept where somebody was asked.
    """
    extra: dict[str, object] = {CONF_NAME: server.name}
    if token:
        extra[CONF_TOKEN] = token
    if verify_ssl is not None:
        extra[CONF_VERIFY_SSL] = verify_ssl
    return _subentry(server.name, server.identity, connections, extra)


def folder_subentry(folder: Folder) -> ConfigSubentryData:
    """Return what a folder becomes in the account of this machine's folders."""
    return _subentry(
        folder.path.name, folder.identity, (folder.connection,), {CONF_MOUNT: str(folder.mount)} if folder.mount else {}
    )


def new_subentry(data: ConfigSubentryData) -> ConfigSubentry:
    """Return a source that is to be added to an account that exists."""
    return ConfigSubentry(
        data=MappingProxyType(dict(data["data"])),
        subentry_type=data["subentry_type"],
        title=data["title"],
        unique_id=data["unique_id"],
    )


def renewed_subentry(
    known: ConfigSubentry, fresh: ConfigSubentryData, without: str | None = None
) -> ConfigSubentryData:
    """Return a source after its server was asked anew, `without` one address that is no more.

    What the user decided stays, and so does a name the user gave; no connection of the user's is lost.
    """
    left = [each for each in connections_of(known) if each.uri != without]
    merged = connections_merged(left, map(connection, fresh["data"][CONF_CONNECTIONS]))
    named_by_user = known.title != known.data.get(CONF_NAME, known.title)
    return ConfigSubentryData(
        data={**known.data, **fresh["data"], CONF_CONNECTIONS: written(merged)},
        subentry_type=known.subentry_type,
        title=known.title if named_by_user else fresh["title"],
        unique_id=known.unique_id,
    )


def folder_of(source: Source) -> Folder:
    """Return the folder that a local source is."""
    return Folder(Path(source.identity), Path(source.mount) if source.mount else None)


def connections_of(subentry: ConfigSubentry) -> tuple[Connection, ...]:
    """Return every way to a source that its subentry knows."""
    return tuple(connection(each) for each in subentry.data[CONF_CONNECTIONS])


def written(connections: Iterable[Connection]) -> list[dict[str, Any]]:
    """Return connections as a subentry keeps them."""
    return [asdict(each) for each in connections]


def _subentry(
    title: str, identity: str, connections: tuple[Connection, ...], extra: Mapping[str, object]
) -> ConfigSubentryData:
    data = {CONF_IDENTITY: identity, CONF_CONNECTIONS: written(connections), **extra}
    return ConfigSubentryData(data=data, subentry_type=SUBENTRY_SOURCE, title=title, unique_id=identity)


def _policy(data: Mapping[str, Any]) -> Policy:
    intervals = {Quality(quality): float(seconds) for quality, seconds in data.get(CONF_INTERVALS, {}).items()}
    return Policy(
        pinned=data.get(CONF_PREFERRED),
        refuse_relay=data.get(CONF_REFUSE_RELAY, False),
        trust_cached_checks=data.get(CONF_TRUST_CACHED_CHECKS, True),
        intervals={**INTERVALS, **intervals},
    )
