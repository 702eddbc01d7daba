"""What is going on? The apps that are signed in, what they play, and simulated ones that obey."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tests.servers.library import Title

from .accounts import Device, User
from .wire import TICKS, Object, session_id


@dataclass(slots=True)
class Playing:
    """What a session plays, as it was last reported."""

    title: Title
    position: int
    """Ticks, at the time of `reported`."""
    reported: float
    paused: bool = False
    can_seek: bool = True
    method: str = "DirectPlay"
    media_source: str | None = None
    audio: int | None = None
    subtitle: int | None = None
    repeat: str = "RepeatNone"
    order: str = "Default"
    queue: list[Title] = field(default_factory=list)
    runs: bool = False
    """Move on by itself, as a simulated app does; a real one reports."""

    def at(self, now: float) -> int:
        """Return the position in ticks at a time."""
        if self.paused or not self.runs:
            return self.position
        moved = self.position + int((now - self.reported) * TICKS)
        return min(moved, self.title.seconds * TICKS)


class Listener(Protocol):
    """Something that takes commands on behalf of a session: a websocket, or a simulated app."""

    def deliver(self, kind: str, data: Object) -> None:
        """Take a message such as Play, Playstate or GeneralCommand."""


@dataclass(slots=True)
class Session:
    """One app on one device. It stays listed when nothing plays."""

    id: str
    user: User
    client: str
    device_name: str
    device_id: str
    version: str
    active: float
    checked_in: float | None = None
    paused_since: float | None = None
    playing: Playing | None = None
    volume: int = 100
    muted: bool = False
    media_types: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    media_control: bool = False
    persistent: bool = True
    viewing: Title | None = None
    listeners: list[Listener] = field(default_factory=list)
    """Live controllers; the last one was active last."""

    @property
    def remote_control(self) -> bool:
        """Whether commands have a chance to arrive."""
        return self.media_control and bool(self.listeners)


@dataclass(slots=True)
class Sessions:
    """All sessions of one server; they are forgotten when it restarts."""

    by_id: dict[str, Session] = field(default_factory=dict)
    changed: Callable[[], None] = lambda: None
    """Called whenever a session looks different."""

    def of(self, device: Device, user: User, now: float) -> Session:
        """Return the session of a token, which begins with its first request."""
        key = session_id(device.client, device.device_id)
        session = self.by_id.get(key)
        if session is None:
            session = Session(key, user, device.client, device.name, device.device_id, device.version, now)
            self.by_id[key] = session
            self.changed()
        session.user, session.active = user, now
        session.device_name, session.version = device.name, device.version
        return session

    def end(self, device: Device) -> None:
        """Forget the session of a token."""
        if self.by_id.pop(session_id(device.client, device.device_id), None) is not None:
            self.changed()
