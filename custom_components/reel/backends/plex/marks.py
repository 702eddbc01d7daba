"""What does a look leave for the next one? Its mark, a text that only we read, and that may be of another time."""

from collections.abc import Mapping
import json
from typing import Final

from ..transport import Json
from .fresh import Trail

_VERSION: Final = 1


def write(content: Mapping[str, Json]) -> str:
    """Return a mark."""
    return json.dumps({"version": _VERSION, **content}, separators=(",", ":"))


def read(mark: str | None) -> Mapping[str, Json] | None:
    """Return what a mark holds; None of none, and of one that we do not understand."""
    try:
        content: Json = json.loads(mark or "")
    except ValueError, RecursionError:
        return None
    return content if isinstance(content, dict) and content.get("version") == _VERSION else None


def write_trails(trails: Mapping[str, Trail]) -> Json:
    """Return trails by name as a mark holds them."""
    return {name: [trail.since, trail.total, trail.seen] for name, trail in trails.items()}


def read_trails(content: Json) -> dict[str, Trail]:
    """Return the trails of a mark, without those that make no sense."""
    found = {name: _trail(each) for name, each in content.items()} if isinstance(content, Mapping) else {}
    return {name: trail for name, trail in found.items() if trail is not None}


def _trail(content: Json) -> Trail | None:
    match content:
        case [int() | float() as since, int() | None as total, Mapping() as listed]:
            seen = {key: float(at) for key, at in listed.items() if isinstance(at, int | float)}
            return Trail(float(since), total, seen)
        case _:
            return None
