"""How is a list of Plex asked for? As one user, a part at a time, and read where it holds up nobody."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import aiohttp

from ..errors import Garbled, Missing
from ..item import Item, ItemKind
from ..model import Library
from ..transport import Reply
from .parse_items import HOME_VIDEOS, KINDS, Entry, parse_item
from .parse_lists import Stretch, entries, read_stretch
from .wire import Wire

# A small computer that has to put a library in order takes its time.
TIMEOUT: Final = aiohttp.ClientTimeout(total=120, sock_connect=5, sock_read=60)
# What is smaller is read faster than a thread is woken.
SMALL: Final = 16_384
# So many keys fit into a URL that every proxy takes, and so many whole items into memory.
CHUNK: Final = 100

TYPES: Final = {
    ItemKind.MOVIE: 1,
    ItemKind.VIDEO: 1,
    ItemKind.SHOW: 2,
    ItemKind.SEASON: 3,
    ItemKind.EPISODE: 4,
    ItemKind.ARTIST: 8,
    ItemKind.ALBUM: 9,
    ItemKind.TRACK: 10,
    ItemKind.PLAYLIST: 15,
    ItemKind.COLLECTION: 18,
}
# New items get higher keys: they stand at the end, where they do not move the pages before it.
STEADY: Final = "id:asc"
_OTHERS: Final = "Country,Collection,Similar,UltraBlurColors"
WHOLE: Final[Mapping[str, str | int]] = {"includeGuids": 1, "excludeElements": _OTHERS}
"""All that an item is made of."""
_ALL: Final = f"Media,Genre,Guid,Image,Role,Director,Writer,Producer,Rating,Location,{_OTHERS}"
_WATCHED: Final = "viewCount,viewOffset,lastViewedAt,leafCount,viewedLeafCount"
BARE: Final[Mapping[str, str | int]] = {"includeFields": "ratingKey,type", "excludeElements": _ALL}
"""No more than that it is there."""
STATE: Final[Mapping[str, str | int]] = {
    "includeFields": f"ratingKey,type,parentRatingKey,grandparentRatingKey,{_WATCHED}",
    "excludeElements": _ALL,
}
"""What the user did with it."""

type Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one server in the name of one user."""

    wire: Wire
    uri: str
    token: str = field(repr=False)

    async def get(self, path: str, query: Query | None = None) -> Reply:
        """Return the reply to a question."""
        return await self.wire.fetch("GET", self.uri, path, token=self.token, query=query, timeout=TIMEOUT)

    async def read[T](self, path: str, query: Query, parse: Callable[[Reply], T]) -> T:
        """Return what is made of a reply, outside the event loop where that takes time."""
        reply = await self.get(path, query)
        return parse(reply) if len(reply.body) < SMALL else await asyncio.to_thread(parse, reply)

    async def stretch[T](
        self, path: str, query: Query, start: int, size: int, read: Callable[[Entry], T | None]
    ) -> Stretch[T]:
        """Return a part of a list; what cannot be read is left out."""
        try:
            found = await self._stretch(path, query, start, size, read)
        except Garbled:
            # An order that a server does not know must not keep us from its list: whoever needs it looks at what came.
            query = {name: value for name, value in query.items() if name != "sort"}
            found = await self._stretch(path, query, start, size, read)
        if found.size == 0 and found.offset < start < (found.total or 0):
            # A server that always begins at the beginning has to be asked for all that comes before.
            whole = await self._stretch(path, query, 0, start + size, lambda entry: entry)
            found = _end_of(whole, start, read)
        return found

    async def _stretch[T](
        self, path: str, query: Query, start: int, size: int, read: Callable[[Entry], T | None]
    ) -> Stretch[T]:
        part = {"X-Plex-Container-Start": start, "X-Plex-Container-Size": size}
        return await self.read(path, {**query, **part}, lambda reply: read_stretch(reply, start, size, read))

    async def items(self, keys: Iterable[str], query: Query, read: Callable[[Entry], Item | None]) -> list[Item]:
        """Return items by their keys, without those that are gone."""
        return [item for entry in await self.by_keys(keys, query) if (item := read(entry)) is not None]

    async def by_keys(self, keys: Iterable[str], query: Query) -> list[Entry]:
        """Return what the server says of items by their keys, without those that are gone."""
        whole = list(dict.fromkeys(key for key in keys if key))
        found: list[Entry] = []
        for at in range(0, len(whole), CHUNK):
            path = "/library/metadata/" + ",".join(quote(key, safe="") for key in whole[at : at + CHUNK])
            try:
                found += await self.read(path, query, lambda reply: entries(reply.json()))
            except Missing:
                # It says so only if none of them is there.
                continue
        return found


def listed(library: Library, kind: ItemKind, query: Query) -> tuple[str, Query]:
    """Return where and how a library is asked for what it holds of a kind."""
    path = "/playlists" if kind is ItemKind.PLAYLIST else f"/library/sections/{quote(library.identity, safe='')}/all"
    return path, {"type": TYPES[kind], **query}


def reader(library: Library, kind: ItemKind) -> Callable[[Entry], Item | None]:
    """Return how what a library lists of a kind is read."""
    kinds = HOME_VIDEOS if kind is ItemKind.VIDEO else KINDS

    def read(entry: Entry) -> Item | None:
        item = parse_item(entry, library.identity, kinds)
        return item if item is not None and item.kind is kind else None

    return read


def _end_of[T](whole: Stretch[Entry], start: int, read: Callable[[Entry], T | None]) -> Stretch[T]:
    wanted = whole.entries[start:]
    found = tuple(each for entry in wanted if (each := read(entry)) is not None)
    return Stretch(found, len(wanted), whole.total, start, whole.now)
