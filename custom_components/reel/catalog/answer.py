"""What was found so far for what somebody typed? Each work once, as high as any of its copies ranks."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import nsmallest
import json
import sqlite3
from typing import Final

from .asked import Meaning
from .filters import Filters
from .folding import GREAT, GREAT_WORD, genre_word, kind_word, library_word, tokens, unspaced, year_word
from .ranking import Candidate, Rank, Tier, beginning, has_beginning, rank, stand
from .reach import Reach, Shelf
from .spelling import END

type Alternatives = Collection[str]
"""Words any of which will do."""

# How many titles that begin alike are looked at on each shelf. If there are more, what is liked is among them.
_BEGINNINGS: Final = 60
_LIKED: Final = 60
# How many that contain the words are looked at.
_CONTAINING: Final = 120
# The same where the last word says so little that it has to be compared with each of them.
_COMPARED: Final = 300
# Where most of them may not do.
_NARROWED: Final = 5
# More years are no year that anybody looks for.
_YEARS: Final = 30

_CANDIDATES: Final = """
    SELECT item.id, item.work, item.kind, item.title, item.sort_key, item.year, item.rating,
        user_state.plays, user_state.position_ms
    FROM ({rows}) AS found
    CROSS JOIN item ON item.id = found.id
    LEFT JOIN user_state ON user_state.source = item.source AND user_state.identity = item.identity
    WHERE {conditions}
"""
_GIVEN: Final = "SELECT value AS id FROM json_each(:rows)"
_MATCHING: Final = "SELECT rowid AS id FROM search WHERE search MATCH :match LIMIT :most"
_BEGINNING: Final = """
    SELECT kind, sort_key, id FROM item INDEXED BY item_by_title
    WHERE library = {library} AND kind = '{kind}' AND sort_key >= :key AND sort_key < :end LIMIT :most
"""
_RATED: Final = """
    SELECT id FROM (
        SELECT id, sort_key FROM item INDEXED BY item_by_rating
        WHERE library = {library} AND kind = '{kind}' ORDER BY rating DESC LIMIT :most
    ) WHERE sort_key >= :key AND sort_key < :end
"""
# What was played, or the show or artist that it belongs to.
_PLAYED: Final = """
    SELECT DISTINCT meant.id
    FROM (
        SELECT source, identity FROM user_state INDEXED BY user_state_viewed
        WHERE viewed_at IS NOT NULL ORDER BY viewed_at DESC LIMIT :most
    ) AS state
    CROSS JOIN item AS played ON played.source = state.source AND played.identity = state.identity
    CROSS JOIN item AS meant ON meant.source = played.source
        AND meant.identity = coalesce(played.grandparent, played.identity)
    WHERE meant.sort_key >= :key AND meant.sort_key < :end
"""


class Answer:
    """Candidates of one search, and how each ranks."""

    def __init__(self, database: sqlite3.Connection, reach: Reach, filters: Filters) -> None:
        self.database = database
        self._reach = reach
        self._filters = filters
        self._conditions = " AND ".join((reach.condition, *filters.conditions(works=reach.joined)))
        self._scope = tuple(_scope(reach, filters))
        self._best: dict[int, Rank] = {}

    @property
    def size(self) -> int:
        """How many works were found."""
        return len(self._best)

    @property
    def has_titles(self) -> bool:
        """Whether a title answers to what was typed, not only what it belongs to."""
        return any(place.tier < Tier.CONTEXT for place in self._best.values())

    def best(self, limit: int) -> list[int]:
        """Return the rows of the best, the best first."""
        return [place.row for place in sorted(self._best.values())[:limit]]

    def begin(self, meaning: Meaning) -> None:
        """Add titles that begin as was meant."""
        most = _BEGINNINGS * (_NARROWED if self._filters else 1)
        parameters = {"key": meaning.key, "end": meaning.key + END, "most": most}
        found = self.database.execute(
            " UNION ALL ".join(_of_each(_BEGINNING, self._reach.shelves)), parameters
        ).fetchall()
        # What is behind in all that the index tells needs no look at the rest.
        likely = nsmallest(2 * most, ((_standing(key, kind, meaning), row) for kind, key, row in found))
        self._add(meaning, None, _GIVEN, {"rows": json.dumps([row for _, row in likely])})
        if max(Counter(kind for kind, _, _ in found).values(), default=0) >= most:
            self._guess(meaning)

    def _guess(self, meaning: Meaning) -> None:
        """Add what is liked of the titles that begin as was meant, where there are too many of them."""
        great = [shelf for shelf in self._reach.shelves if shelf.kind in GREAT]
        liked = " UNION ALL ".join((f"SELECT * FROM ({_PLAYED})", *_of_each(_RATED, great)))  # noqa: S608
        self._add(meaning, None, liked, {"key": meaning.key, "end": meaning.key + END, "most": _LIKED})

    def contain(
        self,
        meaning: Meaning,
        words: Iterable[Alternatives],
        tier: Tier,
        *,
        context: bool = False,
        great: bool = False,
        begun: str | None = None,
    ) -> bool:
        """Add what has all of these words in its title, or in its context, too, and one that begins with `begun`.

        Returns whether that is all there is.
        """
        columns = "title context" if context or tier is Tier.CONTEXT else "title"
        scope = [*self._scope]
        if great:
            scope.append((GREAT_WORD,))
        if meaning.years:
            scope.append([year_word(year) for year in meaning.years])
        terms = (
            *(f"{{{columns}}}: ({_any(map(_term, some))})" for some in words),
            *(f"scope: ({_any(f'"{word}"' for word in some)})" for some in scope),
        )
        most = (_CONTAINING if begun is None else _COMPARED) * (_NARROWED if self._filters else 1)
        match = " AND ".join(dict.fromkeys(terms))
        added = self._add(meaning, tier, _MATCHING, {"match": match, "most": most}, begun)
        return added < most and not self._filters

    def _add(
        self,
        meaning: Meaning,
        tier: Tier | None,
        rows: str,
        parameters: Mapping[str, str | int],
        begun: str | None = None,
    ) -> int:
        """Add what a SELECT tells, and return how much that was; without a tier, what only may begin as was meant."""
        sql = _CANDIDATES.format(rows=rows, conditions=self._conditions)
        found = self.database.execute(sql, {**parameters, **self._filters.parameters}).fetchall()
        for candidate in map(Candidate._make, found):
            place = rank(candidate, meaning, tier)
            if place is not None and (begun is None or has_beginning(candidate.title, begun)):
                known = self._best.get(candidate.work)
                self._best[candidate.work] = place if known is None else min(place, known)
        return len(found)


def _scope(reach: Reach, filters: Filters) -> Iterator[Alternatives]:
    """Yield what has to stand in the scope of an item; `Filters` makes sure of the rest."""
    if not reach.whole:
        yield {library_word(shelf.library) for shelf in reach.shelves}
    if not reach.of_all_kinds:
        yield {kind_word(shelf.kind) for shelf in reach.shelves}
    if filters.genre is not None:
        yield (genre_word(filters.genre),)
    if filters.year_from is not None and filters.year_to is not None:
        years = range(filters.year_from, filters.year_to + 1)
        if 0 < len(years) <= _YEARS:
            yield [year_word(year) for year in years]


def _of_each(sql: str, shelves: Iterable[Shelf]) -> Iterator[str]:
    """Yield what selects from each shelf."""
    for shelf in shelves:
        yield f"SELECT * FROM ({sql.format(library=shelf.library, kind=shelf.kind)})"  # noqa: S608  # only those above


def _standing(key: str, kind: str, meaning: Meaning) -> tuple[Tier, int]:
    return stand(beginning(key, meaning.key) or Tier.BEGINS_WITHIN_WORD, kind)


def _any(terms: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(terms))


def _term(word: str) -> str:
    """Return what finds a folded word, which nothing has to be escaped in."""
    if not unspaced(word):
        return f'"{word}"'
    # Each of two characters that follow another; one alone begins such a pair, or ends a word.
    return f'"{word}"*' if len(word) == 1 else f"({' AND '.join(f'"{pair}"' for pair in tokens((word,)))})"
