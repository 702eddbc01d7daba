"""How is what we know of a source written down, and read again after a restart?"""

from collections.abc import Mapping
from dataclasses import asdict
import json
from typing import Any, Final

from .errors import Cause
from .metrics import Record, Usage
from .model import Connection, Health, Origin, Quality
from .state import SourceState

# JSON has no key for None, and a quality has no such name.
_OFFLINE: Final = "offline"


def write(state: SourceState) -> str:
    """Return what is worth remembering of a state as JSON: the last good connection and the history, no verdicts."""
    usage = state.usage
    return json.dumps(
        {
            "current": asdict(state.current) if state.current else None,
            "health": {uri: asdict(health) for uri, health in state.health.items()},
            "records": {uri: asdict(record) for uri, record in state.records.items()},
            "seconds": {quality or _OFFLINE: seconds for quality, seconds in usage.seconds.items()},
            "changes": usage.changes,
        },
        separators=(",", ":"),
    )


def read(text: str) -> SourceState:
    """Return the state to go on from: offline until somebody looks. Anything unreadable is a blank state."""
    try:
        return _state(json.loads(text))
    except ValueError, TypeError, KeyError, AttributeError:
        return SourceState()


def _state(data: Mapping[str, Any]) -> SourceState:
    current = connection(data["current"]) if data["current"] else None
    seconds = {None if quality == _OFFLINE else Quality(quality): spent for quality, spent in data["seconds"].items()}
    return SourceState(
        current=current,
        resumed=current is not None,
        health={uri: _health(health) for uri, health in data["health"].items()},
        records={uri: _record(record) for uri, record in data["records"].items()},
        usage=Usage(seconds=seconds, changes={int(day): count for day, count in data["changes"].items()}),
    )


def connection(data: Mapping[str, Any]) -> Connection:
    """Return a connection from its fields."""
    return Connection(**{**data, "origin": Origin(data["origin"])})


def _health(data: Mapping[str, Any]) -> Health:
    cause = data.get("cause")
    return Health(**{**data, "cause": Cause(cause) if cause else None})


def _record(data: Mapping[str, Any]) -> Record:
    return Record(data["tries"], data["successes"], tuple(data["samples"]))
