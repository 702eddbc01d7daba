"""Who is watching now, and who watched what? The paths of sessions, history and their end."""

from typing import Final

from aiohttp import web

from tests.servers.library import Kind

from .element import Element, Scalar, container
from .files import media
from .items import Wants, air_date
from .machine import VISITOR, Machine, reply
from .players import CONVERTED, Playback, conversion
from .queries import Page
from .tv_accounts import avatar
from .watching import Viewing

IN_SESSION: Final = Wants(section=True)


class SessionRoutes:
    """What is and was played."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        return [
            web.get("/status/sessions", self._sessions),
            web.get("/status/sessions/history/all", self._history),
            web.get("/status/sessions/terminate", self._terminate),
            web.post("/status/sessions/terminate", self._terminate),
            web.get("/transcode/sessions", self._transcodes),
        ]

    async def _sessions(self, request: web.Request) -> web.Response:
        """List the sessions, or for a while still what was there before the last change."""
        self._machine.owner_only(request)
        behaviour, players = self._machine.behaviour, self._machine.players
        late = behaviour.late_sessions > 0
        behaviour.late_sessions -= late
        playing = players.before if late else players.playbacks
        return reply(request, container({}, [self._session(playback) for playback in playing]))

    def _session(self, playback: Playback) -> Element:
        machine, visitor = self._machine, playback.visitor
        element = machine.items.describe(playback.title, visitor.account, IN_SESSION)
        place = playback.offset if playback.client.tells_place else None
        element.attributes |= {"sessionKey": str(playback.key), "viewOffset": place}
        decision = CONVERTED if playback.transcode is not None else "directplay"
        element.children = [child for child in element.children if child.tag not in {"Media", "Image"}]
        element.children[:0] = [media(playback.title, decision=decision)]
        element.children += [
            Element(
                "User",
                {"id": str(visitor.account), "thumb": self._face(visitor.user_id), "title": visitor.name},
                single=True,
            ),
            _player(playback),
            Element(
                "Session",
                {
                    "id": playback.id,
                    "bandwidth": playback.bandwidth,
                    "location": "lan" if playback.client.local else "wan",
                },
                single=True,
            ),
        ]
        if playback.transcode is not None:
            element.children.append(conversion(playback))
        return element

    def _face(self, user_id: int) -> str:
        return avatar(self._machine.owner) if user_id == self._machine.owner.id else "https://plex.tv/users/0/avatar"

    async def _transcodes(self, request: web.Request) -> web.Response:
        self._machine.owner_only(request)
        converting = [one for one in self._machine.players.playbacks if one.transcode is not None]
        sessions = [conversion(playback, listed=True) for playback in converting]
        return reply(request, container({}, sessions))

    async def _terminate(self, request: web.Request) -> web.Response:
        self._machine.owner_only(request)
        wanted = request.query.get("sessionId", "")
        if not self._machine.behaviour.plex_pass:
            raise web.HTTPUnauthorized
        if not wanted:
            raise web.HTTPForbidden
        players = self._machine.players
        playback = next((one for one in players.playbacks if one.id == wanted), None)
        if playback is None:
            raise web.HTTPNotFound
        players.kick(playback, request.query.get("reason", ""))
        return web.Response()

    async def _history(self, request: web.Request) -> web.Response:
        """List what was played to its end; those who do not own the server see their own."""
        visitor, said = request[VISITOR], request.query
        viewings = [one for one in self._machine.watching.history if one.number in self._machine.shelves.titles]
        if not visitor.owner:
            viewings = [one for one in viewings if one.account == visitor.account]
        if said.get("accountID", "").isdecimal():
            viewings = [one for one in viewings if one.account == int(said["accountID"])]
        if said.get("viewedAt>", "").isdecimal():
            viewings = [one for one in viewings if one.at >= int(said["viewedAt>"])]
        if section := said.get("librarySectionID"):
            viewings = [one for one in viewings if self._section(one) == section]
        viewings.sort(key=lambda one: (one.at, one.id), reverse=said.get("sort") == "viewedAt:desc")
        page = Page.of(request, self._machine.behaviour)
        words: dict[str, Scalar | None] = {"totalSize": len(viewings), "offset": page.start}
        return reply(request, container(words, [self._viewing(one) for one in page.cut(viewings)]))

    def _section(self, viewing: Viewing) -> str:
        shelves = self._machine.shelves
        return shelves.section_of(shelves.titles[viewing.number]).key

    def _viewing(self, viewing: Viewing) -> Element:
        machine = self._machine
        title = machine.shelves.titles[viewing.number]
        path = machine.items.path(title)
        words: dict[str, Scalar | None] = {
            "historyKey": f"/status/sessions/history/{viewing.id}",
            "key": path,
            "ratingKey": machine.shelves.key(title.number),
            "librarySectionID": self._section(viewing),
            "title": title.name,
            "type": str(title.kind),
            "thumb": machine.items.picture(title, "thumb"),
            "originallyAvailableAt": air_date(title),
            "viewedAt": viewing.at,
            "accountID": viewing.account,
            "deviceID": [*machine.players.clients, viewing.device].index(viewing.device) + 1,
        }
        parents = machine.shelves.parents(title)
        if parents:
            words |= {
                "grandparentTitle": parents[-1].name,
                "grandparentKey": machine.items.path(parents[-1]),
                "parentKey": machine.items.path(parents[0]),
                "index": title.index,
                "parentIndex": parents[0].index,
            }
        return Element("Track" if title.kind is Kind.TRACK else "Video", words, json_name="Metadata")


def _player(playback: Playback) -> Element:
    client = playback.client
    return Element(
        "Player",
        {
            "address": client.address,
            "device": client.device,
            "deviceClass": client.device_class,
            "local": client.local,
            "machineIdentifier": client.identifier,
            "model": client.model,
            "platform": client.platform,
            "platformVersion": client.platform_version,
            "product": client.product,
            "profile": client.profile,
            "protocolVersion": "1",
            "relayed": client.relayed,
            "remotePublicAddress": "203.0.113.34",
            "secure": client.secure,
            "state": playback.state,
            "title": client.name,
            "userID": playback.visitor.account,
            "vendor": client.vendor,
            "version": client.version,
        },
        single=True,
    )
