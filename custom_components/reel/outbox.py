"""What a user did here, told to its server: at once, or as soon as it is reached again, over any restart.

It is noted in the catalog before anybody is asked, so nobody waits for a server to see what they did. A server that is
told twice may count twice: whenever it might know already, it is asked first.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import batched
import json
import logging
import sqlite3
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from .account import Source
from .backends.errors import Garbled, Missing, NotAllowed, SourceError
from .backends.item import UserState
from .backends.listing import Backend
from .backends.model import Kind
from .backends.playing import PlayReport
from .catalog import reports
from .catalog.database import transaction
from .catalog.marking import branch, mark_watched, set_favorite
from .catalog.reports import Report, Subject
from .catalog.writing import put_states
from .connection.connector import Connector
from .connection.model import Connection, Status
from .late_report import LateTelling
from .play_notes import insist_on_place
from .storage import storage_of
from .wires import backend, player

_LOGGER = logging.getLogger(__name__)

# A server that answers nonsense to a report so often will not understand it later either.
MOST_ATTEMPTS: Final = 10
# Items asked for by name in one request: their names have to fit into an address.
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of reports: the server knows of all but these items."""

    waiting: frozenset[str] = frozenset()
    refused: Mapping[str, SourceError] = field(default_factory=dict)


class Outbox:
    """Tells one source what its user did. Folders have nobody to tell: the catalog is all there is."""

    def __init__(self, hass: HomeAssistant, source: Source, connector: Connector) -> None:
        self._hass = hass
        self._source = source
        self._connector = connector
        self._storage = storage_of(hass)
        # One at a time, or what was said first might arrive last.
        self._speaking = asyncio.Lock()
        self._playing: dict[object, str] = {}

    async def say(self, subject: Subject, identities: Sequence[str], *, value: bool) -> Delivery:
        """Note something of items, and tell the server if it is there; raises `sqlite3.Error` if it cannot be noted."""
        doubtful = await self._storage.write(lambda database: self._note(database, subject, identities, value=value))
        if not self._has_server:
            return Delivery()
        if self._connector.state.status is not Status.CONNECTED:
            self._connector.warm_up()
            return Delivery(waiting=frozenset(identities))
        return await self._deliver({(each, subject) for each in identities}, doubtful)

    def follow(self, play: object, identity: str) -> None:
        """Leave what is to be told of an item to its play, which goes on, until `forget`."""
        self._playing[play] = identity

    def forget(self, play: object) -> None:
        """Take note that a play is over: what it could not tell is told from here."""
        self._playing.pop(play, None)

    async def tell(self, report: PlayReport, *, repeatable: bool) -> bool:
        """Tell the server of a play now, and return whether it may go on; raises `SourceError`."""

        async def tell(connection: Connection) -> bool:
            return await player(self._hass, self._source, connection).report(report)

        async with self._speaking:
            return await self._connector.run(tell, repeatable=repeatable)

    async def flush(self) -> bool:
        """Tell the server what it could not be told before, as far as it takes it now; raises nothing.

        Tells whether there was anything.
        """
        with self._leniently():
            if self._has_server and await self._pending():
                await self._deliver(None, None)
                return True
        return False

    async def insist(self) -> None:
        """Keep what the server was not told yet, after it said what it believes; raises nothing."""
        with self._leniently():
            if waiting := await self._pending():
                await self._storage.write(lambda database: _keep_all(database, waiting))

    async def pending(self) -> int:
        """Return how many reports wait."""
        return len(await self._pending())

    @contextmanager
    def _leniently(self) -> Iterator[None]:
        """Go on where the catalog cannot be read or written: there is another time."""
        try:
            yield
        except sqlite3.Error as error:
            _LOGGER.debug("What %s is still to be told has to wait: %s", self._source.name, error)

    @property
    def _has_server(self) -> bool:
        return self._source.kind is not Kind.LOCAL

    async def _pending(self) -> Sequence[Report]:
        return await self._storage.read(lambda database: reports.pending(database, self._source.key))

    def _note(
        self, database: sqlite3.Connection, subject: Subject, identities: Iterable[str], *, value: bool
    ) -> frozenset[str]:
        """Note something in the catalog and what is to be told.

        Returns the items of which it was true before, or of which the server was not told what was true before.
        """
        source, now = self._source.key, dt_util.utcnow().timestamp()
        doubtful = {each.identity for each in reports.pending(database, source) if each.subject == subject}
        with transaction(database):
            for identity in identities:
                if self._has_server:
                    _take_back(database, source, identity, subject, now)
                    reports.put(database, source, identity, subject, json.dumps(value), now)
                if not _keep(database, source, identity, subject, value=value, at=now):
                    doubtful.add(identity)
        return frozenset(doubtful)

    async def _deliver(self, only: Collection[tuple[str, str]] | None, doubtful: Collection[str] | None) -> Delivery:
        """Tell what waits, or `only` some of it; the server may know of what is `doubtful`, None for all."""
        waiting: set[str] = set()
        refused: dict[str, SourceError] = {}
        marked: set[str] = set()
        async with self._speaking:
            queue = [each for each in await self._pending() if only is None or (each.identity, each.subject) in only]
            while queue:
                report = queue.pop(0)
                try:
                    if report.subject == Subject.POSITION:
                        await self._tell_place(report, trusts_time=report.identity not in marked)
                    elif await self._tell(report, is_new=doubtful is not None and report.identity not in doubtful):
                        # What the server says of the time is of our own doing now.
                        marked.add(report.identity)
                except (Missing, NotAllowed) as error:
                    refused[report.identity] = error
                    await self._give_up(report, error)
                except Garbled as error:
                    waiting.add(report.identity)
                    await self._put_off(report, error)
                except SourceError:
                    waiting |= {report.identity, *(each.identity for each in queue)}
                    break
        return Delivery(frozenset(waiting), refused)

    async def _tell_place(self, report: Report, *, trusts_time: bool) -> None:
        """Tell where a play ended, or believe what the server knows better."""
        if report.identity in self._playing.values():
            return
        telling = LateTelling(report, trusts_time=trusts_time)

        async def tell(connection: Connection) -> None:
            server = backend(self._hass, self._source, connection)
            await telling.tell(server, player(self._hass, self._source, connection))

        await self._connector.run(tell)
        await self._storage.write(lambda database: _settle(database, report, telling.believed))

    async def _tell(self, report: Report, *, is_new: bool) -> bool:
        """Tell what was marked, and return whether the server noted a play by that."""
        value = bool(json.loads(report.content))
        may_know, is_told = not is_new, False

        async def tell(connection: Connection) -> None:
            nonlocal may_know, is_told
            server = backend(self._hass, self._source, connection)
            # Only a play is counted twice; all else may be said again.
            counts = value and report.subject == Subject.WATCHED
            if may_know and counts and await _is_watched(server, report.identity):
                return
            # If this fails on the way, nobody can tell whether it arrived.
            may_know = True
            is_told = report.subject == Subject.WATCHED
            if report.subject == Subject.WATCHED:
                await server.mark_watched(report.identity, watched=value)
            else:
                await server.set_favorite(report.identity, favorite=value)

        await self._connector.run(tell)
        await self._storage.write(lambda database: reports.done(database, report.id))
        return is_told

    async def _put_off(self, report: Report, error: SourceError) -> None:
        if report.attempts + 1 >= MOST_ATTEMPTS:
            await self._give_up(report, error)
        else:
            await self._storage.write(lambda database: reports.failed(database, report.id))

    async def _give_up(self, report: Report, error: SourceError) -> None:
        """Forget a report that the server does not take, and believe the server."""
        _LOGGER.warning("%s refused to hear of an item: %s, %r", self._source.name, report.subject, error)
        await self._storage.write(lambda database: reports.done(database, report.id))
        identities = await self._storage.read(lambda database: branch(database, self._source.key, report.identity))
        with suppress(SourceError):
            # If it does not answer now, the next full sync finds out.
            for batch in batched(identities, _BATCH, strict=False):
                await self._believe(batch)

    async def _believe(self, identities: Sequence[str]) -> None:
        items = await self._connector.run(lambda way: backend(self._hass, self._source, way).items(identities))
        states = {item.identity: item.state for item in items if item.state is not None}
        await self._storage.write(lambda database: put_states(database, self._source.key, states))


def _keep_all(database: sqlite3.Connection, waiting: Iterable[Report]) -> None:
    with transaction(database):
        for each in waiting:
            if each.subject == Subject.POSITION:
                insist_on_place(database, each)
                continue
            value = bool(json.loads(each.content))
            _keep(database, each.source, each.identity, Subject(each.subject), value=value, at=each.at)


def _keep(
    database: sqlite3.Connection, source: str, identity: str, subject: Subject, *, value: bool, at: float
) -> bool:
    """Note something of an item in the catalog, and tell whether it may be new."""
    if subject is Subject.WATCHED:
        return mark_watched(database, source, identity, watched=value, now=at)
    set_favorite(database, source, identity, favorite=value)
    return True


def _take_back(database: sqlite3.Connection, source: str, identity: str, subject: Subject, at: float) -> None:
    """Let go of places that wait, where somebody said what they mean by a mark."""
    if subject is Subject.WATCHED:
        for each in branch(database, source, identity):
            reports.forget(database, source, each, Subject.POSITION, at)


def _settle(database: sqlite3.Connection, report: Report, believed: UserState | None) -> None:
    with transaction(database):
        reports.done(database, report.id)
        if believed is not None:
            put_states(database, report.source, {report.identity: believed})


async def _is_watched(server: Backend, identity: str) -> bool:
    """Ask a server whether an item was watched; raises `Missing`."""
    for item in await server.items([identity]):
        return item.state is not None and item.state.watched
    raise Missing
