"""What is in a catalog of any size? Films with names that share words as real ones do, the same for the same seed."""

from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from random import Random
from typing import Final

from custom_components.reel.backends.item import ExternalId, File, Image, ImageKind, Item, ItemKind, Provider, UserState
from custom_components.reel.backends.model import Library
from custom_components.reel.catalog.database import open_database
from custom_components.reel.catalog.writing import put_items, put_libraries

SOURCE: Final = "01JD4M7K2N8P3Q5R6S7T8V9W0X"
LIBRARY: Final = Library("1", "Movies", (ItemKind.MOVIE,))
NOW: Final = 1_795_132_800.0
_PAGE: Final = 500

_BEGINNINGS: Final = (
    "b", "br", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pr", "r", "s", "sh",
    "st", "t", "th", "tr", "v", "w", "z",
)  # fmt: skip
_MIDDLES: Final = ("a", "e", "i", "o", "u", "ai", "ea", "é", "ö", "ou")
_ENDS: Final = ("ck", "l", "ld", "m", "n", "nd", "ng", "r", "rn", "rt", "s", "st", "t", "x")
_WORDS: Final = 20_000
_GENRES: Final = ("Action", "Animation", "Comedy", "Crime", "Documentary", "Drama", "Horror", "Romance", "Thriller")


def words(random: Random) -> list[str]:
    """Return the words that titles are made of, the most usual ones first."""
    short = {"the", "of", "and", "in", "a", "man", "night", "love", "last", "house", "day", "girl", "city", "black"}
    found = dict.fromkeys(sorted(short))
    while len(found) < _WORDS:
        syllables = random.choice((1, 2, 2, 3))
        word = "".join(random.choice(_BEGINNINGS) + random.choice(_MIDDLES) for _ in range(syllables))
        found[word + random.choice(_ENDS)] = None
    return list(found)


def titles(count: int, seed: int = 1) -> Iterator[str]:
    """Yield titles of one to five words; few words are in very many of them, as in any language."""
    random = Random(seed)
    known = words(random)
    weights = [1 / (rank + 10) for rank in range(len(known))]
    sums: list[float] = []
    for weight in weights:
        sums.append((sums[-1] if sums else 0.0) + weight)
    for _ in range(count):
        chosen = random.choices(known, cum_weights=sums, k=random.choice((1, 2, 2, 3, 3, 4, 5)))
        yield " ".join(chosen).title()


def films(count: int, seed: int = 1) -> Iterator[Item]:
    """Yield films as a server's lists tell them."""
    random = Random(seed + 1)
    for number, title in enumerate(titles(count, seed), start=1):
        watched = random.random() < 0.3
        yield Item(
            identity=str(number),
            kind=ItemKind.MOVIE,
            library=LIBRARY.identity,
            title=title,
            year=random.randint(1930, 2026),
            added_at=NOW - random.randint(0, 3000) * 86_400.0,
            duration_ms=random.randint(70, 180) * 60_000,
            rating=round(random.uniform(2, 9), 1),
            summary=f"{title} is about {title}, and about what became of it. " * 3,
            genres=tuple(random.sample(_GENRES, 2)),
            ids=(ExternalId(Provider.IMDB, f"tt{number:07}"), ExternalId(Provider.TMDB, str(number))),
            images=(Image(ImageKind.POSTER, f"/library/metadata/{number}/thumb/1719370467"),),
            files=(File(identity=str(number), container="mkv", height=random.choice((480, 720, 1080, 2160))),),
            state=UserState(
                watched=watched, plays=int(watched), viewed_at=NOW - number if watched else None,
                position_ms=600_000 if number % 997 == 0 else 0,
            ),
        )  # fmt: skip


def build(path: Path, count: int) -> None:
    """Fill a catalog with so many films."""
    database = open_database(path)
    put_libraries(database, SOURCE, [LIBRARY])
    for page in batched(films(count), _PAGE, strict=False):
        put_items(database, SOURCE, page)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
