"""What can go wrong once a server is reached? Few things, named by what they mean."""

from ..connection.errors import (
    Cause,
    ForeignServer,
    Offline,
    SignInRefused,
    SourceError,
    Unreachable,
    Unsuitable,
)

__all__ = [
    "Busy",
    "Cause",
    "ForeignServer",
    "Garbled",
    "Missing",
    "NotAllowed",
    "NotMediaServer",
    "Offline",
    "SignInRefused",
    "SourceError",
    "TooOld",
    "Unreachable",
    "Unsuitable",
]


class NotAllowed(Unsuitable):
    """The server knows us and says no: this is not for us. Signing in again would not help."""

    cause = Cause.NOT_ALLOWED


class Missing(SourceError):
    """The server has no such thing."""


class Busy(SourceError):
    """The server cannot answer now; it may say after how many seconds to ask again."""

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__()
        self.retry_after = retry_after


class Garbled(SourceError):
    """The server answered something that makes no sense."""


class NotMediaServer(Garbled):
    """Something answers there, but it is not the kind of media server we look for."""


class TooOld(Unsuitable):
    """The server is older than what Reel speaks."""

    cause = Cause.TOO_OLD

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version
