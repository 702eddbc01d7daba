"""What else may answer at an address? A router, a printer, the WiFi of a hotel: anything that is no media server."""

from collections.abc import Mapping
import json
from typing import override

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.servers.server import FakeServer

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Router</title></head><body>Password?</body></html>"


class Anybody(FakeServer):
    """Gives every question the same answer."""

    def __init__(self, answer: Handler) -> None:
        super().__init__()
        self.answer = answer

    @override
    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.route("*", "/{path:.*}", self.answer)]

    @override
    def token_of(self, request: web.Request) -> str | None:
        return request.headers.get("X-Plex-Token") or request.headers.get("Authorization")

    @override
    def error_response(self, request: web.Request, status: int) -> web.Response:
        return web.Response(status=status)


def says(
    body: bytes = LOGIN_PAGE,
    *,
    status: int = 200,
    content_type: str = "text/html",
    headers: Mapping[str, str] | None = None,
) -> Handler:
    """Return an answer that is always the same."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type=content_type, headers=headers)

    return answer


def says_json(value: object) -> Handler:
    """Return an answer that is well-formed, whatever it means."""
    return says(json.dumps(value).encode(), content_type="application/json")


async def never_stops(request: web.Request) -> web.StreamResponse:
    """Answer with a body that has no end; it stops only when nobody listens any more."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(bytes(65_536))
