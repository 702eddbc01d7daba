"""How does a Jellyfin server tell what it has? A backend for lists, what changed in them, and what users did."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Final
from urllib.parse import quote

from ..errors import Garbled, Missing, NotAllowed
from ..item import Detail, Item, ItemKind, Marker
from ..listing import Changes, IdPage, Known, Look, Page
from ..model import Library
from ..reading import text
from . import look_content, look_states, look_totals
from .asker import BARE, MOST_AT_ONCE, WHOLE, Asker, by_ids, chunks, listed, stretch, understood
from .parse import parse_libraries
from .parse_detail import parse_detail, parse_markers
from .parse_items import Entries, parse_entries, parse_id_page, parse_page
from .whereabouts import Raw, Whereabouts, found_items
from .wire import Wire

MEMBERS: Final = 1000
MOST_MEMBERS: Final = 50_000


@dataclass(frozen=True, slots=True)
class JellyfinLibrary:
    """The lists of one server as one user sees them; implements `Backend`."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    user_id: str

    looks: ClassVar[Sequence[Look]] = (Look.CONTENT, Look.STATES, Look.TOTALS)

    @property
    def _asker(self) -> Asker:
        return Asker(self.wire, self.uri, self.token, self.user_id)

    async def libraries(self) -> list[Library]:
        """Return the libraries that the user may see, in the user's order."""
        return await self._asker.read("/UserViews", {}, parse_libraries)

    async def page(self, library: Library, kind: ItemKind, start: int, size: int) -> Page:
        """Return items of one kind, from `start`, the newest at the end; never more than a few hundred."""
        asked = min(size, MOST_AT_ONCE)
        path, query = listed(library.identity, kind, {**WHOLE, **stretch(start, asked)})
        parse = partial(parse_page, library=library.identity, start=start, asked=asked)
        return await self._asker.read(path, query, parse)

    async def id_page(self, library: Library, kind: ItemKind, start: int, size: int) -> IdPage:
        """Return the identities of the same list."""
        path, query = listed(library.identity, kind, {**BARE, **stretch(start, size)})
        return await self._asker.read(path, query, partial(parse_id_page, kind=kind, start=start, asked=size))

    async def changes(self, look: Look, known: Known) -> Changes:
        """Return what changed since `known`."""
        match look:
            case Look.CONTENT:
                return await look_content.look(self._asker, known)
            case Look.STATES:
                return await look_states.look(self._asker, known)
            case Look.TOTALS:
                return await look_totals.look(self._asker, known)

    async def items(self, identities: Sequence[str]) -> list[Item]:
        """Return these items as lists tell them, without those that are gone or in no library we list."""
        raw: list[Raw] = []
        for some in chunks(identities):
            raw += (await self._asker.read("/Items", by_ids(some, WHOLE), parse_entries)).raw
        whereabouts = Whereabouts(self._asker, tuple(await self.libraries())) if raw else None
        return await found_items(raw, await whereabouts.find(raw)) if whereabouts else []

    async def members(self, item: Item) -> list[str]:
        """Return the identities that a collection or playlist holds, in its order."""
        identity = quote(item.identity, safe="")
        playlist = item.kind is ItemKind.PLAYLIST
        path = f"/Playlists/{identity}/Items" if playlist else "/Items"
        place = {} if playlist else {"parentId": item.identity}
        found: list[str] = []
        sent = 0
        while sent < MOST_MEMBERS:
            query = {**place, **BARE, **stretch(sent, MEMBERS)}
            entries: Entries = await self._asker.read(path, query, partial(parse_entries, start=sent, asked=MEMBERS))
            found += (member for raw in entries.raw if (member := text(raw.get("Id"))))
            sent += entries.size
            if entries.size != MEMBERS:
                break
        return found

    async def detail(self, identity: str) -> Detail:
        """Return what only a look at one item tells; raises `Missing`."""
        reply = await self._asker.get(f"/Items/{quote(identity, safe='')}")
        markers = await self._markers(identity)
        return await understood(reply, partial(parse_detail, markers=markers))

    async def mark_watched(self, identity: str, *, watched: bool) -> None:
        """Say that an item, or all that it holds, was watched or was not; raises `Missing`."""
        await self._asker.do("POST" if watched else "DELETE", f"/UserPlayedItems/{quote(identity, safe='')}")

    async def set_favorite(self, identity: str, *, favorite: bool) -> None:
        """Put an item among the favourites or take it out; raises `Missing`."""
        await self._asker.do("POST" if favorite else "DELETE", f"/UserFavoriteItems/{quote(identity, safe='')}")

    async def _markers(self, identity: str) -> tuple[Marker, ...]:
        # Before 10.10 nobody could be asked, and without markers a film is a film still.
        with suppress(Missing, NotAllowed, Garbled):
            path, asker = f"/MediaSegments/{quote(identity, safe='')}", self._asker
            reply = await asker.wire.ask("GET", asker.uri, path, token=asker.token)
            return parse_markers(reply.json())
        return ()
