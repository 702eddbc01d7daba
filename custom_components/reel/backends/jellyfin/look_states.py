"""What was watched or put aside in other apps? One question for what the user played last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final
from zlib import crc32

from ..item import PLAYABLE, UserState
from ..listing import Changes, Known
from ..reading import text
from ..transport import Json
from .asker import STATE, Asker, Query, by_ids, chunks, everywhere, stretch
from .marks import kept_fields, kept_moment, written_mark
from .parse_items import TYPES, kind_of, parents_of, parse_entries, parse_state

# A position moves while the date of a play stays, so that the last ones are compared every time.
RECENT: Final = 50
STRETCH: Final = 200
# Of more than that, somebody has marked whole libraries.
MOST: Final = 1000

type Raw = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Mark:
    """When something was played last, and how the last ones looked."""

    at: float
    seen: Mapping[str, str]

    def text(self) -> str:
        """Return the mark as it is kept."""
        return written_mark(at=self.at, seen=dict[str, Json](self.seen))


def read_mark(kept: str | None) -> Mark | None:
    """Return a mark; one that cannot be read is like none."""
    fields = kept_fields(kept)
    at, seen = kept_moment(fields.get("at")), fields.get("seen")
    if at is None or not isinstance(seen, Mapping):
        return None
    return Mark(at, {name: str(trace) for name, trace in seen.items()})


@dataclass(frozen=True, slots=True)
class Played:
    """Something that was played, and when."""

    identity: str
    state: UserState
    at: float
    raw: Raw


class Reach(Enum):
    """How far back a look saw."""

    TO_THE_END = "all that was ever played"
    TO_THE_KNOWN = "all that is new"
    NOT_FAR_ENOUGH = "there is more that is new"


async def look(asker: Asker, known: Known) -> Changes:
    """Return what was played since the last look, and how much is left of what it belongs to."""
    mark = read_mark(known.mark)
    found, reach = await _since(asker, mark)
    now = Mark(max((each.at for each in found), default=mark.at if mark else 0.0), _seen(found))
    changed = found if mark is None else [each for each in found if _is_news(each, mark)]
    states = {each.identity: each.state for each in changed}
    if reach is Reach.NOT_FAR_ENOUGH:
        kinds = {kind_of(each.raw) for each in changed}
        relist = frozenset(library.identity for library in known.libraries if not kinds.isdisjoint(library.kinds))
        return Changes(mark=now.text(), states=states, relist=relist)
    if mark is not None:
        parents = [parent for each in changed for parent in parents_of(each.raw)]
        states |= await _states(asker, [*parents, *_lost(found, mark, reach)])
    return Changes(mark=now.text(), states=states)


async def _since(asker: Asker, mark: Mark | None) -> tuple[list[Played], Reach]:
    """Return what was played, the last one first, as far back as anything is new."""
    found: list[Played] = []
    sent, size = 0, RECENT
    while sent < MOST:
        entries = await asker.read("/Items", {**_query(), **stretch(sent, size)}, parse_entries)
        page = _played(entries.raw)
        found += page
        sent += entries.size
        # What was never played comes last.
        if len(page) < len(entries.raw) or entries.size != size:
            return found, Reach.TO_THE_END
        if mark is None or page[-1].at < mark.at or not any(_is_news(each, mark) for each in page):
            return found, Reach.TO_THE_KNOWN
        size = STRETCH
    return found, Reach.NOT_FAR_ENOUGH


def _query() -> Query:
    types = ",".join(name for kind, name in TYPES.items() if kind in PLAYABLE)
    order = {"sortBy": "DatePlayed", "sortOrder": "Descending", "enableTotalRecordCount": "false"}
    return everywhere(types, {**STATE, **order})


def _played(raw: Sequence[Raw]) -> list[Played]:
    return [
        Played(identity, state, state.viewed_at, each)
        for each in raw
        if (identity := text(each.get("Id")))
        and (state := parse_state(each.get("UserData"))) is not None
        and state.viewed_at is not None
    ]


def _is_news(played: Played, mark: Mark) -> bool:
    trace = mark.seen.get(played.identity)
    return trace != _trace(played.state) if trace is not None else played.at >= mark.at


def _seen(found: Sequence[Played]) -> dict[str, str]:
    return {each.identity: _trace(each.state) for each in found[:RECENT]}


def _trace(state: UserState) -> str:
    return f"{crc32(repr(state).encode()):x}"


def _lost(found: Sequence[Played], mark: Mark, reach: Reach) -> list[str]:
    """Return what was among the last ones and is no more: somebody said that it was never played, perhaps."""
    here = {each.identity for each in found}
    lost = [identity for identity in mark.seen if identity not in here]
    # Whatever is new pushes an old one out.
    pushed = 0 if reach is Reach.TO_THE_END else len(here - mark.seen.keys())
    return lost if len(lost) > pushed else []


async def _states(asker: Asker, identities: Sequence[str]) -> dict[str, UserState]:
    found: dict[str, UserState] = {}
    for some in chunks(identities):
        for raw in (await asker.read("/Items", by_ids(some, STATE), parse_entries)).raw:
            identity, state = text(raw.get("Id")), parse_state(raw.get("UserData"))
            if identity and state:
                found[identity] = state
    return found
