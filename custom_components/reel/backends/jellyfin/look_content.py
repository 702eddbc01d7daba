"""What is new or different on a server? One question about everything, by when the server saved it last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..item import LISTS
from ..listing import Changes, Known
from ..model import Library
from ..reading import text
from ..transport import Json, Reply
from .asker import ALL_TYPES, BARE, MOST_AT_ONCE, WHOLE, Asker, Query, everywhere, stretch, understood
from .marks import kept_fields, kept_moment, written_mark
from .parse import parse_libraries
from .parse_items import TYPES, Entries, kind_of, parse_entries
from .times import server_clock, written
from .whereabouts import Whereabouts, found_items, with_parents

# Items are saved a while after the date they are given, and a proxy's clock is not the server's.
OVERLAP: Final = 300.0
# When a clock is set back, nobody knows when that was: in this time something looked, surely.
SET_BACK: Final = 86_400.0
STRETCH: Final = MOST_AT_ONCE
# Of more than that, the libraries are listed again.
MOST: Final = 2000
# So many of those seen are remembered; the others come again until they are past the overlap, which is no harm.
REMEMBERED: Final = 500

type Raw = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Mark:
    """Since when to look, by the server's clock, and what of that was seen already."""

    since: float | None
    seen: frozenset[str] = frozenset()

    def text(self) -> str:
        """Return the mark as it is kept."""
        return written_mark(since=self.since, seen=list[Json](sorted(self.seen)))


def read_mark(kept: str | None) -> Mark:
    """Return a mark; one that cannot be read is like none."""
    fields = kept_fields(kept)
    since, seen = kept_moment(fields.get("since")), fields.get("seen")
    if since is None or not isinstance(seen, list):
        return Mark(None)
    return Mark(since, frozenset(str(each) for each in seen))


async def look(asker: Asker, known: Known) -> Changes:
    """Return what was saved since the last look; the first one only notes the time, and which libraries there are."""
    mark = read_mark(known.mark)
    if mark.since is None:
        return await _begin(asker)
    query = _since(mark.since)
    reply, entries = await _first(asker, query)
    clock = server_clock(reply.headers)
    if clock is not None and clock < mark.since:
        # It was set back, and what was saved after that is older than what we asked for.
        query = _since(clock - SET_BACK)
        reply, entries = await _first(asker, query)
    raw = list(entries.raw)
    while entries.size == STRETCH and len(raw) < MOST:
        entries = await asker.read("/Items", {**query, **stretch(len(raw), STRETCH)}, parse_entries)
        raw += entries.raw
    now = Mark(mark.since if clock is None else clock - OVERLAP, frozenset(_traces(raw)[:REMEMBERED]))
    if len(raw) >= MOST:
        return await _relist(asker, query, now)
    fresh = [each for each in raw if _trace(each) not in mark.seen and kind_of(each)]
    return await _told(asker, fresh, known, now) if fresh else Changes(mark=now.text())


async def _begin(asker: Asker) -> Changes:
    reply = await asker.get("/UserViews")
    clock = server_clock(reply.headers)
    libraries = await understood(reply, parse_libraries)
    return Changes(mark=Mark(None if clock is None else clock - OVERLAP).text(), libraries=tuple(libraries))


async def _first(asker: Asker, query: Query) -> tuple[Reply, Entries]:
    reply = await asker.get("/Items", {**query, **stretch(0, STRETCH)})
    return reply, await understood(reply, parse_entries)


async def _told(asker: Asker, fresh: Sequence[Raw], known: Known, now: Mark) -> Changes:
    """Return what changed, with what it belongs to: a show with a new episode has one more to watch."""
    places = await Whereabouts(asker, known.libraries).find(fresh)
    whole, places = await with_parents(asker, fresh, places)
    items = await found_items(whole, places)
    return Changes(mark=now.text(), items=tuple(items), libraries=places.libraries)


async def _relist(asker: Asker, query: Query, now: Mark) -> Changes:
    """Return the libraries in which anything changed."""
    libraries = await asker.read("/UserViews", {}, parse_libraries)
    changed = [library.identity for library in libraries if await _has_news(asker, query, library)]
    return Changes(mark=now.text(), relist=frozenset(changed), libraries=tuple(libraries))


async def _has_news(asker: Asker, query: Query, library: Library) -> bool:
    if not library.kinds:
        return False
    if LISTS.issuperset(library.kinds):
        # They are few, and a question about them alone is not held to one library.
        return True
    here: Query = {
        **query,
        "parentId": library.identity,
        "includeItemTypes": ",".join(TYPES[kind] for kind in library.kinds),
        **BARE,
        **stretch(0, 1),
    }
    return bool((await asker.read("/Items", here, parse_entries)).raw)


def _since(moment: float) -> Query:
    # 10.9 and 10.10 forget to bind the first one unless the second is there.
    date = written(moment)
    return everywhere(
        ALL_TYPES,
        {
            "minDateLastSaved": date,
            "minDateLastSavedForUser": date,
            "sortBy": "DateCreated,SortName",
            "enableTotalRecordCount": "false",
            **WHOLE,
        },
    )


def _traces(raw: Sequence[Raw]) -> list[str]:
    return [found for each in raw if (found := _trace(each))]


def _trace(raw: Raw) -> str | None:
    """Return what is the same as long as an item was not saved again."""
    identity, etag = text(raw.get("Id")), text(raw.get("Etag"))
    return f"{identity[:8]}{etag[:8]}" if identity and etag else None
