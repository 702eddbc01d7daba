"""What is meant when somebody plays something? The item itself; of what holds others all of them, in their order.

A show goes on where its user is, and so does a season.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .backends.item import LISTS, PLAYABLE, Item, ItemKind, UserState
from .catalog import query
from .catalog.entry import Entry
from .catalog.query import ItemKey, Query, Sort
from .catalog_reading import Reading
from .player.place import resume_at

# Nobody hears the end of a queue that is longer, and all of it is kept.
MOST: Final = 1000
# A collection holds shows, and those hold episodes.
_DEEPEST: Final = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played, one after the other."""

    items: tuple[ItemKey, ...]
    goes_on: bool = False
    """Whether it is one episode, chosen by itself: the next ones may follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What is played at a time: an item, with all that are the same elsewhere."""

    key: ItemKey
    copies: Mapping[ItemKey, Item]
    place_ms: int
    """Where to go on, 0 for the beginning."""

    @property
    def item(self) -> Item:
        """The copy that was asked for."""
        return self.copies[self.key]


def plan(reading: Reading, source: str, identity: str) -> Plan | None:
    """Return what is played for an item; None for one that is not there, or holds nothing to play."""
    entry = query.item(reading.database, source, identity)
    if entry is None or source not in reading.places:
        return None
    found = tuple(_key(each) for each in _parts(reading, entry))[:MOST]
    return Plan(found, entry.item.kind is ItemKind.EPISODE) if found else None


def title(reading: Reading, source: str, identity: str) -> Title | None:
    """Return what plays as an item, and where to go on with it; None where it is not there."""
    entry = query.item(reading.database, source, identity)
    if entry is None:
        return None
    copies = {_key(each): each for each in _copies(reading, entry)}
    return Title(
        key=(source, identity),
        copies={key: each.item for key, each in copies.items()},
        place_ms=_place(entry.item, _state(copies.values())),
    )


def after(reading: Reading, source: str, identity: str) -> ItemKey | None:
    """Return the episode that comes after one, in the next season if need be; None where none does."""
    entry = query.item(reading.database, source, identity)
    if entry is None or entry.item.kind is not ItemKind.EPISODE:
        return None
    show = entry.item.grandparent
    if show is None:
        return None
    episodes = _in_order(_list(reading, below=(source, show), kinds=(ItemKind.EPISODE,)))
    places = [each.item.identity for each in episodes]
    following = episodes[places.index(identity) + 1 :] if identity in places else []
    # After the last episode, specials do not follow.
    return next((_key(each) for each in following if _is_special(each) == _is_special(entry)), None)


def _parts(reading: Reading, entry: Entry, depth: int = 0) -> Iterator[Entry]:
    """Yield what is played for an item, as it plays."""
    source, item = entry.source, entry.item
    key = (source, item.identity)
    match item.kind:
        case kind if kind in PLAYABLE:
            yield entry
        case ItemKind.SHOW:
            yield from _continued(reading, _in_order(_list(reading, below=key, kinds=(ItemKind.EPISODE,))))
        case ItemKind.SEASON:
            yield from _continued(reading, _list(reading, parent=key, kinds=(ItemKind.EPISODE,)))
        case ItemKind.ALBUM:
            yield from _list(reading, parent=key, kinds=(ItemKind.TRACK,))
        case ItemKind.ARTIST:
            yield from _songs(reading, key)
        case kind if kind in LISTS and depth < _DEEPEST:
            for member in query.members(reading.database, source, item.identity, limit=MOST).entries:
                yield from _parts(reading, member, depth + 1)


def _songs(reading: Reading, artist: ItemKey) -> Iterator[Entry]:
    """Yield the songs of an artist: album by album, and then those that are on none."""
    seen = set[str]()
    for album in _list(reading, parent=artist, kinds=(ItemKind.ALBUM,), sort=Sort.YEAR):
        songs = _list(reading, parent=_key(album), kinds=(ItemKind.TRACK,))
        seen.update(each.item.identity for each in songs)
        yield from songs
    rest = _list(reading, below=artist, kinds=(ItemKind.TRACK,))
    yield from (each for each in rest if each.item.identity not in seen)


def _continued(reading: Reading, episodes: Sequence[Entry]) -> Sequence[Entry]:
    """Return the episode to go on with, and all that follow it."""
    regular = [each for each in episodes if not _is_special(each)] or episodes
    return regular[_place_in(regular, [_state(_copies(reading, each)) for each in regular]) :]


def _place_in(episodes: Sequence[Entry], states: Sequence[UserState]) -> int:
    """Return which of some episodes to go on with: the one that was begun, else the first that was not watched.

    What counts is what was done last; of what was marked at one time that is the last of them.
    """
    begun = [_place(each.item, state) > 0 for each, state in zip(episodes, states, strict=True)]
    touched = [(states[at].viewed_at or 0, at) for at in range(len(states)) if begun[at] or states[at].watched]
    last = max(touched, default=(0, -1))[1]

    def first(wanted: Callable[[int], bool]) -> int | None:
        return next((at for at in range(len(states)) if wanted(at)), None)

    if last >= 0 and begun[last]:
        return last
    after_last = first(lambda at: at > last and not states[at].watched)
    return after_last if after_last is not None else first(lambda at: not states[at].watched) or 0


def _list(
    reading: Reading,
    *,
    kinds: tuple[ItemKind, ...],
    parent: ItemKey | None = None,
    below: ItemKey | None = None,
    sort: Sort | None = None,
) -> list[Entry]:
    wanted = Query(parent=parent, below=below, kinds=kinds, sort=sort, limit=MOST)
    return [*query.items(reading.database, wanted).entries]


def _in_order(episodes: Sequence[Entry]) -> list[Entry]:
    """Return the episodes of a show with its specials, which belong nowhere, at the end."""
    return sorted(episodes, key=_is_special)


def _is_special(episode: Entry) -> bool:
    return episode.item.parent_number == 0


def _copies(reading: Reading, entry: Entry) -> list[Entry]:
    if entry.copies == 1:
        return [entry]
    return query.copies(reading.database, entry.source, entry.item.identity)


def _state(copies: Iterable[Entry]) -> UserState:
    """Return what the user did with a title: with the copy that was viewed last."""
    return max((each.state for each in copies), key=lambda state: (state.viewed_at or 0, state.watched))


def _place(item: Item, state: UserState) -> int:
    if item.kind is ItemKind.TRACK:
        return 0
    return resume_at(state.position_ms, item.duration_ms, watched=state.watched)


def _key(entry: Entry) -> ItemKey:
    return entry.source, entry.item.identity
