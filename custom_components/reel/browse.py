"""What does somebody see who looks around? A tree over all sources, told by the catalog alone, online or not.

No list is longer than a page: long ones are shown as letters, and those as stretches, down to what fits.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .backends.item import LISTS, PLAYABLE, Item, ItemKind
from .backends.mime import media_type
from .catalog import home, query
from .catalog.entry import Entry
from .catalog.letters import letters
from .catalog.progress import counts, known_libraries
from .catalog.query import Listing, Query, Sort
from .catalog.search import search
from .catalog_reading import Reading
from .copies import best_file
from .player.place import resume_at
from .tree_spot import Row, Spot

# With addresses of images, an answer of so many is well under what the frontend takes at once.
PAGE: Final = 150
# Unless names are very long. Then there are fewer on a page, so that an answer has no more bytes than that.
MOST_BYTES: Final = 180_000
_FEWEST: Final = 5
# What an answer says of each line beside its name, its place and its picture, with some room.
_LINE_BYTES: Final = 450
ROW: Final = 60
FOUND: Final = 50
# With more of them, they are no help: so it is with scripts that have a letter for every word.
_MOST_LETTERS: Final = 60
_LONGEST_TITLE: Final = 150

# Within what is listed elsewhere, nobody looks for these by name.
_PIECES: Final = frozenset({ItemKind.SEASON, ItemKind.EPISODE})
_ROWS: Final[Mapping[Row, Callable[..., list[Entry]]]] = {
    Row.CONTINUE_WATCHING: home.continue_watching,
    Row.NEXT_UP: home.next_up,
    Row.RECENTLY_ADDED: home.recently_added,
}

type Words = Callable[[str], str]
"""Texts in the language of the house by their keys, which are those of `common`."""
type Pictures = Callable[[str, Item], str | None]
"""Where the picture of an item of a source is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A line of the media browser, with what is below it where that was asked for."""

    spot: Spot
    title: str
    kind: ItemKind | None = None
    """None for a folder."""
    holds: ItemKind | None = None
    """What all of its children are, where that is one kind."""
    mime_type: str | None = None
    """None for what cannot be played as such."""
    picture: str | None = None
    searchable: bool = False
    children: tuple[Node, ...] = ()

    @property
    def can_play(self) -> bool:
        """Whether it is one thing to watch or to hear; all else is looked into."""
        return self.mime_type is not None

    @property
    def bytes(self) -> int:
        """How long an answer with its children gets, roughly."""
        texts = (len(f"{each.spot}{each.title}{each.picture}".encode()) for each in self.children)
        return sum(texts) + len(self.children) * _LINE_BYTES


class Tree:
    """Shows what some sources have. Belongs to the thread that reads, and to one piece of work, as its reading does."""

    def __init__(self, reading: Reading, words: Words, pictures: Pictures) -> None:
        self._reading = reading
        self._database = reading.database
        self._words = words
        self._pictures = pictures
        self._page = PAGE

    def node(self, spot: Spot) -> Node | None:
        """Return what is at a place, with its children; None where there is nothing."""
        found = self._node(spot)
        while found is not None and found.bytes > MOST_BYTES and self._page > _FEWEST:
            self._page //= 3
            found = self._node(spot)
        return found

    def _node(self, spot: Spot) -> Node | None:
        if spot.row is not None:
            return self._row(spot.row)
        if spot.source is None:
            return self._root()
        if spot.source not in self._reading.places:
            return None
        if spot.item is not None:
            return self._item(spot, spot.source, spot.item)
        if spot.library is not None:
            return self._library(spot, spot.source, spot.library)
        return replace(self._source(spot.source), children=tuple(self._libraries(spot.source)))

    def find(self, spot: Spot, typed: str, kinds: Iterable[ItemKind] | None) -> list[Node]:
        """Return what is called like this, at a place or everywhere."""
        in_library = spot.source is not None and spot.library is not None
        found = search(
            self._database,
            typed,
            sources=self._reading.sources if spot.source is None else (spot.source,),
            libraries=((spot.source, spot.library),) if in_library else None,  # type: ignore[arg-type]  # it is there
            kinds=kinds,
            limit=FOUND,
        )
        return self._lines(found, _full_title)

    # What there is

    def _root(self) -> Node:
        rows = (self._row(row, 1) for row in Row)
        sources = (self._source(key) for key in self._reading.sources)
        return Node(
            spot=Spot(),
            title="Reel",
            searchable=True,
            children=(
                *(replace(row, children=()) for row in rows if row.children),
                *sorted(sources, key=lambda node: node.title.casefold()),
            ),
        )

    def _row(self, row: Row, limit: int = ROW) -> Node:
        entries = _ROWS[row](self._database, self._reading.sources, limit)
        lines = self._lines(entries, _full_title, goes_on=row is Row.CONTINUE_WATCHING)
        return Node(spot=Spot(row=row), title=self._words(row), children=tuple(lines))

    def _source(self, key: str) -> Node:
        place = self._reading.places[key]
        title = place.name if place.way is not None else self._words("offline").format(source=place.name)
        return Node(spot=Spot(source=key), title=title, searchable=True)

    def _libraries(self, source: str) -> Iterator[Node]:
        known = counts(self._database, source)
        for library in known_libraries(self._database, source):
            if any(identity == library.identity for identity, _ in known):
                yield Node(
                    spot=Spot(source=source, library=library.identity),
                    title=_short(library.name),
                    holds=library.kinds[0] if library.kinds else None,
                    searchable=True,
                )

    def _library(self, spot: Spot, source: str, library: str) -> Node | None:
        name = self._reading.places[source].libraries.get(library)
        if name is None:
            return None
        found = {kind: count for (known, kind), count in counts(self._database, source).items() if known == library}
        kinds = _shown(found)
        node = Node(spot=spot, title=_short(name), searchable=True)
        if spot.kind is None and len(kinds) > 1:
            folders = (Node(spot=replace(spot, kind=kind), title=self._words(kind), holds=kind) for kind in kinds)
            return replace(node, children=tuple(folders))
        kind = spot.kind or next(iter(kinds), ItemKind.MOVIE)
        children = self._shelf(replace(spot, kind=kind), source, library, kind, found.get(kind, 0))
        title = self._words(kind) if spot.kind is not None and len(kinds) > 1 else node.title
        return replace(node, title=title, holds=kind, children=tuple(children))

    def _shelf(self, spot: Spot, source: str, library: str, kind: ItemKind, total: int) -> list[Node]:
        """Return a part of a library, as its items or as parts of it."""

        def page(start: int, count: int) -> Listing:
            return query.items(
                self._database,
                Query(
                    sources=(source,),
                    libraries=((source, library),),
                    kinds=(kind,),
                    sort=Sort.TITLE,
                    start=start,
                    limit=count,
                ),
            )

        start, count = (0, total) if spot.start is None else (spot.start, spot.count)
        if count <= self._page:
            return self._lines(page(start, count).entries, _full_title)
        if spot.start is None:
            parts = letters(self._database, source, library, kind)
            if 1 < len(parts) <= _MOST_LETTERS:
                return [
                    Node(spot=spot.stretch(each.start, each.count), title=each.first.upper() or "#", holds=kind)
                    for each in parts
                ]

        def edge(at: int) -> str:
            found = page(at, 1).entries
            return found[0].item.title[: _LONGEST_TITLE // 4] if found else "…"

        return [
            Node(spot=spot.stretch(at, size), title=f"{edge(at)} … {edge(at + size - 1)}", holds=kind)
            for at, size in self._stretches(start, count)
        ]

    def _item(self, spot: Spot, source: str, identity: str) -> Node | None:
        entry = query.item(self._database, source, identity)
        if entry is None:
            return None
        node = self._line(entry, _full_title(entry.item))
        if node.can_play:
            return node
        page = self._page
        listing = self._held(entry, *((0, page) if spot.start is None else (spot.start, min(spot.count, page))))
        if spot.start is None and listing.total > page:
            children = self._numbered(spot, 0, listing.total)
        elif spot.count > page:
            children = self._numbered(spot, spot.start or 0, spot.count)
        else:
            children = self._lines(listing.entries, _title_in(entry.item.kind))
        return replace(node, spot=spot, children=tuple(children))

    def _held(self, entry: Entry, start: int, limit: int) -> Listing:
        """Return a page of what an item holds."""
        source, item = entry.source, entry.item
        if item.kind in LISTS:
            return query.members(self._database, source, item.identity, start=start, limit=limit)
        key, sort = (source, item.identity), Sort.YEAR if item.kind is ItemKind.ARTIST else None
        found = query.items(self._database, Query(parent=key, sort=sort, start=start, limit=limit))
        if found.total:
            return found
        # Episodes without seasons, songs without albums.
        return query.items(self._database, Query(below=key, start=start, limit=limit))

    # How it is shown

    def _stretches(self, start: int, count: int) -> Iterator[tuple[int, int]]:
        """Yield parts of a list, as few as make a page, each with where it starts and how long it is."""
        size = self._page
        while size * self._page < count:
            size *= self._page
        for at in range(start, start + count, size):
            yield at, min(size, start + count - at)

    def _numbered(self, spot: Spot, start: int, count: int) -> list[Node]:
        parts = self._stretches(start, count)
        return [Node(spot=spot.stretch(at, size), title=f"{at + 1} … {at + size}") for at, size in parts]

    def _lines(self, entries: Iterable[Entry], title: Callable[[Item], str], *, goes_on: bool = False) -> list[Node]:
        """Return lines of items; to play one means to go on with it, or to begin anew."""
        known = (entry for entry in entries if entry.source in self._reading.places)
        return [self._line(entry, title(entry.item), _place(entry) if goes_on else None) for entry in known]

    def _line(self, entry: Entry, title: str, at: int | None = None) -> Node:
        item = entry.item
        return Node(
            spot=Spot(source=entry.source, item=item.identity, at=at),
            title=_short(title),
            kind=item.kind,
            mime_type=mime_type(item) if item.kind in PLAYABLE else None,
            picture=self._pictures(entry.source, item),
        )


def mime_type(item: Item) -> str:
    """Return what an item is on the web as it is, for players that choose by it what to show."""
    file = best_file(item.files)
    return media_type(file.container if file else None, sound=item.kind is ItemKind.TRACK)


def _place(entry: Entry) -> int | None:
    """Return where to go on with an item, in seconds; None at its beginning."""
    state = entry.state
    return resume_at(state.position_ms, entry.item.duration_ms, watched=state.watched) // 1000 or None


def _shown(found: Iterable[ItemKind]) -> list[ItemKind]:
    """Return the kinds that a library is shown as."""
    kinds = [kind for kind in ItemKind if kind in set(found)]
    return [kind for kind in kinds if kind not in _PIECES or ItemKind.SHOW not in kinds]


def _title_in(holder: ItemKind) -> Callable[[Item], str]:
    """Return how items are called among those of what holds them, where that needs not be said again."""
    return _full_title if holder in LISTS else _own_title


def _own_title(item: Item) -> str:
    match item.kind:
        case ItemKind.EPISODE | ItemKind.TRACK if item.number is not None:
            return f"{item.number}. {item.title}"
        case ItemKind.MOVIE | ItemKind.SHOW | ItemKind.ALBUM | ItemKind.VIDEO if item.year is not None:
            return f"{item.title} ({item.year})"
        case _:
            return item.title


def _full_title(item: Item) -> str:
    match item.kind:
        case ItemKind.EPISODE:
            numbered = item.parent_number is not None and item.number is not None
            where = f"S{item.parent_number} E{item.number}" if numbered else None
            return " · ".join(filter(None, (item.grandparent_title, where, item.title)))
        case ItemKind.SEASON | ItemKind.ALBUM:
            return " · ".join(filter(None, (item.parent_title, item.title)))
        case ItemKind.TRACK:
            return " · ".join(filter(None, (item.grandparent_title, item.title)))
        case _:
            return _own_title(item)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"
