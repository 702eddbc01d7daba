"""A Jellyfin server of any version, with users, libraries, apps that play, and every way to misbehave."""

import asyncio
from collections.abc import Callable
from email.utils import formatdate
from functools import cache
import re
import time
from typing import Final, override

from aiohttp import web

from tests.servers.library import Kind, Library, Title, make_library
from tests.servers.server import HOST, FakeServer

from . import (
    browse,
    control,
    errors,
    images,
    lists,
    playback_info,
    reports,
    shows,
    sign_in,
    sockets,
    streams,
    system,
    views,
)
from .accounts import Accounts, User
from .apps import App
from .authorization import find_token, read_header
from .behaviour import Behaviour
from .call import Call
from .discovery import PORT, Responder
from .fields import Fields, read_body
from .push import Batch
from .routing import Access, Route, Router
from .shelf import Shelf, View
from .state import Fate, LibraryChange, State
from .version import Version
from .wire import guid

CONCERNS: Final = (
    system, sign_in, views, browse, lists, shows, images, playback_info, streams, reports, control, sockets,
)  # fmt: skip


class JellyfinServer(FakeServer):
    """A fake Jellyfin; its users, items and apps can be changed while it runs."""

    def __init__(
        self,
        name: str = "Attic",
        *,
        library: Library | None = None,
        version: str = "10.11.11",
        base_path: str = "",
        server_id: str | None = None,
        now: Callable[[], float] = time.time,
        library_delay: float = 0.02,
        user_data_delay: float = 0.02,
        keep_alive: float = 60.0,
    ) -> None:
        """Make a server; a real one waits 30 seconds before it tells of changed items, and 0.5 of watched ones."""
        super().__init__()
        self.state = State(
            name=name,
            server_id=server_id or guid("server", name),
            version=Version(version),
            base_path=base_path,
            shelf=Shelf(library or _default_library()),
            accounts=Accounts(name),
            now=now,
            keep_alive=keep_alive,
        )
        self.state.sessions.changed = self._sessions_changed
        self._user_news = Batch[tuple[User, Title]](user_data_delay, lambda n: sockets.push_user_data(self.state, n))
        self._library_news = Batch[LibraryChange](library_delay, lambda n: sockets.push_library(self.state, n))
        self.state.user_news = self._user_news
        self._router = Router([route for concern in CONCERNS for route in concern.routes.all], self.state.version)
        self._responder: Responder | None = None

    @property
    def behaviour(self) -> Behaviour:
        """The switches."""
        return self.state.behaviour

    @property
    def server_id(self) -> str:
        """The id this server is known by."""
        return self.state.server_id

    @override
    def url(self, door: str = "local") -> str:
        """Return the address of a door, with the base path."""
        return super().url(door) + self.state.base_path

    # Users and tokens

    def add_user(
        self, name: str, password: str = "", *, admin: bool = False, libraries: set[str] | None = None
    ) -> User:
        """Let somebody have an account; `libraries` names those that are shared, such as {"movies"}."""
        seen = {view.id for view in self.state.shelf.views if view.collection_type in (libraries or ())}
        user_id = guid("user", self.server_id, name)
        user = User(user_id, name, password, admin=admin, libraries=None if libraries is None else seen)
        return self.state.accounts.add(user)

    def sign_in(self, user: User, device_id: str = "d41d8cd98f00b204", client: str = "Reel") -> str:
        """Return a token for a user, as if an app had signed in."""
        return self.state.accounts.grant(user, client, "Home Assistant", device_id, "1.0", self.state.now()).token

    def make_api_key(self, app: str = "Reel") -> str:
        """Return a token that belongs to nobody."""
        return self.state.accounts.grant(None, app, "", "", "", self.state.now()).token

    def revoke(self, token: str) -> None:
        """End a token, as an administrator does in the list of devices."""
        for device in self.state.accounts.revoke(lambda device: device.token == token):
            self.state.sessions.end(device)

    def disable(self, user: User) -> None:
        """Lock a user out; all tokens of the user end."""
        user.disabled = True
        for device in self.state.accounts.revoke(lambda device: device.user is user):
            self.state.sessions.end(device)

    def approve(self, code: str, user: User) -> None:
        """Approve a code of Quick Connect, as the user does in another app."""
        attempts = self.state.accounts.attempts.values()
        next(attempt for attempt in attempts if attempt.code == code).user = user

    # Items

    def id_of(self, title: Title) -> str:
        """Return the id of a title."""
        return self.state.shelf.id_of(title)

    def view_id(self, collection_type: str) -> str:
        """Return the id of the first library of a type: "movies", "tvshows", "music", "playlists", …"""
        return next(view.id for view in self.state.shelf.views if view.collection_type == collection_type)

    def add_library(self, name: str, collection_type: str = "") -> View:
        """Add a library beside those there are, which stays empty until something is moved there; "" is a mixed one."""
        mixed = (Kind.MOVIE, Kind.SHOW, Kind.SEASON, Kind.EPISODE)
        alike = [view.kinds for view in self.state.shelf.views if view.collection_type == collection_type]
        return self.state.shelf.add_view(name, collection_type, alike[0] if alike else mixed)

    def add(self, title: Title) -> Title:
        """Add a title, under a new number if its own is taken, and return it as it was added."""
        taken = title.number in self.state.shelf.titles
        added = self.state.shelf.renumbered(title) if taken else title
        self.state.shelf.put(added, self.state.now())
        self._tell(Fate.ADDED, added)
        return added

    def change(self, title: Title) -> None:
        """Replace the title of the same number."""
        self.state.shelf.put(title, self.state.now())
        self._tell(Fate.UPDATED, title)

    def move(self, title: Title, view: View) -> Title:
        """Move a title without anything below to another library, and return it: its id was made of its path."""
        self.remove(title)
        moved = self.state.shelf.renumbered(title)
        self.state.shelf.place(moved, view)
        return self.add(moved)

    def mark(self, user: User, title: Title, *, watched: bool = True) -> None:
        """Mark a title as watched or not, as the user does in another app."""
        data = user.watching(title.number)
        if watched:
            data.mark(self.state.now())
        else:
            data.unmark()
        self.state.watched(user, title)

    def remove(self, title: Title) -> None:
        """Remove a title and all that is below."""
        for gone in (title, *self.state.shelf.owned(title)):
            self._tell(Fate.REMOVED, gone)
        self.state.shelf.remove(title)

    # Apps

    def open_app(
        self, user: User, device: str = "Living Room TV", *, client: str = "Android TV", device_id: str = ""
    ) -> App:
        """Return a simulated app of a user: `.play(title, ticks)`, `.pause()`, `.seek()`, `.stop()`, `.received`."""
        state = self.state
        held = state.accounts.grant(user, client, device, device_id or guid(device), "0.19.0", state.now())
        app = App(state, state.sessions.of(held, user, state.now()))
        self._sessions_changed()
        return app

    # Misbehaviour

    def pretend(self, door: str, server_id: str) -> None:
        """Be another server at one door: it tells another id, and knows none of our tokens and passwords."""
        self.state.pretended[door] = server_id

    def hide(self, door: str) -> None:
        """Put a captive portal in front of one door, so that it answers everything with 200 and a page of HTML."""
        self.state.hidden.add(door)

    def restart(self, *, starting: bool = False) -> None:
        """Go down and come up: sockets, sessions, simulated apps and codes are gone, tokens stay.

        With `starting` it answers 503 from then on, until `behaviour.starting` is switched off.
        """
        for socket in self.state.sockets:
            socket.deliver("ServerRestarting")
            socket.close()
        self.state.sessions.by_id.clear()
        self.state.accounts.attempts.clear()
        self.behaviour.starting = starting

    async def announce(self, port: int = PORT, *, address: str | None = None) -> Responder:
        """Answer questions for servers on loopback, with the address of the local door unless another is given."""

        def tell() -> dict[str, str | None]:
            here = address or self.url()
            return {"Address": here, "Id": self.server_id, "Name": self.state.name, "EndpointAddress": None}

        loop = asyncio.get_running_loop()
        _, self._responder = await loop.create_datagram_endpoint(lambda: Responder(tell), local_addr=(HOST, port))
        return self._responder

    @override
    async def stop(self) -> None:
        """Close every door and wait until nothing is left."""
        if self._responder is not None:
            self._responder.close()
            self._responder = None
        for batch in (self._user_news, self._library_news):
            batch.cancel()
        await super().stop()

    # Answering

    @override
    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the one route behind which our own router stands, since aiohttp's minds the case."""
        return [web.route("*", "/{path:.*}", self._answer_any)]

    @override
    def token_of(self, request: web.Request) -> str | None:
        """Return the credential a request carries."""
        return find_token(self.state, request.headers, Fields(request.query.items()))

    @override
    def error_response(self, request: web.Request, status: int) -> web.Response:
        """Return what Jellyfin, or the proxy in front of it, writes about an error."""
        return errors.refusal(self.behaviour, status)

    async def _answer_any(self, request: web.Request) -> web.StreamResponse:
        door = self.door_of(request).name
        if self.behaviour.captive_portal or door in self.state.hidden:
            return errors.portal()
        path = self._inner_path(request.path)
        setup = self.behaviour.setup_answers and self.state.version.has_setup_server
        if self.behaviour.starting and not (setup and path.lower() == "/system/info/public"):
            return errors.starting(self.behaviour)
        route, parts = self._router.find(request.method, path)
        call = await self._call(request, door, parts)
        self._admit(call, route)
        response = await route.handler(call)
        if not response.prepared:
            # Left alone, the web server under this one would tell its own time.
            response.headers["Date"] = formatdate(self.state.now(), usegmt=True) if self.behaviour.clock else ""
        return response

    async def _call(self, request: web.Request, door: str, parts: dict[str, str]) -> Call:
        token = self.token_of(request) if door not in self.state.pretended else None
        return Call(
            self.state,
            request,
            door,
            Fields(parts.items()),
            Fields(request.query.items()),
            read_header(self.state, request.headers),
            self.state.accounts.devices.get(token or ""),
            await read_body(request),
        )

    def _admit(self, call: Call, route: Route) -> None:
        """Refuse who may not use a route, and note who was here."""
        user = call.caller()
        if call.device is None:
            if route.access is not Access.ANYBODY:
                raise web.HTTPUnauthorized
            return
        if user is None:
            return
        if route.access is Access.ADMIN and not user.admin:
            raise web.HTTPForbidden
        call.device.name = call.header.get("Device") or call.device.name
        call.device.version = call.header.get("Version") or call.device.version
        call.session()

    def _inner_path(self, path: str) -> str:
        """Return a path without the base path, and without what Emby's clients put in front."""
        base = self.state.base_path
        if not path.lower().startswith(base.lower()):
            raise web.HTTPNotFound
        inner = path[len(base) :]
        if self.state.version.has_emby_prefixes:
            inner = re.sub(r"^/(emby|mediabrowser)(?=/)", "", inner, flags=re.IGNORECASE)
        return inner

    def _tell(self, fate: Fate, title: Title) -> None:
        if not self.behaviour.pushes:
            return
        shelf = self.state.shelf
        parent, view = shelf.parent(title), shelf.view_of(title)
        folder_id = shelf.id_of(parent) if parent else view.id
        self._library_news.add(LibraryChange(fate, shelf.id_of(title), folder_id, view.id))

    def _sessions_changed(self) -> None:
        for socket in self.state.sockets:
            socket.stale.set()


@cache
def _default_library() -> Library:
    return make_library()
