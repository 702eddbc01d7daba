"""What changed since the last look? Asked in few requests, and the answer is marked as read only once all is kept."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from itertools import batched
import sqlite3

from ..backends.errors import SourceError
from ..backends.item import Item, ItemKind, UserState
from ..backends.listing import Changes, Known, Look, News
from ..backends.model import Library
from ..catalog import progress, sweeping
from ..catalog.writing import put_states
from .deletion import MANY, Cleaner
from .full import FULL
from .intake import look_up, take
from .listing import PAGE, Course
from .model import ends_all
from .pace import Shelf
from .run import Run
from .shelves import keep, read_again, survey


async def look_after(run: Run, looks: Sequence[Look]) -> None:
    """Bring the catalog in step with what some looks tell; raises the first `SourceError` once all had their turn."""
    errors: list[SourceError] = []
    for look in looks:
        try:
            await _look(run, look)
        except SourceError as error:
            if ends_all(error):
                raise
            errors.append(error)
    if errors:
        raise errors[0]


async def _look(run: Run, look: Look) -> None:
    known = await run.read(partial(_known, run.source, look))
    changes = await run.ask(lambda backend: backend.changes(look, known))
    if await _apply(run, changes, known):
        await run.write(lambda database: progress.put_mark(database, run.source, look, changes.mark, run.site.now()))


async def mend(run: Run) -> None:
    """Read the libraries again that the last full sync could not read."""
    behind = await run.read(partial(_behind, run.source))
    if behind:
        libraries = await survey(run)
        await read_again(run, [library for library in libraries if library.identity in behind], libraries)


async def apply_news(run: Run, news: News) -> None:
    """Bring the catalog in step with what a push channel told of single items; raises `SourceError`."""
    known = await run.read(partial(_known, run.source, None))
    await put_all_states(run, news.states)
    items = await look_up(run, sorted(news.changed))
    await _meet_libraries(run, items, known.libraries)
    await _take_all(run, items)
    await _remove(run, news.removed, known)


async def put_all_states(run: Run, states: Mapping[str, UserState]) -> None:
    """Keep what was done with items."""
    for batch in batched(states.items(), PAGE, strict=False):
        changed = await run.write(partial(_put_states, run.source, dict(batch)))
        run.tally.states += len(changed)


def _known(source: str, look: Look | None, database: sqlite3.Connection) -> Known:
    mark = progress.marks(database, source).get(look) if look else None
    libraries = progress.known_libraries(database, source)
    return Known(mark.mark if mark else None, libraries, progress.counts(database, source))


def _behind(source: str, database: sqlite3.Connection) -> set[str]:
    full, synced = progress.marks(database, source)[FULL], progress.synced(database, source)
    return {name for name in _names(progress.known_libraries(database, source)) if synced.get(name, 0.0) < full.at}


def _put_states(source: str, states: Mapping[str, UserState], database: sqlite3.Connection) -> tuple[str, ...]:
    return put_states(database, source, states)


async def _take_all(run: Run, items: Sequence[Item]) -> None:
    for batch in batched(items, PAGE, strict=False):
        await take(run, batch)


async def _apply(run: Run, changes: Changes, known: Known) -> bool:
    """Keep what changed, and tell whether that was all of it."""
    libraries: Sequence[Library] = known.libraries
    if changes.libraries is not None:
        libraries = [library for library in changes.libraries if run.site.wants(library)]
        await keep(run, libraries)
    await _take_all(run, changes.items)
    await put_all_states(run, changes.states)
    settled = await _remove(run, changes.removed, known)
    again = changes.relist | (_names(libraries) - _names(known.libraries))
    sweep = frozenset(key for key in changes.sweep if key[0] not in again)
    settled &= await _sweep(run, sweep, libraries, known)
    if again:
        await read_again(run, [library for library in libraries if library.identity in again], libraries)
    read = [identity for identity in _names(libraries) if run.is_read(identity)]
    if changes.libraries is not None:
        await keep(run, libraries, read)
    return settled and len(read) == len(libraries)


async def _remove(run: Run, removed: Collection[str], known: Known) -> bool:
    if len(removed) > MANY:
        # So many are not believed one by one: the lists have to tell.
        return await _sweep(run, frozenset(known.counts), known.libraries, known)
    await Cleaner(run, known.counts, _names(known.libraries), final=False).remove(removed)
    return True


async def _sweep(run: Run, keys: Collection[tuple[str, ItemKind]], libraries: Sequence[Library], known: Known) -> bool:
    """Compare lists by their identities, and tell whether all of them could be read whole."""
    shelves = [Shelf(each, kind) for each in libraries for kind in each.kinds if (each.identity, kind) in keys]
    if not shelves:
        return True
    cleaner = Cleaner(run, known.counts, _names(libraries), final=False)
    await run.write(lambda database: sweeping.begin_sweep(database, run.source))
    courses: dict[Shelf, Course] = {}
    for shelf in shelves:
        try:
            courses[shelf] = await cleaner.sweep(shelf)
        except SourceError as error:
            run.excuse(shelf.library.identity, error)
    whole = {shelf: course for shelf, course in courses.items() if course.is_whole}
    for shelf, course in whole.items():
        await cleaner.clean(shelf, course)
    return len(whole) == len(shelves)


async def _meet_libraries(run: Run, items: Sequence[Item], known: Sequence[Library]) -> None:
    """Read libraries whole that were not there before."""
    strange = {item.library for item in items} - _names(known)
    if run.site.wanted is not None:
        strange &= run.site.wanted
    if strange:
        libraries = await survey(run)
        await read_again(run, [library for library in libraries if library.identity in strange], libraries)


def _names(libraries: Sequence[Library]) -> set[str]:
    return {library.identity for library in libraries}
