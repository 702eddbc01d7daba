"""What is called like that? Answered with every letter that is typed, however much there is.

What begins as was typed is looked up in an index of titles; words elsewhere in titles and in what items belong to are
looked up only if that was not enough, and what may have been mistyped only if hardly anything was found. No step looks
at more than some hundred items.
"""

from collections.abc import Collection, Iterable
import sqlite3
from typing import Final

from ..backends.item import ItemKind
from .answer import Alternatives, Answer
from .asked import Meaning, meanings
from .entry import Entry, read_entries
from .filters import EVERYTHING, Filters
from .ranking import Tier
from .reach import LibraryKey, find_reach
from .spelling import completions, corrected_completions, corrections, parts

# With fewer answers than that, something was perhaps mistyped.
_FEW: Final = 3


def search(
    database: sqlite3.Connection,
    typed: str,
    *,
    sources: Collection[str] | None = None,
    libraries: Collection[LibraryKey] | None = None,
    kinds: Iterable[ItemKind] | None = None,
    filters: Filters = EVERYTHING,
    limit: int = 20,
) -> list[Entry]:
    """Return what may be meant by what was typed so far, the likeliest first, each work once."""
    reach = find_reach(database, sources, libraries, kinds)
    asked = list(meanings(typed))
    if not asked or not reach.shelves or limit < 1:
        return []
    answer = Answer(database, reach, filters)
    for meaning in asked:
        if meaning.doubt and answer.size >= _FEW:
            break
        _look_up(answer, meaning, limit)
    if answer.size < _FEW and not answer.has_titles and asked[0].words:
        _correct(answer, asked[0])
    return read_entries(database, answer.best(limit), works=reach.joined)


def _look_up(answer: Answer, meaning: Meaning, limit: int) -> None:
    """Find titles that begin so, then those that contain the words, then what belongs to such, until it is enough."""
    if not meaning.years:
        answer.begin(meaning)
        if answer.size >= limit:
            return
    if not meaning.words:
        return
    *whole, last = meaning.words
    ends, is_all = completions(answer.database, last)
    exact: list[Alternatives] = [(word,) for word in whole]
    completed: list[Alternatives] = [*exact, (last, *ends)]
    if exact and not is_all:
        found_all = answer.contain(meaning, exact, Tier.HAS_WORDS, begun=last)
        found_all = found_all or answer.contain(meaning, exact, Tier.HAS_WORDS, begun=last, great=True)
    else:
        found_all = answer.contain(meaning, completed, Tier.HAS_WORDS)
        found_all = found_all or answer.contain(meaning, completed, Tier.HAS_WORDS, great=True)
    # What hardly says anything yet is looked for in all that items belong to only if there is nothing else.
    if answer.size < limit and (is_all or not answer.has_titles):
        answer.contain(meaning, completed, Tier.CONTEXT)


def _correct(answer: Answer, meaning: Meaning) -> None:
    """Find titles, and what belongs to such, by words that are one typo away from those that were typed."""
    database = answer.database
    *whole, last = meaning.words
    likely: list[Alternatives] = [
        *((word, *corrections(database, word)) for word in whole),
        (last, *completions(database, last)[0], *corrected_completions(database, last)),
    ]
    answer.contain(meaning, likely, Tier.TYPO)
    if answer.size == 0:
        answer.contain(meaning, likely, Tier.TYPO, context=True)
    exact: list[Alternatives] = [(word,) for word in meaning.words]
    for place, word in enumerate(meaning.words):
        if halves := parts(database, word):
            # A space was forgotten …
            answer.contain(meaning, [*exact[:place], *((half,) for half in halves), *exact[place + 1 :]], Tier.TYPO)
        if place:
            # … or there is one too many.
            joined = meaning.words[place - 1] + word
            answer.contain(meaning, [*exact[: place - 1], (joined,), *exact[place + 1 :]], Tier.TYPO)
