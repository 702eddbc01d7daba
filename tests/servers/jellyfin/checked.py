"""Does what the fake says fit the document of its version? A server that holds every answer against it."""

import re
from typing import Final, override

from aiohttp import web

from tests.servers.openapi import FIXTURES, Document, Explained

from .server import JellyfinServer
from .version import Version

DOCUMENTS: Final = {(10, 9): "10.9.11", (10, 10): "10.10.7", (10, 11): "10.11.11", (12, 0): "12.0.0"}
"""The document that holds from a version on; there is none for 10.8."""

EXPLAINED: Final = (
    Explained(r"TranscodeReasons: \[", "Up to 10.11 the names of the reasons are put at the list, not at its items."),
    Explained(r"^GET /QuickConnect/Initiate: unknown$", "The old form still works, but is hidden."),
    Explained(r"unknown in the query: (?i:apikey|api_key)$", "Tokens may stand in any query."),
    Explained(r" (206|304) \$: status unknown$", "Ranges and conditions are HTTP's own."),
    Explained(r"^\w+ .*/(?i:socket|health)\b", "Neither is part of the API."),
    Explained(
        r"(?i)(/(videos|audio)/.*(m3u8|hls1)|/Videos/ActiveEncodings).*: unknown$",
        "The document of 12.0 lost the controllers of HLS, which TranscodingUrl still leads to.",
    ),
)
"""Where the documents are silent about what real servers do."""


OLD: Final = (
    (r"^/(emby|mediabrowser)(?=/)", ""),
    (r"^/Users/[^/]+/Views$", "/UserViews"),
    (r"^/Users/[^/]+/Items/Resume$", "/UserItems/Resume"),
    (r"^/Users/[^/]+/Items/([^/]+)/(Rating|UserData)$", r"/UserItems/\1/\2"),
    (r"^/Users/[^/]+/Items(?=/|$)", "/Items"),
    (r"^/Users/[^/]+/Suggestions$", "/Items/Suggestions"),
    (r"^/Users/[^/]+/(Played|Favorite)Items/", r"/User\1Items/"),
)
"""The paths that still work but are no longer described, and which paths they are the same as."""


def modern(path: str) -> str:
    """Return the path that answers the same and is described."""
    for old, new in OLD:
        path = re.sub(old, new, path, flags=re.IGNORECASE)
    return path


def document_of(version: str) -> Document | None:
    """Return the document of a version, if there is one on this machine."""
    numbers = [since for since in DOCUMENTS if Version(version).at_least(*since)]
    if not numbers or not FIXTURES.exists():
        return None
    file = FIXTURES / f"jellyfin/openapi/jellyfin-openapi-{DOCUMENTS[max(numbers)]}.json"
    return Document.load(file, explained=EXPLAINED, ignore_case=True)


class CheckedJellyfinServer(JellyfinServer):
    """A fake whose `problems` are all the answers, and `complaints` all the requests, that do not fit its document."""

    problems: list[str]
    complaints: list[str]

    @override
    def app(self) -> web.Application:
        """Return the application, with somebody who listens in."""
        self.problems, self.complaints = [], []
        app = super().app()
        app.on_response_prepare.append(self._check)
        return app

    async def _check(self, request: web.Request, response: web.StreamResponse) -> None:
        document = document_of(self.state.version.text)
        hidden = self.behaviour.captive_portal or self.state.hidden
        if document is None or not isinstance(response, web.Response) or hidden:
            return
        method, path = request.method, modern(request.path[len(self.state.base_path) :])
        if response.status in {404, 405} and document.find(method, path) is None:
            return
        body = response.body if isinstance(response.body, bytes) else b""
        kind = response.headers.get("Content-Type", "") if body else ""
        sent = await request.read()
        self.problems += document.check_response(method, path, response.status, kind, body)
        self.complaints += document.check_request(method, path, request.query, request.headers, sent)
