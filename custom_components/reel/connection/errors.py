"""What can go wrong on the way to a source?

The `backends` add what can go wrong once it is reached; one file at the root turns all of them into Home Assistant's.
"""

from enum import StrEnum


class Cause(StrEnum):
    """Why a connection did not work; shown to the user, so each has a translation."""

    REFUSED = "refused"
    SILENT = "silent"
    UNRESOLVED = "unresolved"
    CERTIFICATE = "certificate"
    BROKEN = "broken"
    GATEWAY = "gateway"
    FOREIGN = "foreign"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    NOT_ALLOWED = "not_allowed"
    TOO_OLD = "too_old"
    UNUSABLE = "unusable"


class SourceError(Exception):
    """Anything that a source, or the way to it, did not do as asked."""

    cause: Cause = Cause.UNUSABLE


class Unreachable(SourceError):
    """This connection does not lead to the source; another may."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.value)
        self.cause = cause


class ForeignServer(Unreachable):
    """Somebody else lives there. They must never see a token."""

    def __init__(self) -> None:
        super().__init__(Cause.FOREIGN)


class SignInRefused(SourceError):
    """The source was reached and does not accept who we are."""


class Unsuitable(SourceError):
    """The source was reached, but it is none we can work with: too old, or not what it was."""


class Offline(SourceError):
    """No connection leads to the source."""
