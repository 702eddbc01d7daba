"""What is there to watch in the house? Made-up titles, and films that are free for all to show, on several shelves."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from tests.servers.library import Kind, Library, Title

SECONDS_AN_HOUR: Final = 3600
# What can be watched for some minutes.
LONG: Final = "feature"


@dataclass(frozen=True, slots=True)
class Film:
    """A film as databases know it: servers that have it agree on its ids."""

    name: str
    year: int
    minutes: int
    imdb: str
    tmdb: int
    genres: tuple[str, ...]
    summary: str

    def title(self, added: float) -> Title:
        """Return the film as something on a shelf, still without a number."""
        return Title(
            0,
            Kind.MOVIE,
            self.name,
            self.year,
            int(added),
            seconds=self.minutes * 60,
            summary=self.summary,
            genres=self.genres,
            imdb=self.imdb,
            tmdb=self.tmdb,
            path=f"/data/Movies/{self.name} ({self.year})/{self.name} ({self.year}).mp4",
            sample=LONG,
        )


SILENT: Final = (
    Film("A Trip to the Moon", 1902, 15, "tt0000417", 775, ("Science Fiction",), "A shell lands in an eye."),
    Film("Nosferatu", 1922, 94, "tt0013442", 653, ("Horror",), "A count moves house."),
    Film("Sherlock Jr.", 1924, 45, "tt0015324", 992, ("Comedy",), "A projectionist walks into his film."),
    Film("The General", 1926, 79, "tt0017925", 961, ("Action", "Comedy"), "A man, his engine, and a war between."),
    Film("Metropolis", 1927, 153, "tt0017136", 19, ("Drama", "Science Fiction"), "A city above, a city below."),
)
OPEN: Final = (
    Film("Elephants Dream", 2006, 11, "tt0807840", 9761, ("Animation",), "Two men in a machine without end."),
    Film("Big Buck Bunny", 2008, 10, "tt1254207", 10378, ("Animation", "Comedy"), "A rabbit has had enough."),
    Film("Sintel", 2010, 15, "tt1727587", 45745, ("Animation", "Fantasy"), "A girl looks for a dragon."),
)
TALKING: Final = (
    Film("His Girl Friday", 1940, 92, "tt0032599", 3085, ("Comedy",), "An editor will not let her go."),
    Film("Charade", 1963, 113, "tt0056923", 4808, ("Comedy", "Thriller"), "Everybody wants what a widow has."),
    Film("Night of the Living Dead", 1968, 96, "tt0063350", 10331, ("Horror",), "A house, and those around it."),
)
# What nobody has yet, but many would add.
WANTED: Final = (
    Film("Dune", 2021, 155, "tt1160419", 438631, ("Science Fiction",), "A family is given a planet of sand."),
)


def film_called(name: str) -> Film:
    """Return a film by its name; one that nobody knows is made up, the same wherever it is asked for."""
    known = (film for film in (*SILENT, *OPEN, *TALKING, *WANTED) if film.name.casefold() == name.casefold())
    return next(known, None) or _made_up(name)


def _made_up(name: str) -> Film:
    number = int.from_bytes(sha256(name.casefold().encode()).digest()[:3])
    year = datetime.now(UTC).year
    return Film(name, year, 90, f"tt{number:08}", number, ("Drama",), f"Everything there is to know about {name}.")


class Stock:
    """A library that is being filled, with what came in during the last days."""

    def __init__(self, library: Library, now: float) -> None:
        self._now = now
        titles = {number: _long(title) for number, title in library.titles.items()}
        self.library = Library(library.seed, titles, dict(library.children))

    def buy(self, *films: Film, every: int) -> list[Title]:
        """Put films onto the shelves, one after the other in so many hours, the last of them just now."""
        return [
            self._put(film.title(self._now - hours * every * SECONDS_AN_HOUR))
            for hours, film in enumerate(reversed(films), 1)
        ]

    def copy(self, title: Title, origin: Library, parent: int | None = None) -> None:
        """Put a title of another library here, too, with all that is below."""
        copied = self._put(replace(title, parent=parent))
        for child in origin.children.get(title.number, ()):
            self.copy(child, origin, copied.number)

    def gather(self, kind: Kind, name: str, titles: list[Title]) -> None:
        """Make a collection or a playlist."""
        members = tuple(title.number for title in titles)
        self._put(Title(0, kind, name, titles[0].year, int(self._now), members=members))

    def _put(self, title: Title) -> Title:
        placed = replace(title, number=max(self.library.titles, default=0) + 1)
        self.library.titles[placed.number] = placed
        if placed.parent is not None:
            self.library.children[placed.parent] = [*self.library.children.get(placed.parent, ()), placed]
        return placed


def _long(title: Title) -> Title:
    """Let a film be as long as there is a sample of."""
    return replace(title, sample=LONG) if title.kind is Kind.MOVIE else title
