"""How does a Plex server tell what it has? A backend for lists, what changed in them, and what users did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final
from urllib.parse import quote

from ..errors import Missing, NotAllowed
from ..item import Detail, Item, ItemKind
from ..listing import Changes, IdPage, Known, Look, Page
from ..model import Library
from ..reading import text
from .asker import BARE, STEADY, WHOLE, Asker, listed, reader
from .look_content import PLAYLISTS, look_for_content
from .look_states import look_for_states
from .look_totals import look_at_one
from .parse import parse_libraries
from .parse_detail import parse_detail
from .parse_items import HOME_VIDEOS, KINDS, Entry, parse_item
from .parse_lists import Stretch
from .wire import Wire

_PLUGIN: Final = "com.plexapp.plugins.library"
_MEMBERS: Final = 1000
_MOST_MEMBERS: Final = 50_000
# Should a server send whole items where only keys are asked for, that many can still be read at once.
_MOST_KEYS: Final = 2000


@dataclass(frozen=True, slots=True)
class PlexLibrary:
    """The lists of one server as one user sees them; implements `Backend`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)

    looks: ClassVar[Sequence[Look]] = (Look.CONTENT, Look.STATES, Look.TOTALS)

    @property
    def _asker(self) -> Asker:
        return Asker(self.wire, self.uri, self.token)

    async def libraries(self) -> list[Library]:
        """Return the libraries that the user may see, and one more with the playlists."""
        found = await self._asker.read("/library/sections", {}, lambda reply: parse_libraries(reply.json()))
        return [*found, PLAYLISTS]

    async def page(self, library: Library, kind: ItemKind, start: int, size: int) -> Page:
        """Return items of one kind, in the order of their keys."""
        path, query = listed(library, kind, {**WHOLE, "sort": STEADY})
        found = await self._asker.stretch(path, query, start, size, reader(library, kind))
        return Page(found.entries, found.size, found.total)

    async def id_page(self, library: Library, kind: ItemKind, start: int, size: int) -> IdPage:
        """Return the keys of the same list."""
        path, query = listed(library, kind, {**BARE, "sort": STEADY})
        found: Stretch[str] = await self._asker.stretch(path, query, start, min(size, _MOST_KEYS), _key)
        return IdPage(found.entries, found.size, found.total)

    async def changes(self, look: Look, known: Known) -> Changes:
        """Return what changed since `known`."""
        match look:
            case Look.CONTENT:
                return await look_for_content(self._asker, known)
            case Look.STATES:
                return await look_for_states(self._asker, known)
            case Look.TOTALS:
                return await look_at_one(self._asker, known)

    async def items(self, identities: Sequence[str]) -> list[Item]:
        """Return these items, without those that are gone."""
        found = await self._asker.by_keys(identities, WHOLE)
        kinds: Mapping[str, Mapping[str, ItemKind]] = {}
        if any(_may_be_home_video(entry) for entry in found):
            kinds = {each.identity: HOME_VIDEOS for each in await self.libraries() if ItemKind.VIDEO in each.kinds}
        items = [_item(entry, kinds) for entry in found]
        return [item for item in items if item is not None]

    async def members(self, item: Item) -> list[str]:
        """Return the keys of what a collection or playlist holds, in its order."""
        key = quote(item.identity, safe="")
        if item.kind is ItemKind.PLAYLIST:
            return await self._members(f"/playlists/{key}/items")
        try:
            return await self._members(f"/library/collections/{key}/items")
        except Missing:
            # Older servers know it by its other name.
            return await self._members(f"/library/collections/{key}/children")

    async def _members(self, path: str) -> list[str]:
        found: list[str] = []
        start = 0
        while start < _MOST_MEMBERS:
            page: Stretch[str] = await self._asker.stretch(path, BARE, start, _MEMBERS, _key)
            found += page.entries
            start += page.size
            if page.size == 0 or (page.size < _MEMBERS if page.total is None else start >= page.total):
                break
        return found

    async def detail(self, identity: str) -> Detail:
        """Return what only a look at one item tells; raises `Missing`."""
        path = f"/library/metadata/{quote(identity, safe='')}"
        query = {"includeChapters": 1, "includeMarkers": 1}
        return await self._asker.read(path, query, lambda reply: parse_detail(reply.json()))

    async def mark_watched(self, identity: str, *, watched: bool) -> None:
        """Say that an item, or all that it holds, was watched or was not; raises `Missing`.

        A server counts each time, and so it is for the caller not to say it twice.
        """
        path = "/:/scrobble" if watched else "/:/unscrobble"
        await self._asker.get(path, {"identifier": _PLUGIN, "key": identity})

    async def set_favorite(self, identity: str, *, favorite: bool) -> None:
        """Raise `NotAllowed`: Plex knows ratings and watchlists, but no favourites of a server."""
        raise NotAllowed


def _key(entry: Entry) -> str | None:
    return text(entry.get("ratingKey"))


def _item(entry: Entry, kinds: Mapping[str, Mapping[str, ItemKind]]) -> Item | None:
    library = PLAYLISTS.identity if entry.get("type") == "playlist" else text(entry.get("librarySectionID"))
    return None if library is None else parse_item(entry, library, kinds.get(library, KINDS))


def _may_be_home_video(entry: Entry) -> bool:
    """Tell whether a film may be one that nobody looks up, which only its library knows."""
    guid = text(entry.get("guid")) or ""
    return entry.get("type") == "movie" and not guid.startswith("plex://") and not entry.get("Guid")
