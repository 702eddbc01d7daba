"""What else is asked of the items of a list? Conditions on an item, and where to begin if few items meet them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .reach import Reach

# Where a list shows works, the copy that was viewed last tells, as in `entry.work_states`.
_WATCHED_WORK: Final = """coalesce((
    SELECT user_state.watched FROM item AS copy
    CROSS JOIN user_state ON user_state.source = copy.source AND user_state.identity = copy.identity
    WHERE copy.work = item.work
    ORDER BY user_state.viewed_at DESC, user_state.watched DESC, copy.id LIMIT 1
), 0)"""
_WATCHED: Final = """EXISTS (
    SELECT 1 FROM user_state
    WHERE user_state.source = item.source AND user_state.identity = item.identity AND user_state.watched
)"""
_FAVORITE_WORK: Final = """EXISTS (
    SELECT 1 FROM item AS copy
    CROSS JOIN user_state ON user_state.source = copy.source AND user_state.identity = copy.identity
    WHERE copy.work = item.work AND user_state.favorite
)"""
_FAVORITE: Final = """EXISTS (
    SELECT 1 FROM user_state
    WHERE user_state.source = item.source AND user_state.identity = item.identity AND user_state.favorite
)"""
_GENRE: Final = "EXISTS (SELECT 1 FROM genre WHERE genre.item = item.id AND genre.name = :genre)"

_OF_GENRE: Final = "SELECT item AS id FROM genre WHERE name = :genre"
_OF_FAVORITES: Final = """
    SELECT DISTINCT copy.id FROM user_state INDEXED BY user_state_favorite
    CROSS JOIN item ON item.source = user_state.source AND item.identity = user_state.identity
    CROSS JOIN item AS copy ON copy.work = item.work
    WHERE user_state.favorite
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What items of a list have in common, besides where they are. None does not ask."""

    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None
    unwatched: bool = False
    favorite: bool = False

    def __bool__(self) -> bool:
        return bool(self.genre is not None or self.of_years or self.unwatched or self.favorite)

    @property
    def of_years(self) -> bool:
        """Whether only some years are wanted."""
        return self.year_from is not None or self.year_to is not None

    @property
    def only_unwatched(self) -> bool:
        """Whether nothing else is asked for."""
        return self.unwatched and self.genre is None and not self.of_years and not self.favorite

    @property
    def parameters(self) -> dict[str, str | int | None]:
        """What the SQL of this takes by name."""
        return {"genre": self.genre, "year_from": self.year_from, "year_to": self.year_to}

    def conditions(self, *, works: bool) -> Iterator[str]:
        """Yield what holds for every `item`; for all copies of it together where the list shows works."""
        if self.genre is not None:
            yield _GENRE
        if self.year_from is not None:
            yield "item.year >= :year_from"
        if self.year_to is not None:
            yield "item.year <= :year_to"
        if self.unwatched:
            yield f"NOT {watched(works=works)}"
        if self.favorite:
            yield _FAVORITE_WORK if works else _FAVORITE

    def candidates(self, reach: Reach) -> str | None:
        """Return what selects the id of every item that can meet this, and as few others as can be had at once."""
        if self.favorite:
            return _OF_FAVORITES
        if self.genre is not None:
            return _OF_GENRE
        if self.of_years and reach.shelves:
            years = " AND ".join(each for each in self.conditions(works=False) if ":year" in each)
            return " UNION ALL ".join(
                f"SELECT id FROM item INDEXED BY item_by_year "  # noqa: S608  # numbers of rows and names of kinds
                f"WHERE library = {shelf.library} AND kind = '{shelf.kind}' AND {years}"
                for shelf in reach.shelves
            )
        return None


EVERYTHING: Final = Filters()


def watched(*, works: bool) -> str:
    """Return the condition that an `item`, or the work that it is a copy of, was watched."""
    return _WATCHED_WORK if works else _WATCHED
