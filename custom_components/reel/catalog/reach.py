"""Which lists does a question reach? Pairs of a library and a kind, which the file keeps in every order."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
import sqlite3

from ..backends.item import ItemKind

type LibraryKey = tuple[str, str]
"""The key of a source, and what that source calls its library."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The items of one kind in one library; `library` and `source` are the numbers of their rows."""

    library: int
    kind: ItemKind
    source: int
    items: int
    works: int


@dataclass(frozen=True, slots=True)
class Reach:
    """The shelves that a question is about."""

    shelves: tuple[Shelf, ...]
    whole: bool
    """Whether nothing of these kinds is anywhere else."""
    of_all_kinds: bool

    @property
    def joined(self) -> bool:
        """Whether lists show works: those of several sources do, those of one show all that it has."""
        return len({shelf.source for shelf in self.shelves}) > 1

    @property
    def items(self) -> int:
        """How many items there are, copies included."""
        return sum(shelf.items for shelf in self.shelves)

    @property
    def condition(self) -> str:
        """A condition for `item`: within reach."""
        kinds = ", ".join(sorted({f"'{shelf.kind}'" for shelf in self.shelves}))
        return f"item.library IN ({self.libraries}) AND item.kind IN ({kinds})"

    @property
    def libraries(self) -> str:
        """The rows of the libraries, as a list for SQL."""
        return ", ".join(sorted({str(shelf.library) for shelf in self.shelves}))

    @property
    def first_copy(self) -> str:
        """A condition for `item`: of several copies within reach, the first one."""
        if not self.joined:
            return "true"
        if self.whole:
            return "item.work = item.id"
        return f"""(item.work = item.id OR NOT EXISTS (
            SELECT 1 FROM item AS copy
            WHERE copy.work = item.work AND copy.id < item.id AND copy.library IN ({self.libraries})
        ))"""  # noqa: S608  # numbers of rows

    @property
    def oldest_copy(self) -> str:
        """A condition for `item`: of several copies within reach, the one added first; before, it was not there."""
        if not self.joined:
            return "true"
        return f"""NOT EXISTS (
            SELECT 1 FROM item AS copy
            WHERE copy.work = item.work AND copy.library IN ({self.libraries})
                AND (coalesce(copy.added_at, 0), copy.id) < (coalesce(item.added_at, 0), item.id)
        )"""  # noqa: S608  # numbers of rows

    @property
    def last_viewed_copy(self) -> str:
        """A condition for `item` with its `user_state`: of several copies within reach, the one viewed last."""
        if not self.joined:
            return "true"
        return f"""NOT EXISTS (
            SELECT 1 FROM item AS copy
            CROSS JOIN user_state AS other ON other.source = copy.source AND other.identity = copy.identity
            WHERE copy.work = item.work AND copy.library IN ({self.libraries})
                AND (other.viewed_at, -copy.id) > (user_state.viewed_at, -item.id)
        )"""  # noqa: S608  # numbers of rows


def find_reach(
    database: sqlite3.Connection,
    sources: Collection[str] | None = None,
    libraries: Collection[LibraryKey] | None = None,
    kinds: Iterable[ItemKind] | None = None,
) -> Reach:
    """Return what a question is about; None does not narrow it."""
    wanted = None if kinds is None else frozenset(kinds)
    everything = [shelf for shelf in _shelves(database) if wanted is None or shelf[0].kind in wanted]
    reached = tuple(
        shelf
        for shelf, source, identity in everything
        if (sources is None or source in sources) and (libraries is None or (source, identity) in libraries)
    )
    return Reach(reached, whole=len(reached) == len(everything), of_all_kinds=wanted is None)


def _shelves(database: sqlite3.Connection) -> Iterator[tuple[Shelf, str, str]]:
    rows = database.execute("""
        SELECT library.id, tally.kind, source.id, tally.items, tally.works, source.key, library.identity
        FROM library CROSS JOIN source ON source.id = library.source CROSS JOIN tally ON tally.library = library.id
        WHERE tally.items > 0
    """)
    for library, kind, source, items, works, key, identity in rows:
        yield Shelf(library, ItemKind(kind), source, items, works), key, identity
