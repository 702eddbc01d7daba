"""What part of a list did a Plex server send? What it says of that may be missing, or wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

from ..errors import Garbled
from ..reading import mapping, number, objects
from ..transport import Json, Reply
from .parse_items import Entry

_NOTHING: Final = 0


@dataclass(frozen=True, slots=True)
class Stretch[T]:
    """What was read of a part of a list, in its order."""

    entries: tuple[T, ...]
    size: int
    """How many the server sent of what was asked for, also those that say nothing to us."""
    total: int | None
    offset: int
    """Where the server began, whatever it was asked for."""
    now: float | None
    """What time it is by the server's clock."""


def entries(answer: Json) -> list[Entry]:
    """Return what a container holds; raises `Garbled` for what is none, and for one that lost what it speaks of."""
    container = mapping(mapping(answer).get("MediaContainer"))
    # What is true of all is said once.
    common = {"librarySectionID": container.get("librarySectionID")}
    return [{**common, **entry} for entry in objects(_listed(container))]


def read_stretch[T](reply: Reply, start: int, size: int, read: Callable[[Entry], T | None]) -> Stretch[T]:
    """Return what a reply has of the `size` entries from `start`, also if it has more than was asked for."""
    container = mapping(mapping(reply.json()).get("MediaContainer"))
    sent = _listed(container)
    whole = len(sent) > size
    offset, total = number(container.get("offset")), number(container.get("totalSize"))
    if offset is None:
        # A server that sends too much has not listened, and began at the beginning.
        offset = 0 if whole else start
    wanted = sent[max(start - offset, 0) :]
    found = (read(entry) for entry in objects(wanted))
    return Stretch(
        tuple(entry for entry in found if entry is not None),
        len(wanted),
        len(sent) if total is None and whole else total,
        offset,
        clock_of(reply),
    )


def clock_of(reply: Reply) -> float | None:
    """Return what time it was for the server when it answered."""
    said = next((value for name, value in reply.headers.items() if name.lower() == "date"), "")
    try:
        return parsedate_to_datetime(said).timestamp()
    except ValueError, OverflowError:
        return None


def _listed(container: Entry) -> list[Json]:
    listed = container.get("Metadata")
    if isinstance(listed, list):
        return listed
    # An empty list is left out, but it says that it is empty. Nothing else may be taken for one.
    if listed is None and number(container.get("size")) == _NOTHING:
        return []
    raise Garbled
