"""What do people do to their server from another app? Whoever listens hears of most of it."""

from dataclasses import replace
from typing import Final

from tests.servers.library import Kind, Title

from .machine import Machine, Playlist
from .shelves import MOVIES, MUSIC, TELEVISION, VIDEOS, Plan, Section

KINDS: Final = {"movie": MOVIES, "show": TELEVISION, "artist": MUSIC, "photo": ()}
AGENTS: Final = {
    "movie": ("tv.plex.agents.movie", "Plex Movie"),
    "show": ("tv.plex.agents.series", "Plex TV Series"),
    "artist": ("tv.plex.agents.music", "Plex Music"),
    "photo": ("com.plexapp.agents.none", "Plex Photo Scanner"),
    "videos": ("com.plexapp.agents.none", "Plex Video Files Scanner"),
}


class Admin:
    """Changes one server, as its owner."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def add_section(self, title: str, kind: str = "movie", *, hidden: int = 0) -> Section:
        """Add a library: movie, show, artist, photo, or videos for those that nobody looks up."""
        key = str(max(int(section.key) for section in self._machine.shelves.sections) + 1)
        name = "movie" if kind == "videos" else kind
        kinds = VIDEOS if kind == "videos" else KINDS[kind]
        section = self._machine.shelves.add_section(Plan(key, name, title, f"/data/{title}", kinds, *AGENTS[kind]))
        section.hidden = hidden
        return section

    def remove_section(self, section: Section) -> None:
        """Remove a library, with all that stands in it; of its items nobody hears."""
        shelves = self._machine.shelves
        for title in [title for title in shelves.titles.values() if shelves.section_of(title) is section]:
            shelves.remove(title.number)
        shelves.sections.remove(section)

    def move(self, number: int, section: Section) -> Title:
        """Move the file of a film into the folder of another library: there it is a new item, and seen as before."""
        machine = self._machine
        old, new = machine.shelves.titles[number], machine.shelves.next_number()
        title = replace(
            old, number=new, added=int(machine.now()), path=f"{section.folder}/{old.path.rpartition('/')[2]}"
        )
        machine.shelves.place(new, section)
        machine.shelves.put(title, machine.now())
        machine.watching.inherit(number, new)
        machine.news.deleted(machine.shelves.remove(number))
        machine.news.created([title])
        machine.news.processed([title])
        return title

    def rename_section(self, section: Section, title: str) -> None:
        """Give a library another name."""
        section.title = title

    def add_collection(self, name: str, numbers: list[int]) -> Title:
        """Make a collection in the library of the first of some titles."""
        number, now = self._machine.shelves.next_number(), int(self._machine.now())
        return self._put(Title(number, Kind.COLLECTION, name, 2026, now, members=tuple(numbers)))

    def change_collection(self, number: int, *, name: str | None = None, numbers: list[int] | None = None) -> Title:
        """Give a collection another name, or let it hold something else."""
        old = self._machine.shelves.titles[number]
        members = old.members if numbers is None else tuple(numbers)
        return self._put(replace(old, name=name or old.name, members=members))

    def add_playlist(self, name: str, numbers: list[int], *, account: int = 1) -> Playlist:
        """Put a playlist together; it belongs to an account."""
        number, now = self._machine.shelves.next_number(), int(self._machine.now())
        playlist = Playlist(number, name, numbers, account=account, added=now, updated=now)
        self._machine.playlists[number] = playlist
        return playlist

    def change_playlist(self, playlist: Playlist, *, name: str | None = None, numbers: list[int] | None = None) -> None:
        """Give a playlist another name, or let it hold something else."""
        playlist.title = name or playlist.title
        playlist.titles = playlist.titles if numbers is None else numbers
        playlist.updated = int(self._machine.now())

    def remove_playlist(self, playlist: Playlist) -> None:
        """Throw a playlist away."""
        del self._machine.playlists[playlist.number]

    def watch(self, number: int, *, account: int = 1) -> None:
        """Mark a title as watched, or all that it holds."""
        title = self._machine.shelves.titles[number]
        self._machine.watching.scrobble(account, title)
        self._tell(title)

    def unwatch(self, number: int, *, account: int = 1) -> None:
        """Mark a title as never watched, or all that it holds."""
        title = self._machine.shelves.titles[number]
        self._machine.watching.unscrobble(account, title)
        self._tell(title)

    def begin(self, number: int, offset: int, *, account: int = 1) -> None:
        """Watch a title so far, in an app that tells nobody where it is."""
        mark = self._machine.watching.mark(account, number)
        now = int(self._machine.now())
        self._machine.watching.put(account, number, replace(mark, offset=offset, last=now))

    def _put(self, title: Title) -> Title:
        created = title.number not in self._machine.shelves.titles
        self._machine.shelves.put(title, self._machine.now())
        if created:
            self._machine.news.created([title])
        self._machine.news.processed([title])
        return title

    def _tell(self, title: Title) -> None:
        """Tell of a title that was marked, and of all below it: for a server its item was processed anew."""
        self._machine.news.processed(
            [title, *(leaf for leaf in self._machine.shelves.leaves(title.number) if leaf != title)]
        )
