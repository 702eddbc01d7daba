"""When is somebody asked for a source's connections anew? Seldom, and never once per operation."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

STALE_AFTER: Final = 24 * 3600.0
EMERGENCY_EVERY: Final = 60.0
EMERGENCY_LONGEST: Final = 3600.0
_HIGHEST_EXPONENT: Final = 6


class Trigger(StrEnum):
    """Why connections are asked for."""

    FIRST_AUTH = "first_auth"
    AUTH_CHANGED = "auth_changed"
    MANUAL = "manual"
    ALL_CONNECTIONS_FAILED = "all_connections_failed"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class DiscoveryLog:
    """When connections were last asked for; `fruitless` counts emergencies since they last brought a way in."""

    last: float | None = None
    last_emergency: float | None = None
    fruitless: int = 0

    def allows(self, trigger: Trigger, now: float) -> bool:
        """Tell whether this trigger may ask now: people always, emergencies once a minute and ever more rarely."""
        match trigger:
            case Trigger.ALL_CONNECTIONS_FAILED:
                pause = min(EMERGENCY_EVERY * 2 ** min(self.fruitless, _HIGHEST_EXPONENT), EMERGENCY_LONGEST)
                return self.last_emergency is None or now - self.last_emergency >= pause
            case Trigger.STALE:
                return self.last is None or now - self.last >= STALE_AFTER
            case _:
                return True

    def asked(self, trigger: Trigger, now: float, *, answered: bool) -> DiscoveryLog:
        """Return the log after asking; an unanswered question is not a discovery, but an emergency all the same."""
        emergency = trigger is Trigger.ALL_CONNECTIONS_FAILED
        return DiscoveryLog(
            last=now if answered else self.last,
            last_emergency=now if emergency else self.last_emergency,
            fruitless=self.fruitless + 1 if emergency else self.fruitless,
        )

    def bore_fruit(self) -> DiscoveryLog:
        """Return the log once the source is reached again."""
        return DiscoveryLog(self.last, self.last_emergency)
