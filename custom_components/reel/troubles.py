"""What is wrong with a source that its user can mend? Verdicts on how it is doing now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Final

from .account import Source
from .backends.model import Kind
from .connection.errors import Cause
from .connection.model import Connection, Quality, Status
from .connection.state import SourceState

# A relay for some minutes is a router that restarts; for an hour it is the way things are.
RELAY_FOR_LONG: Final = 3600.0


class Trouble(StrEnum):
    """What a user can mend."""

    SIGN_IN = "sign_in"
    DNS_REBINDING = "dns_rebinding"
    ONLY_RELAY = "only_relay"
    CERTIFICATE = "certificate"
    FOLDER_MISSING = "folder_missing"
    FOLDER_UNREADABLE = "folder_unreadable"
    TOO_OLD = "too_old"
    NOT_ALLOWED = "not_allowed"
    MASS_DISAPPEARANCE = "mass_disappearance"


# What keeps a source from working at all, and is not done by waiting.
ERRORS: Final = {
    Trouble.SIGN_IN,
    Trouble.FOLDER_MISSING,
    Trouble.FOLDER_UNREADABLE,
    Trouble.TOO_OLD,
    Trouble.NOT_ALLOWED,
}


@dataclass(frozen=True, slots=True)
class Look:
    """All that a verdict rests on."""

    source: Source
    state: SourceState
    relay_for: float = 0.0
    """Seconds on a relay without a break."""
    hidden: bool | None = None
    """Whether names of private addresses do not resolve; None where nobody knows."""
    held: int | None = None
    """How many items seem gone, too many to believe it; None where the catalog was not read yet."""

    @property
    def direct(self) -> list[Connection]:
        """The connections that are no relay."""
        return [each for each in self.source.target.candidates() if each.quality is not Quality.RELAY]


def _has_status(status: Status, look: Look) -> bool | None:
    return look.state.status is status if look.state.is_reached else None


def _is_unusable_by(cause: Cause, look: Look) -> bool | None:
    return look.state.trouble is cause if look.state.is_reached else None


def _holds_items(look: Look) -> bool | None:
    return None if look.held is None else look.held > 0


def _stays_on_relay(look: Look) -> bool | None:
    current = look.state.current
    if current is None or not look.state.is_reached:
        return None
    if current.quality is not Quality.RELAY or not look.direct or current.uri == look.source.policy.pinned:
        return False
    return True if look.relay_for >= RELAY_FOR_LONG else None


def _lacks_a_certificate(look: Look) -> bool:
    works = any(look.state.health_of(each).available for each in look.direct)
    return not works and any(_cause(look, each) is Cause.CERTIFICATE for each in look.direct)


def _folder_fails_by(cause: Cause, look: Look) -> bool:
    if look.source.kind is not Kind.LOCAL or look.state.is_reached:
        return False
    return any(_cause(look, each) is cause for each in look.source.connections)


def _cause(look: Look, connection: Connection) -> Cause | None:
    return look.state.health_of(connection).cause


# What tells whether something is wrong; None where a look does not tell, so that an issue stays as it is.
VERDICTS: Final[Mapping[Trouble, Callable[[Look], bool | None]]] = {
    Trouble.SIGN_IN: partial(_has_status, Status.NEEDS_AUTH),
    Trouble.DNS_REBINDING: attrgetter("hidden"),
    Trouble.ONLY_RELAY: _stays_on_relay,
    Trouble.CERTIFICATE: _lacks_a_certificate,
    Trouble.FOLDER_MISSING: partial(_folder_fails_by, Cause.MISSING),
    Trouble.FOLDER_UNREADABLE: partial(_folder_fails_by, Cause.UNREADABLE),
    Trouble.TOO_OLD: partial(_is_unusable_by, Cause.TOO_OLD),
    Trouble.NOT_ALLOWED: partial(_is_unusable_by, Cause.NOT_ALLOWED),
    Trouble.MASS_DISAPPEARANCE: _holds_items,
}
