"""What are the libraries of a folder? Decided by names, before anything is looked into.

1. A folder that is itself called "Movies", "Serien", "Music" … is one library of that kind, whatever lies in it.
2. Else each of its sub-folders with such a name is a library, and all the rest is one library of mixed content: it is
   there if any of the rest can be played, or if there is no other library.

The identity of a library is the path of its folder below the source, "." for the source's own. In mixed content a
folder with such a name, at any depth, still says what lies in it.
"""

from enum import StrEnum
import re
from typing import Final

from ..item import ItemKind

OWN: Final = "."


class Shelf(StrEnum):
    """What a folder says that it holds."""

    FILMS = "films"
    SHOWS = "shows"
    MUSIC = "music"
    CLIPS = "clips"
    MIXED = "mixed"


_SHOWS: Final = (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE)
_MUSIC: Final = (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK)
# What contains comes before what is contained.
KINDS: Final = {
    Shelf.FILMS: (ItemKind.MOVIE,),
    Shelf.SHOWS: _SHOWS,
    Shelf.MUSIC: (*_MUSIC, ItemKind.VIDEO),
    Shelf.CLIPS: (ItemKind.VIDEO,),
    Shelf.MIXED: (ItemKind.MOVIE, *_SHOWS, *_MUSIC, ItemKind.VIDEO),
}

_NAMES: Final = {
    Shelf.FILMS: (
        "movies|movie library|films|film|feature films|filme|spielfilme|kinofilme|films de fiction|pel[ií]culas|filmes|"
        "speelfilms|filmer|elokuvat|filmy|фильмы|电影|電影|映画"
    ),
    Shelf.SHOWS: (
        "tv|tv[ -]?shows?|tv[ -]?series|television|shows|series|anime|animes|cartoons|serien|fernsehserien|s[eé]ries|"
        "series tv|s[eé]ries t[eé]l[eé]vis[eé]es|serie tv|"  # codespell:ignore serie
        "seriale|serier|sarjat|сериалы|电视剧|電視劇|アニメ"
    ),
    Shelf.MUSIC: "music|musik|musique|m[uú]sica|musica|muziek|muzyka|musiikki|музыка|音乐|音樂|音楽",
    Shelf.CLIPS: (
        "home[ -]?(?:videos|movies)|personal videos|family videos|private videos|heimvideos|privatvideos|"
        "vid[eé]os (?:perso|personnelles|de famille)|v[ií]deos caseros|video personali|homevideos|camera(?: roll)?"
    ),
}
# Words that mean nothing else, wherever they stand.
_PLAIN: Final = frozenset({"movies", "films", "tv", "tv shows", "tv series", "shows", "series", "music", "home videos"})
# "4K Movies", "Kids TV Shows", "Movies HD".
_WHOSE: Final = r"(?:4k|uhd|hd|3d|kids'?|children'?s|kinder|family|foreign|classic)"
_PATTERNS: Final = tuple(
    (shelf, re.compile(rf"(?:{_WHOSE}[ _-])?(?:{names})(?:[ _-](?:{_WHOSE}|\({_WHOSE}\)))?", re.IGNORECASE))
    for shelf, names in _NAMES.items()
)


def shelf_of(name: str) -> Shelf | None:
    """Return what a folder of this name holds, None where the name does not tell."""
    return next((shelf for shelf, pattern in _PATTERNS if pattern.fullmatch(name)), None)


def section_of(folder: str, name: str) -> Shelf | None:
    """Return what a folder directly below another one holds as a library of its own, None where it is a part of that.

    Within a folder that says what it holds, only a plain word for something else counts: anime may well be films.
    """
    own, shelf = shelf_of(folder), shelf_of(name)
    if own is None:
        return shelf
    return shelf if shelf is not own and name.casefold() in _PLAIN else None


def library_of(folder: str, path: str) -> str:
    """Return the identity of the library that a path below a folder of this name belongs to."""
    first = path.partition("/")[0].partition("#")[0]
    return OWN if section_of(folder, first) is None else first
