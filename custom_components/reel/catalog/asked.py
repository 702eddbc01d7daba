"""What does somebody look for who typed this? Words of a title, perhaps with its year, the last one perhaps half."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .folding import ARTICLES, start_key, words

# What is longer is not a title that somebody types, but something that was pasted.
_LONGEST: Final = 200
_MOST_WORDS: Final = 10
# From the first films to those that were announced.
_YEARS: Final = range(1880, 2100)


@dataclass(frozen=True, slots=True)
class Meaning:
    """One way to understand what was typed."""

    words: tuple[str, ...]
    key: str
    """What keys of titles that begin like this begin with."""
    years: tuple[int, ...] = ()
    """In which years it has to be; none is any."""
    doubt: int = 0
    """What is less likely meant comes later."""

    @property
    def folded(self) -> str:
        """The words with a space between them."""
        return " ".join(self.words)

    @property
    def has_article(self) -> bool:
        """Whether it begins with an article that keys do without."""
        return len(self.words) > 1 and self.words[0] in ARTICLES


def meanings(typed: str) -> Iterator[Meaning]:
    """Yield what it may mean, the likeliest first; nothing if there is nothing to look for in it."""
    # Half of a pair of surrogates cannot be written down, so nothing is called so.
    text = typed[:_LONGEST].encode("utf-8", "ignore").decode()
    found = tuple(words(text)[:_MOST_WORDS])
    key = start_key(text)
    if not key:
        return
    yield Meaning(found, key)
    year = next((word for word in reversed(found) if _is_year(word)), None)
    rest = tuple(word for word in found if word != year)
    if year is not None and rest:
        rest_key = start_key(" ".join(rest))
        yield Meaning(rest, rest_key, (int(year),))
        # Festivals and cinemas do not agree on the year of a film.
        yield Meaning(rest, rest_key, (int(year) - 1, int(year) + 1), doubt=1)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdigit() and int(word) in _YEARS  # noqa: PLR2004  # digits
