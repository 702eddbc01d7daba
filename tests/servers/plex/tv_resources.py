"""Which servers and players does plex.tv list for a user, and how does it say they are reached?"""

from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web

from tests.servers.server import Door

from .element import Json
from .people import User
from .tv_accounts import Accounts
from .tv_answers import answer, iso


class Listed(Protocol):
    """What plex.tv has to know of a device to list it."""

    name: str
    product: str
    version: str
    platform: str
    device: str

    @property
    def identifier(self) -> str:
        """The one thing that tells it from all others."""


@dataclass(frozen=True, slots=True)
class Advertised:
    """One way in that plex.tv tells of; `uri` overrides what the door would say."""

    door: Door | None
    local: bool
    relay: bool
    ipv6: bool = False
    uri: str | None = None

    def body(self, *, https: bool) -> Json:
        """Return the connection as it is listed; without `https` there is no certificate and no name."""
        uri = self.uri or (self.door.url if self.door is not None else "")
        parts = urlsplit(uri)
        address = parts.hostname or ""
        if address.endswith(".plex.direct"):
            address = address.partition(".")[0].replace("-", "." if not self.ipv6 else ":")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return {
            "protocol": parts.scheme if https else "http",
            "address": address,
            "port": port,
            "uri": uri if https else f"http://{address}:{port}",
            "local": self.local,
            "relay": self.relay,
            "IPv6": self.ipv6,
        }


@dataclass(slots=True)
class Share:
    """What one user has of a device: the token that opens it, and on what terms."""

    user: User
    token: str | None
    owned: bool
    home: bool
    owner: User | None = None


@dataclass(slots=True)
class Listing:
    """One device as plex.tv knows it. Plain fields, to be changed by tests."""

    device: Listed
    provides: str = "server"
    connections: list[Advertised] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    presence: bool = True
    https_required: bool = False
    public_address_matches: bool = True
    dns_rebinding_protection: bool = False
    nat_loopback_supported: bool = True
    created: int = 1_578_842_000
    last_seen: int = 1_767_225_600

    def share_of(self, user: User) -> Share | None:
        """Return what a user has of this device."""
        return next((share for share in self.shares if share.user is user), None)

    def body(self, share: Share, wanted: Wanted) -> Json:
        """Return the device as it is listed for one user."""
        connections = [connection for connection in self.connections if wanted.includes(connection)]
        return {
            "name": self.device.name,
            "product": self.device.product,
            "productVersion": self.device.version,
            "platform": self.device.platform or None,
            "platformVersion": "12 (bookworm)" if self.device.platform else None,
            "device": self.device.device or None,
            "clientIdentifier": self.device.identifier,
            "createdAt": iso(self.created),
            "lastSeenAt": iso(self.last_seen),
            "provides": self.provides,
            "ownerId": None if share.owned or share.owner is None else share.owner.id,
            "sourceTitle": None if share.owned or share.owner is None else share.owner.title,
            "publicAddress": "203.0.113.34",
            "accessToken": share.token,
            "owned": share.owned,
            "home": share.home,
            "synced": False,
            "relay": any(connection.relay for connection in self.connections),
            "presence": self.presence,
            "httpsRequired": self.https_required,
            "publicAddressMatches": self.public_address_matches,
            "dnsRebindingProtection": self.dns_rebinding_protection,
            "natLoopbackSupported": self.nat_loopback_supported,
            "connections": [connection.body(https=wanted.https) for connection in connections],
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request for resources asked to include; without asking, less is listed."""

    https: bool
    relay: bool
    ipv6: bool

    @classmethod
    def of(cls, request: web.Request) -> Wanted:
        """Read it from the query."""
        return cls(*(request.query.get(f"include{name}") in {"1", "true"} for name in ("Https", "Relay", "IPv6")))

    def includes(self, connection: Advertised) -> bool:
        """Tell whether a connection is to be listed."""
        return (self.relay or not connection.relay) and (self.ipv6 or not connection.ipv6)


class Directory:
    """All devices, and the path that lists them."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._listings: dict[str, Listing] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the paths of the list."""
        return [web.get("/api/v2/resources", self._resources), web.get("/api/v2/resources.json", self._resources)]

    def listing(self, device: Listed) -> Listing:
        """Return the entry of a device, a new one if it has none."""
        return self._listings.setdefault(device.identifier, Listing(device))

    def listings(self) -> list[Listing]:
        """Return all entries."""
        return list(self._listings.values())

    async def _resources(self, request: web.Request) -> web.Response:
        token = request.headers.get("X-Plex-Token") or request.query.get("X-Plex-Token")
        user, wanted = self._accounts.by_token(token), Wanted.of(request)
        shared = ((listing, listing.share_of(user)) for listing in self._listings.values())
        bodies = [listing.body(share, wanted) for listing, share in shared if share is not None]
        return answer(request, "resources", bodies)
