"""What stands where? One server's own copy of a library, with sections, keys and orders, and it can change."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from unicodedata import combining, normalize
from uuid import UUID

from tests.servers.library import Kind, Library, Title

# What the media, part and stream ids of a title are counted from: none of them equals its rating key.
MEDIA: Final = 300_000
PART: Final = 400_000
STREAM: Final = 1_000_000
# Of ten episodes, so many do not say when they were changed.
SILENT_EPISODES: Final = 7
# How far a rescan moves the rating keys.
RESCAN: Final = 500_000


@dataclass(slots=True)
class Section:
    """One library of the server, in its own word."""

    key: str
    type: str
    title: str
    folder: str
    kinds: tuple[Kind, ...]
    agent: str
    scanner: str
    uuid: str
    changed: int = 1000
    """Moves whenever something in it does."""
    hidden: int = 0
    """1: not on the home page; 2: nor in searches."""
    scanned: int = 1_767_225_600
    refreshing: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a section is on every server: only its UUID differs."""

    key: str
    type: str
    title: str
    folder: str
    kinds: tuple[Kind, ...]
    agent: str
    scanner: str


MOVIES: Final = (Kind.MOVIE,)
TELEVISION: Final = (Kind.SHOW, Kind.SEASON, Kind.EPISODE)
MUSIC: Final = (Kind.ARTIST, Kind.ALBUM, Kind.TRACK)
VIDEOS: Final = (Kind.VIDEO,)
SECTIONS: Final = (
    Plan("1", "movie", "Movies", "/data/Movies", MOVIES, "tv.plex.agents.movie", "Plex Movie"),
    Plan("2", "show", "TV Shows", "/data/TV", TELEVISION, "tv.plex.agents.series", "Plex TV Series"),
    Plan("3", "artist", "Music", "/data/Music", MUSIC, "tv.plex.agents.music", "Plex Music"),
)
# Only where there are any. Its films are called movies, too, but nobody looks them up.
HOME_VIDEOS: Final = Plan(
    "4", "movie", "Home Videos", "/data/Home Videos", VIDEOS, "com.plexapp.agents.none", "Plex Video Files Scanner"
)
PLAYABLE: Final = frozenset({Kind.MOVIE, Kind.EPISODE, Kind.TRACK, Kind.VIDEO})


class Shelves:
    """The titles of one server. Rating keys are their numbers, so they are equal on two servers, until a rescan."""

    def __init__(self, library: Library, machine_identifier: str) -> None:
        titles = library.titles.values()
        self.titles: dict[int, Title] = {title.number: title for title in titles if title.kind is not Kind.PLAYLIST}
        self.touched: dict[int, int] = {}
        """When an item was last changed on this server."""
        self.trashed: dict[int, int] = {}
        """When the file of an item was missed."""
        videos = (HOME_VIDEOS,) if any(title.kind is Kind.VIDEO for title in titles) else ()
        self.sections = [_section(machine_identifier, plan) for plan in (*SECTIONS, *videos)]
        self.version = 0
        """Moves whenever anything does."""
        self._machine_identifier = machine_identifier
        self._placed: dict[int, Section] = {}
        self._collected: dict[int, Section] = {}
        self._last = max(library.titles, default=0)
        self._shift = 0
        self._children: dict[int, list[int]] = defaultdict(list)
        self._orders: dict[tuple[Kind | None, str], list[Title]] = {}
        self._folded: dict[int, str] = {}
        for title in self.titles.values():
            if title.parent is not None:
                self._children[title.parent].append(title.number)

    def key(self, number: int) -> str:
        """Return the rating key of a title."""
        return str(number + self._shift)

    def find(self, key: str) -> Title | None:
        """Return the title of a rating key, if there is one."""
        return self.titles.get(int(key) - self._shift) if key.isdecimal() else None

    def section_of(self, title: Title) -> Section:
        """Return the section a title stands in."""
        if title.kind is Kind.COLLECTION:
            return self._section_of_collection(title)
        if self._placed:
            top = [title, *self.parents(title)][-1]
            if top.number in self._placed:
                return self._placed[top.number]
        return next(section for section in self.sections if title.kind in section.kinds)

    def _section_of_collection(self, collection: Title) -> Section:
        """Return the section a collection was made in, also when all that it held is gone."""
        if collection.number not in self._collected:
            members = [self.titles[number] for number in collection.members if number in self.titles]
            self._collected[collection.number] = self.section_of(members[0]) if members else self.sections[0]
        return self._collected[collection.number]

    def members(self, number: int) -> list[Title]:
        """Return what a collection holds, in its order."""
        return [self.titles[one] for one in self.titles[number].members if one in self.titles]

    def add_section(self, plan: Plan) -> Section:
        """Add a section, that is empty."""
        section = _section(self._machine_identifier, plan)
        self.sections.append(section)
        self.version += 1
        return section

    def place(self, number: int, section: Section) -> None:
        """Put a title, which is not there yet, into another section than the first one for its kind."""
        self._placed[number] = section

    def section(self, key: str) -> Section | None:
        """Return a section by its key."""
        return next((section for section in self.sections if section.key == key), None)

    def children(self, number: int) -> list[Title]:
        """Return what is directly below a title, in the order of its numbers."""
        below = [self.titles[child] for child in self._children.get(number, ())]
        return sorted(below, key=lambda title: (title.index or 0, title.number))

    def leaves(self, number: int) -> Iterator[Title]:
        """Yield everything playable below a title, or the title itself, in playing order."""
        title = self.titles[number]
        if title.kind in PLAYABLE:
            yield title
            return
        for child in self.children(number):
            yield from self.leaves(child.number)

    def parents(self, title: Title) -> list[Title]:
        """Return parent and grandparent, as far as there are any."""
        found = []
        while title.parent is not None:
            title = self.titles[title.parent]
            found.append(title)
        return found

    def ordered(self, kind: Kind | None, order: str, value: Callable[[Title], object]) -> list[Title]:
        """Return all titles of a kind, or of all, in an order that only depends on them; it is worked out once."""
        if (kind, order) not in self._orders:
            titles = [title for title in self.titles.values() if kind in {None, title.kind}]
            self._orders[kind, order] = sorted(titles, key=lambda title: (value(title), title.number))
        return self._orders[kind, order]

    def shelved(self, section: Section, titles: list[Title]) -> list[Title]:
        """Return those of some titles, all of one kind, that stand in a section."""
        if sum(titles[0].kind in one.kinds for one in self.sections if titles) == 1:
            return titles
        return [title for title in titles if self.section_of(title) is section]

    def folded(self, title: Title) -> str:
        """Return a title's name as it is searched: without case and accents."""
        if title.number not in self._folded:
            self._folded[title.number] = fold(title.name)
        return self._folded[title.number]

    def updated(self, title: Title) -> int:
        """Return when a title was last changed; watching it is no change."""
        return self.touched.get(title.number, title.added + 60)

    def said_updated(self, title: Title) -> int | None:
        """Return when a title was last changed, where a real server would say so: many old items have no such field."""
        silent = title.kind is Kind.ALBUM or (title.kind is Kind.EPISODE and title.number % 10 < SILENT_EPISODES)
        return None if silent and title.number not in self.touched else self.updated(title)

    def put(self, title: Title, now: float) -> None:
        """Add a title, or put a changed one into the place of the old."""
        if title.number not in self.titles and title.parent is not None:
            self._children[title.parent].append(title.number)
        self.titles[title.number] = title
        self._last = max(self._last, title.number)
        self.touched[title.number] = int(now)
        self.trashed.pop(title.number, None)
        self._changed(title)

    def remove(self, number: int) -> list[Title]:
        """Take a title and everything below it away, and what is empty then; return what is gone."""
        gone: list[Title] = []
        for child in tuple(self._children.get(number, ())):
            gone += self.remove(child)
        title = self.titles.pop(number, None)
        if title is None:
            return gone
        self._changed(title)
        self._children.pop(number, None)
        gone.append(title)
        if title.parent is not None and number in self._children[title.parent]:
            self._children[title.parent].remove(number)
            if not self._children[title.parent]:
                gone += self.remove(title.parent)
        return gone

    def trash(self, number: int, now: float) -> None:
        """Note that the file of a title is missing."""
        self.trashed[number] = int(now)
        self._changed(self.titles[number])

    def rescan(self) -> None:
        """Give every title a new rating key."""
        self._shift += RESCAN
        self.version += 1
        for section in self.sections:
            section.changed += 1

    def next_number(self) -> int:
        """Return a number no title ever had."""
        self._last += 1
        return self._last

    def _changed(self, title: Title) -> None:
        self.section_of(title).changed += 1
        self.version += 1
        self._folded.pop(title.number, None)
        for order in [order for order in self._orders if order[0] in {None, title.kind}]:
            del self._orders[order]


def fold(text: str) -> str:
    """Return a text without case and accents."""
    return "".join(letter for letter in normalize("NFKD", text.casefold()) if not combining(letter))


def _section(machine_identifier: str, plan: Plan) -> Section:
    digest = sha256(f"{machine_identifier} {plan.key}".encode()).hexdigest()
    uuid = str(UUID(digest[:32], version=4))
    return Section(plan.key, plan.type, plan.title, plan.folder, plan.kinds, plan.agent, plan.scanner, uuid)
