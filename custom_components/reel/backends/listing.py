"""How does a source tell what it has? In pages, and in what changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from .item import Detail, Item, ItemKind, UserState
from .model import Library


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a list, in the order that stays the same from page to page."""

    items: tuple[Item, ...]
    size: int
    """How many the server sent, also those we could not read."""
    total: int | None
    """How many there are by the server's word, None where it does not tell."""


@dataclass(frozen=True, slots=True)
class IdPage:
    """The same with nothing but the identities, for finding out what is gone."""

    identities: tuple[str, ...]
    size: int
    total: int | None


class Look(StrEnum):
    """What a small sync looks for. Each is one request where nothing changed."""

    CONTENT = "content"
    """What is new or different, and what is gone as far as that tells."""
    STATES = "states"
    """What was watched or put aside in other apps."""
    TOTALS = "totals"
    """Whether there is less than we know of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of a source when it asks for changes."""

    mark: str | None
    """What `Changes.mark` said last time for the same look, opaque to all but the backend; None the first time."""
    libraries: tuple[Library, ...]
    counts: Mapping[tuple[str, ItemKind], int]
    """How many items the catalog holds, by library and kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed since the last look."""

    mark: str
    items: tuple[Item, ...] = ()
    states: Mapping[str, UserState] = field(default_factory=dict)
    removed: frozenset[str] = frozenset()
    """What the source said itself is gone."""
    sweep: frozenset[tuple[str, ItemKind]] = frozenset()
    """Where the source has less than we know of: its identities have to be compared."""
    relist: frozenset[str] = frozenset()
    """Libraries of which too much changed, or is unknown: they have to be listed whole."""
    libraries: tuple[Library, ...] | None = None
    """All there are now, if the look told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a push channel told of items, by identity."""

    changed: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    states: Mapping[str, UserState] = field(default_factory=dict)
    """States that came whole with the message; others are among `changed`."""
    libraries: frozenset[str] = frozenset()
    """Where something happened that cannot be told item by item."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed or self.states or self.libraries)

    def __or__(self, later: News) -> News:
        """Return what both told; the later one knows better."""
        return News(
            changed=(self.changed - later.removed) | later.changed,
            removed=(self.removed - later.changed) | later.removed,
            states={**self.states, **later.states},
            libraries=self.libraries | later.libraries,
        )


class Backend(Protocol):
    """Speaks to one source over one connection, for one operation; cannot remember anything.

    All raise `SourceError`. Whatever takes time to read is read outside the event loop.
    """

    @property
    def looks(self) -> Sequence[Look]:
        """What a small sync of this source consists of."""

    async def libraries(self) -> list[Library]:
        """Return the libraries that the user may see and Reel can list, with the kinds each of them holds."""

    async def page(self, library: Library, kind: ItemKind, start: int, size: int) -> Page:
        """Return items of one kind, from `start`, in an order that stays the same from page to page.

        A server may send more or fewer than asked for; `Page.size` 0 is the end of the list.
        """

    async def id_page(self, library: Library, kind: ItemKind, start: int, size: int) -> IdPage:
        """Return the identities of the same list."""

    async def changes(self, look: Look, known: Known) -> Changes:
        """Return what changed since `known`."""

    async def items(self, identities: Sequence[str]) -> list[Item]:
        """Return these items as lists tell them, without those that are gone."""

    async def members(self, item: Item) -> list[str]:
        """Return the identities that a collection or playlist holds, in its order."""

    async def detail(self, identity: str) -> Detail:
        """Return what only a look at one item tells; raises `Missing`."""

    async def mark_watched(self, identity: str, *, watched: bool) -> None:
        """Say that an item, or all that it holds, was watched or was not; raises `Missing`."""

    async def set_favorite(self, identity: str, *, favorite: bool) -> None:
        """Put an item among the favourites or take it out; raises `Missing`, and `NotAllowed` where there are none."""
