"""How does a folder answer what servers are asked? With one walk for all questions of a sync.

Made anew for every sync or look, so that what it found is never old. A question for single items walks no further than
where they lie. Everything that blocks runs in threads.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

from ..errors import Missing
from ..item import PLAYABLE, Detail, File, Item, ItemKind
from ..listing import Changes, IdPage, Known, Look, Page
from ..model import Library
from .build import subtitle
from .draft import fold
from .files import BLU_RAY, DVD
from .folder import Folder
from .listing import Listing
from .paths import locate
from .probe import Probed, Prober
from .shelves import OWN, library_of
from .tree import Entry, everywhere, read_tree


def nothing(_file: str) -> None:
    """Know nothing of files."""


@dataclass(slots=True)
class FolderLibrary:
    """The items of one folder.

    `known` returns what was found out of a file before, by its identity; that holds as long as the file's size does. It
    is called in threads.
    """

    folder: Folder
    prober: Prober = field(default_factory=Prober)
    known: Callable[[str], File | None] = nothing
    _listing: Listing | None = field(default=None, init=False, repr=False)
    _walking: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False)

    @property
    def looks(self) -> tuple[Look, ...]:
        """Content only: folders keep no states, and what is gone that look tells by itself."""
        return (Look.CONTENT,)

    async def libraries(self) -> list[Library]:
        """Return the libraries of the folder, as `shelves` says what they are."""
        return (await self._listed()).libraries()

    async def page(self, library: Library, kind: ItemKind, start: int, size: int) -> Page:
        """Return items of one kind; raises `NotAllowed` after the last that could be seen if that was not all."""
        listing = await self._listed()
        return await asyncio.to_thread(listing.page, library.identity, kind, start, size)

    async def id_page(self, library: Library, kind: ItemKind, start: int, size: int) -> IdPage:
        """Return the identities of the same list; reads no file."""
        listing = await self._listed()
        return await asyncio.to_thread(listing.id_page, library.identity, kind, start, size)

    async def changes(self, look: Look, known: Known) -> Changes:
        """Return what changed: of content all that the files tell, of anything else nothing."""
        if look is not Look.CONTENT:
            return Changes(mark="")
        listing = await self._listed()
        return await asyncio.to_thread(listing.changes, known)

    async def items(self, identities: Sequence[str]) -> list[Item]:
        """Return these items, without those that are gone; raises `NotAllowed` if that cannot be told."""
        listing = await self._found(identities)
        return await asyncio.to_thread(listing.items, identities)

    async def members(self, item: Item) -> list[str]:
        """Return nothing: folders hold no lists."""
        return []

    async def detail(self, identity: str) -> Detail:
        """Return the streams and chapters of the files, subtitles beside them, and who took part; raises `Missing`."""
        found = (await self._found([identity])).find(identity)
        if found is None:
            raise Missing
        shelf, draft = found
        people = await asyncio.to_thread(shelf.builder.people, draft)
        probed = [(each, await self._probe(each)) for each in draft.media]
        inside = [stream for entry, told in probed if told for stream in told.of(entry.path)]
        beside = [subtitle(each, draft.media) for each in draft.subtitles if draft.media]
        chapters = next((told.chapters for _entry, told in probed if told), ())
        return Detail(streams=(*inside, *beside), chapters=chapters, people=people)

    async def examine(self, item: Item) -> Item:
        """Return an item with what ffprobe finds in its files, as far as it does; for the background, one at a time."""
        if item.kind not in PLAYABLE:
            return item
        files = tuple([await self._examined(each) for each in item.files])
        duration = next((each.duration_ms for each in files if each.duration_ms), item.duration_ms)
        return replace(item, files=files, duration_ms=duration)

    async def mark_watched(self, identity: str, *, watched: bool) -> None:
        """Do nothing: nobody is there to be told. What was watched in a folder is kept in the catalog alone."""

    async def set_favorite(self, identity: str, *, favorite: bool) -> None:
        """Do nothing, as above."""

    async def _listed(self) -> Listing:
        """Return what the walk found; raises `Unreachable`."""
        async with self._walking:
            if self._listing is None:
                self._listing = await self._walk(everywhere)
            return self._listing

    async def _found(self, identities: Sequence[str]) -> Listing:
        """Return a listing that has all of these items which there are, after as short a walk as will do."""
        if self._listing is None:
            near = await self._walk(_near(self.folder.path.name, identities))
            if all(near.find(each) is not None for each in identities):
                return near
        return await self._listed()

    async def _walk(self, wanted: Callable[[str], bool]) -> Listing:
        stop = Event()
        try:
            return await asyncio.to_thread(self._read, wanted, stop)
        finally:
            # Whoever waited may have given up: then the thread has to, too.
            stop.set()

    def _read(self, wanted: Callable[[str], bool], stop: Event) -> Listing:
        return Listing(self.folder.path, read_tree(self.folder, wanted, stop), self.known)

    async def _probe(self, entry: Entry) -> Probed | None:
        return None if entry.suffix in {BLU_RAY, DVD} else await self._probe_at(entry.path)

    async def _probe_at(self, reference: str) -> Probed | None:
        try:
            path = await asyncio.to_thread(locate, self.folder.path, reference)
        except Missing:
            return None
        return await self.prober.probe(path)

    async def _examined(self, file: File) -> File:
        if file.duration_ms is not None or file.container in {"dvd", "bluray"}:
            return file
        probed = await self._probe_at(file.identity)
        return probed.told_of(file) if probed else file


def _near(folder: str, identities: Sequence[str]) -> Callable[[str], bool]:
    """Return which folders below the source's may hold these items: those that begin as their names do."""
    places = {_place(folder, each) for each in identities}

    def wanted(path: str) -> bool:
        for library, name in places:
            if path == library:
                return True
            below = path.removeprefix(f"{library}/") if library else path
            first = fold(below.partition("/")[0])
            if (not library or path.startswith(f"{library}/")) and first.startswith(name):
                return True
        return False

    return wanted


def _place(folder: str, identity: str) -> tuple[str, str]:
    """Return the folder of an item's library, and how the folder in it begins that leads to the item."""
    library = library_of(folder, identity)
    if library == OWN:
        return "", fold(identity.partition("/")[0].partition("#")[0])
    return library, fold(identity.removeprefix(f"{library}/").partition("/")[0].partition("#")[0])
