"""What is a place in the media browser called? By a text that leads back to it, whatever servers call their items.

`home/next_up` is a row of home, `<source>` a source by its key, `<source>/library/<library>?kind=movie` what a library
holds of a kind, and `<source>/<item>` an item; `?start=300&count=150` is a stretch of a long list, and `?at=90` a
moment of an item, in seconds.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, override
from urllib.parse import parse_qs, quote, unquote, urlencode

from .backends.item import ItemKind

_HOME: Final = "home"
_LIBRARY: Final = "library"


class Row(StrEnum):
    """A row of home."""

    CONTINUE_WATCHING = "continue_watching"
    NEXT_UP = "next_up"
    RECENTLY_ADDED = "recently_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the tree; the root without anything."""

    row: Row | None = None
    source: str | None = None
    library: str | None = None
    item: str | None = None
    kind: ItemKind | None = None
    start: int | None = None
    count: int = 0
    """Which stretch of a list; all of it without a start."""
    at: int | None = None
    """Where to begin to play, in seconds."""

    @override
    def __str__(self) -> str:
        """Return the text that `spot` reads."""
        steps = [_HOME, self.row] if self.row is not None else [self.source or ""]
        if self.library is not None:
            steps += [_LIBRARY, _quoted(self.library)]
        elif self.item is not None:
            steps.append(_quoted(self.item))
        more: dict[str, str | int] = {} if self.kind is None else {"kind": self.kind.value}
        if self.start is not None:
            more |= {"start": self.start, "count": self.count}
        if self.at is not None:
            more["at"] = self.at
        return "/".join(steps) + (f"?{urlencode(more)}" if more else "")

    def stretch(self, start: int, count: int) -> Spot:
        """Return a part of this list."""
        return replace(self, start=start, count=count)


def spot(text: str) -> Spot:
    """Return the place that a text leads to; raises ValueError for one that leads nowhere."""
    path, _, query = text.partition("?")
    found = _spot(path.split("/") if path else [])
    more = {name: values[-1] for name, values in parse_qs(query).items()}
    if "kind" in more:
        found = replace(found, kind=ItemKind(more["kind"]))
    if "start" in more:
        found = found.stretch(_number(more["start"]), _number(more.get("count", "")))
    if "at" in more:
        found = replace(found, at=_number(more["at"]))
    return found


def _spot(steps: list[str]) -> Spot:
    match steps:
        case []:
            return Spot()
        case ["home", row]:
            return Spot(row=Row(row))
        case [source] if source:
            return Spot(source=source)
        case [source, item] if source and item:
            return Spot(source=source, item=unquote(item))
        case [source, "library", library] if source and library:
            return Spot(source=source, library=unquote(library))
        case _:
            raise ValueError("leads nowhere")


def _quoted(identity: str) -> str:
    return quote(identity, safe="")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004  # there is no longer list
        return int(text)
    raise ValueError("is no number")
