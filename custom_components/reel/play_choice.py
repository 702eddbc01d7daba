"""Which copy is played, and in what way? The best one there is now, as the player takes it and the line bears it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .backends.errors import Missing, SourceError
from .backends.item import PLAYABLE, Item
from .backends.playing import ABILITIES, Question, Target, Way
from .catalog import query
from .catalog.entry import Entry
from .catalog_reading import Reading, read
from .connection.model import Connection, Quality
from .coordinator import ReelCoordinator
from .copies import ranked
from .targeting import loaded_sources
from .wires import player

# Kilobits a second. At home a film comes as it is; Plex lets no more through its relays than that.
MOST_KBITS: Final[Mapping[Quality, int | None]] = {Quality.LOCAL: None, Quality.REMOTE: 12_000, Quality.RELAY: 2_000}

_TARGETS: Final = {"cast": Target.CAST, "dlna_dmr": Target.DLNA, "sonos": Target.SONOS, "browser_mod": Target.BROWSER}


@dataclass(frozen=True, slots=True)
class Choice:
    """What is played, and how."""

    source: ReelCoordinator
    item: Item
    way: Way


class Refused(Exception):
    """A copy cannot be played; `source` is where it is, and `error` why. The first of several copies tells."""

    def __init__(self, source: str, error: SourceError) -> None:
        super().__init__(type(error).__name__)
        self.source = source
        self.error = error


@callback
def target_of(hass: HomeAssistant, entity_id: str | None) -> Target:
    """Return what kind of player an entity is; without one it is a page that asks."""
    if entity_id is None:
        return Target.BROWSER
    entry = er.async_get(hass).async_get(entity_id)
    return _TARGETS.get(entry.platform, Target.GENERIC) if entry else Target.GENERIC


async def choose(
    hass: HomeAssistant, source: str, identity: str, target: Target, *, start_ms: int = 0
) -> Choice | None:
    """Return how an item is played, any of its copies will do; None for what is none that can be played.

    Raises `Refused`, and `HomeAssistantError` where the catalog cannot be read.
    """
    sources = {each.source.key: each for each in loaded_sources(hass)}
    first: Refused | None = None
    for copy in await read(hass, sources.values(), lambda reading: _copies(reading, source, identity)):
        try:
            return await _ask(sources[copy.source], copy.item, target, start_ms)
        except SourceError as error:
            first = first or Refused(sources[copy.source].name, error)
    if first is not None:
        raise first
    return None


def _copies(reading: Reading, source: str, identity: str) -> list[Entry]:
    """Return what may be played, the best first; of equals the one that was chosen."""
    found = query.copies(reading.database, source, identity)
    known = [copy for copy in found if copy.source in reading.places and copy.item.kind in PLAYABLE]
    known.sort(key=lambda copy: (copy.source, copy.item.identity) != (source, identity))
    return ranked(known, {key: place.way for key, place in reading.places.items()})


async def _ask(source: ReelCoordinator, item: Item, target: Target, start_ms: int) -> Choice:
    async def ask(connection: Connection) -> Way:
        question = Question(
            identity=item.identity,
            ability=ABILITIES[target],
            most_kbits=MOST_KBITS[connection.quality],
            start_ms=start_ms,
        )
        return await player(source.hass, source.source, connection).way(question)

    try:
        return Choice(source, item, await source.connector.run(ask))
    except Missing:
        # Others may be gone, too.
        source.catalog.look_around()
        raise
