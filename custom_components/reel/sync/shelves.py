"""How are the lists of libraries read into the catalog? Page by page, each with a note of how far it is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
import sqlite3

from ..backends.errors import SourceError
from ..backends.item import ItemKind
from ..backends.listing import Page
from ..backends.model import Library
from ..catalog import progress, sweeping
from ..catalog.progress import Checkpoint
from ..catalog.writing import put_libraries, remove_libraries
from .deletion import Cleaner
from .intake import take
from .listing import PAGE, Course, walk
from .pace import Shelf
from .run import Run

type Courses = dict[Shelf, Course]


class Bookmarks:
    """Where a full sync stands. Kept in the catalog, so that it goes on from there after whatever ended it."""

    def __init__(self, stands: Mapping[tuple[str, ItemKind], Checkpoint], now: float) -> None:
        """`stands` are those of a former sync that this one continues."""
        self._stands = stands
        self._begun_at = min((stand.begun_at for stand in stands.values()), default=now)

    def of(self, shelf: Shelf) -> Checkpoint | None:
        """Return where a former sync left a list."""
        return self._stands.get(shelf.key)

    def keep(self, database: sqlite3.Connection, source: str, shelf: Shelf, start: int, *, finished: bool) -> None:
        """Remember how far a list is read."""
        checkpoint = Checkpoint(start, finished, self._begun_at)
        progress.save_checkpoint(database, source, *shelf.key, checkpoint)


async def survey(run: Run) -> list[Library]:
    """Return the libraries of a source that are to be kept."""
    return [library for library in await run.ask(lambda backend: backend.libraries()) if run.site.wants(library)]


async def keep(run: Run, libraries: Sequence[Library], read: Collection[str] = ()) -> None:
    """Keep libraries, and let go of those that are not wanted; those not `read` still count as they did before."""
    run.tally.removed += await run.write(partial(_keep, run, libraries, read))


def _keep(run: Run, libraries: Sequence[Library], read: Collection[str], database: sqlite3.Connection) -> int:
    stamps = {library.identity: library.stamp for library in progress.known_libraries(database, run.source)}
    stamped = [
        library if library.identity in read else replace(library, stamp=stamps.get(library.identity))
        for library in libraries
    ]
    put_libraries(database, run.source, stamped)
    for identity in read:
        progress.put_synced(database, run.source, identity, run.site.now())
    if run.site.wanted is None:
        return 0
    return remove_libraries(database, run.source, run.site.wanted, keep_states=run.site.keep_states)


async def read_shelves(run: Run, libraries: Sequence[Library], bookmarks: Bookmarks | None = None) -> Courses:
    """Read all lists of some libraries, and return how it went with those that could be read to their end."""
    await run.write(lambda database: sweeping.begin_sweep(database, run.source))
    courses: Courses = {}
    for library in libraries:
        run.pace.begin(library.identity)
        for shelf in [Shelf(library, kind) for kind in library.kinds]:
            try:
                courses[shelf] = await _read(run, shelf, bookmarks)
            except SourceError as error:
                run.excuse(library.identity, error)
    return courses


async def _read(run: Run, shelf: Shelf, bookmarks: Bookmarks | None) -> Course:
    stand = bookmarks.of(shelf) if bookmarks else None
    course = Course(stand.start if stand else 0, resumed=stand is not None)
    if stand is None or not stand.finished:
        course = await _walk(run, shelf, bookmarks, course)
    run.pace.finish(shelf)
    return course


async def _walk(run: Run, shelf: Shelf, bookmarks: Bookmarks | None, course: Course) -> Course:
    library, kind = shelf

    async def fetch(start: int) -> Page:
        return await run.ask(lambda backend: backend.page(library, kind, start, PAGE))

    async def note(page: Page, course: Course) -> int:
        fresh = 0

        def also(database: sqlite3.Connection) -> None:
            nonlocal fresh
            fresh = sweeping.note_seen(database, run.source, [item.identity for item in page.items])
            if bookmarks:
                bookmarks.keep(database, run.source, shelf, course.position, finished=False)

        await take(run, page.items, also)
        run.pace.advance(shelf, page.size, course.total)
        return fresh

    await walk(fetch, note, PAGE, course)
    if bookmarks:
        await run.write(lambda database: bookmarks.keep(database, run.source, shelf, course.position, finished=True))
    return course


async def clean_shelves(run: Run, cleaner: Cleaner, courses: Courses) -> None:
    """Remove what is gone from lists that were read, but for those of a library that was not read to its end."""
    for shelf, course in courses.items():
        if run.is_read(shelf.library.identity):
            await cleaner.clean(shelf, course)


async def read_again(run: Run, chosen: Sequence[Library], libraries: Sequence[Library]) -> None:
    """Bring some of all libraries in step: what is gone from one may be in another, and is asked for by name."""
    counts = await run.read(lambda database: progress.counts(database, run.source))
    await keep(run, libraries)
    courses = await read_shelves(run, chosen)
    cleaner = Cleaner(run, counts, [library.identity for library in libraries], final=False)
    await clean_shelves(run, cleaner, courses)
    await keep(run, libraries, [library.identity for library in chosen if run.is_read(library.identity)])
