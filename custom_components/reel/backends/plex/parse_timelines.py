"""From what queue does a Plex player play? It says so itself, in XML, or in JSON if its server is kind."""

from collections.abc import Iterator, Mapping
import re
from typing import Final

from ..errors import Garbled
from ..reading import mapping, objects, text
from ..transport import Json, Reply

# Numbers and plain words are all that is looked for: no parser has to be trusted with the rest.
_TIMELINE: Final = re.compile(rb"<Timeline\b([^<>]{0,4000})>")
_WORD: Final = re.compile(rb'\b(state|playQueueID)="(\w{1,20})"')


def queue_of(told: bytes) -> str | None:
    """Return the queue that a player plays from, by its timelines; None if it does not tell."""
    for timeline in _timelines(told):
        queue = text(timeline.get("playQueueID"))
        if queue is not None and queue.isdecimal() and timeline.get("state") not in {None, "stopped"}:
            return queue
    return None


def _timelines(told: bytes) -> Iterator[Mapping[str, Json]]:
    try:
        yield from objects(mapping(mapping(Reply(200, {}, told).json()).get("MediaContainer")).get("Timeline"))
    except Garbled:
        for found in _TIMELINE.finditer(told):
            yield {name.decode(): value.decode(errors="replace") for name, value in _WORD.findall(found[1])}
