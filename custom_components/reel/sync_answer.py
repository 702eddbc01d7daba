"""How are syncs told in answers, messages and events? As plain JSON: how far one is, and how it ended."""

from collections.abc import Mapping

from homeassistant.util.json import JsonObjectType

from .sync.model import Cancelled, Failed, Outcome, Running, Step, Synced


def progress(step: Step, libraries: Mapping[str, str]) -> JsonObjectType:
    """Return how far a sync is, or how the last one ended; `libraries` are names by identity."""
    if not isinstance(step, Running):
        return {"state": "idle", **({"last": outcome(step.last, libraries)} if step.last else {})}
    return {
        "state": "running",
        "mode": step.mode,
        # Its name is not known yet while a source is read for the first time.
        "library": libraries.get(step.library or ""),
        "done": step.done,
        "total": step.total,
        "percent": step.percent,
        "rate": round(step.rate, 1),
    }


def outcome(ended: Outcome, libraries: Mapping[str, str]) -> JsonObjectType:
    """Return how a sync ended."""
    return {
        "result": _result(ended),
        "mode": ended.mode,
        "library": _name(ended.library, libraries),
        "added": ended.counts.added,
        "updated": ended.counts.updated,
        "removed": ended.counts.removed,
        "held": ended.counts.held,
        "seconds": round(ended.seconds, 1),
        **_causes(ended, libraries),
    }


def _result(ended: Outcome) -> str:
    match ended:
        case Synced(partial=failures):
            return "partial" if failures else "completed"
        case Failed():
            return "failed"
        case Cancelled():
            return "cancelled"


def _causes(ended: Outcome, libraries: Mapping[str, str]) -> JsonObjectType:
    match ended:
        case Synced(partial=failures):
            return {
                "partial": [{"library": _name(each.library, libraries), "reason": each.reason} for each in failures]
            }
        case Failed(reason=reason):
            return {"reason": reason}
        case Cancelled():
            return {}


def _name(library: str | None, libraries: Mapping[str, str]) -> str | None:
    return None if library is None else libraries.get(library, library)
