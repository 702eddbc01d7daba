"""What do actions read of the catalog? Whatever it is, in one go beside the event loop, and told in plain JSON.

Nothing here asks a server anything.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.json import JsonObjectType

from .catalog import query
from .catalog.entry import Entry
from .catalog.progress import known_libraries
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .item_answer import Place, brief
from .storage import storage_of


class Reading:
    """The catalog as far as it is about some sources. Belongs to the thread that reads, and to one piece of work."""

    def __init__(self, database: sqlite3.Connection, places: Mapping[str, Place]) -> None:
        self.database = database
        self.places = {key: replace(place, libraries=_libraries(database, key)) for key, place in places.items()}

    @property
    def sources(self) -> tuple[str, ...]:
        """The keys of the sources."""
        return tuple(self.places)

    def libraries(self, names: Collection[str]) -> tuple[tuple[str, str], ...] | None:
        """Return the libraries of these names, or of what their source calls them; None, for all of them, of none.

        Raises `ServiceValidationError` for a name that none of the sources knows.
        """
        return tuple(key for name in names for key in self._libraries_called(name)) or None

    def _libraries_called(self, name: str) -> list[tuple[str, str]]:
        found = [
            (source, identity)
            for source, place in self.places.items()
            for identity, known in place.libraries.items()
            if name == identity or name.casefold() == known.casefold()
        ]
        if not found:
            raise unknown_library(name)
        return found

    def item(self, source: str, identity: str) -> Entry:
        """Return an item; raises `ServiceValidationError` where there is none."""
        entry = query.item(self.database, source, identity)
        if entry is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="unknown_item",
                translation_placeholders={"source": self.places[source].name, "item": identity},
            )
        return entry

    def brief(self, entries: Iterable[Entry]) -> list[JsonObjectType]:
        """Return items as lists tell them."""
        return [brief(entry, self.places[entry.source]) for entry in entries if entry.source in self.places]


async def read[T](hass: HomeAssistant, sources: Iterable[ReelCoordinator], work: Callable[[Reading], T]) -> T:
    """Return what the work reads about some sources; raises `HomeAssistantError` where the catalog cannot be read."""
    places = {source.source.key: source.place() for source in sources}
    try:
        return await storage_of(hass).read(lambda database: work(Reading(database, places)))
    except sqlite3.Error as error:
        raise unavailable() from error


def unavailable() -> HomeAssistantError:
    """Return the error of a catalog that cannot be read or written."""
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="catalog_unavailable")


def unknown_library(name: str) -> ServiceValidationError:
    """Return the error of a library that is none."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key="unknown_library", translation_placeholders={"library": name}
    )


def _libraries(database: sqlite3.Connection, source: str) -> dict[str, str]:
    return {library.identity: library.name for library in known_libraries(database, source)}
