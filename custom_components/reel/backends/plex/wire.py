"""How is anything of Plex asked? Every request to plex.tv and to every server goes through here."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import aiohttp

from ..errors import SignInRefused
from ..model import Client
from ..transport import TIMEOUT, Json, Request, accept, send, url_of

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
        """Return the JSON answer to a request below `base`; raises `SourceError`.

        The token travels in a header, never in the URL, where logs and proxies would see it.
        """
        url = url_of(base, path, query)
        request = Request(method, url, self._headers(token))
        reply = await send(self.session, request, timeout)
        # The other way of plex.tv to refuse a token.
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and b"Invalid token" in reply.body:
            raise SignInRefused
        return accept(reply).json()

    def _headers(self, token: str | None) -> dict[str, str]:
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
