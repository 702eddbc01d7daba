"""Who is this server, and who uses it? The paths that are about the server itself."""

from typing import Final

from aiohttp import web

from .access import Visitor
from .element import Element, Scalar, container
from .machine import IDENTIFIER, VISITOR, Machine, reply

ROOTS: Final = ("activities", "clients", "devices", "hubs", "library", "media", "playQueues", "player", "playlists")
RESOLUTIONS: Final = "128,128,160,240,320,480,768,720,720,1080,1080,1080,1080"


class AboutRoutes:
    """The server itself."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        return [
            web.get("/identity", self._identity),
            web.get("/", self._root),
            web.get("/accounts", self._accounts),
            web.get("/devices", self._devices),
            web.get("/activities", self._activities),
            web.get("/security/token", self._token),
            web.post("/security/token", self._token),
            web.get("/:/websockets/notifications", self._socket),
            web.get("/:/websocket/notifications", self._socket),
            web.get("/:/eventsource/notifications", self._events),
        ]

    async def _identity(self, request: web.Request) -> web.Response:
        machine = self._machine
        words: dict[str, Scalar | None] = {
            "size": 0,
            "claimed": True,
            "machineIdentifier": request[IDENTIFIER],
            "version": machine.version,
        }
        return reply(request, container(words, [], sized=False))

    async def _root(self, request: web.Request) -> web.Response:
        directories = [Element("Directory", {"count": 1, "key": name, "title": name}) for name in ROOTS]
        return reply(request, container(self._configuration(), directories))

    def _configuration(self) -> dict[str, Scalar | None]:
        machine = self._machine
        converting = [one for one in machine.players.playbacks if one.transcode is not None]
        return {
            "allowCameraUpload": True,
            "allowChannelAccess": True,
            "allowMediaDeletion": True,
            "allowSharing": True,
            "allowSync": True,
            "allowTuners": True,
            "backgroundProcessing": True,
            "certificate": True,
            "companionProxy": True,
            "countryCode": "nld",
            "diagnostics": "logs,databases,streaminglogs",
            "eventStream": True,
            "friendlyName": machine.name,
            "hubSearch": True,
            "itemClusters": True,
            "livetv": 7,
            "machineIdentifier": machine.identifier,
            "mediaProviders": True,
            "multiuser": True,
            "musicAnalysis": 2,
            "myPlex": True,
            "myPlexMappingState": "mapped",
            "myPlexSigninState": "ok",
            "myPlexSubscription": machine.behaviour.plex_pass,
            "myPlexUsername": machine.owner.email,
            "offlineTranscode": 1,
            "ownerFeatures": "session_kick,webhooks" if machine.behaviour.plex_pass else "",
            "platform": "Linux",
            "platformVersion": "12 (bookworm)",
            "pluginHost": True,
            "pushNotifications": False,
            "readOnlyLibraries": False,
            "streamingBrainABRVersion": 3,
            "streamingBrainVersion": 2,
            "sync": True,
            "transcoderActiveVideoSessions": len(converting),
            "transcoderAudio": True,
            "transcoderLyrics": True,
            "transcoderPhoto": True,
            "transcoderSubtitles": True,
            "transcoderVideo": True,
            "transcoderVideoBitrates": "64,96,208,320,720,1500,2000,3000,4000,8000,10000,12000,20000",
            "transcoderVideoQualities": "0,1,2,3,4,5,6,7,8,9,10,11,12",
            "transcoderVideoResolutions": RESOLUTIONS,
            "updatedAt": int(machine.now()),
            "updater": True,
            "version": machine.version,
            "voiceSearch": True,
        }

    async def _accounts(self, request: web.Request) -> web.Response:
        self._machine.owner_only(request)
        visitors = self._machine.access.visitors()
        people = {0: "", **{visitor.account: visitor.name for visitor in visitors}}
        accounts = [
            Element(
                "Account",
                {
                    "id": account,
                    "key": f"/accounts/{account}",
                    "name": name,
                    "defaultAudioLanguage": "en",
                    "autoSelectAudio": True,
                    "defaultSubtitleLanguage": "en",
                    "subtitleMode": 0,
                    "thumb": "",
                },
            )
            for account, name in sorted(people.items())
        ]
        return reply(request, container({"identifier": "com.plexapp.system.accounts"}, accounts))

    async def _devices(self, request: web.Request) -> web.Response:
        self._machine.owner_only(request)
        devices = [
            Element(
                "Device",
                {
                    "id": number,
                    "name": client.name,
                    "platform": client.platform,
                    "clientIdentifier": client.identifier,
                    "createdAt": 1_700_000_000,
                },
            )
            for number, client in enumerate(self._machine.players.clients.values(), 1)
        ]
        return reply(request, container({"identifier": "com.plexapp.system.devices"}, devices))

    async def _activities(self, request: web.Request) -> web.Response:
        return reply(request, container({}, self._machine.activities.elements()))

    async def _token(self, request: web.Request) -> web.Response:
        """Hand out a token that stands for the caller until the server restarts."""
        if request.query.get("type") != "delegation" or request.query.get("scope") != "all":
            raise web.HTTPBadRequest
        token = self._machine.access.delegate(request[VISITOR])
        return reply(request, container({"size": 0, "token": token}, [], sized=False))

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        return await self._machine.wire.serve_socket(request, self._listener(request))

    async def _events(self, request: web.Request) -> web.StreamResponse:
        return await self._machine.wire.serve_events(request, self._listener(request))

    def _listener(self, request: web.Request) -> Visitor:
        visitor = request[VISITOR]
        if not visitor.owner and not self._machine.behaviour.shared_push:
            raise web.HTTPUnauthorized
        return visitor
