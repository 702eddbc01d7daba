"""What does a page of the frontend do with media? It looks around, asks where something plays, and fetches that."""

from dataclasses import dataclass
import json
from typing import Any
from urllib.parse import urljoin

from aiohttp import ClientWebSocketResponse
from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from multidict import CIMultiDictProxy
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
from yarl import URL

ROOT = "media-source://reel"
# What the frontend takes at once without a pause that somebody sees.
MOST_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Got:
    """What came for a request."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def leads(self) -> list[str]:
        """What a playlist names."""
        found = []
        for line in self.body.decode().splitlines():
            found += (
                [line]
                if line and not line.startswith("#")
                else [each.partition('"')[0] for each in line.split('URI="')[1:]]
            )
        return found


@dataclass(slots=True)
class Page:
    """A page with the media browser, signed in at its socket; what it fetches, it fetches as anybody."""

    socket: ClientWebSocketResponse
    client: TestClient[Any, Any]
    seen: list[str]
    """All that it was told: addresses, answers, headers and playlists."""

    @classmethod
    async def open(cls, sockets: WebSocketGenerator, clients: ClientSessionGenerator) -> Page:
        """Open a page; the integration has to be set up before."""
        return cls(await sockets(), await clients(), [])

    async def ask(self, **message: object) -> dict[str, Any]:
        """Send a command and return the answer."""
        await self.socket.send_json_auto_id(message)  # type: ignore[attr-defined]  # the harness adds it
        answer: dict[str, Any] = await self.socket.receive_json()
        text = json.dumps(answer, ensure_ascii=False)
        assert len(text.encode()) < MOST_BYTES
        self.seen.append(text)
        return answer

    async def result(self, **message: object) -> dict[str, Any]:
        """Send a command that has to succeed."""
        answer = await self.ask(**message)
        assert answer["success"], answer
        result: dict[str, Any] = answer["result"]
        return result

    async def browse(self, place: str = ROOT) -> dict[str, Any]:
        """Open a place."""
        return await self.result(type="media_source/browse_media", media_content_id=place)

    async def search(self, words: str, place: str = ROOT, **more: object) -> list[dict[str, Any]]:
        """Return what is called so."""
        found = await self.result(type="media_source/search_media", media_content_id=place, search_query=words, **more)
        result: list[dict[str, Any]] = found["result"]
        return result

    async def resolve(self, place: str) -> tuple[str, str]:
        """Return where something plays, and what it is."""
        found = await self.result(type="media_source/resolve_media", media_content_id=place)
        return found["url"], found["mime_type"]

    async def walk(self, *titles: str) -> dict[str, Any]:
        """Open what is called so, one in the other."""
        found = await self.browse()
        for title in titles:
            (place,) = [each["media_content_id"] for each in found["children"] if each["title"].startswith(title)]
            found = await self.browse(place)
        return found

    async def address(self, *titles: str) -> str:
        """Return where something plays that was found by walking there."""
        *way, last = titles
        found = await self.walk(*way)
        place = next(each["media_content_id"] for each in found["children"] if each["title"].startswith(last))
        return (await self.resolve(place))[0]

    async def get(self, url: str, method: str = "GET", **headers: str) -> Got:
        """Fetch something; names of headers have underscores for their dashes."""
        said = {name.replace("_", "-").title(): value for name, value in headers.items()}
        async with self.client.request(method, URL(url, encoded=True), headers=said, allow_redirects=False) as answer:
            got = Got(answer.status, answer.headers, await answer.read())
        self.seen += [url, repr(got.headers)]
        if "mpegurl" in got.headers.get("Content-Type", "").lower():
            self.seen.append(got.body.decode())
        return got

    async def pieces(self, url: str, most: int = 3) -> list[tuple[str, Got]]:
        """Fetch a playlist with the first pieces of all that it leads to, and return those with their addresses."""
        found: list[tuple[str, Got]] = []
        for name in (await self.get(url)).leads[:most]:
            inner = urljoin(url, name)
            found += await self.pieces(inner, most) if ".m3u8" in inner else [(inner, await self.get(inner))]
        return found


async def everything(page: Page, place: str = ROOT) -> dict[str, dict[str, Any]]:
    """Return all that can be played and is found from a place, by its identifier."""
    found: dict[str, dict[str, Any]] = {}
    for child in (await page.browse(place))["children"]:
        if child["can_play"]:
            found[child["media_content_id"]] = child
        else:
            found |= await everything(page, child["media_content_id"])
    return found


def source_key(hass: HomeAssistant, name: str) -> str:
    """Return the key of a source by its name."""
    for entry in hass.config_entries.async_entries("reel"):
        for key, subentry in entry.subentries.items():
            if subentry.title == name:
                return key
    raise LookupError(name)
