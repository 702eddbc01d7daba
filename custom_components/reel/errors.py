"""What do the errors of the folders mean to Home Assistant? The only place where they are translated."""

from typing import Final

from .backends.errors import (
    Busy,
    CannotPlay,
    Cause,
    Garbled,
    Missing,
    NotAllowed,
    NotMediaServer,
    Offline,
    Refusal,
    SignInRefused,
    SourceError,
    TooOld,
    Unreachable,
    Unsuitable,
)
from .backends.jellyfin.quick_connect import CodeExpired
from .backends.plex.tv import PinExpired, WrongPin

# The most special first; each key has a text under config.error and under exceptions.
_KEYS: Final[tuple[tuple[type[SourceError], str], ...]] = (
    (PinExpired, "pin_expired"),
    (CodeExpired, "pin_expired"),
    (WrongPin, "wrong_pin"),
    (TooOld, "too_old"),
    (NotAllowed, "not_allowed"),
    (Unsuitable, "unsuitable"),
    (NotMediaServer, "not_media_server"),
    (SignInRefused, "invalid_auth"),
    (Busy, "busy"),
    (Offline, "cannot_connect"),
    (Garbled, "garbled"),
    (Missing, "not_media_server"),
)

_CAUSES: Final = {
    Cause.UNRESOLVED: "unresolved",
    Cause.CERTIFICATE: "invalid_certificate",
    Cause.SILENT: "silent",
    Cause.MISSING: "folder_missing",
    Cause.UNREADABLE: "folder_unreadable",
}


# What keeps something from being played; each key has a text under exceptions, which names the source.
_PLAYING_KEYS: Final[tuple[tuple[type[SourceError], str], ...]] = (
    (Missing, "item_gone"),
    (NotAllowed, "refused_by_source"),
    (SignInRefused, "play_sign_in_refused"),
    (Busy, "play_busy"),
    (Offline, "play_unreachable"),
    (Unreachable, "play_unreachable"),
)
_REFUSALS: Final = {
    Refusal.INCOMPATIBLE: "play_incompatible",
    Refusal.NOT_ALLOWED: "refused_by_source",
    Refusal.TOO_MANY: "play_too_many",
    Refusal.REMOTE_PASS: "play_remote_pass",
    Refusal.FAILED: "play_failed",
}


def playing_key(error: SourceError) -> str:
    """Return the translation key that tells a user why something cannot be played."""
    if isinstance(error, CannotPlay):
        return _REFUSALS[error.reason]
    return next((key for kind, key in _PLAYING_KEYS if isinstance(error, kind)), "play_failed")


def error_key(error: SourceError) -> str:
    """Return the translation key that tells a user what went wrong."""
    if isinstance(error, Unreachable):
        return _CAUSES.get(error.cause, "cannot_connect")
    return next((key for kind, key in _KEYS if isinstance(error, kind)), "cannot_connect")


def error_placeholders(error: SourceError) -> dict[str, str]:
    """Return what the text of an error has to fill in."""
    return {"version": error.version} if isinstance(error, TooOld) else {}


class InvalidInput(Exception):
    """A form was filled in with something that cannot be; `key` tells what, `field` where."""

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders
