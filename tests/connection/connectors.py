"""How the connectors of tests are made, and what they told."""

from collections.abc import Callable, Iterable

from custom_components.reel.connection.change import Changed, Event
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.model import Quality

from .simulation import LOCAL, RELAY, REMOTE

ALL = (RELAY, REMOTE, LOCAL)
type MakeConnector = Callable[..., Connector]


def told(events: Iterable[Event]) -> list[tuple[str, Quality | None]]:
    """Return events as (reason, new quality)."""
    return [(event.reason, event.new.quality) if isinstance(event, Changed) else ("lost", None) for event in events]
