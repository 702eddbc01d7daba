"""What becomes of the reports of a play? They are kept in the catalog at once, and its server is told, now or later."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
import logging
import sqlite3

from homeassistant.core import HomeAssistant, callback

from .backends.errors import Missing, NotAllowed, SourceError
from .backends.item import ItemKind, UserState
from .backends.model import Kind
from .backends.playing import PlayReport, PlayState
from .catalog import query
from .catalog.entry import Entry
from .connection.model import Status
from .coordinator import ReelCoordinator
from .late_report import LateReport
from .line import Line
from .play_notes import Note, settle, waiting_place, write_note
from .play_sight import Sight
from .player.place import place_at
from .player.play import Report
from .storage import storage_of
from .targeting import loaded_sources
from .wires import player

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What the catalog knows of what is played."""

    duration_ms: int | None
    watched: bool
    """Whether it was watched in this play already."""


class Telling:
    """Tells of one play, on one player or on several that show the same.

    `since` is when a play that is under way may have begun, None for one that begins now. `known` hears what the
    catalog knows of the item, `dismissed` that the server ended the play from its side.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        sight: Sight,
        *,
        since: float | None,
        known: Callable[[Known], None],
        dismissed: Callable[[], None],
    ) -> None:
        self._hass = hass
        self._sight = sight
        self._since = since
        self._known = known
        self._dismissed = dismissed
        self._storage = storage_of(hass)
        self._notes = Line(hass, "Reel: keep the place")
        self._tells = Line(hass, "Reel: tell of a play")
        self._newest: Report | None = None
        self._kind: ItemKind | None = None
        self._duration_ms: int | None = None
        self._furthest_ms = 0
        self._heard_ms: int | None = None
        """Where the server believes the play to be."""
        self._ends_conversion = True
        self._is_counted = False
        """Whether the catalog counts the play as one to the end."""
        self._is_begun = False
        """Whether the server knows that it began, …"""
        self._is_server_counting = False
        """… and that it was watched."""
        self._is_silent = False
        """Whether the server wants to hear no more."""
        self._waits = False
        """Whether something is written down that the server is to be told."""
        self._written_at: float | None = None

    @callback
    def start(self) -> None:
        """Look up what is played; what is known already is told before this returns."""
        self._notes.put(self._look_up)

    @callback
    def put(self, report: Report) -> None:
        """Take a report; waits for nothing."""
        self._notes.put(partial(self._note, report))

    @callback
    def leave_conversion(self) -> None:
        """Leave it to the server to end a conversion, since whoever plays may go on with it."""
        self._ends_conversion = False

    async def wait(self) -> None:
        """Wait until all is done that is under way."""
        await self._notes.wait()
        await self._tells.wait()

    async def abandon(self) -> None:
        """End at once: there is no time left."""
        await self._notes.close()
        await self._tells.close()

    # Here

    async def _look_up(self) -> None:
        try:
            entry, waiting = await self._storage.read(self._read)
        except sqlite3.Error as error:
            _LOGGER.debug("What is played cannot be looked up: %s", error)
            return
        if waiting is not None and waiting.play != self._sight.play:
            waiting = None
        watched = entry is not None and _was_watched(entry.state, self._since)
        self._kind = None if entry is None else entry.item.kind
        self._is_begun = self._since is not None and (waiting is None or not waiting.report.begins)
        self._is_counted = watched
        self._is_server_counting = watched and (waiting is None or not waiting.watched)
        # To a server that lost sight of it, too, this would look like another play.
        self._is_silent = self._is_server_counting
        self._waits = waiting is not None
        self._duration_ms = None if entry is None else entry.item.duration_ms
        self._known(Known(self._duration_ms, watched))

    def _read(self, database: sqlite3.Connection) -> tuple[Entry | None, LateReport | None]:
        source, item = self._sight.source, self._sight.item
        return query.item(database, source, item), waiting_place(database, source, item)

    async def _note(self, report: Report) -> None:
        """Keep how far the play is, and let the server be told."""
        source = self._source()
        if source is None:
            # It was removed, or is being loaded anew: then the next report is kept.
            return
        if self._newest is not None and (report.state, report.at) == (self._newest.state, self._newest.at):
            # A pause that goes on: here it is known, and the server is to know that somebody is there.
            self._newest = report
            self._tells.put(partial(self._tell, report))
            return
        # The first one was made before anybody had looked that up.
        report = replace(report, duration_ms=report.duration_ms or self._duration_ms)
        source.catalog.outbox.follow(self, self._sight.item)
        self._furthest_ms = max(self._furthest_ms, report.position_ms)
        is_watched_now = report.watched and not self._is_counted
        is_last_word = is_watched_now or report.state is PlayState.STOPPED
        is_wanted = is_last_word or self._waits or not _is_connected(source)
        late = self._late(source, report) if is_wanted else None
        was_waiting = self._waits
        note = Note(
            source=self._sight.source,
            identity=self._sight.item,
            at=report.at,
            place_ms=None if report.watched else self._place(report),
            counts=is_watched_now,
            late=late,
        )
        self._is_counted |= await self._write(note) and is_watched_now
        self._newest = report
        self._tells.put(partial(self._tell, report))
        if is_last_word or report.state is PlayState.PAUSED or self._waits is not was_waiting:
            await _refresh(source)

    def _place(self, report: Report) -> int | None:
        return place_at(self._kind, report.position_ms, report.duration_ms)

    def _late(self, source: ReelCoordinator, report: Report) -> LateReport | None:
        """Return what the server would have to be told later, None for nothing that matters."""
        is_news = self._place(report) is not None if not report.watched else not self._is_server_counting
        if source.source.kind is Kind.LOCAL or self._is_silent or not is_news:
            return None
        # Wherever one went after it was watched: that it was is what counts.
        position = self._furthest_ms if report.watched else report.position_ms
        return LateReport(
            report=self._told(report, position),
            watched=report.watched,
            play=self._sight.play,
            heard_ms=self._heard_ms,
        )

    async def _write(self, note: Note) -> bool:
        if not note.counts and note.place_ms is None and note.late is None:
            return True
        try:
            await self._storage.write(partial(write_note, note=note))
        except sqlite3.Error as error:
            _LOGGER.debug("How far something is played cannot be kept: %s", error)
            return False
        if note.late is not None:
            self._waits, self._written_at = True, note.at
        return True

    # At the server

    async def _tell(self, report: Report) -> None:
        """Tell the server; of several reports the last one says it all."""
        if report is not self._newest and not (report.watched and not self._is_server_counting):
            return
        source = self._source()
        if source is None:
            return
        if source.source.kind is not Kind.LOCAL and not self._is_silent:
            await self._tell_server(source, report)
        if report.state is PlayState.STOPPED:
            source.catalog.outbox.forget(self)
            await self._stop_conversion(source)

    async def _tell_server(self, source: ReelCoordinator, report: Report) -> None:
        if not _is_connected(source):
            source.connector.warm_up()
            await self._missed(source, report)
            return
        told = self._told(report, report.position_ms)
        # Said twice, either counts twice.
        is_twice = told.begins or (report.watched and report.state is PlayState.STOPPED)
        try:
            goes_on = await source.catalog.outbox.tell(told, repeatable=not is_twice)
        except Missing, NotAllowed:
            self._is_silent = True
            await self._settle(source, report)
        except SourceError as error:
            _LOGGER.debug("%s is told later how far something is played: %r", source.name, error)
            await self._missed(source, report)
        else:
            await self._heard(source, report, told)
            if not goes_on:
                self._is_silent = True
                self._dismissed()

    async def _heard(self, source: ReelCoordinator, report: Report, told: PlayReport) -> None:
        self._is_begun, self._heard_ms = True, told.position_ms
        # What begins is only counted as begun by some.
        self._is_server_counting |= report.watched and (not told.begins or report.state is PlayState.STOPPED)
        await self._settle(source, report)

    async def _settle(self, source: ReelCoordinator, report: Report) -> None:
        if not self._waits:
            return
        key, item = self._sight.source, self._sight.item
        with suppress(sqlite3.Error):
            if await self._storage.write(lambda database: settle(database, key, item, report.at)):
                self._waits = False
                await _refresh(source)

    async def _missed(self, source: ReelCoordinator, report: Report) -> None:
        """Write down what the server could not be told."""
        if self._is_server_counting:
            # A server that was away may have forgotten that it counted this play. What is left are the credits.
            self._is_silent = True
            return
        late = self._late(source, report)
        if late is None or self._written_at == report.at:
            return
        was_waiting = self._waits
        await self._write(Note(source=self._sight.source, identity=self._sight.item, at=report.at, late=late))
        if self._waits is not was_waiting:
            await _refresh(source)

    async def _stop_conversion(self, source: ReelCoordinator) -> None:
        session = self._sight.play_session
        if not (self._sight.transcodes and self._ends_conversion and session and _is_connected(source)):
            return
        with suppress(SourceError):
            await source.connector.run(lambda way: player(self._hass, source.source, way).stop(session))

    def _told(self, report: Report, position_ms: int) -> PlayReport:
        return PlayReport(
            identity=self._sight.item,
            state=report.state,
            position_ms=position_ms,
            duration_ms=report.duration_ms,
            play_session=self._sight.play_session,
            delivery=self._sight.delivery,
            file=self._sight.file,
            begins=not self._is_begun,
        )

    def _source(self) -> ReelCoordinator | None:
        return next((each for each in loaded_sources(self._hass) if each.source.key == self._sight.source), None)


def _was_watched(state: UserState, since: float | None) -> bool:
    return since is not None and state.watched and state.viewed_at is not None and state.viewed_at >= since


def _is_connected(source: ReelCoordinator) -> bool:
    return source.connector.state.status is Status.CONNECTED


async def _refresh(source: ReelCoordinator) -> None:
    with suppress(sqlite3.Error):
        await source.catalog.refresh()
