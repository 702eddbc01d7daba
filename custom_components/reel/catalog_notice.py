"""What happens to the catalog of a source, as automations, the logbook and the event entity hear of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from homeassistant.util.json import JsonObjectType

from .catalog.entry import Entry
from .const import EVENT_REEL, EVENT_REEL_SYNC
from .item_answer import Place, brief
from .sync.model import Cancelled, Failed, Idle, Outcome, Running, Step, Synced

# Who waits for the end of a long sync wants to hear of it now and then, and the bus no more often than that.
PERCENT_BETWEEN: Final = 10
# What is worth knowing of a newcomer at once; the rest is an action away.
_TOLD_OF_ITEMS: Final = (
    "item", "library", "kind", "title", "year", "show", "season", "episode", "artist", "album", "track",
)  # fmt: skip


class CatalogHappening(StrEnum):
    """The kinds of things that happen to the catalog of a source."""

    ITEM_ADDED = "item_added"
    SYNC_STARTED = "sync_started"
    SYNC_PROGRESS = "sync_progress"
    SYNC_COMPLETED = "sync_completed"
    SYNC_FAILED = "sync_failed"
    SYNC_CANCELLED = "sync_cancelled"


@dataclass(frozen=True, slots=True)
class CatalogNotice:
    """One thing that happened, with what there is to tell of it."""

    happening: CatalogHappening
    told: Mapping[str, object] = field(default_factory=dict)

    def attributes(self) -> dict[str, object]:
        """Return what is told beside the kind."""
        return dict(self.told)

    @property
    def events(self) -> tuple[str, ...]:
        """The events on the bus that tell it: how far a sync is need not stand in everybody's logbook."""
        match self.happening:
            case CatalogHappening.ITEM_ADDED:
                return (EVENT_REEL,)
            case CatalogHappening.SYNC_FAILED:
                return (EVENT_REEL, EVENT_REEL_SYNC)
            case _:
                return (EVENT_REEL_SYNC,)


def is_further(former: Step, step: Running) -> bool:
    """Tell whether a sync came so far since a former step that it is worth a word."""
    before = former.percent if isinstance(former, Running) else 0
    return step.percent // PERCENT_BETWEEN > before // PERCENT_BETWEEN


def step_notices(former: Step, step: Step, names: Mapping[str, str]) -> list[CatalogNotice]:
    """Return what there is to tell of a sync that went from one step to the next; `names` are those of libraries."""
    match former, step:
        case Idle(), Running():
            return [CatalogNotice(CatalogHappening.SYNC_STARTED, {"mode": step.mode, **_library(step.library, names)})]
        case Running(), Running() if is_further(former, step):
            told = {"mode": step.mode, "done": step.done, "total": step.total, "percent": step.percent}
            return [CatalogNotice(CatalogHappening.SYNC_PROGRESS, told | _library(step.library, names))]
        case Running(), Idle(outcome) if outcome is not None:
            return [_end(outcome, names)]
    return []


def newcomer_notices(entries: Iterable[Entry], place: Place) -> list[CatalogNotice]:
    """Return what there is to tell of items that a source has not had before."""
    return [CatalogNotice(CatalogHappening.ITEM_ADDED, _newcomer(brief(entry, place))) for entry in entries]


def _newcomer(item: JsonObjectType) -> dict[str, object]:
    return {name: item[name] for name in _TOLD_OF_ITEMS if name in item}


def _end(outcome: Outcome, names: Mapping[str, str]) -> CatalogNotice:
    told: dict[str, object] = {
        "mode": outcome.mode,
        **_library(outcome.library, names),
        "added": outcome.counts.added,
        "updated": outcome.counts.updated,
        "removed": outcome.counts.removed,
        "seconds": round(outcome.seconds, 1),
    }
    match outcome:
        case Synced(partial=partial):
            left_out = [names.get(failure.library, failure.library) for failure in partial]
            return CatalogNotice(CatalogHappening.SYNC_COMPLETED, told | {"partial": left_out})
        case Failed(reason=reason):
            return CatalogNotice(CatalogHappening.SYNC_FAILED, told | {"reason": reason})
        case Cancelled():
            return CatalogNotice(CatalogHappening.SYNC_CANCELLED, told)


def _library(identity: str | None, names: Mapping[str, str]) -> dict[str, object]:
    return {"library": names.get(identity, identity)} if identity is not None else {}
