"""What can go wrong once a server is reached? Few things, named by what they mean."""

from enum import StrEnum

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
    "CannotPlay",
    "Cause",
    "ForeignServer",
    "Garbled",
    "Missing",
    "NotAllowed",
    "NotMediaServer",
    "Offline",
    "Refusal",
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


class Refusal(StrEnum):
    """Why something cannot be played."""

    INCOMPATIBLE = "incompatible"
    """The player cannot play the file, and the server cannot convert it."""
    NOT_ALLOWED = "not_allowed"
    """The user may not play this, or not have it converted."""
    TOO_MANY = "too_many"
    """There are as many streams as the server, its line or the user's rights bear."""
    REMOTE_PASS = "remote_pass"  # noqa: S105  # a thing that is bought
    """Plex wants to be paid for playing away from home."""
    FAILED = "failed"
    """The server tried and could not."""


class CannotPlay(SourceError):
    """The server knows the item and does not play it."""

    def __init__(self, reason: Refusal, said: str | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.said = said
        """In the server's words, which may name files: not for logs."""
