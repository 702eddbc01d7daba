"""A source for the rules: its lists in memory, which lie, shift and fail as a test says."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from custom_components.reel.backends.errors import Offline, SourceError
from custom_components.reel.backends.item import Detail, Item, ItemKind, UserState
from custom_components.reel.backends.listing import Backend, Changes, IdPage, Known, Look, Page
from custom_components.reel.backends.model import Library

FILMS = Library("1", "Films", (ItemKind.MOVIE,))
CLASSICS = Library("2", "Classics", (ItemKind.MOVIE,))
MIXED = Library("3", "Series", (ItemKind.SHOW, ItemKind.EPISODE, ItemKind.COLLECTION))

type Key = tuple[str, ItemKind]


def film(number: int, library: Library = FILMS, **fields: object) -> Item:
    """Return a film as servers number them, the same numbers on each."""
    return Item(
        identity=str(number),
        kind=ItemKind.MOVIE,
        library=library.identity,
        title=str(fields.pop("title", f"Film {number}")),
        state=UserState(watched=bool(fields.pop("watched", False))),
        **fields,  # type: ignore[arg-type]  # what an item has
    )


def films(numbers: Iterable[int], library: Library = FILMS) -> list[Item]:
    """Return many of them."""
    return [film(number, library) for number in numbers]


@dataclass
class Source:
    """What a server has, and how it tells it. `asked` counts requests by what they were."""

    shelved: list[Library] = field(default_factory=lambda: [FILMS])
    there: dict[str, Item] = field(default_factory=dict)
    held: dict[str, list[str]] = field(default_factory=dict)
    """What collections hold."""
    told: dict[Look, Callable[[Known], Changes]] = field(default_factory=dict)
    looks: Sequence[Look] = (Look.CONTENT, Look.STATES, Look.TOTALS)
    fails: dict[str, SourceError] = field(default_factory=dict)
    """By the name of a question, a library, or "question library"."""
    offline: bool = False
    most: int | None = None
    """How many rows a page has at the most, whatever was asked for."""
    everything: bool = False
    """Whether all is sent whatever page was asked for."""
    first_page_only: bool = False
    total: Callable[[int, int], int | None] = lambda _, count: count
    """What it says how many there are, from where the page begins and how many there are."""
    before: Callable[[str, Key | None, int], Awaitable[None] | None] = lambda *_: None
    """Happens before it answers."""
    hidden: frozenset[str] = frozenset()
    """What it has and shows in no list."""
    asked: Counter[str] = field(default_factory=Counter)
    pages: list[tuple[str, str, int]] = field(default_factory=list)

    def put(self, items: Iterable[Item]) -> None:
        """Have these, too."""
        self.there |= {item.identity: item for item in items}

    def lose(self, identities: Iterable[object]) -> None:
        """Have these no more."""
        for identity in identities:
            del self.there[str(identity)]

    async def ask[T](self, operation: Callable[[Backend], Awaitable[T]]) -> T:
        """Answer as a source does that is reached, or is not."""
        if self.offline:
            raise Offline
        await asyncio.sleep(0)
        return await operation(self)

    async def libraries(self) -> list[Library]:
        await self._asked("libraries")
        return list(self.shelved)

    async def page(self, library: Library, kind: ItemKind, start: int, size: int) -> Page:
        await self._asked("page", (library.identity, kind), start)
        items = self._list(library, kind)
        rows = self._stretch(items, start, size)
        return Page(tuple(rows), len(rows), self.total(start, len(items)))

    async def id_page(self, library: Library, kind: ItemKind, start: int, size: int) -> IdPage:
        await self._asked("id_page", (library.identity, kind), start)
        items = self._list(library, kind)
        rows = self._stretch(items, start, size)
        return IdPage(tuple(item.identity for item in rows), len(rows), self.total(start, len(items)))

    async def changes(self, look: Look, known: Known) -> Changes:
        await self._asked(f"look {look}")
        return self.told[look](known) if look in self.told else Changes(mark=f"{look} mark")

    async def items(self, identities: Sequence[str]) -> list[Item]:
        await self._asked("items")
        assert len(identities) <= 100
        return [self.there[each] for each in identities if each in self.there]

    async def members(self, item: Item) -> list[str]:
        await self._asked("members")
        if error := self.fails.get(f"members {item.identity}"):
            raise error
        return self.held[item.identity]

    async def detail(self, identity: str) -> Detail:
        raise NotImplementedError

    async def mark_watched(self, identity: str, *, watched: bool) -> None:
        raise NotImplementedError

    async def set_favorite(self, identity: str, *, favorite: bool) -> None:
        raise NotImplementedError

    def _list(self, library: Library, kind: ItemKind) -> list[Item]:
        return [
            item
            for item in self.there.values()
            if (item.library, item.kind) == (library.identity, kind) and item.identity not in self.hidden
        ]

    def _stretch(self, items: list[Item], start: int, size: int) -> list[Item]:
        if self.everything:
            return items
        if self.first_page_only:
            return items[:size]
        return items[start : start + min(size, self.most or size)]

    async def _asked(self, question: str, key: Key | None = None, start: int = 0) -> None:
        self.asked[question] += 1
        if key is not None and question == "page":
            self.pages.append((*key, start))
        if (waits := self.before(question, key, start)) is not None:
            await waits
        library = key[0] if key else ""
        for name in (question, library, f"{question} {library}"):
            if name in self.fails:
                raise self.fails[name]


def told(**fields: object) -> Callable[[Known], Changes]:
    """Return a look that tells this, whatever is known."""
    return lambda _: Changes(**({"mark": "later"} | fields))  # type: ignore[arg-type]  # what changes have


def kinds(items: Mapping[str, Item]) -> Counter[str]:
    """Return how many items there are of each kind."""
    return Counter(item.kind for item in items.values())
