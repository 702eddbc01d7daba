"""Who runs the syncs of a source? One engine, one sync at a time; whoever wants what is under way waits for that."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
import logging
import sqlite3
from typing import Final

from ..backends.errors import Missing, SourceError
from ..backends.listing import Look, News
from ..catalog import progress
from .full import FULL, looks_of, read_source
from .halt import Halt, Halted
from .model import Cancelled, Counts, Failed, Idle, Mode, Outcome, Running, Step, Synced, reason_of
from .news import COLLECT, REST, Letterbox, Slot
from .run import Run, Site
from .shelves import read_again, survey
from .small import apply_news, look_after, mend, put_all_states

_LOGGER = logging.getLogger(__name__)

# Of more items than these, a look tells in fewer requests than asking for each.
_SINGLE: Final = 200
# What there is to look for where a library is said to have changed.
_AROUND: Final = (Look.CONTENT, Look.TOTALS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Job:
    """A sync that somebody waits for."""

    mode: Mode
    library: str | None = None
    looks: Sequence[Look] = ()
    """Which looks an incremental one consists of; none for all."""
    quiet: bool = False
    """Whether it is told of only when there is something to read."""
    done: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def covers(self, other: _Job) -> bool:
        """Tell whether who waits for the other one may as well wait for this one."""
        if self.mode is not other.mode:
            return self.mode is Mode.FULL
        if self.looks:
            return bool(other.looks) and set(other.looks) <= set(self.looks)
        return self.library == other.library


class SyncEngine:
    """Keeps the catalog in step with one source.

    `on_step` hears how far a sync is and how it ended, `on_news` what push or a look changed that was no sync.
    All methods belong to the event loop; `close` ends everything.
    """

    def __init__(
        self,
        site: Site,
        on_step: Callable[[Step], None],
        on_news: Callable[[Counts], None],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        collect: float = COLLECT,
        rest: float = REST,
    ) -> None:
        self.step: Step = Idle()
        self._site = site
        self._on_step = on_step
        self._on_news = on_news
        self._queue: deque[_Job] = deque()
        self._current: _Job | None = None
        self._halt = Halt()
        self._worker: asyncio.Task[None] | None = None
        # What is told of single items waits until lists that are being read are written.
        self._alone = asyncio.Lock()
        self._letterbox = Letterbox(
            Slot(self._hear_states, sleep, before=collect),
            Slot(self._hear_items, sleep, before=collect),
            Slot(self._hear_libraries, sleep, before=collect, after=rest),
        )

    async def sync(self, mode: Mode, library: str | None = None) -> Outcome:
        """Return how a sync ended: the one under way if it covers this one, or this one, after it.

        An incremental one of a source that was never read whole becomes a full one.
        """
        return await self._submit(_Job(mode=mode, library=library))

    async def look(self, *looks: Look) -> Outcome | None:
        """Look for some changes, with one request each where there are none; None where that is no time for it."""
        if self._current is not None:
            return None
        outcome = await self._submit(_Job(mode=Mode.INCREMENTAL, looks=looks, quiet=True))
        self._tell_news(outcome.counts)
        return outcome

    def hear(self, news: News) -> None:
        """Take what a push channel told; it is read a moment later."""
        self._letterbox.put(news)

    def cancel(self) -> None:
        """End the sync under way at its next request, and those that wait; a full one goes on from there next time."""
        for job in self._queue:
            job.done.set_result(Cancelled(mode=job.mode, library=job.library, seconds=0.0, counts=Counts()))
        self._queue.clear()
        self._halt.call()

    async def close(self) -> None:
        """End all that is under way, and wait until what is being written is written."""
        await self._letterbox.close()
        self.cancel()
        if self._worker is not None:
            await self._worker

    async def is_unfinished(self) -> bool:
        """Tell whether a full sync was cut off, so that the next one goes on from there; raises `sqlite3.Error`."""
        return bool(await self._site.store.read(lambda database: progress.checkpoints(database, self._site.source)))

    async def _submit(self, job: _Job) -> Outcome:
        jobs = [*([self._current] if self._current else []), *self._queue]
        covering = next((each for each in jobs if each.covers(job)), None)
        if covering is None:
            self._queue.append(job)
            if self._worker is None or self._worker.done():
                self._worker = asyncio.get_running_loop().create_task(self._work())
        # Whoever gives up waiting does not end it for the others.
        return await asyncio.shield((covering or job).done)

    async def _work(self) -> None:
        while self._queue:
            self._current = job = self._queue.popleft()
            self._halt = Halt()
            try:
                async with self._alone:
                    outcome = await self._perform(job)
                job.done.set_result(outcome)
            finally:
                self._current = None
                job.done.cancel()

    async def _perform(self, job: _Job) -> Outcome:
        told = False

        def tell(step: Running) -> None:
            nonlocal told
            if not job.quiet or step.done:
                told = True
                self._tell(step)

        run = Run(self._site, self._halt, job.mode, tell)
        outcome = await self._attempt(job, run)
        if told:
            self._tell(Idle(outcome))
        return outcome

    async def _attempt(self, job: _Job, run: Run) -> Outcome:
        result: Outcome
        self._site.on_begin()
        try:
            run.pace.mode = await self._mode_of(job)
            await self._read(job, run)
        except Halted:
            result = Cancelled(mode=run.pace.mode, seconds=run.pace.seconds, counts=run.counts, library=job.library)
        except Exception as error:  # noqa: BLE001  # Whatever it is must not end all syncs to come.
            result = self._failed(job, run, error)
        else:
            partial = tuple(run.tally.failures)
            result = Synced(
                mode=run.pace.mode, seconds=run.pace.seconds, counts=run.counts, library=job.library, partial=partial
            )
        return result

    def _failed(self, job: _Job, run: Run, error: Exception) -> Failed:
        if not isinstance(error, SourceError | sqlite3.Error):
            _LOGGER.error("A sync ended in a way that nobody thought of", exc_info=error)
        return Failed(
            mode=run.pace.mode,
            seconds=run.pace.seconds,
            counts=run.counts,
            library=job.library,
            reason=reason_of(error),
            error=error,
        )

    async def _mode_of(self, job: _Job) -> Mode:
        is_small = job.mode is Mode.INCREMENTAL and not job.looks
        return Mode.FULL if is_small and not await self._was_read() else job.mode

    async def _was_read(self) -> bool:
        """Tell whether the source was read whole before."""
        return FULL in await self._site.store.read(lambda database: progress.marks(database, self._site.source))

    async def _read(self, job: _Job, run: Run) -> None:
        run.pace.tell()
        match run.pace.mode:
            case Mode.FULL:
                await read_source(run)
            case Mode.LIBRARY:
                libraries = await survey(run)
                chosen = [library for library in libraries if library.identity == job.library]
                if not chosen:
                    raise Missing
                await read_again(run, chosen, libraries)
            case Mode.INCREMENTAL if not job.looks or await self._was_read():
                there = await run.ask(looks_of)
                await look_after(run, [look for look in there if not job.looks or look in job.looks])
                if not job.looks:
                    await mend(run)

    def _tell(self, step: Step) -> None:
        self.step = step
        self._on_step(step)

    def _tell_news(self, counts: Counts) -> None:
        if counts:
            self._on_news(counts)

    # News

    async def _hear_states(self, news: News) -> None:
        await self._take_news(lambda run: put_all_states(run, news.states))

    async def _hear_items(self, news: News) -> None:
        if len(news.changed) > _SINGLE:
            await self._hear_libraries(news)
            news = replace(news, changed=frozenset())
        async with self._alone:
            self._site.on_begin()
            await self._take_news(lambda run: apply_news(run, news))

    async def _hear_libraries(self, _: News) -> None:
        outcome = await self._submit(_Job(mode=Mode.INCREMENTAL, looks=_AROUND, quiet=True))
        self._tell_news(outcome.counts)

    async def _take_news(self, work: Callable[[Run], Awaitable[None]]) -> None:
        run = Run(self._site, Halt(), Mode.INCREMENTAL, lambda _: None)
        try:
            if await self._was_read():
                await work(run)
        except SourceError as error:
            _LOGGER.debug("News wait for the next sync: %r", error)
        except sqlite3.Error as error:
            _LOGGER.warning("News could not be kept: %s", error)
        self._tell_news(run.counts)
