"""How can a server misbehave? Each way is a value that a door, or a whole server, is given."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Hang:
    """Accepts the connection and never answers."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Answers, but only after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Sends the headers and half of the body, then drops the connection."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answers 200 with a body that is not what it claims to be; `raw` is not even HTTP."""

    raw: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """Answers every request with this status and the server kind's own error body."""

    code: int
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class HangUp:
    """Opens the websocket that was asked for, and closes it at once."""


type Failure = Hang | Slow | Cut | Garbage | Status | HangUp


@dataclass(slots=True)
class Fault:
    """A failure, for the paths it is meant for, as often as it is meant to happen.

    `paths` is a pattern such as `/library/*`. `times` ends it after so many requests. Flapping is counted in requests,
    not in seconds: `good` ones are answered, then `bad` ones fail, and so on.
    """

    failure: Failure
    paths: str = "*"
    times: int | None = None
    good: int = 0
    bad: int = 1
    _hits: int = field(default=0, init=False)

    def strikes(self, path: str) -> bool:
        """Tell whether this request is to fail, and count it."""
        if not fnmatchcase(path.lower(), self.paths.lower()):
            return False
        hit = self._hits
        self._hits += 1
        if self.times is not None:
            return hit < self.times
        return hit % (self.good + self.bad) >= self.good


def flapping(failure: Failure, *, good: int, bad: int) -> Fault:
    """Return a fault that answers `good` requests, fails `bad` ones, and starts over."""
    return Fault(failure, good=good, bad=bad)
