"""What is there to tell of what happened to a source? Automations, the logbook and the event entity hear of it."""

from dataclasses import dataclass
from enum import StrEnum

from .change import Changed, Event, Lost, Reason
from .model import Quality, Status
from .state import SourceState


class Happening(StrEnum):
    """The kinds of things that happen to a source."""

    CONNECTION_CHANGED = "connection_changed"
    BETTER_CONNECTION_FOUND = "better_connection_found"
    SOURCE_LOST = "source_lost"
    SOURCE_RESTORED = "source_restored"
    SIGN_IN_NEEDED = "sign_in_needed"


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened. Qualities and the reason are there where they mean something; addresses never are."""

    happening: Happening
    old_quality: Quality | None = None
    new_quality: Quality | None = None
    reason: Reason | None = None

    def attributes(self) -> dict[str, str | None]:
        """Return what is told beside the kind."""
        return {"old_quality": self.old_quality, "new_quality": self.new_quality, "reason": self.reason}


def notices(former: Status, state: SourceState, event: Event | None) -> list[Notice]:
    """Return what there is to tell of a step, in the order it is told.

    A way that is better than the one before is told twice: as a change, and as the good news it is.
    """
    told: list[Notice] = []
    match event:
        case Lost(old):
            told.append(Notice(Happening.SOURCE_LOST, old_quality=old.quality))
        case Changed(old, new, reason):
            before = old.quality if old else None
            if reason is Reason.RESTORED:
                told.append(Notice(Happening.SOURCE_RESTORED, before, new.quality, reason))
            else:
                told.append(Notice(Happening.CONNECTION_CHANGED, before, new.quality, reason))
            if reason is Reason.UPGRADE:
                told.append(Notice(Happening.BETTER_CONNECTION_FOUND, before, new.quality, reason))
    if state.status is Status.NEEDS_AUTH and former is not Status.NEEDS_AUTH:
        told.append(Notice(Happening.SIGN_IN_NEEDED, new_quality=state.quality))
    return told
