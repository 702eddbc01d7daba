"""What is a player to play, and what after that? Queues, which a Plex server keeps for players."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ..errors import CannotPlay, Garbled, Missing, Refusal
from ..reading import mapping, objects, required, text
from ..transport import Json
from .asker import BARE, Asker, Query
from .parse_items import Entry
from .parse_lists import entries

PLUGIN: Final = "com.plexapp.plugins.library"

_NAMES: Final[Query] = {**BARE, "includeFields": "ratingKey,type,subtype,playlistType"}
_SOUNDS: Final = frozenset({"artist", "album", "track"})
# As much of a queue as there may be, on both sides of what plays.
_WINDOW: Final = 10_000


@dataclass(frozen=True, slots=True)
class Queue:
    """A list of what is to be played."""

    identity: str
    first: str
    """The key of the item it begins with."""
    sound: bool
    """Whether there is nothing to see."""


@dataclass(frozen=True, slots=True)
class _Content:
    query: Query
    sound: bool


@dataclass(frozen=True, slots=True)
class PlayQueues:
    """The play queues of one server. What is gone raises `CannotPlay`: `Missing` would be the player."""

    asker: Asker
    server: str
    """The server's own identity."""

    async def make(self, items: Sequence[str]) -> Queue:
        """Return a new queue of items, and of what they hold; raises `CannotPlay` if there are none."""
        content = await self._content(items)
        kind = "audio" if content.sound else "video"
        made = await self._ask("POST", "/playQueues", {"type": kind, "continuous": 0, "repeat": 0, **content.query})
        first = required(made.get("playQueueSelectedMetadataItemID"))
        return Queue(required(made.get("playQueueID")), first, content.sound)

    async def add_next(self, queue: str, items: Sequence[str]) -> None:
        """Put items behind the one that plays."""
        await self._ask("PUT", _path(queue), {**(await self._content(items)).query, "next": 1})

    async def add_last(self, queue: str, items: Sequence[str]) -> None:
        """Put items behind all others."""
        content, before = await self._content(items), await self._places(queue)
        await self._ask("PUT", _path(queue), content.query)
        # They are now behind what was added before, which the rest of the queue may follow.
        after = await self._places(queue)
        known = frozenset(before)
        added = [place for place in after if place not in known]
        if after[len(after) - len(added) :] == added:
            return
        for behind, place in zip((before[-1], *added), added, strict=False):
            await self._ask("PUT", f"{_path(queue)}/items/{place}/move", {"after": behind})

    async def _places(self, queue: str) -> list[str]:
        held = await self._ask("GET", _path(queue), {"window": _WINDOW})
        return [required(each.get("playQueueItemID")) for each in objects(held.get("Metadata"))]

    async def _content(self, items: Sequence[str]) -> _Content:
        """Return how a queue is asked for what items are, and hold, without those that are gone."""
        there = {text(entry.get("ratingKey")): entry for entry in await self.asker.by_keys(items, _NAMES)}
        found = [(each, there[each]) for each in items if each in there]
        if not found and len(items) == 1:
            found = [(items[0], await self._playlist(items[0]))]
        if not found:
            raise CannotPlay(Refusal.FAILED)
        first = found[0][1]
        keys = ",".join(quote(key, safe="") for key, _ in found)
        list_kind = first.get("type") if len(found) == 1 else None
        if list_kind == "playlist":
            return _Content({"playlistID": keys}, _is_sound(first))
        place = "collections" if list_kind == "collection" else "metadata"
        return _Content({"uri": f"server://{self.server}/{PLUGIN}/library/{place}/{keys}"}, _is_sound(first))

    async def _playlist(self, key: str) -> Entry:
        listed = entries(await self._said("GET", f"/playlists/{quote(key, safe='')}", {}))
        if not listed:
            raise CannotPlay(Refusal.FAILED)
        return {**listed[0], "type": "playlist"}

    async def _ask(self, method: str, path: str, query: Query) -> Entry:
        return mapping(mapping(await self._said(method, path, query)).get("MediaContainer"))

    async def _said(self, method: str, path: str, query: Query) -> Json:
        asker = self.asker
        try:
            return await asker.wire.ask(method, asker.uri, path, token=asker.token, query=query)
        except Missing as error:
            raise CannotPlay(Refusal.FAILED) from error


def _path(queue: str) -> str:
    if not queue.isdecimal():
        raise Garbled
    return f"/playQueues/{queue}"


def _is_sound(entry: Entry) -> bool:
    kinds = {text(entry.get("type")), text(entry.get("subtype"))}
    return not kinds.isdisjoint(_SOUNDS) or entry.get("playlistType") == "audio"
