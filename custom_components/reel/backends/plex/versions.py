"""Of which files is a Plex item made, as its transcoder counts them, and which of them can a player take?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ..abilities import Ability
from ..errors import Missing
from ..item import File, ItemKind
from ..reading import number, objects, text
from ..transport import Json
from .parse_items import Entry, parse_item
from .parse_lists import entries

_PICTURE: Final = 1
_PARTS: Final = "/library/parts/"
# Films of more are made for players that are none of ours.
_BITS: Final = {"h264": 8}


@dataclass(frozen=True, slots=True)
class Version:
    """A file, and where its server has it."""

    media: int
    part: int
    file: File
    path: str
    bits: int | None
    """Of each colour of its picture."""

    def suits(self, ability: Ability, most_kbits: int | None, *, sound: bool) -> bool:
        """Tell whether a player can take it as it is, over a line that carries so much."""
        if not self.path.startswith(_PARTS) or not ability.covers(self.file, sound=sound):
            return False
        if self.bits is not None and self.bits > _BITS.get(self.file.video or "", self.bits):
            return False
        return most_kbits is None or (self.file.bitrate is not None and self.file.bitrate <= most_kbits)


@dataclass(frozen=True, slots=True)
class Versions:
    """The files of an item."""

    all: tuple[Version, ...]
    sound: bool
    """Whether there is nothing to see."""


def parse_versions(answer: Json) -> Versions:
    """Return the versions of the one item that was asked for; raises `Missing` where there is none."""
    listed = entries(answer)
    if not listed:
        raise Missing
    item = parse_item(listed[0], "")
    files = {each.identity: each for each in item.files} if item else {}
    return Versions(tuple(_versions(listed[0], files)), item is not None and item.kind is ItemKind.TRACK)


def _versions(entry: Entry, files: dict[str, File]) -> Iterator[Version]:
    for media, version in enumerate(objects(entry.get("Media"))):
        for place, part in enumerate(objects(version.get("Part"))):
            if (file := files.get(text(part.get("id")) or "")) is not None:
                yield Version(media, place, file, text(part.get("key")) or "", _bits(part))


def _bits(part: Entry) -> int | None:
    pictures = (each for each in objects(part.get("Stream")) if number(each.get("streamType")) == _PICTURE)
    return next((number(each.get("bitDepth")) for each in pictures), None)
