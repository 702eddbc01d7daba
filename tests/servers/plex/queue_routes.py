"""What plays next, and what did people put together? The paths of play queues and playlists."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from tests.servers.library import Kind

from .element import Element, Scalar, container
from .items import Wants
from .machine import VISITOR, Machine, Playlist, paged, reply
from .queries import Page
from .queues import Entry, Queue
from .shelves import fold

ORDERS: Final[dict[str, Callable[[Playlist], str | int]]] = {
    "titleSort": lambda playlist: fold(playlist.title),
    "updatedAt": lambda playlist: playlist.updated,
    "addedAt": lambda playlist: playlist.added,
}


class QueueRoutes:
    """Play queues and playlists."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        queue = "/playQueues/{queue:\\d+}"
        return [
            web.post("/playQueues", self._create),
            web.get(queue, self._get),
            web.put(queue, self._add),
            web.put(f"{queue}/shuffle", self._shuffle),
            web.put(f"{queue}/unshuffle", self._unshuffle),
            web.put(f"{queue}/reset", self._reset),
            web.delete(f"{queue}/items", self._clear),
            web.delete(f"{queue}/items/{{entry:\\d+}}", self._remove),
            web.put(f"{queue}/items/{{entry:\\d+}}/move", self._move),
            web.get("/playlists", self._playlists),
            web.get("/playlists/{playlist:\\d+}", self._playlist),
            web.get("/playlists/{playlist:\\d+}/items", self._playlist_items),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        said = request.query
        uri = said.get("uri") or self._playlist_uri(said.get("playlistID", ""))
        if said.get("type") not in {"video", "audio", "photo"} or not uri:
            raise web.HTTPBadRequest
        queue = self._machine.queues.create(
            uri,
            key=said.get("key", ""),
            shuffle=said.get("shuffle") == "1",
            continuous=said.get("continuous") == "1",
        )
        if queue is None:
            raise web.HTTPBadRequest
        return self._answer(request, queue, queue.entries)

    async def _get(self, request: web.Request) -> web.Response:
        queue, said = self._queue(request), request.query
        center, size = said.get("center", ""), said.get("window", "")
        around = int(center) if center.isdecimal() else queue.selected
        return self._answer(request, queue, queue.window(around, int(size) if size.isdecimal() else 50))

    async def _add(self, request: web.Request) -> web.Response:
        queue, said = self._queue(request), request.query
        uri = said.get("uri") or self._playlist_uri(said.get("playlistID", ""))
        self._machine.queues.add(queue, uri, following=said.get("next") == "1")
        return self._answer(request, queue, queue.entries)

    async def _shuffle(self, request: web.Request) -> web.Response:
        queue = self._queue(request)
        self._machine.queues.shuffle(queue)
        return self._answer(request, queue, queue.entries)

    async def _unshuffle(self, request: web.Request) -> web.Response:
        queue = self._queue(request)
        self._machine.queues.unshuffle(queue)
        return self._answer(request, queue, queue.entries)

    async def _reset(self, request: web.Request) -> web.Response:
        queue = self._queue(request)
        queue.selected = queue.entries[0].id
        queue.version += 1
        return self._answer(request, queue, queue.entries)

    async def _clear(self, request: web.Request) -> web.Response:
        queue = self._queue(request)
        queue.entries = [entry for entry in queue.entries if entry.id == queue.selected]
        queue.version += 1
        return self._answer(request, queue, queue.entries)

    async def _remove(self, request: web.Request) -> web.Response:
        queue, entry = self._entry(request)
        self._machine.queues.remove(queue, entry)
        return self._answer(request, queue, queue.entries)

    async def _move(self, request: web.Request) -> web.Response:
        queue, entry = self._entry(request)
        after = request.query.get("after", "")
        self._machine.queues.move(queue, entry, int(after) if after.isdecimal() else None)
        return self._answer(request, queue, queue.entries)

    def _queue(self, request: web.Request) -> Queue:
        queue = self._machine.queues.queues.get(int(request.match_info["queue"]))
        if queue is None:
            raise web.HTTPNotFound
        return queue

    def _entry(self, request: web.Request) -> tuple[Queue, int]:
        queue, entry = self._queue(request), int(request.match_info["entry"])
        if all(one.id != entry for one in queue.entries):
            raise web.HTTPNotFound
        return queue, entry

    def _answer(self, request: web.Request, queue: Queue, shown: list[Entry]) -> web.Response:
        machine, wants = self._machine, Wants.of(request, full=True)
        known = [entry for entry in shown if entry.number in machine.shelves.titles]
        elements = []
        for entry in known:
            title = machine.shelves.titles[entry.number]
            element = machine.items.describe(title, request[VISITOR].account, wants)
            element.attributes["playQueueItemID"] = entry.id
            elements.append(element)
        return reply(request, container(self._words(queue), elements))

    def _words(self, queue: Queue) -> dict[str, Scalar | None]:
        place = queue.place(queue.selected)
        return {
            "identifier": "com.plexapp.plugins.library",
            "mediaTagPrefix": "/system/bundle/media/flags/",
            "mediaTagVersion": 1734362201,
            "playQueueID": queue.id,
            "playQueueLastAddedItemID": None if queue.added is None else str(queue.added),
            "playQueueSelectedItemID": queue.selected,
            "playQueueSelectedItemOffset": place,
            "playQueueSelectedMetadataItemID": self._machine.shelves.key(queue.entries[place].number),
            "playQueueShuffled": queue.shuffled,
            "playQueueSourceURI": queue.uri,
            "playQueueTotalCount": len(queue.entries),
            "playQueueVersion": queue.version,
        }

    async def _playlists(self, request: web.Request) -> web.Response:
        account, behaviour = request[VISITOR].account, self._machine.behaviour
        lists = [playlist for playlist in self._machine.playlists.values() if playlist.account == account]
        order = "" if behaviour.ignore_sort else request.query.get("sort", "")
        field, _, direction = order.partition(":")
        if field in behaviour.unknown_sorts:
            raise web.HTTPBadRequest
        key = ORDERS.get(field, ORDERS["titleSort"])
        lists.sort(key=lambda playlist: (key(playlist), playlist.number), reverse=direction == "desc")
        if behaviour.empty_lists or request.query.get("type", "15") != "15":
            lists = []
        page = Page.of(request, behaviour)
        return paged(request, [self._describe(one) for one in page.cut(lists)], {}, page, len(lists), self._machine)

    async def _playlist(self, request: web.Request) -> web.Response:
        return reply(request, container({}, [self._describe(self._asked(request))]))

    async def _playlist_items(self, request: web.Request) -> web.Response:
        playlist, known = self._asked(request), self._machine.shelves.titles
        titles = [known[number] for number in playlist.titles if number in known]
        words: dict[str, Scalar | None] = {
            "duration": sum(title.seconds for title in titles),
            "leafCount": len(titles),
            "ratingKey": str(playlist.number),
            "smart": playlist.smart,
            "title": playlist.title,
        }
        return self._machine.listed(request, titles, words)

    def _asked(self, request: web.Request) -> Playlist:
        playlist = self._machine.playlists.get(int(request.match_info["playlist"]))
        if playlist is None or playlist.account != request[VISITOR].account:
            raise web.HTTPNotFound
        return playlist

    def _playlist_uri(self, key: str) -> str:
        """Return the URI of everything in a playlist; nothing if there is none."""
        playlist = self._machine.playlists.get(int(key)) if key.isdecimal() else None
        keys = ",".join(self._machine.shelves.key(number) for number in playlist.titles) if playlist else ""
        return f"library:///directory/%2Flibrary%2Fmetadata%2F{keys}" if keys else ""

    def _describe(self, playlist: Playlist) -> Element:
        titles = [self._machine.shelves.titles.get(number) for number in playlist.titles]
        audio = any(title is not None and title.kind is Kind.TRACK for title in titles)
        return Element(
            "Playlist",
            {
                "ratingKey": str(playlist.number),
                "key": f"/playlists/{playlist.number}/items",
                "guid": f"com.plexapp.agents.none://{playlist.number}",
                "type": "playlist",
                "title": playlist.title,
                "summary": "",
                "smart": playlist.smart,
                "playlistType": "audio" if audio else "video",
                "composite": f"/playlists/{playlist.number}/composite/{playlist.updated}",
                "duration": 1000 * sum(title.seconds for title in titles if title is not None),
                "leafCount": sum(title is not None for title in titles),
                "addedAt": playlist.added,
                "updatedAt": None if self._machine.behaviour.omit_updated else playlist.updated,
            },
            json_name="Metadata",
        )
