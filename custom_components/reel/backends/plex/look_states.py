"""What was watched, begun or put aside in other apps? The last things seen on the whole server, in one list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice, pairwise
from math import inf
from typing import Final

from ..item import UserState
from ..listing import Changes, Known
from ..reading import number, text
from ..transport import Json
from .asker import STATE, Asker
from .fresh import AHEAD, FIRST, MORE
from .last_seen import Place, asked, leaves, places, read_places
from .marks import read, write
from .parse_items import Entry, parse_state

# Whoever marks more than that as watched at once marked a library.
MOST: Final = 1000
# So many are remembered, to find out what is not among them any more.
REMEMBERED: Final = 100


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a user did with an item, and what holds that."""

    key: str
    holders: tuple[str, ...]
    state: UserState

    @property
    def signature(self) -> str:
        state = self.state
        return f"{state.plays} {state.position_ms} {state.viewed_at} {state.unwatched}"


@dataclass(frozen=True, slots=True)
class _Top:
    """What was seen last, the latest first."""

    seen: Mapping[str, _Seen]
    since: float
    """When the latest of it was seen."""
    until: float
    """Whatever was seen after that is among it."""
    much: bool = False


@dataclass(frozen=True, slots=True)
class _Former:
    """The same as an earlier look left it, with a signature and a time for each key."""

    # Of the time before the first look nothing is news but what is found at a glance.
    since: float = inf
    seen: Mapping[str, tuple[str, float]] = field(default_factory=dict)


async def look_for_states(asker: Asker, known: Known) -> Changes:
    """Return what users did since the last look, also what they took back of what it saw."""
    about: Json = [f"{library.identity}/{kind}" for library, kind in leaves(known.libraries)]
    content = read(known.mark)
    tops = content.get("tops") if content is not None and content.get("about") == about else None
    where = read_places(content.get("places")) if content is not None else []
    if content is None or not isinstance(tops, Mapping) or not where:
        return await _begin(asker, known, about)
    turn = number(content.get("turn")) or 0
    place = where[turn % len(where)]
    former = _read_former(tops.get(_name(place)))
    top = await _top(asker, place, former.since)
    mark = write({**content, "turn": turn + 1, "tops": {**tops, _name(place): _write_top(top)}})
    if top.much:
        return Changes(mark=mark, relist=frozenset(library.identity for library, _ in leaves(known.libraries)))
    return Changes(mark=mark, states=await _states(asker, top, former))


async def _begin(asker: Asker, known: Known, about: Json) -> Changes:
    """Take note of what was seen last at all places."""
    where = await places(asker, known.libraries)
    tops = {_name(place): await _top(asker, place, inf) for place in where}
    listed: list[Json] = [list(place) for place in where]
    mark = write({"about": about, "places": listed, "tops": {name: _write_top(top) for name, top in tops.items()}})
    seen = (each for top in tops.values() for each in top.seen.values())
    return Changes(mark=mark, states={each.key: each.state for each in seen if _is_news(each, _Former())})


async def _top(asker: Asker, place: Place, since: float) -> _Top:
    path, query = asked(place, {**STATE, "sort": "lastViewedAt:desc"})
    seen: dict[str, _Seen] = {}
    times: list[float] = []
    start, size = 0, FIRST
    while True:
        page = await asker.stretch(path, query, start, size, _read)
        seen |= {each.key: each for each in page.entries}
        last = [each.state.viewed_at for each in page.entries]
        times += [time for time in last if time is not None]
        start, size = start + page.size, MORE
        latest = _latest(times, page.now)
        if page.size == 0 or (page.total is not None and start >= page.total):
            return _Top(seen, latest, 0.0)
        if any(later > earlier for earlier, later in pairwise(times)):
            # A server that does not sort shows what it likes, and of that nothing is missing.
            return _Top(seen, latest, inf)
        # What was never seen stands at the end.
        ended = bool(last) and (last[-1] is None or last[-1] <= since)
        if ended or len(seen) > MOST:
            return _Top(seen, latest, times[-1] if times else 0.0, much=not ended)


def _latest(times: Iterable[float], now: float | None) -> float:
    limit = inf if now is None else now + AHEAD
    return max((time for time in times if time <= limit), default=0.0)


async def _states(asker: Asker, top: _Top, former: _Former) -> dict[str, UserState]:
    """Return the states that changed, with those of what holds the items."""
    changed = {key: each for key, each in top.seen.items() if _is_news(each, former)}
    missing = [key for key, (_, at) in former.seen.items() if key not in top.seen and at > top.until]
    changed |= await _ask(asker, missing)
    holders = [key for each in changed.values() for key in each.holders if key not in top.seen]
    changed |= await _ask(asker, holders)
    return {key: each.state for key, each in changed.items()}


def _is_news(seen: _Seen, former: _Former) -> bool:
    before = former.seen.get(seen.key)
    # Of what stood too far down to be remembered nothing is known, and it may be what it was.
    return seen.state.viewed_at is not None if before is None else before[0] != seen.signature


async def _ask(asker: Asker, keys: list[str]) -> dict[str, _Seen]:
    found = [_read(entry) for entry in await asker.by_keys(keys, STATE)]
    return {each.key: each for each in found if each is not None}


def _read(entry: Entry) -> _Seen | None:
    key = text(entry.get("ratingKey"))
    if key is None:
        return None
    above = (text(entry.get(name)) for name in ("parentRatingKey", "grandparentRatingKey"))
    return _Seen(key, tuple(each for each in above if each is not None), parse_state(entry))


def _name(place: Place) -> str:
    return f"{place[0]} {place[1]}"


def _write_top(top: _Top) -> Json:
    seen = ((each, each.state.viewed_at) for each in top.seen.values() if each.state.viewed_at is not None)
    return {"since": top.since, "seen": {each.key: [each.signature, at] for each, at in islice(seen, REMEMBERED)}}


def _read_former(content: Json) -> _Former:
    match content:
        case {"since": int() | float() as since, "seen": Mapping() as listed}:
            pairs = {key: _pair(each) for key, each in listed.items()}
            return _Former(float(since), {key: pair for key, pair in pairs.items() if pair is not None})
        case _:
            return _Former()


def _pair(content: Json) -> tuple[str, float] | None:
    match content:
        case [str() as signature, int() | float() as at]:
            return signature, float(at)
        case _:
            return None
