"""How do tests ask a fake? As a client would: over HTTP, with a token, for JSON or for XML."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
import json
from typing import Final
from xml.etree import ElementTree as ET

from aiohttp import ClientSession
from yarl import URL

CLIENT: Final = "5b1a3f0e-7a54-4a0c-9d0b-0c7f1f6f2a11"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as JSON."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def container(self) -> dict[str, object]:
        """What stands in the MediaContainer of a JSON body."""
        found = self.json["MediaContainer"]
        assert isinstance(found, dict)
        return found

    @property
    def xml(self) -> ET.Element:
        """The root of an XML body."""
        return ET.fromstring(self.body)  # noqa: S314  # our own fakes wrote it

    def listed(self, name: str = "Metadata") -> list[dict[str, object]]:
        """Return what a JSON body lists under a name; an empty list is left out of it."""
        found = self.container.get(name, [])
        assert isinstance(found, list)
        return found


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone who asks one server."""

    session: ClientSession
    url: str
    token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def ask(self, path: str, method: str = "GET", /, **query: str | float) -> Answer:
        """Send a request; `query` is added to what the path has, with underscores for the dashes of X-Plex words."""
        sent = {"X-Plex-Client-Identifier": CLIENT, "Accept": "application/json", **self.headers}
        if self.token is not None:
            sent["X-Plex-Token"] = self.token
        words = {name.replace("_", "-"): str(value) for name, value in query.items()}
        address = URL(self.url + path, encoded=True).extend_query(words)
        async with self.session.request(method, address, headers=sent) as response:
            return Answer(response.status, response.headers, await response.read())

    async def xml(self, path: str, /, **query: str | float) -> ET.Element:
        """Return what is answered to someone who does not ask for JSON."""
        return (await replace(self, headers={**self.headers, "Accept": "*/*"}).ask(path, **query)).xml
