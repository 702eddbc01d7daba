"""Is there less on a server than we know of? One question for how much there is in all."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from ..item import ItemKind
from ..listing import Changes, Known
from ..reading import mapping, number
from ..transport import Json
from .asker import BARE, Asker, everywhere, stretch
from .marks import kept_fields, written_mark
from .parse_items import TYPES, parse_entries

COUNTED: Final[Mapping[ItemKind, str]] = {
    ItemKind.MOVIE: "MovieCount",
    ItemKind.SHOW: "SeriesCount",
    ItemKind.EPISODE: "EpisodeCount",
    ItemKind.ALBUM: "AlbumCount",
    ItemKind.TRACK: "SongCount",
    ItemKind.COLLECTION: "BoxSetCount",
}
UNCOUNTED: Final = frozenset({ItemKind.SEASON, ItemKind.VIDEO, ItemKind.PLAYLIST})
# What goes with what is counted, uncounted.
FOLLOWING: Final[Mapping[ItemKind, frozenset[ItemKind]]] = {
    ItemKind.SHOW: frozenset({ItemKind.SEASON}),
    ItemKind.EPISODE: frozenset({ItemKind.SEASON}),
    ItemKind.ALBUM: frozenset({ItemKind.ARTIST}),
}
# Artists without a folder are in no list of everything, so that artists are not counted at all.
_TYPES: Final = ",".join(name for kind, name in TYPES.items() if kind is not ItemKind.ARTIST)
# So often in a row the same difference is looked into; then the server counts otherwise, and that is how it is.
TRIES: Final = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """How much more we know of than the server counts: what is usual, and what it was at the last look.

    It may be less than nothing: users hide libraries, and servers count what is in them.
    """

    usual: int = 0
    last: int = 0
    tries: int = 0
    by_kind: Mapping[str, int] = field(default_factory=dict)
    """The usual difference by kind, where it is known."""

    def text(self) -> str:
        """Return the mark as it is kept."""
        by_kind = dict[str, Json](self.by_kind)
        return written_mark(usual=self.usual, last=self.last, tries=self.tries, by_kind=by_kind)


def read_mark(kept: str | None) -> Mark | None:
    """Return a mark; one that cannot be read is like none."""
    fields = kept_fields(kept)
    usual, last, tries = (number(fields.get(name)) for name in ("usual", "last", "tries"))
    by_kind = fields.get("by_kind")
    if usual is None or last is None or tries is None or not isinstance(by_kind, Mapping):
        return None
    return Mark(usual, last, tries, {kind: found for kind, each in by_kind.items() if (found := number(each))})


async def look(asker: Asker, known: Known) -> Changes:
    """Return where something is missing: where the difference to what we know has grown."""
    mark = read_mark(known.mark)
    total = await _total(asker)
    if total is None:
        # It does not count, or says that everything is gone: that is no news of what is gone.
        return Changes(mark=(mark or Mark()).text())
    difference = sum(count for (_, kind), count in known.counts.items() if kind is not ItemKind.ARTIST) - total
    if mark is not None and difference <= mark.usual:
        return Changes(mark=(await _settled(asker, known, mark, difference)).text())
    by_kind = await _differences(asker, known)
    if mark is None:
        # What is hidden from us now is usual, what is missing is not.
        mark = Mark(min(difference, 0), 0, 0, {kind: min(each, 0) for kind, each in by_kind.items()})
        if difference <= mark.usual:
            return Changes(mark=replace(mark, last=difference).text())
    tries = mark.tries + 1 if difference == mark.last else 1
    if tries > TRIES:
        return Changes(mark=Mark(difference, difference, 0, by_kind).text())
    now = replace(mark, last=difference, tries=tries)
    return Changes(mark=now.text(), sweep=_missing(known, mark, by_kind))


async def _settled(asker: Asker, known: Known, mark: Mark, difference: int) -> Mark:
    """Return the mark where nothing is missing; less that stays less is the new usual."""
    if difference < mark.usual and difference == mark.last:
        return Mark(difference, difference, 0, await _differences(asker, known))
    return replace(mark, last=difference, tries=0)


def _missing(known: Known, mark: Mark, by_kind: Mapping[str, int]) -> frozenset[tuple[str, ItemKind]]:
    kinds = {kind for kind in COUNTED if by_kind.get(kind, 0) > mark.by_kind.get(kind, 0)}
    wanted = kinds.union(*(FOLLOWING.get(kind, frozenset()) for kind in kinds)) or UNCOUNTED
    return frozenset(place for place, count in known.counts.items() if place[1] in wanted and count)


async def _total(asker: Asker) -> int | None:
    answer = await asker.read("/Items", everywhere(_TYPES, {**BARE, **stretch(0, 0)}), parse_entries)
    return answer.total or None


async def _differences(asker: Asker, known: Known) -> dict[str, int]:
    """Return how much more we know of, of each kind that the server counts by itself."""
    counts = await asker.read("/Items/Counts", {}, _counts)
    ours = dict.fromkeys(COUNTED, 0)
    for (_, kind), count in known.counts.items():
        if kind in ours:
            ours[kind] += count
    return {kind.value: ours[kind] - count for kind, count in counts.items()}


def _counts(answer: Json) -> dict[ItemKind, int]:
    counts = mapping(answer)
    return {kind: found for kind, name in COUNTED.items() if (found := number(counts.get(name))) is not None}
