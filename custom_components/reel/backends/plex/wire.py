"""How is anything of Plex asked? Every request to plex.tv and to every server goes through here."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Final

import aiohttp

from ..errors import Cause, SignInRefused, Unreachable
from ..model import Client
from ..playing import Stream
from ..push import Channel, open_channel
from ..stream import Explain, asked, begin, no_reason, streamed, url_below
from ..transport import TIMEOUT, Json, Reply, Request, accept, send, url_of
from .direct import by_address

TOKEN_HEADER: Final = "X-Plex-Token"  # noqa: S105  # the name of a header


@dataclass(frozen=True, slots=True)
class Wire:
    """A way to ask Plex as one client over one session; it cannot remember anything, least of all a token."""

    session: aiohttp.ClientSession
    client: Client

    async def ask(
        self,
        method: str,
        base: str,
        path: str,
        *,
        token: str | None = None,
        query: Mapping[str, str | int] | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,  # noqa: ASYNC109
    ) -> Json:
        """Return the JSON answer to a request below `base`; raises `SourceError`."""
        return (await self.fetch(method, base, path, token=token, query=query, timeout=timeout)).json()

    async def fetch(
        self,
        method: str,
        base: str,
        path: str,
        *,
        token: str | None = None,
        query: Mapping[str, str | int] | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,  # noqa: ASYNC109
    ) -> Reply:
        """Return the reply to a request below `base`, for what is no JSON; raises `SourceError`.

        The token travels in a header, never in the URL, where logs and proxies would see it.
        """
        url = url_of(base, path, query)
        request = Request(method, url, self.headers(token))
        reply = await _by_name_or_address(request, partial(send, self.session, timeout=timeout))
        # The other way of plex.tv to refuse a token.
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and b"Invalid token" in reply.body:
            raise SignInRefused
        return accept(reply)

    async def open(self, base: str, path: str, token: str) -> Channel:
        """Return an open push channel below `base`; raises `SourceError`."""
        request = Request("GET", url_of(base, path), self.headers(token))
        return await _by_name_or_address(request, partial(open_channel, self.session))

    @asynccontextmanager
    async def stream(
        self, base: str, path: str, token: str, headers: Mapping[str, str], explain: Explain = no_reason
    ) -> AsyncIterator[Stream]:
        """Return what lies at a path below `base`, with its query, as far as `headers` ask for it."""
        request = Request("GET", url_below(base, path), {**self.headers(token), **asked(headers)})
        start = partial(begin, self.session, explain=explain)
        async with streamed(await _by_name_or_address(request, start)) as stream:
            yield stream

    def headers(self, token: str | None = None) -> dict[str, str]:
        """Return who is asking, and with what token."""
        headers = {
            "Accept": "application/json",
            "X-Plex-Client-Identifier": self.client.identifier,
            "X-Plex-Product": self.client.product,
            "X-Plex-Version": self.client.version,
            "X-Plex-Platform": self.client.device,
            "X-Plex-Device": self.client.device,
            "X-Plex-Device-Name": f"{self.client.product} ({self.client.device})",
        }
        return headers | ({TOKEN_HEADER: token} if token else {})


async def _by_name_or_address[T](request: Request, ask: Callable[[Request], Awaitable[T]]) -> T:
    """Return the answer to a request, asked of the address that a plex.direct name carries if that does not resolve."""
    try:
        return await ask(request)
    except Unreachable as error:
        direct = by_address(request) if error.cause is Cause.UNRESOLVED else None
        if direct is None:
            raise
        try:
            return await ask(direct)
        except Unreachable:
            # Both failed: that the name does not resolve is what a person can do something about.
            raise error from None
