"""How is a player controlled? The paths that list players and hand commands on to them."""

from collections.abc import Mapping
import re
from typing import Final

from aiohttp import web

from .element import Element, Scalar, container, to_xml
from .machine import VISITOR, Machine, reply
from .players import Client, Command

STEPS: Final = {"stepForward": 30_000, "stepBack": -10_000, "bigStepForward": 600_000, "bigStepBack": -600_000}
SKIPS: Final = {"skipNext": 1, "skipPrevious": -1}
STATES: Final = {"play": "playing", "pause": "paused"}


class PlayerRoutes:
    """Players and what they are told."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return these paths."""
        return [
            web.get("/clients", self._clients),
            web.get("/player/playback/{command}", self._command),
            web.get("/player/{controller:navigation|mirror}/{command}", self._command),
            web.get("/player/timeline/poll", self._poll),
            web.get("/player/timeline/{command:subscribe|unsubscribe}", self._command),
        ]

    async def _clients(self, request: web.Request) -> web.Response:
        """List the players that announce themselves on the server's own network."""
        self._machine.owner_only(request)
        servers = [
            Element(
                "Server",
                {
                    "name": client.name,
                    "host": client.address,
                    "address": client.address,
                    "port": client.port,
                    "machineIdentifier": client.identifier,
                    "version": client.version,
                    "protocol": "plex",
                    "product": client.product,
                    "deviceClass": client.device_class,
                    "protocolVersion": "1",
                    "protocolCapabilities": ",".join(client.capabilities),
                },
            )
            for client in self._machine.players.clients.values()
            if client.announces
        ]
        return reply(request, container({}, servers))

    async def _command(self, request: web.Request) -> web.Response:
        """Hand a command on; a player that does not obey answers all the same."""
        client = self._target(request)
        command = request.match_info["command"]
        client.commands.append(Command(command, dict(request.query)))
        if self._is_news(request, client) and "playback" in client.capabilities:
            self._obey(request, client, command, request.query)
        if self._machine.behaviour.players_answer_ok:
            return web.Response(text="OK")
        body = '<?xml version="1.0" encoding="UTF-8"?>\n<Response code="200" status="OK" />\n'
        return web.Response(text=body, content_type="text/xml")

    async def _poll(self, request: web.Request) -> web.Response:
        """Answer what a player plays; one element for each type of media, whatever it plays."""
        client = self._target(request)
        playback = self._machine.players.of(client)
        timelines = [Element("Timeline", {"type": kind, "state": "stopped"}) for kind in ("music", "photo", "video")]
        if playback is not None:
            key = self._machine.shelves.key(playback.title.number)
            place = 0 if playback.title.kind == "track" else 2
            timelines[place].attributes |= {
                "state": playback.state,
                "time": playback.offset,
                "duration": playback.duration,
                "seekRange": f"0-{playback.duration}",
                "volume": client.volume,
                "shuffle": client.shuffle,
                "repeat": client.repeat,
                "controllable": "playPause,stop,volume,shuffle,repeat,seekTo,skipPrevious,skipNext",
                "machineIdentifier": self._machine.identifier,
                "ratingKey": key,
                "key": f"/library/metadata/{key}",
                "playQueueID": playback.queue,
                "playQueueItemID": playback.queue_item,
            }
        words: dict[str, Scalar | None] = {"commandID": _number(request.query, "commandID"), "location": "navigation"}
        if playback is not None:
            words["location"] = "fullScreenVideo"
        told = container(words, timelines, sized=False)
        if self._machine.behaviour.players_answer_ok:
            return web.Response(text="OK")
        if self._machine.behaviour.players_speak_xml:
            return web.Response(text=to_xml(told), content_type="text/xml")
        return reply(request, told)

    def _target(self, request: web.Request) -> Client:
        """Return the player a command is for; raises HTTPBadRequest, HTTPNotFound."""
        name = "X-Plex-Target-Client-Identifier"
        wanted = request.headers.get(name, request.query.get(name))
        if not wanted:
            raise web.HTTPBadRequest
        client = self._machine.players.clients.get(wanted)
        if client is None or not client.announces:
            raise web.HTTPNotFound
        return client

    def _is_news(self, request: web.Request, client: Client) -> bool:
        """Tell whether a command counts: each controller has to number its commands upwards."""
        if self._machine.behaviour.commands_without_effect:
            return False
        controller, number = request.headers.get("X-Plex-Client-Identifier", ""), _number(request.query, "commandID")
        if number <= client.last_command.get(controller, 0):
            return False
        client.last_command[controller] = number
        return True

    def _obey(self, request: web.Request, client: Client, command: str, words: Mapping[str, str]) -> None:
        players = self._machine.players
        playback = players.of(client)
        match command:
            case "playMedia":
                self._play_media(request, client, words)
            case "play" | "pause":
                players.change(client, state=STATES[command])
            case "stop":
                players.end(client)
            case "seekTo":
                players.change(client, offset=_number(words, "offset"))
            case "setParameters":
                for name in ("volume", "shuffle", "repeat"):
                    setattr(client, name, _number(words, name, getattr(client, name)))
            case "skipNext" | "skipPrevious" if playback is not None:
                self._skip(client, SKIPS[command])
            case _ if command in STEPS and playback is not None:
                players.change(client, offset=max(playback.offset + STEPS[command], 0))

    def _play_media(self, request: web.Request, client: Client, words: Mapping[str, str]) -> None:
        """Play what `key` names, if it is on this server; a token in the words says for whom."""
        title = self._machine.shelves.find(words.get("key", "").rpartition("/")[2])
        if title is None or words.get("machineIdentifier") != self._machine.identifier:
            return
        visitor = self._machine.access.visitor(words.get("token")) or request[VISITOR]
        match = re.search(r"/playQueues/(\d+)", words.get("containerKey", ""))
        queue = self._machine.queues.queues.get(int(match[1])) if match else None
        entry = next((one.id for one in queue.entries if one.number == title.number), None) if queue else None
        place = (queue.id, entry) if queue is not None and entry is not None else None
        self._machine.players.begin(client, visitor, title, _number(words, "offset"), queue=place)

    def _skip(self, client: Client, by: int) -> None:
        """Play the next or the previous entry of the queue, or stop at its end."""
        players = self._machine.players
        playback = players.of(client)
        queue = self._machine.queues.queues.get((playback and playback.queue) or 0)
        if playback is None or queue is None:
            return
        place = queue.place(playback.queue_item or 0) + by
        if not 0 <= place < len(queue.entries):
            players.end(client)
            return
        entry = queue.entries[place]
        queue.selected = entry.id
        title = self._machine.shelves.titles[entry.number]
        players.begin(client, playback.visitor, title, queue=(queue.id, entry.id))


def _number(words: Mapping[str, str], name: str, usual: int = 0) -> int:
    text = words.get(name, "")
    return int(text) if text.isdecimal() else usual
