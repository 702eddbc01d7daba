"""What is there to watch? A made-up library of any size, the same for the same seed.

One model serves every kind of server, so that the same film on two of them really is the same film.
"""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

SECONDS_A_DAY: Final = 86_400
# Thursday, 1 January 2026: everything was added in the days before it.
NOW: Final = 1_767_225_600


class Kind(StrEnum):
    """What a title is."""

    MOVIE = "movie"
    SHOW = "show"
    SEASON = "season"
    EPISODE = "episode"
    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    VIDEO = "video"
    COLLECTION = "collection"
    PLAYLIST = "playlist"


@dataclass(frozen=True, slots=True)
class Title:
    """One thing in the library. `number` is unique in it and small, like a Plex rating key."""

    number: int
    kind: Kind
    name: str
    year: int
    added: int
    """Epoch seconds."""
    seconds: int = 0
    """Playing time; 0 for what only contains."""
    parent: int | None = None
    index: int | None = None
    """Number of the season, episode or track within its parent; season 0 holds the specials."""
    summary: str = ""
    genres: tuple[str, ...] = ()
    rating: float | None = None
    imdb: str | None = None
    tmdb: int | None = None
    tvdb: int | None = None
    path: str = ""
    """Where the server says the file lies; empty for what only contains."""
    sample: str = ""
    """Which of our samples that file is; without one it depends on the kind."""
    members: tuple[int, ...] = ()
    """What a collection or playlist holds, by number and in its order."""


@dataclass(frozen=True, slots=True)
class Library:
    """All titles of one server, and their order by parent."""

    seed: int
    titles: dict[int, Title]
    children: dict[int, list[Title]]

    def of(self, *kinds: Kind) -> list[Title]:
        """Return all titles of these kinds, in the order of their numbers."""
        return [title for title in self.titles.values() if title.kind in kinds]

    def ancestors(self, title: Title) -> list[Title]:
        """Return parent, grandparent, … of a title."""
        found: list[Title] = []
        while title.parent is not None:
            title = self.titles[title.parent]
            found.append(title)
        return found


FIRST: Final = (
    "Amber", "Borrowed", "Crooked", "Distant", "Émigré", "Falling", "Ghost", "Hidden", "Iron", "Juniper", "Knotted",
    "Lantern", "Midnight", "Northern", "Ölands", "Paper", "Quiet", "Restless", "Silver", "Twelve", "Ultramarine",
    "Velvet", "Winter", "Xenon", "Yesterday's", "Zürich",
)  # fmt: skip
SECOND: Final = (
    "Archipelago", "Ballad", "Cartographer", "Dünenkind", "Engine", "Frequency", "Garden", "Harbour", "Inheritance",
    "Jury", "Kingdom", "Lighthouse", "Machine", "Notebook", "Orchestra", "Passage", "Question", "Río", "Signal",
    "Témoin", "Understudy", "Voyage", "Widow", "Yard", "Zoo",
)  # fmt: skip
GENRES: Final = ("Action", "Animation", "Comedy", "Documentary", "Drama", "Science Fiction", "Thriller")
MUSIC_GENRES: Final = ("Ambient", "Classical", "Folk", "Jazz", "Rock")


def make_library(
    seed: int = 1,
    *,
    movies: int = 20,
    shows: int = 3,
    seasons: int = 2,
    episodes: int = 4,
    artists: int = 2,
    albums: int = 2,
    tracks: int = 4,
    videos: int = 0,
    collections: int = 0,
    playlists: int = 0,
) -> Library:
    """Return the library of a seed; `seasons` to `tracks` count per parent, and every second show has specials.

    Collections hold films, playlists whatever can be played.
    """
    maker = _Maker(seed)
    for _ in range(movies):
        maker.movie()
    for number in range(shows):
        maker.show(seasons, episodes, specials=number % 2 == 1)
    for _ in range(artists):
        maker.artist(albums, tracks)
    for number in range(1, videos + 1):
        maker.video(number)
    for kind, count in ((Kind.COLLECTION, collections), (Kind.PLAYLIST, playlists)):
        for _ in range(count):
            maker.gathering(kind)
    return maker.library()


def library_of_size(items: int, seed: int = 1) -> Library:
    """Return a library of about so many items: a third each of movies, episodes and tracks, with what contains them."""
    shows = max(items // 200, 1)
    return make_library(
        seed,
        movies=items // 3,
        shows=shows,
        seasons=4,
        episodes=max(items // 3 // shows // 4, 1),
        artists=max(items // 300, 1),
        albums=10,
        tracks=10,
    )


class _Maker:
    """Adds one title after the other; only alive while a library is made."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._roll = Random(seed)
        self._titles: dict[int, Title] = {}
        self._children: dict[int, list[Title]] = defaultdict(list)

    def library(self) -> Library:
        return Library(self._seed, self._titles, dict(self._children))

    def movie(self) -> None:
        name, year = self._name(), self._year()
        self._add(
            Kind.MOVIE,
            name,
            year,
            seconds=self._roll.randrange(70, 200) * 60,
            genres=self._genres(GENRES),
            imdb=self._imdb(),
            tmdb=self._roll.randrange(100, 999_999),
            path=f"/data/Movies/{name} ({year})/{name} ({year}).mp4",
        )

    def show(self, seasons: int, episodes: int, *, specials: bool) -> None:
        show = self._add(
            Kind.SHOW,
            self._name(),
            self._year(),
            genres=self._genres(GENRES),
            imdb=self._imdb(),
            tvdb=self._roll.randrange(70_000, 450_000),
        )
        for index in range(0 if specials else 1, seasons + 1):
            season = self._add(
                Kind.SEASON,
                f"Season {index}" if index else "Specials",
                show.year + max(index - 1, 0),
                parent=show.number,
                index=index,
            )
            for number in range(1, episodes + 1):
                self._add(
                    Kind.EPISODE,
                    self._name(),
                    season.year,
                    seconds=self._roll.randrange(20, 60) * 60,
                    parent=season.number,
                    index=number,
                    tvdb=self._roll.randrange(300_000, 9_999_999),
                    path=f"/data/TV/{show.name}/{season.name}/{show.name} - S{index:02}E{number:02}.mp4",
                )

    def artist(self, albums: int, tracks: int) -> None:
        artist = self._add(Kind.ARTIST, self._name(), self._year(), genres=self._genres(MUSIC_GENRES))
        for index in range(1, albums + 1):
            album = self._add(
                Kind.ALBUM,
                self._name(),
                self._year(),
                parent=artist.number,
                index=index,
                genres=self._genres(MUSIC_GENRES),
            )
            for number in range(1, tracks + 1):
                name = self._name()
                self._add(
                    Kind.TRACK,
                    name,
                    album.year,
                    seconds=self._roll.randrange(90, 600),
                    parent=album.number,
                    index=number,
                    path=f"/data/Music/{artist.name}/{album.name}/{number:02} {name}.mp3",
                )

    def video(self, number: int) -> None:
        year = self._year()
        self._add(Kind.VIDEO, f"Summer {year}", year, seconds=95, path=f"/data/Home Videos/{year}/IMG_{number:04}.mp4")

    def gathering(self, kind: Kind) -> None:
        held = {Kind.MOVIE} if kind is Kind.COLLECTION else {Kind.MOVIE, Kind.EPISODE, Kind.TRACK}
        choice = [title.number for title in self._titles.values() if title.kind in held]
        self._roll.shuffle(choice)
        self._add(kind, self._name(), self._year(), members=tuple(choice[:5]))

    def _add(
        self,
        kind: Kind,
        name: str,
        year: int,
        *,
        seconds: int = 0,
        parent: int | None = None,
        index: int | None = None,
        genres: tuple[str, ...] = (),
        imdb: str | None = None,
        tmdb: int | None = None,
        tvdb: int | None = None,
        path: str = "",
        members: tuple[int, ...] = (),
    ) -> Title:
        number = len(self._titles) + 1
        title = Title(
            number=number,
            kind=kind,
            name=name,
            year=year,
            added=NOW - self._roll.randrange(1, 1000 * SECONDS_A_DAY),
            seconds=seconds,
            parent=parent,
            index=index,
            summary=f"The one about {name}, told {self._roll.choice(('twice', 'backwards'))}.",
            genres=genres,
            # Not everything is rated, as on real servers.
            rating=round(self._roll.uniform(3, 9.8), 1) if self._roll.random() > 0.2 else None,
            imdb=imdb,
            tmdb=tmdb,
            tvdb=tvdb,
            path=path,
            members=members,
        )
        self._titles[number] = title
        if parent is not None:
            self._children[parent].append(title)
        return title

    def _name(self) -> str:
        return f"{self._roll.choice(FIRST)} {self._roll.choice(SECOND)}"

    def _year(self) -> int:
        return self._roll.randrange(1950, 2026)

    def _genres(self, choice: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._roll.sample(choice, self._roll.randrange(1, 3)))

    def _imdb(self) -> str:
        return f"tt{self._roll.randrange(10_000, 9_999_999):07}"
