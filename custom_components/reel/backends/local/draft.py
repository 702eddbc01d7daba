"""What is an item before anybody opened a file? What names tell of it, and the files that it is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
import re
import unicodedata

from ..item import ExternalId, ImageKind, ItemKind
from .tree import Entry


@dataclass(slots=True, kw_only=True)
class Draft:
    """An item as far as names tell. Two of the same identity are one, see `merge`."""

    kind: ItemKind
    identity: str
    title: str
    year: int | None = None
    parent: str | None = None
    grandparent: str | None = None
    number: int | None = None
    last_number: int | None = None
    parent_number: int | None = None
    aired: str | None = None
    artist: str | None = None
    """Who plays a track, where that is not whose album it is on."""
    children: int | None = None
    added_at: float | None = None
    """Of what holds others: when the first of them came."""
    ids: tuple[ExternalId, ...] = ()
    media: list[Entry] = field(default_factory=list)
    notes: list[Entry] = field(default_factory=list)
    """Where it is described, the best place first."""
    above: list[Entry] = field(default_factory=list)
    """Where what it belongs to is described."""
    pictures: dict[ImageKind, Entry] = field(default_factory=dict)
    subtitles: list[Entry] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        """All files that have a say in it."""
        return [*self.media, *self.notes, *self.pictures.values(), *self.subtitles]

    def stamp(self) -> bytes:
        """Return four bytes that differ when anything about it did, save for one time in four thousand million."""
        told = (
            self.kind, self.identity, self.title, self.year, self.parent, self.grandparent, self.number,
            self.last_number, self.parent_number, self.aired, self.artist, self.children, self.added_at,
            *((each.provider, each.value) for each in self.ids),
            *((each.path, each.modified_ns, each.bytes) for each in (*self.entries, *self.above)),
        )  # fmt: skip
        return blake2b(repr(told).encode(), digest_size=4).digest()

    def take(self, other: Draft) -> None:
        """Take in what another place tells of the same thing."""
        self.year = self.year or other.year
        self.aired = self.aired or other.aired
        self.ids = self.ids or other.ids
        self.media += [each for each in other.media if each not in self.media]
        self.notes += [each for each in other.notes if each not in self.notes]
        self.above += [each for each in other.above if each not in self.above]
        self.subtitles += [each for each in other.subtitles if each not in self.subtitles]
        self.pictures = {**other.pictures, **self.pictures}

    def hold(self, other: Draft) -> None:
        """Count something that belongs to it."""
        self.children = (self.children or 0) + 1
        times = [each.added_at for each in other.media if each.added_at > 0]
        self.added_at = min(times + ([] if self.added_at is None else [self.added_at]), default=None)


_HOLD = frozenset({ItemKind.SHOW, ItemKind.SEASON, ItemKind.ARTIST, ItemKind.ALBUM})


def merge(drafts: Iterable[Draft]) -> list[Draft]:
    """Return drafts of which no two have the same identity; a film that is called as a show gives way to it."""
    found: dict[str, Draft] = {}
    for draft in sorted(drafts, key=lambda each: each.kind not in _HOLD):
        known = found.get(draft.identity)
        if known is not None and known.kind is not draft.kind:
            draft.identity = f"{draft.identity}#{draft.kind}"
            known = found.get(draft.identity)
        if known is None:
            found[draft.identity] = draft
        else:
            known.take(draft)
    _count(found)
    return list(found.values())


def _count(drafts: dict[str, Draft]) -> None:
    """Tell what contains others how many it contains."""
    for draft in drafts.values():
        if draft.kind in {ItemKind.EPISODE, ItemKind.TRACK}:
            for above in (draft.parent, draft.grandparent):
                if above is not None and above in drafts:
                    drafts[above].hold(draft)


def fold(text: str) -> str:
    """Return a text in which two spellings of one name are the same."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^\w]+|_", "", plain.replace("&", "and"))


def below(path: str, name: str) -> str:
    """Return the identity of something in a folder; what it is called by is made up, and may have held a slash."""
    name = name.replace("/", "\u2215")
    return f"{path}/{name}" if path else name
