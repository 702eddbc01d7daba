"""What does a route get to see? One request: who asks, what for, and how to answer."""

from dataclasses import dataclass, field
import json

from aiohttp import web

from tests.servers.library import Title

from .accounts import Device, User
from .fields import Fields, read_guid
from .items import EVERYTHING, Writer
from .sessions import Session
from .state import State
from .wire import Json, Object


@dataclass(slots=True)
class Call:
    """One request to a route."""

    state: State
    request: web.Request
    door: str
    parts: Fields
    """What stands in the path."""
    query: Fields
    header: dict[str, str]
    """What the Authorization header says: Client, Device, DeviceId, Version, Token."""
    device: Device | None = None
    """Whose token it is; None for what needs no token."""
    body: Fields = field(default_factory=lambda: Fields(()))

    @property
    def server_id(self) -> str:
        """The server id that is told at this door."""
        return self.state.pretended.get(self.door, self.state.server_id)

    def caller(self) -> User | None:
        """Return the user of the token; None for an API key."""
        return self.device.user if self.device else None

    def user(self) -> User:
        """Return the user this is about: of the path, the query, the body or the token."""
        user = self.user_or_none()
        if user is None:
            raise web.HTTPBadRequest
        return user

    def user_or_none(self) -> User | None:
        """Return the user this is about; an API key may be about nobody."""
        caller = self.caller()
        wanted = self.parts.guid("userId") or self.query.guid("userId") or self.body.guid("userId")
        if wanted is None or (caller is not None and wanted == caller.id):
            return caller
        if caller is not None and not caller.admin:
            raise web.HTTPForbidden
        user = self.state.accounts.users.get(wanted)
        if user is None:
            raise web.HTTPNotFound
        return user

    def session(self) -> Session:
        """Return the session of the caller; an API key has none."""
        caller = self.caller()
        if self.device is None or caller is None:
            raise web.HTTPBadRequest
        return self.state.sessions.of(self.device, caller, self.state.now())

    def title(self, item_id: str | None = None) -> Title:
        """Return the title of an id, by default that of the path; not found if its library is not shared."""
        found = self.state.shelf.find(item_id or read_guid(self.parts.text("itemId") or ""))
        if found is None:
            raise web.HTTPNotFound
        user = self.user_or_none() if self.device else None
        if not self.state.may_see(user, self.state.shelf.view_of(found)):
            raise web.HTTPNotFound
        return found

    def writer(self, *, everything: bool = False) -> Writer:
        """Return a writer for the user and with the options of the query."""
        return Writer(
            self.state,
            self.user_or_none(),
            EVERYTHING if everything else self.query.folded("fields"),
            user_data=self.query.flag("enableUserData") is not False,
            images=self.query.flag("enableImages") is not False and self.query.number("imageTypeLimit") != 0,
            image_types=self.query.folded("enableImageTypes"),
        )


def answer(data: Json, status: int = 200) -> web.Response:
    """Return JSON as Jellyfin does."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json; charset=utf-8"})


def done() -> web.Response:
    """Return the empty answer of what only had to be done."""
    return web.Response(status=204)


def refused(status: int) -> web.Response:
    """Return the answer to a sign-in that failed: plain text, whatever went wrong."""
    return web.Response(text="Error processing request.", status=status)


def result(items: list[Object], total: int, start: int = 0) -> web.Response:
    """Return a page of items."""
    return answer({"Items": list[Json](items), "TotalRecordCount": total, "StartIndex": start})
