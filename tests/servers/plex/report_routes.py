"""How does a player tell where it is, and an app what was seen? The paths of reports and marks."""

from typing import Final

from aiohttp import web

from tests.servers.library import Title

from .element import Scalar, container
from .machine import VISITOR, Machine, reply
from .players import Client

STATES: Final = frozenset({"playing", "paused", "buffering", "stopped"})
KICKED: Final = 2006
SESSION: Final = "X-Plex-Session-Identifier"


class ReportRoutes:
    """Reports and marks."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._reporting: dict[tuple[str, str], Client] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths; clients use GET where the documents say POST and PUT."""
        return [
            web.get("/:/timeline", self._timeline),
            web.post("/:/timeline", self._timeline),
            web.get("/:/progress", self._progress),
            web.get("/:/scrobble", self._scrobble),
            web.put("/:/scrobble", self._scrobble),
            web.get("/:/unscrobble", self._unscrobble),
            web.put("/:/unscrobble", self._unscrobble),
            web.get("/:/rate", self._rate),
            web.put("/:/rate", self._rate),
        ]

    async def _timeline(self, request: web.Request) -> web.Response:
        """Take a player's report; if its session was ended from here, say so, once."""
        title, state = self._reported(request), request.query.get("state", "")
        if state not in STATES:
            raise web.HTTPBadRequest
        client, players = self._client(request), self._machine.players
        playback = players.of(client)
        if playback is not None and playback.title.number != title.number:
            players.end(client)
            playback = None
        self._take(request, client, title, state, playing=playback is not None)
        words: dict[str, Scalar | None] = {"size": 0}
        if client in players.kicked:
            words |= {"terminationCode": KICKED, "terminationText": players.kicked.pop(client)}
        return reply(request, container(words, [], sized=False))

    def _take(self, request: web.Request, client: Client, title: Title, state: str, *, playing: bool) -> None:
        """Begin, change or end a session; a last report without a session counts, too."""
        visitor, players = request[VISITOR], self._machine.players
        offset, duration = _number(request.query.get("time")), _number(request.query.get("duration"))
        match state, playing:
            case "stopped", True:
                players.end(client, offset=offset, duration=duration)
            case "stopped", False:
                self._machine.watching.report(visitor.account, title, offset, duration, client.identifier)
            case _, True:
                players.change(client, state=state, offset=offset, duration=duration)
            case _, False:
                queue, session = self._queue(request), _header(request, SESSION) or None
                players.begin(
                    client, visitor, title, offset, state=state, duration=duration, queue=queue, session=session
                )

    async def _progress(self, request: web.Request) -> web.Response:
        """Set the place; zero does not clear it."""
        title = self._keyed(request)
        self._machine.watching.progress(request[VISITOR].account, title, _number(request.query.get("time")))
        return web.Response()

    async def _scrobble(self, request: web.Request) -> web.Response:
        self._machine.watching.scrobble(request[VISITOR].account, self._keyed(request))
        return web.Response()

    async def _unscrobble(self, request: web.Request) -> web.Response:
        self._machine.watching.unscrobble(request[VISITOR].account, self._keyed(request))
        return web.Response()

    async def _rate(self, request: web.Request) -> web.Response:
        title = self._keyed(request)
        try:
            rating = float(request.query.get("rating", ""))
        except ValueError:
            raise web.HTTPBadRequest from None
        self._machine.watching.rate(request[VISITOR].account, title, rating)
        return web.Response()

    def _keyed(self, request: web.Request) -> Title:
        """Return the title that `key` names; raises HTTPBadRequest without an identifier, HTTPNotFound."""
        if "identifier" not in request.query or "key" not in request.query:
            raise web.HTTPBadRequest
        return self._machine.title(request, request.query["key"].rpartition("/")[2])

    def _reported(self, request: web.Request) -> Title:
        said = request.query
        key = said.get("ratingKey") or said.get("key", "").rpartition("/")[2]
        if not key:
            raise web.HTTPBadRequest
        return self._machine.title(request, key)

    def _client(self, request: web.Request) -> Client:
        """Return the client behind a report; raises HTTPBadRequest if it does not say who it is.

        One installation that plays several things at a time tells them apart by its session identifiers.
        """
        identifier, session = _header(request, "X-Plex-Client-Identifier"), _header(request, SESSION)
        if not identifier:
            raise web.HTTPBadRequest
        if not session and identifier in self._machine.players.clients:
            return self._machine.players.clients[identifier]
        return self._reporting.setdefault((identifier, session), self._introduced(request, identifier))

    def _introduced(self, request: web.Request, identifier: str) -> Client:
        """Return a new client as it describes itself."""
        return Client(
            identifier,
            _header(request, "X-Plex-Device-Name"),
            product=_header(request, "X-Plex-Product"),
            version=_header(request, "X-Plex-Version"),
            platform=_header(request, "X-Plex-Platform"),
            platform_version=_header(request, "X-Plex-Platform-Version"),
            device=_header(request, "X-Plex-Device"),
            model=_header(request, "X-Plex-Model"),
            vendor=_header(request, "X-Plex-Device-Vendor"),
            device_class="",
            profile="Generic",
            address=request.remote or "",
            capabilities=(),
            announces=False,
        )

    def _queue(self, request: web.Request) -> tuple[int, int] | None:
        """Return the queue and the entry that a report names, if there are such."""
        entry = _number(request.query.get("playQueueItemID"))
        for queue in self._machine.queues.queues.values():
            if any(one.id == entry for one in queue.entries):
                return queue.id, entry
        return None


def _header(request: web.Request, name: str) -> str:
    return request.headers.get(name, request.query.get(name, ""))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
