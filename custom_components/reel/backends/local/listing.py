"""What did one walk find? Libraries, their items in an order, and what is different from the last time. Blocks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..errors import Missing, NotAllowed
from ..item import Item, ItemKind
from ..listing import Changes, IdPage, Known as KnownBefore, Page
from ..model import Library
from .build import Builder, Known
from .draft import Draft
from .mark import LibraryMark, Mark, hashed, read_mark
from .scan import Section, drafts_of, sections_of
from .shelves import KINDS
from .tree import Directory

# More changes than that are handed over page by page.
MOST_CHANGES: Final = 1000


@dataclass(slots=True)
class Shelf:
    """A library with what is in it, looked through when it is first asked for."""

    section: Section
    root: Path
    known: Known
    whole: bool = field(init=False)
    digest: str = field(init=False)
    _drafts: dict[str, Draft] | None = field(default=None, init=False, repr=False)
    _order: dict[ItemKind, list[str]] = field(default_factory=dict, init=False, repr=False)
    _builder: Builder = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.whole = self.section.directory.whole
        self.digest = self.section.directory.digest()
        self._builder = Builder(self.root, self.section.identity, self.draft, self.known)

    @property
    def library(self) -> Library:
        """The library as others see it."""
        return Library(self.section.identity, self.section.name, KINDS[self.section.shelf], self.digest)

    @property
    def builder(self) -> Builder:
        """Who makes items of its drafts."""
        return self._builder

    @property
    def drafts(self) -> dict[str, Draft]:
        """All that is in it, by identity."""
        if self._drafts is None:
            self._drafts = {each.identity: each for each in drafts_of(self.section)}
        return self._drafts

    def draft(self, identity: str) -> Draft | None:
        """Return what is known of an item by names."""
        return self.drafts.get(identity)

    def order(self, kind: ItemKind) -> list[str]:
        """Return the identities of a kind in an order that stays the same."""
        if not self._order:
            for identity in sorted(self.drafts):
                self._order.setdefault(self.drafts[identity].kind, []).append(identity)
        return self._order.get(kind, [])

    def items(self, drafts: Collection[Draft]) -> Iterator[Item]:
        """Yield what drafts are."""
        return (self._builder.item(each) for each in drafts)


class Listing:
    """What one walk over a folder found."""

    def __init__(self, root: Path, tree: Directory, known: Known) -> None:
        self._shelves = {each.identity: Shelf(each, root, known) for each in sections_of(tree, root.name)}

    def libraries(self) -> list[Library]:
        """Return all libraries."""
        return [each.library for each in self._shelves.values()]

    def page(self, library: str, kind: ItemKind, start: int, size: int) -> Page:
        """Return a stretch of a list; raises `NotAllowed` at the end of what could be seen if that was not all."""
        shelf, names = self._stretch(library, kind, start, size)
        items = tuple(shelf.items([shelf.drafts[each] for each in names]))
        return Page(items, len(items), len(shelf.order(kind)) if shelf.whole else None)

    def id_page(self, library: str, kind: ItemKind, start: int, size: int) -> IdPage:
        """Return the identities of a stretch; raises as `page` does."""
        shelf, names = self._stretch(library, kind, start, size)
        return IdPage(tuple(names), len(names), len(shelf.order(kind)) if shelf.whole else None)

    def _stretch(self, library: str, kind: ItemKind, start: int, size: int) -> tuple[Shelf, list[str]]:
        shelf = self._shelves.get(library)
        if shelf is None:
            raise Missing
        names = shelf.order(kind)[start : start + size]
        if not names and not shelf.whole:
            raise NotAllowed
        return shelf, names

    def items(self, identities: Collection[str]) -> list[Item]:
        """Return these items, without those that are gone; raises `NotAllowed` where one may be out of sight."""
        found = [(shelf, draft) for identity in identities for shelf, draft in self._find(identity)]
        if len(found) < len(set(identities)) and not all(each.whole for each in self._shelves.values()):
            raise NotAllowed
        return [item for shelf, draft in found for item in shelf.items([draft])]

    def _find(self, identity: str) -> Iterator[tuple[Shelf, Draft]]:
        for shelf in self._shelves.values():
            if (draft := shelf.draft(identity)) is not None:
                yield shelf, draft
                return

    def find(self, identity: str) -> tuple[Shelf, Draft] | None:
        """Return an item by its names, and the library that it is in."""
        return next(self._find(identity), None)

    def changes(self, known: KnownBefore) -> Changes:
        """Return what changed since it was marked. Only libraries whose files changed are looked through."""
        libraries = tuple(self.libraries())
        former = read_mark(known.mark)
        if former is None:
            return Changes(mark=self._mark({}).written(), relist=frozenset(self._shelves), libraries=libraries)
        mark = self._mark(former.libraries)
        items: list[Item] = []
        relist: set[str] = set()
        sweep: set[tuple[str, ItemKind]] = set()
        # Whatever else there is will be read whole by those who did not know of it.
        names = {each.identity for each in known.libraries} & self._shelves.keys()
        for identity in sorted(names):
            shelf, before, now = self._shelves[identity], former.libraries.get(identity), mark.libraries[identity]
            if before is None:
                relist.add(identity)
            elif before is not now:
                changed = [each for each in shelf.drafts.values() if hashed(each) not in before.items]
                if len(changed) > MOST_CHANGES:
                    relist.add(identity)
                else:
                    items += shelf.items(changed)
                sweep |= {(identity, kind) for kind in before.kinds_gone(now.items)}
        return Changes(
            mark=mark.written(),
            items=tuple(items),
            sweep=frozenset(sweep),
            relist=frozenset(relist),
            libraries=libraries,
        )

    def _mark(self, former: Mapping[str, LibraryMark]) -> Mark:
        return Mark({identity: _marked(shelf, former.get(identity)) for identity, shelf in self._shelves.items()})


def _marked(shelf: Shelf, before: LibraryMark | None) -> LibraryMark:
    """Return what a library holds: the same as before if no file changed."""
    if before is not None and before.digest == shelf.digest:
        return before
    items = frozenset(hashed(each) for each in shelf.drafts.values())
    # What is not there where not everything could be seen is asked for once it can.
    return LibraryMark(shelf.digest, items if shelf.whole or before is None else before.with_gone(items))
