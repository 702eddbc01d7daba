"""How is read what the last look left behind? As what it was, or as nothing at all."""

from collections.abc import Mapping
import json

from ..errors import Garbled
from ..reading import mapping
from ..transport import Json

# The year 2200, before which every date can be written.
_LATEST = 7_258_118_400.0


def kept_fields(mark: str | None) -> Mapping[str, Json]:
    """Return what a mark says; nothing for one that makes no sense."""
    try:
        return mapping(json.loads(mark or "{}"))
    except ValueError, RecursionError, Garbled:
        return {}


def kept_moment(value: Json) -> float | None:
    """Return seconds since 1970 as they were kept; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST:
        return None
    return float(value)


def written_mark(**values: Json) -> str:
    """Return a mark as it is kept."""
    return json.dumps(values, separators=(",", ":"))
