"""What does this server hold? The titles under Jellyfin's ids, and the libraries they stand in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final
import unicodedata

from tests.servers.library import Kind, Library, Title

from .wire import guid

TYPE_OF: Final = {
    Kind.MOVIE: "Movie",
    Kind.SHOW: "Series",
    Kind.SEASON: "Season",
    Kind.EPISODE: "Episode",
    Kind.ARTIST: "MusicArtist",
    Kind.ALBUM: "MusicAlbum",
    Kind.TRACK: "Audio",
    Kind.VIDEO: "Video",
    Kind.COLLECTION: "BoxSet",
    Kind.PLAYLIST: "Playlist",
}
MEDIA_TYPE_OF: Final = {Kind.MOVIE: "Video", Kind.EPISODE: "Video", Kind.TRACK: "Audio", Kind.VIDEO: "Video"}
VIDEOS: Final = frozenset({Kind.MOVIE, Kind.EPISODE, Kind.VIDEO})
LISTS: Final = frozenset({Kind.COLLECTION, Kind.PLAYLIST})
"""What holds titles that stand elsewhere."""
LATER: Final = {
    Kind.VIDEO: ("Home Videos", "homevideos"),
    Kind.COLLECTION: ("Collections", "boxsets"),
    Kind.PLAYLIST: ("Playlists", "playlists"),
}
"""The libraries that a server has only when there is something to put into them."""


@dataclass(frozen=True, slots=True)
class View:
    """A library as users see it."""

    id: str
    name: str
    collection_type: str
    """Nothing for a library of films and shows mixed."""
    kinds: tuple[Kind, ...]


class Shelf:
    """All titles of a server by id; `revision` counts the changes."""

    def __init__(self, library: Library) -> None:
        """Index a library once; changes do not touch the library itself, which other servers may share."""
        self.seed = library.seed
        self.revision = 0
        self.titles = dict(library.titles)
        self._children = {number: list(children) for number, children in library.children.items()}
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._sort_names: dict[int, str] = {}
        self._saved: dict[int, float] = {}
        # Somebody may still be playing what was removed.
        self._gone: dict[int, Title] = {}
        for title in self.titles.values():
            self._index(title)
        self.views = [
            self._view("Movies", "movies", Kind.MOVIE),
            self._view("Shows", "tvshows", Kind.SHOW, Kind.SEASON, Kind.EPISODE),
            self._view("Music", "music", Kind.ARTIST, Kind.ALBUM, Kind.TRACK),
        ]
        # What stands in another library than the first one for its kind, by number.
        self._homes: dict[int, View] = {}
        for kind in LATER:
            if any(title.kind is kind for title in self.titles.values()):
                self._open_for(kind)

    def id_of(self, title: Title) -> str:
        """Return the id of a title."""
        return self._ids[title.number]

    def find(self, item_id: str) -> Title | None:
        """Return the title of an id."""
        number = self._numbers.get(item_id)
        return self.titles.get(number) if number is not None else None

    def view(self, view_id: str) -> View | None:
        """Return the library of an id."""
        return next((view for view in self.views if view.id == view_id), None)

    def view_of(self, title: Title) -> View:
        """Return the library a title stands in."""
        if self._homes:
            for each in (title, *self.ancestors(title)):
                if each.number in self._homes:
                    return self._homes[each.number]
        return next(view for view in self.views if title.kind in view.kinds)

    def add_view(self, name: str, collection_type: str, kinds: tuple[Kind, ...]) -> View:
        """Add a library that is empty."""
        view = View(guid(self.seed, "view", name), name, collection_type, kinds)
        self.views.append(view)
        self.revision += 1
        return view

    def place(self, title: Title, view: View) -> None:
        """Let a title, and all below, stand in a library."""
        self._homes[title.number] = view
        self.revision += 1

    def parent(self, title: Title) -> Title | None:
        """Return what directly contains a title."""
        if title.parent is None:
            return None
        return self.titles.get(title.parent) or self._gone[title.parent]

    def parent_index(self, title: Title) -> int | None:
        """Return the number of an episode's season, or of a track's disc; all albums here have one disc."""
        if title.kind is Kind.TRACK:
            return 1
        parent = self.parent(title)
        return parent.index if parent and title.kind is Kind.EPISODE else None

    def ancestors(self, title: Title) -> Iterator[Title]:
        """Yield season and series, or album and artist."""
        parent = self.parent(title)
        while parent is not None:
            yield parent
            parent = self.parent(parent)

    def children(self, title: Title) -> list[Title]:
        """Return what a title directly contains, in the order of its numbers, or of a list."""
        if title.kind in LISTS:
            return [self.titles[number] for number in title.members if number in self.titles]
        return self._children.get(title.number, [])

    def owned(self, title: Title) -> Iterator[Title]:
        """Yield everything below a title that goes with it; what is in a list does not."""
        return self.descendants(title) if title.kind not in LISTS else iter(())

    def descendants(self, title: Title) -> Iterator[Title]:
        """Yield everything below a title."""
        for child in self.children(title):
            yield child
            yield from self.descendants(child)

    def leaves(self, title: Title) -> Iterator[Title]:
        """Yield the titles below that can be played."""
        return (child for child in self.descendants(title) if child.kind in MEDIA_TYPE_OF)

    def inside(self, view: View) -> Iterator[Title]:
        """Yield everything in a library."""
        return (title for title in self.titles.values() if title.kind in view.kinds and self._stands_in(title, view))

    def top(self, view: View) -> Iterator[Title]:
        """Yield what stands directly in a library."""
        return (title for title in self.inside(view) if title.parent is None)

    def saved(self, title: Title) -> float:
        """Return when the server last wrote this title to its database, in epoch seconds."""
        return self._saved.get(title.number, float(title.added))

    def sort_name(self, title: Title) -> str:
        """Return the name to sort by: numbers first for what has one, no accents, no case."""
        if title.number not in self._sort_names:
            self._sort_names[title.number] = self._sorted_by(title)
        return self._sort_names[title.number]

    def put(self, title: Title, saved: float) -> None:
        """Add a title, or replace the one of the same number."""
        old = self.titles.get(title.number)
        if old is not None:
            self._unlink(old)
        self.titles[title.number] = title
        self._index(title)
        if title.kind in LATER:
            self._open_for(title.kind)
        if title.parent is not None:
            siblings = self._children.setdefault(title.parent, [])
            siblings.append(title)
            siblings.sort(key=lambda child: (child.index or 0, child.number))
        self._sort_names.pop(title.number, None)
        self._saved[title.number] = saved
        self.revision += 1

    def remove(self, title: Title) -> list[Title]:
        """Remove a title and all that is below, and return what is gone."""
        gone = [title, *self.owned(title)]
        self._unlink(title)
        for each in gone:
            self._gone[each.number] = self.titles.pop(each.number)
            del self._numbers[self._ids[each.number]]
            self._children.pop(each.number, None)
        self.revision += 1
        return gone

    def next_number(self) -> int:
        """Return a number that no title has."""
        return max((*self.titles, *self._gone), default=0) + 1

    def renumbered(self, title: Title) -> Title:
        """Return the same title under a number that is free."""
        return replace(title, number=self.next_number())

    def _unlink(self, title: Title) -> None:
        siblings = self._children.get(title.parent, []) if title.parent is not None else []
        siblings[:] = [child for child in siblings if child.number != title.number]

    def _index(self, title: Title) -> None:
        item_id = guid(self.seed, title.number)
        self._ids[title.number] = item_id
        self._numbers[item_id] = title.number

    def _open_for(self, kind: Kind) -> None:
        """Have a library for what is in none of the first three."""
        if not any(kind in view.kinds for view in self.views):
            self.views.append(self._view(*LATER[kind], kind))

    def _stands_in(self, title: Title, view: View) -> bool:
        return not self._homes or self.view_of(title) is view

    def _view(self, name: str, collection_type: str, *kinds: Kind) -> View:
        return View(guid(self.seed, "view", collection_type), name, collection_type, kinds)

    def _sorted_by(self, title: Title) -> str:
        folded = plain(title.name)
        match title.kind:
            case Kind.SEASON:
                return f"{title.index or 0:04}"
            case Kind.EPISODE | Kind.TRACK:
                return f"{self.parent_index(title) or 0:04} - {title.index or 0:04} - {folded}"
        return folded.removeprefix("the ")


def plain(text: str) -> str:
    """Return a text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
