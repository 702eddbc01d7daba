"""How is a value read from JSON that may hold anything? As what we need, or not at all."""

from collections.abc import Mapping
from typing import Final

from .errors import Garbled
from .transport import Json

_LIMIT: Final = 2**63


def mapping(value: Json) -> Mapping[str, Json]:
    """Return an object; raises `Garbled` for anything else."""
    if not isinstance(value, Mapping):
        raise Garbled
    return value


def objects(value: Json) -> list[Mapping[str, Json]]:
    """Return the objects of a list, without what is none; nothing where there is no list."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def text(value: Json) -> str | None:
    """Return a text or a number as text; None for anything else and for the empty text."""
    # Nearly all are, and pages hold thousands of them.
    if type(value) is str and value.isascii():
        return value or None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    # JSON can hold half a character, which no header, URL or database takes.
    return str(value).encode(errors="replace").decode() or None


def required(value: Json) -> str:
    """Return a text that must be there; raises `Garbled` where it is not."""
    if (found := text(value)) is None:
        raise Garbled
    return found


def number(value: Json) -> int | None:
    """Return a whole number of 64 bits, also from its text; None for anything else."""
    if type(value) is int:
        return value if -_LIMIT <= value < _LIMIT else None
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = int(value)
    except ValueError, OverflowError:
        return None
    return found if -_LIMIT <= found < _LIMIT else None


def flag(value: Json) -> bool:
    """Return a truth in any of the forms servers use: true, 1, "1", "true"; absent means no."""
    return value in {1, "1", "true"} if isinstance(value, bool | int | str) else False
