"""What do tests of the catalog fill it with? Films and shows that are told apart by little."""

from typing import Any, Final

from custom_components.reel.backends.item import ExternalId, Item, ItemKind, Provider
from custom_components.reel.backends.model import Library

DEN: Final = "01JD0DEN"
ATTIC: Final = "01JATTIC"
MOVIES: Final = Library("1", "Movies", (ItemKind.MOVIE,))
SHOWS: Final = Library("2", "Shows", (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE))


def film(identity: str, title: str = "The Third Man", **rest: Any) -> Item:  # noqa: ANN401  # what Item takes
    """Return a film."""
    return Item(**{"identity": identity, "kind": ItemKind.MOVIE, "library": "1", "title": title, **rest})


def imdb(value: str) -> ExternalId:
    """Return an id at IMDb."""
    return ExternalId(Provider.IMDB, value)


def tmdb(value: str) -> ExternalId:
    """Return an id at TMDB."""
    return ExternalId(Provider.TMDB, value)
