"""Who may come in? Users, the tokens they hold, and the codes of Quick Connect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from .watching import UserData
from .wire import guid

QUICK_CONNECT_LIFETIME: Final = 600.0
"""Seconds in which a code must be approved."""


@dataclass(slots=True)
class User:
    """A user of one server; `libraries` are the ids of the views it may see, None means all."""

    id: str
    name: str
    password: str
    admin: bool = False
    disabled: bool = False
    hidden: bool = False
    libraries: set[str] | None = None
    may_control_others: bool = False
    may_play: bool = True
    may_download: bool = True
    may_transcode: bool = True
    plays_next_episode: bool = True
    max_sessions: int = 0
    """So many sessions at once; 0 is no limit."""
    data: dict[int, UserData] = field(default_factory=dict)

    def watching(self, number: int) -> UserData:
        """Return what this user did with a title; made when there is nothing yet."""
        return self.data.setdefault(number, UserData())


@dataclass(slots=True)
class Device:
    """A token and the app it was given to; without a user it is an API key."""

    token: str
    user: User | None
    client: str
    name: str
    device_id: str
    version: str
    created: float


@dataclass(slots=True)
class Attempt:
    """A sign-in by Quick Connect that waits for somebody to type its code."""

    secret: str
    code: str
    client: str
    device: str
    device_id: str
    version: str
    added: float
    user: User | None = None


@dataclass(slots=True)
class Accounts:
    """All users, tokens and attempts of one server."""

    seed: object
    users: dict[str, User] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    made: int = 0

    def add(self, user: User) -> User:
        """Let somebody have an account."""
        self.users[user.id] = user
        return user

    def named(self, name: str) -> User | None:
        """Return the user of a name, whatever its case."""
        return next((user for user in self.users.values() if user.name.lower() == name.lower()), None)

    def grant(self, user: User | None, client: str, name: str, device_id: str, version: str, now: float) -> Device:
        """Hand out a token; a user's older token for the same device ends."""
        if user is not None:
            self.revoke(lambda device: device.user is user and device.device_id == device_id)
        device = Device(self._unique("token"), user, client, name, device_id, version, now)
        self.devices[device.token] = device
        return device

    def revoke(self, meant: Callable[[Device], bool]) -> list[Device]:
        """End the tokens that are meant, and return them."""
        ended = [device for device in self.devices.values() if meant(device)]
        for device in ended:
            del self.devices[device.token]
        return ended

    def initiate(self, client: str, device: str, device_id: str, version: str, now: float) -> Attempt:
        """Begin a sign-in by Quick Connect."""
        secret = self._unique("secret") + self._unique("secret")
        code = f"{int(guid(secret), 16) % 1_000_000:06}"
        attempt = Attempt(secret, code, client, device, device_id, version, now)
        self.attempts[secret] = attempt
        return attempt

    def forget_old_attempts(self, now: float) -> None:
        """Drop the codes that nobody approved in time."""
        self.attempts = {
            secret: attempt for secret, attempt in self.attempts.items() if now - attempt.added < QUICK_CONNECT_LIFETIME
        }

    def _unique(self, what: str) -> str:
        self.made += 1
        return guid(self.seed, what, self.made)
