"""Which items, in which order, and which page of them? The queries of a listing, honoured as a real server does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
import operator
import re
from typing import Final

from aiohttp import web

from tests.servers.library import Kind, Title

from .behaviour import Behaviour
from .items import Items, air_date
from .shelves import Shelves, fold
from .watching import Watching

type Value = str | int | float

# Filters that PMS 1.43 takes and ignores.
IGNORED: Final = frozenset({("lastViewedAt", ">="), ("lastViewedAt", ">>="), ("year", ">>=")})
TEXTS: Final = frozenset({"title", "titleSort"})
SECONDS: Final = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mon": 2_592_000, "y": 31_536_000}
ORDERS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "=": operator.eq,
    "==": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">>=": operator.gt,
    "<<=": operator.lt,
    ">": operator.gt,
    "<": operator.lt,
}
TEXT_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "=": lambda name, wanted: wanted in name,
    "!=": lambda name, wanted: wanted not in name,
    "==": operator.eq,
    "<=": lambda name, wanted: name.startswith(wanted),
    ">=": lambda name, wanted: name.endswith(wanted),
}
PATTERN: Final = re.compile(r"(?:\w+\.)?(\w+)(>>|<<|>|<|!|=)?(.*)")


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: from `start`, `size` items, or all there are."""

    start: int
    size: int | None

    @classmethod
    def of(cls, request: web.Request, behaviour: Behaviour) -> Page:
        """Read it from headers or query, and misread it where the server does."""
        start, size = _said(request, "X-Plex-Container-Start"), _said(request, "X-Plex-Container-Size")
        if behaviour.ignore_page_size or (behaviour.size_needs_start and start is None):
            return cls(0, None)
        return cls(0 if behaviour.repeat_first_page else start or 0, size)

    def cut[T](self, items: list[T]) -> list[T]:
        """Return what is on this page."""
        return items[self.start :] if self.size is None else items[self.start : self.start + self.size]


class Queries:
    """Finds titles on the shelves of one server."""

    def __init__(
        self, shelves: Shelves, watching: Watching, items: Items, behaviour: Behaviour, now: Callable[[], float]
    ) -> None:
        self._shelves = shelves
        self._watching = watching
        self._items = items
        self._behaviour = behaviour
        self._now = now
        self._orders: dict[tuple[object, ...], tuple[tuple[int, int], list[Title]]] = {}

    def select(self, kind: Kind | None, request: web.Request, account: int) -> list[Title]:
        """Return all titles of a kind that a query wants, or of all kinds, in the order that it wants."""
        sort = "titleSort" if self._behaviour.ignore_sort else request.query.get("sort", "titleSort")
        if sort.partition(":")[0] in self._behaviour.unknown_sorts:
            raise web.HTTPBadRequest
        found = [] if self._behaviour.empty_lists else self._sorted(kind, sort, account)
        if not self._behaviour.ignore_filters:
            for name, value in request.query.items():
                wanted = self._filter(name, value, account)
                if wanted is not None:
                    found = [title for title in found if wanted(title)]
        limit = request.query.get("limit", "")
        return found[: int(limit)] if limit.isdecimal() else found

    def _sorted(self, kind: Kind | None, sort: str, account: int) -> list[Title]:
        """Return all titles of a kind; every order ends with the number, so that pages are stable."""
        field, _, direction = sort.partition(",")[0].partition(":")
        field = field.rpartition(".")[2]
        watched = field in {"viewOffset", "viewCount", "lastViewedAt", "userRating"}
        key = (kind, field, direction, account if watched else None, self._behaviour.omit_updated)
        state = (self._shelves.version, self._watching.version if watched else 0)
        if key not in self._orders or self._orders[key][0] != state:
            self._orders[key] = state, self._in_order(kind, field, direction, account)
        return self._orders[key][1]

    def _in_order(self, kind: Kind | None, field: str, direction: str, account: int) -> list[Title]:
        value = self._value_of(field, account) or self._shelves.folded
        titles = self._shelves.ordered(kind, "number", lambda title: title.number)
        return sorted(titles, key=lambda title: (value(title), title.number), reverse=direction == "desc")

    def _filter(self, name: str, text: str, account: int) -> Callable[[Title], bool] | None:
        """Return what a parameter of the query asks of a title; None if it is no filter, or one that is ignored."""
        match = PATTERN.fullmatch(name)
        if match is None:
            return None
        field, sign, rest = match[1], match[2] or "", match[3]
        # `viewOffset>0` comes without an equals sign, and so its value stands in the name.
        sign, text = (sign, rest) if rest else (f"{sign}=", text)
        if (field, sign) in IGNORED and not self._behaviour.honour_all_filters:
            return None
        if field in {"unwatched", "inProgress"}:
            return self._about_watching(field, text, account)
        if field == "genre":
            return lambda title: self._has_genre(title, text) is (sign != "!=")
        value = self._value_of(field, account)
        if value is None:
            return None
        return self._text_filter(value, sign, text) if field in TEXTS else self._number_filter(value, field, sign, text)

    def _text_filter(self, value: Callable[[Title], Value], sign: str, text: str) -> Callable[[Title], bool]:
        """Return a filter of texts, where = means "contains", <= "begins with" and >= "ends with"."""
        wanted = fold(text)
        test = TEXT_TESTS.get(sign, TEXT_TESTS["="])
        return lambda title: test(str(value(title)), wanted)

    def _number_filter(
        self, value: Callable[[Title], Value], field: str, sign: str, text: str
    ) -> Callable[[Title], bool]:
        wanted = [_number(part, self._now()) if field != "originallyAvailableAt" else part for part in text.split(",")]
        if sign == "!=":
            return lambda title: value(title) not in wanted
        compare = ORDERS.get(sign, ORDERS["="])
        return lambda title: any(compare(value(title), one) for one in wanted)

    def _about_watching(self, field: str, wanted: str, account: int) -> Callable[[Title], bool]:
        """Return a filter by what the user did with any of the leaves."""

        def holds(title: Title) -> bool:
            marks = (self._watching.mark(account, leaf.number) for leaf in self._shelves.leaves(title.number))
            return any(not mark.count if field == "unwatched" else mark.offset > 0 for mark in marks)

        return lambda title: holds(title) is (wanted == "1")

    def _has_genre(self, title: Title, text: str) -> bool:
        wanted = set(text.split(","))
        return any(tag in wanted or str(self._items.genre(tag)) in wanted for tag in title.genres)

    def _value_of(self, field: str, account: int) -> Callable[[Title], Value] | None:
        """Return how a field is read of a title; what is missing counts as nothing."""
        latest = self._watching.latest(account) if field == "lastViewedAt" else {}
        values: dict[str, Callable[[Title], Value]] = {
            "id": lambda title: title.number,
            "title": self._shelves.folded,
            "titleSort": self._shelves.folded,
            "addedAt": lambda title: title.added,
            "updatedAt": lambda title: 0 if self._behaviour.omit_updated else self._shelves.said_updated(title) or 0,
            "year": lambda title: title.year,
            "duration": lambda title: title.seconds * 1000,
            "index": lambda title: title.index or 0,
            "audienceRating": lambda title: title.rating or 0,
            "rating": lambda title: title.rating or 0,
            "originallyAvailableAt": air_date,
            "ratingKey": lambda title: title.number,
            "viewCount": lambda title: self._watching.mark(account, title.number).count,
            "viewOffset": lambda title: self._watching.mark(account, title.number).offset,
            "lastViewedAt": lambda title: latest.get(title.number, 0),
            "userRating": lambda title: self._watching.mark(account, title.number).rating or 0,
        }
        return values.get(field)


def _said(request: web.Request, name: str) -> int | None:
    text = request.query.get(name, request.headers.get(name, ""))
    return int(text) if text.isdecimal() else None


def _number(text: str, now: float) -> float:
    """Return a number, or the moment that a date or a relative value such as -30d means."""
    if match := re.fullmatch(r"-(\d+)(mon|[mhdwy])", text):
        return now - int(match[1]) * SECONDS[match[2]]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()
    try:
        return float(text)
    except ValueError:
        return 0
