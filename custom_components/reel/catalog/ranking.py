"""Which of what was found was meant? The obvious answer comes first."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from ..backends.item import ItemKind
from .asked import Meaning
from .folding import GREAT, fold

# What is whole is meant before its pieces.
_PIECES: Final = (ItemKind.SEASON, ItemKind.EPISODE, ItemKind.TRACK)
# Ratings go to 10, so that what one begun or played comes before what is only good.
_BEGUN: Final = 10.0
_PLAYED: Final = 5.0
# Of two that are rated alike, the newer one; a generation makes up for one point.
_GENERATION: Final = 25.0
_NO_YEAR: Final = 1900
_NO_RATING: Final = 5.0


class Tier(IntEnum):
    """How a title answers to what was typed, the best first."""

    EXACT = 1
    BEGINS = 2
    BEGINS_WITHIN_WORD = 3
    HAS_WORDS = 4
    HAS_BEGINNINGS = 5
    CONTEXT = 6
    TYPO_OF_ALL = 7
    TYPO = 8


class Candidate(NamedTuple):
    """What may have been meant: columns of `item` and `user_state`."""

    row: int
    work: int
    kind: str
    title: str
    sort_key: str
    year: int | None
    rating: float | None
    plays: int | None
    position_ms: int | None


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Where in the answer something stands; the smallest comes first."""

    doubt: int
    tier: Tier
    group: int
    unpopularity: float
    sort_key: str
    row: int


def rank(candidate: Candidate, meaning: Meaning, found: Tier | None) -> Rank | None:
    """Return the rank of something `found` so; None if it was only guessed, and its title does not begin like this."""
    tier = _tier(candidate, meaning, found)
    if tier is None:
        return None
    standing = stand(tier, candidate.kind)
    return Rank(meaning.doubt, *standing, -_popularity(candidate), candidate.sort_key, candidate.row)


def has_beginning(title: str, begun: str) -> bool:
    """Return whether a word of a title begins so."""
    return f" {begun}" in f" {fold(title)}"


def _tier(candidate: Candidate, meaning: Meaning, found: Tier | None) -> Tier | None:
    if found is Tier.TYPO:
        # The key has no article, and what was typed has one at most.
        alike = candidate.sort_key.count(" ") == meaning.key.count(" ")
        return Tier.TYPO_OF_ALL if alike else Tier.TYPO
    title = fold(candidate.title)
    by_title, by_key = beginning(title, meaning.folded), beginning(candidate.sort_key, meaning.key)
    if by_key is not None and meaning.has_article:
        # Who took the trouble to type it means one that has it.
        by_key = Tier(by_key + 1)
    tier = min((each for each in (by_title, by_key, found) if each is not None), default=None)
    if tier is Tier.HAS_WORDS and f" {meaning.words[-1]} " not in f" {title} ":
        return Tier.HAS_BEGINNINGS
    return tier


def beginning(title: str, typed: str) -> Tier | None:
    """Return how a title begins as was typed; both in the same form, folded or as a key."""
    if not typed or not title.startswith(typed):
        return None
    if len(title) == len(typed):
        return Tier.EXACT
    return Tier.BEGINS if title[len(typed)] == " " else Tier.BEGINS_WITHIN_WORD


def stand(tier: Tier, kind: str) -> tuple[Tier, int]:
    """Return the tier of something of this kind, and what stands behind others within it."""
    if kind in GREAT:
        return tier, 0
    if kind not in _PIECES:
        return tier, 1
    # There is a track of every name.
    return Tier.BEGINS if tier is Tier.EXACT else tier, 2


def _popularity(candidate: Candidate) -> float:
    return (
        (_BEGUN if candidate.position_ms else 0)
        + (_PLAYED if candidate.plays else 0)
        + (_NO_RATING if candidate.rating is None else candidate.rating)
        + ((candidate.year or _NO_YEAR) - _NO_YEAR) / _GENERATION
    )
