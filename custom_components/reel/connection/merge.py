"""What becomes of the connections we know when somebody tells of them anew?"""

from collections.abc import Iterable

from .model import Connection, Origin


def connections_merged(known: Iterable[Connection], listed: Iterable[Connection]) -> tuple[Connection, ...]:
    """Return what is listed now, and what people added or the LAN told that it does not know.

    What was only discovered and is not listed any more is gone; an address that a person typed stays theirs.
    """
    kept = {connection.uri: connection for connection in known if connection.origin is not Origin.DISCOVERED}
    current = [kept.get(connection.uri, connection) for connection in listed]
    told = {connection.uri for connection in current}
    return (*current, *(connection for uri, connection in kept.items() if uri not in told))


def connection_added(known: Iterable[Connection], new: Connection) -> tuple[Connection, ...]:
    """Return the connections with one more, unless its URI is known already."""
    connections = tuple(known)
    return connections if any(each.uri == new.uri for each in connections) else (*connections, new)
