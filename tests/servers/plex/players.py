"""Who is playing what? Simulated apps that play, obey commands, and show up in the server's sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final

from tests.servers.library import Title

from .access import Visitor
from .element import Element, Json, to_json
from .shelves import Shelves
from .watching import Watching
from .wire import Wire

CONVERTED: Final = "transcode"


@dataclass(frozen=True, slots=True)
class Command:
    """One command as it reached a player."""

    name: str
    words: Mapping[str, str]


@dataclass(slots=True, eq=False)
class Client:
    """One app on one device. Plain fields, to be changed by tests."""

    identifier: str
    name: str
    product: str = "Plex for Android (TV)"
    version: str = "10.26.0.2578"
    platform: str = "Android"
    platform_version: str = "12"
    device: str = "SHIELD Android TV"
    model: str = "mdarcy"
    vendor: str = "NVIDIA"
    device_class: str = "stb"
    profile: str = "Android"
    address: str = "192.168.1.60"
    port: int = 32500
    local: bool = True
    relayed: bool = False
    secure: bool = True
    capabilities: tuple[str, ...] = ("timeline", "playback", "navigation", "mirror", "playqueues", "provider-playback")
    tells_place: bool = True
    """Whether its sessions have a viewOffset; some apps' have none."""
    announces: bool = True
    """Whether it answers the server's search on the network, so that /clients lists it."""
    volume: int = 100
    shuffle: int = 0
    repeat: int = 0
    commands: list[Command] = field(default_factory=list)
    """Every command that reached it, whether it had an effect or not."""
    last_command: dict[str, int] = field(default_factory=dict)
    """The last commandID of each controller; what is not above it is old news."""


@dataclass(slots=True, eq=False)
class Playback:
    """One session: a client that plays one title for one visitor."""

    key: int
    id: str
    client: Client
    visitor: Visitor
    title: Title
    offset: int
    """Milliseconds, as the client last reported it; it does not run by itself."""
    state: str = "playing"
    queue: int | None = None
    queue_item: int | None = None
    transcode: str | None = None
    """The key of the transcode session, if the server has to convert."""
    bandwidth: int = 4000
    duration: int = 0
    """Milliseconds, as the client last reported it: without one nothing is ever watched to the end."""
    watched: bool = False
    """Whether this session has already counted as a viewing."""


class Players:
    """All clients and sessions of one server."""

    def __init__(self, shelves: Shelves, watching: Watching, wire: Wire) -> None:
        self._shelves = shelves
        self._watching = watching
        self._wire = wire
        self._started = 0
        self.clients: dict[str, Client] = {}
        self.playbacks: list[Playback] = []
        self.before: list[Playback] = []
        """The sessions as they were before the last change."""
        self.kicked: dict[Client, str] = {}
        """Clients whose session was ended from here and who do not know yet, and the reason."""

    def of(self, client: Client) -> Playback | None:
        """Return what a client plays."""
        return next((playback for playback in self.playbacks if playback.client is client), None)

    def begin(
        self,
        client: Client,
        visitor: Visitor,
        title: Title,
        offset: int = 0,
        *,
        state: str = "playing",
        duration: int | None = None,
        transcode: bool = False,
        queue: tuple[int, int] | None = None,
        session: str | None = None,
    ) -> Playback:
        """Let a client play a title; what it played before ends."""
        self.clients.setdefault(client.identifier, client)
        self.end(client)
        self._remember()
        self._started += 1
        known = session or sha256(f"{client.identifier} {self._started}".encode()).hexdigest()[:24]
        playback = Playback(self._started, known, client, visitor, title, offset, state)
        playback.duration = title.seconds * 1000 if duration is None else duration
        if transcode:
            playback.transcode = f"/transcode/sessions/{known}"
        if queue is not None:
            playback.queue, playback.queue_item = queue
        self.playbacks.append(playback)
        self._keep(playback)
        self._tell(playback)
        self._tell_conversion(playback, "start")
        return playback

    def change(
        self, client: Client, *, state: str | None = None, offset: int | None = None, duration: int | None = None
    ) -> None:
        """Let a client report another state or place; nothing happens if it does not play."""
        playback = self.of(client)
        if playback is None:
            return
        self._remember()
        playback.state = state or playback.state
        playback.offset = playback.offset if offset is None else offset
        playback.duration = playback.duration if duration is None else duration
        self._keep(playback)
        self._tell(playback)

    def end(self, client: Client, *, offset: int | None = None, duration: int | None = None) -> None:
        """Let a client stop; nothing happens if it does not play."""
        playback = self.of(client)
        if playback is None:
            return
        self.change(client, state="stopped", offset=offset, duration=duration)
        self.playbacks.remove(playback)
        self._tell_conversion(playback, "end")

    def kick(self, playback: Playback, reason: str) -> None:
        """End a session from the server's side; the client hears of it when it reports next."""
        self.kicked[playback.client] = reason
        self.end(playback.client)

    def forget(self) -> None:
        """Lose all sessions, as a restart does; they are numbered from 1 again."""
        self.playbacks.clear()
        self.before.clear()
        self._started = 0

    def _remember(self) -> None:
        self.before = [replace(playback) for playback in self.playbacks]

    def _keep(self, playback: Playback) -> None:
        """Keep the user's place; one session counts as one viewing, however long the credits are."""
        if playback.watched:
            return
        playback.watched = self._watching.report(
            playback.visitor.account, playback.title, playback.offset, playback.duration, playback.client.identifier
        )

    def _tell_conversion(self, playback: Playback, event: str) -> None:
        if playback.transcode is not None:
            self._wire.push(f"transcodeSession.{event}", "TranscodeSession", [to_json(conversion(playback))])

    def _tell(self, playback: Playback) -> None:
        key = self._shelves.key(playback.title.number)
        entry: dict[str, Json] = {
            "sessionKey": str(playback.key),
            "clientIdentifier": playback.client.identifier,
            "guid": "",
            "ratingKey": key,
            "url": "",
            "key": f"/library/metadata/{key}",
            "viewOffset": playback.offset,
            "state": playback.state,
        }
        if playback.queue is not None:
            entry |= {"playQueueItemID": playback.queue_item, "playQueueID": playback.queue}
        if playback.transcode is not None:
            entry["transcodeSession"] = playback.transcode.rpartition("/")[2]
        self._wire.push("playing", "PlaySessionStateNotification", [entry])


def conversion(playback: Playback, *, listed: bool = False) -> Element:
    """Return what is said of a conversion; in a list of them JSON has a list, too."""
    duration = playback.title.seconds * 1000
    return Element(
        "TranscodeSession",
        {
            "key": playback.transcode,
            "throttled": False,
            "complete": False,
            "progress": round(100 * playback.offset / duration, 1) if duration else 0.0,
            "size": -22,
            "speed": 2.1,
            "error": False,
            "duration": duration,
            "context": "streaming",
            "sourceVideoCodec": "h264",
            "sourceAudioCodec": "aac",
            "videoDecision": CONVERTED,
            "audioDecision": "copy",
            "protocol": "hls",
            "container": "mpegts",
            "videoCodec": "h264",
            "audioCodec": "aac",
            "audioChannels": 2,
            "width": 1280,
            "height": 720,
            "transcodeHwRequested": False,
        },
        single=not listed,
    )
