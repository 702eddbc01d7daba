"""plex.tv: who has an account, who may open which server with what token, and how is that server reached?"""

from collections.abc import Callable
from time import time
from typing import override

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.servers.server import FakeServer

from .behaviour import TvBehaviour
from .media_server import PlexServer
from .people import User
from .players import Client
from .tv_accounts import Accounts
from .tv_answers import CODES, error
from .tv_people import PeopleDesk
from .tv_pins import PinDesk, said
from .tv_resources import Advertised, Directory, Listing, Share


class PlexTv(FakeServer):
    """The plex.tv of the tests; it has the real one's paths below the address of its door.

    It stands for clients.plex.tv, too. Time comes from `now`, so that PINs expire without waiting.
    """

    def __init__(self, *, now: Callable[[], float] = time, behaviour: TvBehaviour | None = None) -> None:
        """Make a plex.tv without any accounts."""
        super().__init__()
        self.behaviour = behaviour or TvBehaviour()
        self.accounts = Accounts(now)
        self.directory = Directory(self.accounts)
        self.pins = PinDesk(self.accounts, self.behaviour, now)
        self._people = PeopleDesk(self.accounts, self.directory, self.behaviour)

    def add_user(
        self,
        email: str,
        *,
        username: str | None = None,
        password: str = "",
        admin: User | None = None,
        pin: str | None = None,
        guest: bool = False,
        restricted: bool = False,
    ) -> User:
        """Open an account; with an `admin` it is a Home user of that admin, protected if it has a `pin`."""
        return self.accounts.add(
            email, username=username, password=password, admin=admin, pin=pin, guest=guest, restricted=restricted
        )

    def approve(self, code: str, user: User) -> None:
        """Let a user approve the PIN with this code; raises KeyError if there is none that can be approved."""
        pin = self.pins.find(code)
        if pin is None:
            raise KeyError(code)
        pin.user = user

    def revoke(self, user: User) -> None:
        """Make a user's account token worthless, as a changed password does; access tokens stay."""
        self.accounts.revoke(user)

    def give(
        self,
        server: PlexServer,
        user: User,
        *,
        owned: bool = False,
        home: bool = False,
        sections: frozenset[str] | None = None,
    ) -> str:
        """Give a user a server, and return the access token that opens it for this user only.

        It replaces what the user had of that server; `sections` limits a share to libraries by their keys.
        """
        listing = self.listing(server)
        self.take(server, user)
        token = server.hand_over(user) if owned else server.admit(user, sections=sections)
        listing.shares.append(Share(user, token, owned, home, None if owned else server.owner))
        return token

    def take(self, server: PlexServer, user: User) -> None:
        """Take a server away from a user: it is no longer listed, and the access token no longer opens it."""
        listing = self.listing(server)
        share = listing.share_of(user)
        if share is not None:
            listing.shares.remove(share)
            server.revoke(share.token or "")

    def advertise(
        self,
        server: PlexServer,
        door: str,
        *,
        local: bool = False,
        relay: bool = False,
        ipv6: bool = False,
        uri: str | None = None,
    ) -> None:
        """List a door of a server as a connection; with a `uri` that is listed, and the door need not exist."""
        opening = server.doors[door] if uri is None else server.doors.get(door)
        self.listing(server).connections.append(Advertised(opening, local, relay, ipv6, uri))

    def withdraw(self, server: PlexServer, door: str) -> None:
        """List a door no longer."""
        listing = self.listing(server)
        listing.connections = [made for made in listing.connections if made.door is not server.doors[door]]

    def listing(self, server: PlexServer) -> Listing:
        """Return the entry of a server, whose plain fields (presence, https_required, …) may be changed."""
        return self.directory.listing(server)

    def list_player(self, client: Client, user: User) -> Listing:
        """List a player for a user, as plex.tv does with every app that someone is signed in to."""
        listing = self.directory.listing(client)
        uri = f"http://{client.address}:{client.port}"
        listing.provides = "client,player,pubsub-player"
        listing.shares.append(Share(user, None, owned=True, home=False))
        listing.connections.append(Advertised(None, local=True, relay=False, uri=uri))
        return listing

    @override
    def routes(self) -> list[web.AbstractRouteDef]:
        return [*self.pins.routes(), *self.directory.routes(), *self._people.routes()]

    @override
    def app(self) -> web.Application:
        app = super().app()
        app.middlewares.append(_demand_identity)
        return app

    @override
    def token_of(self, request: web.Request) -> str | None:
        return request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token")

    @override
    def error_response(self, request: web.Request, status: int) -> web.Response:
        if status >= 500:
            return web.Response(status=status, text=f"<html><body>{status}</body></html>", content_type="text/html")
        return error(request, status, *CODES.get(status, (1000, "Bad request")))


@web.middleware
async def _demand_identity(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whoever does not say which installation it is."""
    words = {name: str(value) for name, value in (await request.post()).items()}
    if not said(request, "X-Plex-Client-Identifier", {**request.query, **words}):
        raise web.HTTPBadRequest
    return await handler(request)
