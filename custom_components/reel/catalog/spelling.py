"""Which words are there that somebody may have begun, or mistyped?"""

from collections.abc import Iterable, Iterator
from itertools import chain
import json
import sqlite3
from typing import Final

# With more, a word is hardly begun: it says nothing yet.
_COMPLETIONS: Final = 64
# Shorter words are too much like others.
_CORRECTED: Final = 4
# What a mistyped beginning may have been: there are hundreds of ways to mistype it, so few words for each.
_EACH: Final = 4
_CORRECTIONS: Final = 64
# Greater than every character of a word.
END: Final = "\U0010ffff"
# As words are folded. Words of scripts without an alphabet may still be too long, or have neighbours exchanged.
_ALPHABETS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзиклмнопрстуфхцчшщъыьэюяієђћљњџ",
    "αβγδεζηθικλμνξοπρστυφχψω",
)


def completions(database: sqlite3.Connection, begun: str) -> tuple[list[str], bool]:
    """Return words that begin so, and whether that is all of them."""
    found = database.execute(
        "SELECT word FROM word WHERE word >= ? AND word < ? LIMIT ?", (begun, begun + END, _COMPLETIONS + 1)
    ).fetchall()
    return [word for (word,) in found[:_COMPLETIONS]], len(found) <= _COMPLETIONS


def corrections(database: sqlite3.Connection, word: str) -> list[str]:
    """Return words that are one typo away: a letter too many, too few, a wrong one, or two exchanged."""
    return sorted(_known(database, _variants(word)))


def corrected_completions(database: sqlite3.Connection, begun: str) -> list[str]:
    """Return words that begin with something that is one typo away, the shortest first."""
    found = database.execute(
        """
        SELECT (
            SELECT group_concat(word, ' ') FROM (
                SELECT word FROM word WHERE word >= variant.value AND word < variant.value || ? LIMIT ?
            )
        ) AS words
        FROM json_each(?) AS variant WHERE words IS NOT NULL
        """,
        (END, _EACH, json.dumps(list(_variants(begun)))),
    )
    words = {word for (some,) in found for word in some.split()}
    return sorted(words, key=lambda word: (len(word), word))[:_CORRECTIONS]


def parts(database: sqlite3.Connection, word: str) -> tuple[str, str] | None:
    """Return two words that somebody typed without the space between them, the first as long as possible."""
    cuts = [(word[:cut], word[cut:]) for cut in range(len(word) - 2, 1, -1)]
    known = _known(database, chain.from_iterable(cuts))
    return next(((first, second) for first, second in cuts if first in known and second in known), None)


def _known(database: sqlite3.Connection, words: Iterable[str]) -> set[str]:
    found = database.execute(
        "SELECT word FROM word WHERE word IN (SELECT value FROM json_each(?))", (json.dumps(list(words)),)
    )
    return {word for (word,) in found}


def _variants(word: str) -> Iterator[str]:
    if len(word) < _CORRECTED:
        return
    alphabet = next((letters for letters in _ALPHABETS if any(letter in letters for letter in word)), "")
    halves = [(word[:cut], word[cut:]) for cut in range(len(word) + 1)]
    yield from dict.fromkeys(
        [
            *(f"{first}{second[1]}{second[0]}{second[2:]}" for first, second in halves if len(second) > 1),
            *(f"{first}{second[1:]}" for first, second in halves if second),
            *(f"{first}{letter}{second[1:]}" for first, second in halves if second for letter in alphabet),
            *(f"{first}{letter}{second}" for first, second in halves for letter in alphabet),
        ]
    )
