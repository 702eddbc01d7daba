"""What happened to a source's connection?"""

from dataclasses import dataclass
from enum import StrEnum

from .model import Connection


class Reason(StrEnum):
    """Why a source is reached another way than before."""

    INITIAL = "initial"
    FAILOVER = "failover"
    UPGRADE = "upgrade"
    PREFERENCE = "preference"
    REDISCOVERY = "rediscovery"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Changed:
    """The source is now reached over `new`; `old` is None for the first time.

    After an outage the reason is `restored` and both may be the same.
    """

    old: Connection | None
    new: Connection
    reason: Reason
    at: float


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing leads to the source any more; `old` was the last that did."""

    old: Connection
    at: float


type Event = Changed | Lost
