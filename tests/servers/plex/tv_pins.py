"""How does a device get a token without a password? It shows a code, and someone who is signed in approves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import ceil
from typing import Final

from aiohttp import web

from .behaviour import TvBehaviour
from .element import Json
from .people import User
from .tv_accounts import Accounts
from .tv_answers import answer, error, iso

# No letters or digits that look like others: people type them.
SHORT: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LONG: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
TRUE: Final = frozenset({"1", "true"})


@dataclass(slots=True)
class Pin:
    """One attempt to sign in; only the client that made it may ask for the outcome."""

    id: int
    code: str
    client_identifier: str
    product: str
    created: float
    expires_in: int
    user: User | None = None
    """Who approved it."""


class PinDesk:
    """All PINs, and the paths that make and poll them."""

    def __init__(self, accounts: Accounts, behaviour: TvBehaviour, now: Callable[[], float]) -> None:
        self._accounts = accounts
        self._behaviour = behaviour
        self._now = now
        self._made = 0
        self.pins: dict[int, Pin] = {}

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the paths of the PINs; the old ones end in .json."""
        return [
            web.post("/api/v2/pins", self._create),
            web.post("/api/v2/pins.json", self._create),
            web.post("/pins.json", self._create),
            web.get("/api/v2/pins/{id:\\d+}", self._poll),
            web.get("/api/v2/pins/{id:\\d+}.json", self._poll),
            web.get("/pins/{id:\\d+}.json", self._poll),
            web.put("/api/v2/pins/link", self._link),
        ]

    def find(self, code: str) -> Pin | None:
        """Return the PIN of a code while it can be approved."""
        pin = next((pin for pin in self.pins.values() if pin.code == code.strip()), None)
        return pin if pin is not None and not self._is_over(pin) else None

    async def _create(self, request: web.Request) -> web.Response:
        words = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
        self._made += 1
        pin = Pin(
            id=1_800_000_000 + self._made,
            code=_code(self._made, strong=words.get("strong", "").lower() in TRUE),
            client_identifier=said(request, "X-Plex-Client-Identifier", words),
            product=said(request, "X-Plex-Product", words),
            created=self._now(),
            expires_in=self._behaviour.pin_lifetime,
        )
        self.pins[pin.id] = pin
        return answer(request, "pin", self._body(pin), 201)

    async def _poll(self, request: web.Request) -> web.Response:
        """Hand over the token once; after that the PIN is consumed."""
        pin = self.pins.get(int(request.match_info["id"]))
        asks = said(request, "X-Plex-Client-Identifier", request.query)
        if pin is None or self._is_over(pin) or pin.client_identifier != asks:
            return error(request, 404, 1020, "Code not found or expired")
        if pin.user is not None:
            del self.pins[pin.id]
        return answer(request, "pin", self._body(pin))

    async def _link(self, request: web.Request) -> web.Response:
        """Approve a code, as plex.tv/link does for whoever is signed in there."""
        user = self._accounts.by_token(request.headers.get("X-Plex-Token"))
        words = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
        pin = self.find(words.get("code", ""))
        if pin is None:
            return error(request, 404, 1020, "Code not found or expired")
        pin.user = user
        return web.Response(status=204)

    def _is_over(self, pin: Pin) -> bool:
        return self._now() >= pin.created + pin.expires_in

    def _body(self, pin: Pin) -> Json:
        return {
            "id": pin.id,
            "code": pin.code,
            "product": pin.product or None,
            "trusted": False,
            "qr": f"https://plex.tv/api/v2/pins/qr/{pin.code}",
            "clientIdentifier": pin.client_identifier,
            "location": {
                "code": "NL",
                "european_union_member": True,
                "continent_code": "EU",
                "country": "The Netherlands",
                "city": "Utrecht",
                "time_zone": "Europe/Amsterdam",
                "postal_code": "3511",
                "in_privacy_restricted_country": True,
                "subdivisions": "Utrecht",
                "coordinates": "52.09, 5.12",
            },
            "expiresIn": max(ceil(pin.created + pin.expires_in - self._now()), 0),
            "createdAt": iso(pin.created),
            "expiresAt": iso(pin.created + pin.expires_in),
            "authToken": self._accounts.sign_in(pin.user) if pin.user is not None else None,
            "newRegistration": None,
        }


def said(request: web.Request, name: str, words: Mapping[str, str]) -> str:
    """Return what a client says about itself: in a header, in the query, or in a form."""
    if name in request.headers:
        return request.headers[name]
    return words.get(name, "")


def _code(made: int, *, strong: bool) -> str:
    digest = sha256(f"pin {made}".encode()).digest()
    return "".join(LONG[byte % 36] for byte in digest[:25]) if strong else "".join(SHORT[b % 33] for b in digest[:4])
