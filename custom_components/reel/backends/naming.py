"""How is a connection named where people see it? By where it leads, without anything that opens a door."""

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit, urlunsplit

from ..connection.model import Connection
from .plex.direct import address_in


def host_of(connection: Connection) -> str:
    """Return the host a connection leads to; a name of plex.direct is the address that it carries."""
    host = urlsplit(connection.uri).hostname or ""
    return address_in(host) or host


def shown_uri(uri: str) -> str:
    """Return the URI of a connection without credentials and query."""
    parts = urlsplit(uri)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def labels(connections: Sequence[Connection]) -> dict[str, str]:
    """Return the URIs of connections by a label of each, which tells as much as it takes to tell them apart."""
    found: dict[str, str] = {}
    for name in _short_label, _longer_label, _longest_label:
        left = [each for each in connections if each.uri not in found.values()]
        counts = Counter(name(each) for each in left)
        found |= {name(each): each.uri for each in left if counts[name(each)] == 1}
    return {label: each.uri for each in connections for label, uri in found.items() if uri == each.uri}


def _short_label(connection: Connection) -> str:
    host = host_of(connection)
    return f"{connection.quality} · {f'[{host}]' if ':' in host else host}:{connection.port}"


def _longer_label(connection: Connection) -> str:
    return f"{_short_label(connection)} · {connection.protocol}"


def _longest_label(connection: Connection) -> str:
    return f"{connection.quality} · {shown_uri(connection.uri)}"
