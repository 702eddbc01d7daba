"""How is a source read whole? From where the last sync was cut off, and cleaned up only once all of it was read."""

from collections.abc import Mapping, Sequence
import sqlite3
from typing import Final

from ..backends.errors import SourceError
from ..backends.item import ItemKind
from ..backends.listing import Backend, Known, Look
from ..backends.model import Library
from ..catalog import progress, sweeping
from ..catalog.progress import Checkpoint
from ..catalog.writing import remove_libraries
from .deletion import Cleaner
from .model import ends_all
from .pace import Shelf
from .run import Run
from .shelves import Bookmarks, Courses, clean_shelves, keep, read_shelves, survey

# Under this name stands among the marks of the looks when the last full sync began that came to its end.
FULL: Final = "full"
# What was read longer ago has to be read again.
RESUMABLE: Final = 24 * 3600.0

type Counts = Mapping[tuple[str, ItemKind], int]
type Stands = Mapping[tuple[str, ItemKind], Checkpoint]


async def read_source(run: Run) -> None:
    """Bring the catalog in step with the whole source; raises `SourceError` if it is one of the whole source."""
    libraries = await survey(run)
    known = await run.read(lambda database: progress.known_libraries(database, run.source))
    counts = await run.read(lambda database: progress.counts(database, run.source))
    run.first = FULL not in await run.read(lambda database: progress.marks(database, run.source))
    bookmarks = await _bookmarks(run, libraries, known)
    await keep(run, libraries)
    # What changes while the lists are read is then found by the next small sync.
    await _put_first_marks(run, libraries, [Look.CONTENT, Look.STATES])
    await _estimate(run, libraries, counts, bookmarks)
    courses = await read_shelves(run, libraries, bookmarks)
    if not courses and run.error:
        # A part that fails is excused, but this is all there is.
        raise run.error
    await _clean(run, Cleaner(run, counts, _names(libraries), final=True), libraries, known, courses)
    # They are compared with what was read.
    await _put_first_marks(run, libraries, [Look.TOTALS])
    await _finish(run, libraries)


def resumable(stands: Stands, libraries: Sequence[Library], known: Sequence[Library], now: float) -> Stands:
    """Return where to go on: nowhere if it was long ago, if the clock is not what it was, or the libraries are not."""
    names = _names(libraries)
    young = all(0 <= now - stand.begun_at < RESUMABLE for stand in stands.values())
    same = names <= _names(known) and names.issuperset(library for library, _ in stands)
    return stands if young and same else {}


async def looks_of(backend: Backend) -> tuple[Look, ...]:
    """Return the looks that a small sync of a source consists of."""
    return tuple(backend.looks)


async def _bookmarks(run: Run, libraries: Sequence[Library], known: Sequence[Library]) -> Bookmarks:
    stands = await run.read(lambda database: progress.checkpoints(database, run.source))
    now = run.site.now()
    if not (going_on := resumable(stands, libraries, known, now)):
        await run.write(lambda database: progress.clear_checkpoints(database, run.source))
    return Bookmarks(going_on, now)


async def _put_first_marks(run: Run, libraries: Sequence[Library], looks: Sequence[Look]) -> None:
    """Have looks begin that never were taken; what they find is not asked for, since all is read."""
    marks = await run.read(lambda database: progress.marks(database, run.source))
    counts = await run.read(lambda database: progress.counts(database, run.source))
    for look in await run.ask(looks_of):
        if look in looks and look not in marks:
            await _put_first_mark(run, look, Known(None, tuple(libraries), counts))


async def _put_first_mark(run: Run, look: Look, known: Known) -> None:
    try:
        changes = await run.ask(lambda backend: backend.changes(look, known))
    except SourceError as error:
        # The next small sync will meet it again.
        if ends_all(error):
            raise
    else:
        await run.write(lambda database: progress.put_mark(database, run.source, look, changes.mark, run.site.now()))


async def _estimate(run: Run, libraries: Sequence[Library], counts: Counts, bookmarks: Bookmarks) -> None:
    """Find out how much there is to read: what we have says it well enough, and the first time the source is asked."""
    run.pace.expect({key: count for key, count in counts.items() if key[0] in _names(libraries)})
    for shelf in [Shelf(library, kind) for library in libraries for kind in library.kinds]:
        stand = bookmarks.of(shelf)
        if stand is not None:
            run.pace.skip(shelf, stand.start)
        if stand is not None and stand.finished:
            run.pace.expect({shelf.key: stand.start})
        elif run.first:
            await _ask_total(run, shelf)


async def _ask_total(run: Run, shelf: Shelf) -> None:
    try:
        page = await run.ask(lambda backend: backend.id_page(shelf.library, shelf.kind, 0, 1))
    except SourceError as error:
        # Whoever reads the list will meet it again.
        if ends_all(error):
            raise
    else:
        run.pace.expect({shelf.key: page.total or 0})


async def _clean(
    run: Run, cleaner: Cleaner, libraries: Sequence[Library], known: Sequence[Library], courses: Courses
) -> None:
    """Remove what is gone: from the lists, with kinds that a library does not hold any more, and with libraries."""
    await clean_shelves(run, cleaner, courses)
    await _clean_former(run, cleaner, libraries, known)
    left = await run.read(lambda database: progress.counts(database, run.source))
    stay = _names(libraries).union(identity for identity, _ in left)
    await run.write(lambda database: remove_libraries(database, run.source, stay, keep_states=run.site.keep_states))


async def _clean_former(run: Run, cleaner: Cleaner, libraries: Sequence[Library], known: Sequence[Library]) -> None:
    """Remove, or hold, what no list showed because there is no such list any more."""
    now_known = await run.read(lambda database: progress.counts(database, run.source))
    current = {library.identity: library for library in libraries}
    former = {library.identity: library for library in known}
    for identity, kind in now_known:
        library = current.get(identity)
        # What was in a library that is gone may be in one that could not be read.
        trusted = run.is_read(identity) if library else not run.tally.failures
        if trusted and (library is None or kind not in library.kinds):
            await cleaner.clean_missing(Shelf(library or former[identity], kind))


async def _finish(run: Run, libraries: Sequence[Library]) -> None:
    await keep(run, libraries, [library.identity for library in libraries if run.is_read(library.identity)])

    def work(database: sqlite3.Connection) -> int:
        progress.put_mark(database, run.source, FULL, None, run.pace.started)
        progress.clear_checkpoints(database, run.source)
        sweeping.end_sweep(database, run.source)
        return len(sweeping.held(database, run.source))

    run.tally.held = await run.write(work)


def _names(libraries: Sequence[Library]) -> set[str]:
    return {library.identity for library in libraries}
