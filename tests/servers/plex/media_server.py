"""A Plex Media Server: what it holds, who may come in, who is watching, and how all of that changes."""

from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from hashlib import sha1
from time import time
from typing import Final, override

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.servers.faults import Fault, Status
from tests.servers.library import Kind, Library, Title, make_library
from tests.servers.server import FakeServer

from .about_routes import AboutRoutes
from .access import OWNER_ACCOUNT, Visitor
from .activities import Activity
from .admin import Admin
from .behaviour import Behaviour
from .element import Json
from .hub_routes import HubRoutes
from .library_routes import LibraryRoutes
from .list_routes import ListRoutes
from .machine import DOOR, IDENTIFIER, VISITOR, Machine, Playlist
from .people import User, make_user
from .player_routes import PlayerRoutes
from .players import Client, Playback
from .queue_routes import QueueRoutes
from .report_routes import ReportRoutes
from .session_routes import SessionRoutes
from .stream_routes import StreamRoutes
from .watching import Mark

# The parts of a conversion are fetched by players that know nothing but the address.
TOKENLESS: Final = "/:/transcode/universal/session/"
ROUTES: Final = (
    AboutRoutes,
    HubRoutes,
    LibraryRoutes,
    ListRoutes,
    PlayerRoutes,
    QueueRoutes,
    ReportRoutes,
    SessionRoutes,
    StreamRoutes,
)


class PlexServer(FakeServer):
    """The Plex Media Server of the tests.

    `token` opens it for its owner; `plex_tv.give` hands out others. Rating keys are the numbers of the library, so the
    same key means something else on another server. Time comes from `now`.
    """

    product = "Plex Media Server"
    platform = "Linux"
    device = "Docker Container"

    def __init__(
        self,
        name: str = "Den",
        *,
        library: Library | None = None,
        machine_identifier: str | None = None,
        version: str = "1.42.2.10156-f737b826c",
        now: Callable[[], float] = time,
        behaviour: Behaviour | None = None,
    ) -> None:
        """Make a server that is not reachable yet; its identifier follows from its name."""
        super().__init__()
        self.name = name
        self.version = version
        self.identifier = machine_identifier or sha1(name.encode()).hexdigest()
        self.behaviour = behaviour or Behaviour()
        owner = make_user(0, f"owner@{name.lower().replace(' ', '-')}.example.com")
        self.machine = Machine.build(
            library or make_library(),
            name=name,
            identifier=self.identifier,
            version=version,
            owner=owner,
            now=now,
            behaviour=self.behaviour,
        )
        self.admin = Admin(self.machine)
        self.token = self.machine.access.admit(owner, owned=True)
        self._pretences: dict[str, str] = {}

    @property
    def owner(self) -> User:
        """The user this server belongs to: somebody nobody knows, until `plex_tv.give` with `owned`."""
        return self.machine.owner

    # Who may come in

    def admit(self, user: User, *, owned: bool = False, sections: frozenset[str] | None = None) -> str:
        """Return an access token of this server for a user; `sections` limits a share to libraries by their keys."""
        return self.machine.access.admit(user, owned=owned, sections=sections)

    def hand_over(self, user: User) -> str:
        """Make a user the owner, and return the token that opens the server from now on instead of the former one."""
        self.revoke(self.token)
        self.machine.owner = user
        self.token = self.admit(user, owned=True)
        return self.token

    def revoke(self, token: str) -> None:
        """Refuse a token from now on."""
        self.machine.access.revoke(token)

    def pretend(self, door: str, machine_identifier: str | None) -> None:
        """Let a door lead to a foreign server: it has another identity and knows no token; None ends it."""
        self._pretences.pop(door, None)
        if machine_identifier is not None:
            self._pretences[door] = machine_identifier

    # What stands on the shelves

    @property
    def titles(self) -> dict[int, Title]:
        """Everything the server has now, by number."""
        return self.machine.shelves.titles

    def key(self, number: int) -> str:
        """Return the rating key of a title."""
        return self.machine.shelves.key(number)

    def add_movie(self, name: str, *, year: int = 2026, seconds: int = 5400, imdb: str | None = None) -> Title:
        """Add a film, now."""
        number, now = self.machine.shelves.next_number(), int(self.machine.now())
        path = f"/data/Movies/{name} ({year})/{name} ({year}).mp4"
        return self.add(Title(number, Kind.MOVIE, name, year, now, seconds=seconds, imdb=imdb, path=path))

    def add_episode(self, season: int, name: str, *, seconds: int = 1800) -> Title:
        """Add an episode to the end of a season, now."""
        shelves = self.machine.shelves
        parent = shelves.titles[season]
        index = max((episode.index or 0 for episode in shelves.children(season)), default=0) + 1
        number, now = shelves.next_number(), int(self.machine.now())
        path = f"/data/TV/{shelves.titles[parent.parent or 0].name}/{parent.name}/{name}.mp4"
        return self.add(
            Title(number, Kind.EPISODE, name, parent.year, now, seconds=seconds, parent=season, index=index, path=path)
        )

    def add(self, title: Title) -> Title:
        """Put a title onto the shelves; listeners hear that it was created and processed."""
        self.machine.shelves.put(title, self.machine.now())
        self.machine.news.created([title])
        self.machine.news.processed([title])
        return title

    def remove(self, number: int) -> list[Title]:
        """Take a title away, with all below it and what is empty then; listeners hear that they are deleted."""
        gone = self.machine.shelves.remove(number)
        self.machine.news.deleted(gone)
        return gone

    def trash(self, number: int) -> None:
        """Lose the file of a title: it stays listed with `deletedAt` until it is removed or touched."""
        self.machine.shelves.trash(number, self.machine.now())
        self.machine.news.processed([self.titles[number]])

    def touch(self, number: int) -> Title:
        """Refresh the metadata of a title: nothing changes but the time of its last change."""
        return self.change(number)

    def change(self, number: int, *, name: str | None = None, summary: str | None = None) -> Title:
        """Give a title another name or summary."""
        old = self.titles[number]
        title = replace(old, name=name or old.name, summary=summary or old.summary)
        self.machine.shelves.put(title, self.machine.now())
        self.machine.news.processed([title])
        return title

    def add_playlist(self, title: str, numbers: list[int]) -> Playlist:
        """Put a playlist together."""
        playlist = Playlist(900_001 + len(self.machine.playlists), title, numbers)
        self.machine.playlists[playlist.number] = playlist
        return playlist

    def rescan(self) -> None:
        """Create all items anew, as after a moved mount: same titles, new rating keys."""
        titles = list(self.titles.values())
        self.machine.news.deleted(titles)
        self.machine.shelves.rescan()
        self.machine.news.created(titles)
        self.machine.news.processed(titles)

    def begin_scan(self, section: str) -> Activity:
        """Begin to scan a section; it shows up in the activities until `end_scan`."""
        found = self.machine.shelves.section(section)
        assert found is not None, section
        return self.machine.activities.begin(found)

    def end_scan(self, activity: Activity) -> None:
        """Be done with a scan."""
        self.machine.activities.end(activity, self.machine.now())

    # Who watches

    def mark(self, user: User, number: int) -> Mark:
        """Return what a user did with a title."""
        return self.machine.watching.mark(self._visitor(user).account, number)

    def set_mark(self, user: User, number: int, *, offset: int = 0, count: int = 0, last: int | None = None) -> None:
        """Set what a user did with a title, as some other app of theirs would have."""
        mark = Mark(offset=offset, count=count, last=int(self.machine.now()) if last is None else last)
        self.machine.watching.put(self._visitor(user).account, number, mark)

    def add_client(self, name: str, *, identifier: str | None = None, product: str = "Plex for Android (TV)") -> Client:
        """Start an app that plays nothing yet."""
        known = identifier or f"{sha1(name.encode()).hexdigest()[:16]}-com-plexapp-android"
        client = Client(known, name, product)
        self.machine.players.clients[known] = client
        return client

    def play(self, client: Client, user: User, number: int, offset_ms: int = 0, *, transcode: bool = False) -> Playback:
        """Let a user play a title on a client; it appears in the sessions, and listeners hear of it."""
        return self.machine.players.begin(
            client, self._visitor(user), self.titles[number], offset_ms, transcode=transcode
        )

    def pause(self, client: Client, offset_ms: int | None = None) -> None:
        """Let a client pause."""
        self.machine.players.change(client, state="paused", offset=offset_ms)

    def resume(self, client: Client, offset_ms: int | None = None) -> None:
        """Let a client go on, or report that it got further."""
        self.machine.players.change(client, state="playing", offset=offset_ms)

    def buffer(self, client: Client) -> None:
        """Let a client wait for data."""
        self.machine.players.change(client, state="buffering")

    def finish(self, client: Client, offset_ms: int | None = None) -> None:
        """Let a client stop; its session is gone."""
        self.machine.players.end(client, offset=offset_ms)

    # What goes wrong

    def restart(self, *, refusals: int = 2, retry_after: int = 1) -> None:
        """Restart: channels are closed, sessions and transient tokens are lost, and so many requests get a 503."""
        self.machine.wire.hang_up()
        self.machine.players.forget()
        self.machine.access.forget_transient()
        self.fault = Fault(Status(503, retry_after), times=refusals)

    def push(self, kind: str, name: str, entries: list[Json]) -> None:
        """Push any notification, such as ("reachability", "ReachabilityNotification", [{"reachability": True}])."""
        self.machine.wire.push(kind, name, entries)

    @property
    def listeners(self) -> int:
        """How many push channels are open."""
        return self.machine.wire.listeners

    async def heard(self, listeners: int = 1) -> None:
        """Wait until so many push channels are open, for clients that open and close theirs on their own."""
        await self.machine.wire.heard(listeners)

    @override
    def routes(self) -> list[web.AbstractRouteDef]:
        return [route for group in ROUTES for route in group(self.machine).routes()]

    @override
    def app(self) -> web.Application:
        app = super().app()
        app.middlewares.extend((self._tell_time, self._let_in))
        return app

    @override
    def token_of(self, request: web.Request) -> str | None:
        return request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token")

    @override
    def error_response(self, request: web.Request, status: int) -> web.Response:
        reason = web.Response(status=status).reason
        body = f"<html><head><title>{reason}</title></head><body><h1>{status} {reason}</h1></body></html>"
        return web.Response(status=status, text=body, content_type="text/html")

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Ask for a token, everywhere but at the identity; a foreign server knows none."""
        request[DOOR] = self.door_of(request).name
        foreign = self._pretences.get(request[DOOR])
        request[IDENTIFIER] = foreign or self.identifier
        if request.path == "/identity" or TOKENLESS in request.path:
            return await handler(request)
        visitor = self.machine.access.visitor(self.token_of(request)) if foreign is None else None
        if visitor is None and foreign is None and self.behaviour.allow_without_token:
            visitor = Visitor(OWNER_ACCOUNT, self.owner.id, self.owner.username, owner=True)
        if visitor is None:
            raise web.HTTPUnauthorized
        request[VISITOR] = visitor
        return await handler(request)

    @web.middleware
    async def _tell_time(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in each answer what time it is, by the server's own clock."""
        response = await handler(request)
        if not response.prepared:
            response.headers["Date"] = formatdate(self.machine.now(), usegmt=True)
        return response

    def _visitor(self, user: User) -> Visitor:
        owned = user is self.owner
        return Visitor(OWNER_ACCOUNT if owned else user.id, user.id, user.username, owned)
