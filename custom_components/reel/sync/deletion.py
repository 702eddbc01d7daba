"""What is gone for good? What a whole list does not show and the source itself does not know, unless it is too much."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
import sqlite3
from typing import Final

from ..backends.errors import SourceError
from ..backends.item import ItemKind
from ..backends.listing import IdPage
from ..catalog import sweeping
from ..catalog.writing import remove_items
from .intake import look_up, take
from .listing import ID_PAGE, Course, walk
from .pace import Shelf
from .run import Run

# So many may go at once, however small the library is; of more of them, not more than half.
MANY: Final = 100
# Items that are removed in one step: nobody else writes meanwhile.
_STEP: Final = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to become of items that are missing from one list."""

    remove: frozenset[str]
    hold: frozenset[str]


def judge(missing: Collection[str], held: frozenset[str], known: int, *, empty: bool, final: bool) -> Verdict:
    """Return what becomes of items that were not seen, out of so many known ones.

    `held` are those that an earlier sync missed, too; only a `final` sync, a full one, lets them go. Of an `empty` list
    nothing is believed the first time.
    """
    agreed = held & frozenset(missing)
    fresh = frozenset(missing) - held
    too_many = empty or (len(fresh) > MANY and 2 * len(fresh) > known)
    return Verdict(
        remove=(agreed if final else frozenset()) | (frozenset() if too_many else fresh),
        hold=fresh if too_many else frozenset(),
    )


class Cleaner:
    """Removes from the catalog what its source no longer has, list by list, after all of them were read."""

    def __init__(
        self, run: Run, known: Mapping[tuple[str, ItemKind], int], libraries: Collection[str], *, final: bool
    ) -> None:
        """`known` counts what was there before the sync, `libraries` are those whose items are to be kept."""
        self._run = run
        self._known = known
        self._libraries = libraries
        self._final = final

    async def clean(self, shelf: Shelf, course: Course) -> None:
        """Remove what is gone from a list that was just read; one that is not whole is compared by identities first."""
        try:
            if not course.is_whole:
                course = await self.sweep(shelf)
            if course.is_whole:
                await self._settle(shelf, empty=course.is_empty)
        except SourceError as error:
            self._run.excuse(shelf.library.identity, error)

    async def clean_missing(self, shelf: Shelf) -> None:
        """Remove what is gone with a list that is not there any more."""
        try:
            await self._settle(shelf, empty=True)
        except SourceError as error:
            self._run.excuse(shelf.library.identity, error)

    async def sweep(self, shelf: Shelf) -> Course:
        """Take note of all identities of a list, and keep the items that we did not know of."""
        run, side = self._run, f"{self._run.source} {shelf.library.identity} {shelf.kind}"
        await run.write(lambda database: sweeping.begin_sweep(database, side))

        async def fetch(start: int) -> IdPage:
            return await run.ask(lambda backend: backend.id_page(shelf.library, shelf.kind, start, ID_PAGE))

        async def note(page: IdPage, _: Course) -> int:
            fresh, strangers = await run.write(partial(_note, run.source, side, shelf, page.identities))
            await take(run, await look_up(run, strangers))
            return fresh

        try:
            return await walk(fetch, note, ID_PAGE)
        finally:
            await run.write(lambda database: sweeping.end_sweep(database, side))

    async def _settle(self, shelf: Shelf, *, empty: bool) -> None:
        run, known = self._run, self._known.get(shelf.key, 0)
        rule = partial(judge, known=known, empty=empty, final=self._final)
        await self.remove(await run.write(partial(_decide, run, shelf, rule)))

    async def remove(self, identities: Collection[str]) -> None:
        """Remove those of these items that the source, asked for them by name, does not have any more."""
        run = self._run
        for batch in batched(identities, _STEP, strict=False):
            there = [item for item in await look_up(run, batch) if item.library in self._libraries]
            await take(run, there)
            gone = frozenset(batch).difference([item.identity for item in there])
            run.tally.removed += await run.write(partial(_remove, run.source, gone, run.site.keep_states))


def _note(
    source: str, side: str, shelf: Shelf, identities: Sequence[str], database: sqlite3.Connection
) -> tuple[int, list[str]]:
    sweeping.note_seen(database, source, identities)
    fresh = sweeping.note_seen(database, side, identities)
    sweeping.release(database, source, identities)
    return fresh, sweeping.strangers(database, source, shelf.library.identity, shelf.kind, identities)


def _decide(
    run: Run, shelf: Shelf, rule: Callable[[Collection[str], frozenset[str]], Verdict], database: sqlite3.Connection
) -> list[str]:
    """Hold what has to be held of a list, and return what may be removed: a hundred thousand take their time."""
    missing = sweeping.missing(database, run.source, shelf.library.identity, shelf.kind)
    verdict = rule(missing, frozenset(sweeping.held(database, run.source)))
    if verdict.hold:
        sweeping.hold(database, run.source, verdict.hold, run.site.now())
    return sorted(verdict.remove)


def _remove(source: str, identities: Collection[str], keep_states: bool, database: sqlite3.Connection) -> int:  # noqa: FBT001
    return remove_items(database, source, identities, keep_states=keep_states)
