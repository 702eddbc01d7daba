"""What entities show of the catalog of a source, read from the file in one go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import sqlite3
from typing import Final

from .backends.item import ItemKind
from .backends.model import Library
from .catalog import home, progress, reports
from .catalog.entry import Entry
from .catalog.sweeping import held
from .sync.model import Idle, Step

# What was added within so many days is what people call new.
RECENT_DAYS: Final = 7
# Attributes are for a glance; whoever wants all asks an action.
LISTED: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A row of home: how much there is, and the first of it."""

    count: int = 0
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogView:
    """What is known of the items of a source, and of the sync that is under way."""

    libraries: tuple[Library, ...] = ()
    counts: Mapping[tuple[str, ItemKind], int] = field(default_factory=dict)
    recently_added: Row = Row()
    continue_watching: Row = Row()
    marks: Mapping[str, progress.Mark] = field(default_factory=dict)
    held: int = 0
    """Items that seem gone, too many to believe it at once."""
    reports: int = 0
    """What is still to be said to the server."""
    step: Step = field(default_factory=Idle)
    is_read: bool = False
    """Whether the file was looked into; before, nothing is known."""

    @property
    def synced_at(self) -> float | None:
        """When a sync of any kind last came to its end, in seconds since 1970."""
        return max((mark.at for mark in self.marks.values()), default=None)

    @property
    def names(self) -> dict[str, str]:
        """The names of the libraries by their identities."""
        return {library.identity: library.name for library in self.libraries}

    def items(self, kind: ItemKind) -> int:
        """Return how many items of a kind there are in all libraries."""
        return sum(items for (_, each), items in self.counts.items() if each is kind)

    def items_in(self, library: Library) -> int:
        """Return how many items of its first kind, which it is made of, a library has."""
        return sum(self.counts.get((library.identity, kind), 0) for kind in library.kinds[:1])


def read_view(database: sqlite3.Connection, source: str, now: float) -> CatalogView:
    """Return what there is to show of a source, all of the same moment."""
    since, sources = now - RECENT_DAYS * 86_400, (source,)
    added, begun = home.recently_added(database, sources, LISTED), home.continue_watching(database, sources, LISTED)
    return CatalogView(
        libraries=progress.known_libraries(database, source),
        counts=progress.counts(database, source),
        recently_added=Row(home.count_added_since(database, source, since), tuple(added)),
        continue_watching=Row(home.count_begun(database, source), tuple(begun)),
        marks=progress.marks(database, source),
        held=len(held(database, source)),
        reports=len(reports.pending(database, source)),
        is_read=True,
    )
