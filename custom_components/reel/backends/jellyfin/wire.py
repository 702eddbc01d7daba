"""How is anything of Jellyfin asked? Every request to every server goes through here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote

import aiohttp

from ..model import Client
from ..playing import Stream
from ..stream import asked, begin, streamed, url_below
from ..transport import TIMEOUT, Json, Reply, Request, accept, send, url_of


@dataclass(frozen=True, slots=True)
class Wire:
    """A way to ask Jellyfin servers as one client over one session; it cannot remember anything."""

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
        json: Json = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,  # noqa: ASYNC109
    ) -> Reply:
        """Return the reply to a request below `base`, which keeps its path; raises `SourceError`."""
        url = url_of(base, path, query)
        return accept(await send(self.session, Request(method, url, self.headers(token), json), timeout))

    @asynccontextmanager
    async def stream(
        self, method: str, base: str, path: str, token: str, headers: Mapping[str, str]
    ) -> AsyncIterator[Stream]:
        """Return what lies at a path below `base`, with its query, as far as `headers` ask for it."""
        request = Request(method, url_below(base, path), {**self.headers(token), **asked(headers)})
        async with streamed(await begin(self.session, request)) as stream:
            yield stream

    def headers(self, token: str | None = None) -> dict[str, str]:
        """Return who is asking, and with what token.

        The one form that every version from 10.9 to 12 accepts; the older ones are off by default in 12.
        """
        values = {
            "Client": self.client.product,
            "Device": self.client.device,
            "DeviceId": self.client.identifier,
            "Version": self.client.version,
        } | ({"Token": token} if token else {})
        said = ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in values.items())
        return {"Accept": "application/json", "Authorization": f"MediaBrowser {said}"}
