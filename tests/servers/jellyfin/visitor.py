"""How do tests talk to the fake? As people with an app each, over real HTTP, with every answer checked."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import cast

import aiohttp

from tests.servers.openapi import Document

from .accounts import User
from .checked import CheckedJellyfinServer, document_of
from .wire import Json, Object

PATIENCE = 5.0
"""Seconds after which a frame that did not come will not come."""


def dig(data: Json, *path: str | int) -> Json:
    """Return what lies at a path of names and places; None if there is nothing."""
    for step in path:
        match data, step:
            case dict(), str():
                data = data.get(step)
            case list(), int() if step < len(data):
                data = data[step]
            case _:
                return None
    return data


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Json:
        """The body as JSON."""
        return cast("Json", json.loads(self.body))

    @property
    def object(self) -> Object:
        """The body as an object."""
        return cast("Object", self.data)

    @property
    def items(self) -> list[Object]:
        """The items of a page, or of a bare list."""
        data = self.data
        return cast("list[Object]", data if isinstance(data, list) else cast("Object", data)["Items"])

    @property
    def names(self) -> list[Json]:
        """The names of the items of a page."""
        return [item["Name"] for item in self.items]


@dataclass(slots=True)
class Visitor:
    """Somebody with an app; without a token it is anybody."""

    http: aiohttp.ClientSession
    jellyfin: CheckedJellyfinServer
    user: User | None = None
    token: str | None = None
    client: str = "Reel"
    device_id: str = "b7e23ec29af22b0b"
    door: str = "local"

    @property
    def id(self) -> str:
        """The id of the user."""
        assert self.user is not None
        return self.user.id

    def header(self, scheme: str = "MediaBrowser") -> str:
        """Return the authorization header of the app."""
        token = f', Token="{self.token}"' if self.token else ""
        app = f'Client="{self.client}", Device="Home%20Assistant", DeviceId="{self.device_id}", Version="1.0"'
        return f"{scheme} {app}{token}"

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Mapping[str, str | int] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request and return the answer, whatever its status."""
        sent = {"Authorization": self.header()} if headers is None else headers
        url = self.jellyfin.url(self.door) + path
        async with self.http.request(
            method, url, headers=sent, params=query, json=body, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **query: str | int) -> Answer:
        """Get something that is there."""
        answer = await self.ask("GET", path, None, query)
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer

    async def post(self, path: str, body: object = None, **query: str | int) -> Answer:
        """Post something that is accepted."""
        answer = await self.ask("POST", path, body, query)
        assert answer.status in {200, 204}, f"{path}: {answer.status}"
        return answer

    @asynccontextmanager
    async def socket(self, **query: str) -> AsyncIterator[Socket]:
        """Open a websocket; the keep-alive it begins with is already taken."""
        url = self.jellyfin.url(self.door) + "/socket"
        headers = {} if query else {"Authorization": self.header()}
        async with self.http.ws_connect(url, headers=headers, params=query) as stream:
            socket = Socket(stream, document_of(self.jellyfin.state.version.text))
            await socket.next("ForceKeepAlive")
            yield socket
        assert not socket.problems, "\n".join(socket.problems)


@dataclass(slots=True)
class Socket:
    """A websocket whose frames are checked as they come in and go out."""

    stream: aiohttp.ClientWebSocketResponse
    document: Document | None
    problems: list[str] = field(default_factory=list)

    async def next(self, kind: str) -> Object:
        """Return the next frame of a kind; others before it are skipped."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self.stream.receive_json()
                if self.document is not None:
                    self.problems += self.document.check_schema("OutboundWebSocketMessage", frame)
                if frame["MessageType"] == kind:
                    return cast("Object", frame)

    async def data(self, kind: str) -> Object:
        """Return what the next frame of a kind is about."""
        return cast("Object", (await self.next(kind))["Data"])

    async def say(self, kind: str, data: str | None = None) -> None:
        """Send a frame."""
        frame: Object = {"MessageType": kind} if data is None else {"MessageType": kind, "Data": data}
        if self.document is not None:
            self.problems += self.document.check_schema("InboundWebSocketMessage", frame)
        await self.stream.send_json(frame)

    async def settle(self) -> list[str]:
        """Return the kinds of all frames that came before the answer to a question asked now."""
        await self.say("KeepAlive")
        kinds = []
        async with asyncio.timeout(PATIENCE):
            while (frame := await self.stream.receive_json())["MessageType"] != "KeepAlive":
                kinds.append(str(frame["MessageType"]))
        return kinds


@dataclass(slots=True)
class Attic:
    """A server with an administrator, a user, and somebody at the door."""

    jellyfin: CheckedJellyfinServer
    http: aiohttp.ClientSession
    root: Visitor
    ada: Visitor
    guest: Visitor

    def visitor(self, user: User, *, device_id: str, client: str = "Reel") -> Visitor:
        """Return somebody with an app that is signed in."""
        token = self.jellyfin.sign_in(user, device_id, client)
        return Visitor(self.http, self.jellyfin, user, token, client, device_id)


@asynccontextmanager
async def open_attic(server: CheckedJellyfinServer | None = None) -> AsyncIterator[Attic]:
    """Start a server with two users; in the end, all its answers must fit its document."""
    async with server or CheckedJellyfinServer() as jellyfin, aiohttp.ClientSession() as http:
        root, ada = jellyfin.add_user("root", "toor", admin=True), jellyfin.add_user("ada", "correct horse")
        guest = Visitor(http, jellyfin)
        attic = Attic(jellyfin, http, guest, guest, guest)
        attic.root = attic.visitor(root, device_id="5f0e8a1c77d94b1e")
        attic.ada = attic.visitor(ada, device_id="0c2a4f5f3c2e4a1f")
        yield attic
        assert not jellyfin.problems, "\n".join(jellyfin.problems)
