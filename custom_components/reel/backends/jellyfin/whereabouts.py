"""In which library is an item? Lists of a whole server do not tell, so its place has to be asked for."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from ..errors import Missing
from ..item import LISTS, Item, ItemKind
from ..model import Library
from ..reading import objects, text
from ..transport import Json
from .asker import BARE, WHOLE, Asker, by_ids, chunks
from .parse import parse_libraries
from .parse_items import kind_of, parents_of, parse_entries, parse_item

# So many places are asked for one by one; the answer tells at the same time of what the item belongs to.
FEW: Final = 2

type Raw = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Places:
    """Where items are, by identity, and what they belong to as it is now."""

    library: Mapping[str, str]
    parents: tuple[Raw, ...] = ()
    libraries: tuple[Library, ...] | None = None
    """All there are, if that had to be asked."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Finds the libraries of items; `known` are those there were before."""

    asker: Asker
    known: tuple[Library, ...]

    async def find(self, raw: Sequence[Raw]) -> Places:
        """Return the libraries of items; those that are in none that we list are left out."""
        groups = _families(raw)
        found: dict[str, str] = {}
        parents: dict[str, Raw] = {}
        if len(groups) <= FEW:
            for root, family in list(groups.items()):
                library = await self._climb(family, parents)
                if library is not None:
                    found |= dict.fromkeys((root, *(_id(each) for each in family)), library)
                    del groups[root]
        libraries = None
        if groups:
            libraries = tuple(await self.asker.read("/UserViews", {}, parse_libraries))
            places = await self._sift(groups, libraries)
            for root, library in places.items():
                found |= dict.fromkeys((root, *(_id(each) for each in groups[root])), library)
        return Places(found, tuple(parents.values()), libraries)

    async def _climb(self, family: Sequence[Raw], parents: dict[str, Raw]) -> str | None:
        """Return the library that the innermost of a family is in, and note all on the way up."""
        inner = max(family, key=lambda each: len(parents_of(each)))
        kind = kind_of(inner)
        if kind in LISTS:
            return self._only_one(kind)
        try:
            up = await self.asker.read(f"/Items/{quote(_id(inner), safe='')}/Ancestors", {}, objects)
        except Missing:
            return None
        known = {library.identity for library in self.known if kind in library.kinds}
        above = {_id(each): each for each in up}
        parents.update((identity, each) for identity, each in above.items() if kind_of(each))
        return next((identity for identity in above if identity in known), None)

    def _only_one(self, kind: ItemKind | None) -> str | None:
        """Return the library of what is in no folder that leads to it."""
        found = [library.identity for library in self.known if kind in library.kinds]
        return found[0] if len(found) == 1 else None

    async def _sift(self, groups: Mapping[str, Sequence[Raw]], libraries: Sequence[Library]) -> dict[str, str]:
        """Return the libraries of families, by asking each library which of them it has."""
        found: dict[str, str] = {}
        for library in libraries:
            asked = [
                root
                for root, family in groups.items()
                if root not in found and any(kind_of(each) in library.kinds for each in family)
            ]
            if LISTS.issuperset(library.kinds):
                found |= dict.fromkeys(asked, library.identity)
                continue
            for some in chunks(asked):
                query = by_ids(some, {"parentId": library.identity, "recursive": "true", **BARE})
                entries = await self.asker.read("/Items", query, parse_entries)
                found |= {root: library.identity for each in entries.raw if (root := _id(each)) in groups}
        return found


async def with_parents(asker: Asker, raw: Sequence[Raw], places: Places) -> tuple[list[Raw], Places]:
    """Return items with what they belong to, which changes when they come and go, and the places of all."""
    whole = {_id(each): each for each in (*places.parents, *raw)}
    home = dict(places.library)
    for each in raw:
        library = home.get(_id(each))
        for parent in parents_of(each) if library else ():
            home.setdefault(parent, str(library))
    for some in chunks(identity for identity in home if identity not in whole):
        whole |= {_id(each): each for each in (await asker.read("/Items", by_ids(some, WHOLE), parse_entries)).raw}
    return list(whole.values()), Places(home, libraries=places.libraries)


async def found_items(raw: Iterable[Raw], places: Places) -> list[Item]:
    """Return the items of which the library is known."""

    def parsed() -> list[Item]:
        homes = ((each, places.library.get(_id(each))) for each in raw)
        return [item for each, library in homes if library and (item := parse_item(each, library))]

    return await asyncio.to_thread(parsed)


def _families(raw: Iterable[Raw]) -> dict[str, list[Raw]]:
    """Return items by what is in one place for sure: a show with all of its episodes, an album with its tracks."""
    found: dict[str, list[Raw]] = {}
    for each in raw:
        kind = kind_of(each)
        if kind is None or not _id(each):
            continue
        up = parents_of(each)
        match kind:
            case ItemKind.EPISODE | ItemKind.SEASON if up:
                root = up[-1]
            case ItemKind.TRACK if text(each.get("AlbumId")):
                root = up[0]
            case _:
                root = _id(each)
        found.setdefault(root, []).append(each)
    return found


def _id(raw: Raw) -> str:
    return text(raw.get("Id")) or ""
