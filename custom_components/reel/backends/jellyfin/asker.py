"""How is a list asked for? As one user, with all that makes its answers complete and small."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import aiohttp

from ..item import ItemKind
from ..transport import Json, Reply
from .parse_items import TYPES
from .wire import Wire

# A small computer that has to count the episodes of five hundred shows takes its time.
TIMEOUT: Final = aiohttp.ClientTimeout(total=180, sock_connect=5, sock_read=90)
# What is smaller is read faster than a thread is woken.
SMALL: Final = 16_384
# With all that files hold, more than that keeps the interpreter to itself for longer than a frame lasts.
MOST_AT_ONCE: Final = 250
# So many identities fit into a URL that every proxy takes.
CHUNK: Final = 100

# People are left out: a cast costs the server a question for each item, and comes with the detail.
FIELDS: Final = (
    "ChildCount,DateCreated,Etag,Genres,MediaSources,OriginalTitle,Overview,ProviderIds,RecursiveItemCount,SortName,"
    "Studios,Taglines"
)
ALL_TYPES: Final = ",".join(TYPES.values())
WHOLE: Final[Mapping[str, str | int]] = {
    "fields": FIELDS,
    "imageTypeLimit": 1,
    "enableImageTypes": "Primary,Backdrop,Thumb,Logo",
}
"""All that an item is made of."""
BARE: Final[Mapping[str, str | int]] = {"enableImages": "false", "enableUserData": "false"}
"""No more than that it is there."""
STATE: Final[Mapping[str, str | int]] = {"enableImages": "false", "enableUserData": "true"}
"""What the user did with it."""
# What is new stands at the end, where it does not move the pages before it.
_ORDER: Final = {"sortBy": "DateCreated,SortName", "sortOrder": "Ascending"}
_UNCOUNTED: Final = {"enableTotalRecordCount": "false"}

type Query = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one server as one user; an API key has none of its own, so that the user is always named."""

    wire: Wire
    uri: str
    token: str = field(repr=False)
    user_id: str

    async def get(self, path: str, query: Query | None = None) -> Reply:
        """Return the reply to a question in the name of the user."""
        asked = {"userId": self.user_id, **(query or {})}
        return await self.wire.ask("GET", self.uri, path, token=self.token, query=asked, timeout=TIMEOUT)

    async def read[T](self, path: str, query: Query, parse: Callable[[Json], T]) -> T:
        """Return what is made of a reply, outside the event loop where that takes time."""
        return await understood(await self.get(path, query), parse)

    async def do(self, method: str, path: str) -> None:
        """Change something in the name of the user."""
        # A show of a thousand episodes is not marked in a moment.
        asked = {"userId": self.user_id}
        await self.wire.ask(method, self.uri, path, token=self.token, query=asked, timeout=TIMEOUT)


async def understood[T](reply: Reply, parse: Callable[[Json], T]) -> T:
    """Return what is made of a reply, outside the event loop where that takes time."""
    if len(reply.body) < SMALL:
        return parse(reply.json())
    return await asyncio.to_thread(lambda: parse(reply.json()))


def everywhere(types: str, more: Query) -> Query:
    """Return a question about everything that the user may see."""
    # Nobody watches what is only announced. A collection must not stand for its films.
    return {
        "recursive": "true",
        "includeItemTypes": types,
        "excludeLocationTypes": "Virtual",
        "collapseBoxSetItems": "false",
        **more,
    }


def listed(library: str, kind: ItemKind, more: Query) -> tuple[str, Query]:
    """Return where and how a library is asked for what it holds of a kind, in an order that stays."""
    if kind is ItemKind.ARTIST:
        # Whoever has no folder is known by name only, and stands in no other list.
        return "/Artists/AlbumArtists", {"parentId": library, **_ORDER, **more}
    return "/Items", everywhere(TYPES[kind], {"parentId": library, **_ORDER, **more})


def stretch(start: int, size: int) -> Query:
    """Return which part of a list is meant."""
    return {"startIndex": start, "limit": size}


def by_ids(identities: Sequence[str], more: Query) -> Query:
    """Return a question about some items, wherever they are."""
    return {"ids": ",".join(identities), **_UNCOUNTED, **more}


def chunks(identities: Iterable[str]) -> list[list[str]]:
    """Return identities, each once, in portions that fit into a URL."""
    whole = list(dict.fromkeys(identities))
    return [whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK)]
