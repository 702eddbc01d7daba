"""What is remembered of connections: how each source was reached, and when each account last asked for its servers."""

from collections.abc import Iterable, Mapping
import sqlite3


def load_states(database: sqlite3.Connection) -> dict[str, str]:
    """Return the written state of every source by its key."""
    return dict(database.execute("SELECT source, state FROM connection_state"))


def save_states(database: sqlite3.Connection, states: Mapping[str, str]) -> None:
    """Keep these states, all or none of them."""
    with database:
        database.execute("BEGIN")
        database.executemany("INSERT OR REPLACE INTO connection_state VALUES (?, ?)", states.items())


def forget_sources(database: sqlite3.Connection, sources: Iterable[str]) -> None:
    """Let go of sources that were removed."""
    with database:
        database.execute("BEGIN")
        database.executemany("DELETE FROM connection_state WHERE source = ?", [(source,) for source in sources])


type DiscoveryRow = tuple[float | None, float | None, int]
"""When servers were last asked for, when in an emergency, and how many emergencies bore no fruit."""


def load_discovery(database: sqlite3.Connection) -> dict[str, DiscoveryRow]:
    """Return the discovery log of every account by its key."""
    rows = database.execute("SELECT account, last, last_emergency, fruitless FROM discovery")
    return {account: (last, emergency, fruitless) for account, last, emergency, fruitless in rows}


def save_discovery(database: sqlite3.Connection, account: str, row: DiscoveryRow) -> None:
    """Keep the discovery log of an account."""
    database.execute("INSERT OR REPLACE INTO discovery VALUES (?, ?, ?, ?)", (account, *row))


def forget_account(database: sqlite3.Connection, account: str) -> None:
    """Let go of an account that was removed."""
    database.execute("DELETE FROM discovery WHERE account = ?", (account,))
