"""Which pictures and subtitles belong to what? Told by their names, as Kodi, Plex and Jellyfin do."""

from collections.abc import Iterable, Iterator, Sequence
import re
from typing import Final

from ..item import ImageKind
from .files import FileType
from .names import is_subtitles_folder
from .tree import Directory, Entry

# For each kind of picture the names it may have, the best first.
FILM: Final = {
    ImageKind.POSTER: ("poster", "folder", "cover", "movie", "default"),
    ImageKind.BACKDROP: ("fanart", "backdrop", "background", "art", "fanart1", "backdrop1"),
    ImageKind.THUMB: ("landscape", "thumb"),
    ImageKind.LOGO: ("clearlogo", "logo"),
}
SHOW: Final = {**FILM, ImageKind.POSTER: ("poster", "folder", "cover", "show", "default", "season-all-poster")}
ARTIST: Final = {**FILM, ImageKind.POSTER: ("folder", "poster", "artist", "cover")}
ALBUM: Final = {**FILM, ImageKind.POSTER: ("cover", "folder", "front", "album", "albumart", "poster")}

_SUFFIXES: Final = {
    ImageKind.POSTER: ("-poster", "-cover", "-folder"),
    ImageKind.BACKDROP: ("-fanart", "-backdrop", "-background"),
    ImageKind.THUMB: ("-thumb", "-landscape"),
    ImageKind.LOGO: ("-clearlogo", "-logo"),
}
_LINK: Final = re.compile(r"[._\-( \[]+")
_NUMBER: Final = re.compile(r"\d+[_ .-]+")

Pictures = dict[ImageKind, Entry]
Names = dict[ImageKind, tuple[str, ...]]


class Surroundings:
    """What lies in a folder beside its films, found by name. Made once a folder: that may hold thousands."""

    def __init__(self, directory: Directory) -> None:
        # Of two files of one name the first by ending stays.
        self._pictures = {each.stem.casefold(): each for each in reversed(directory.of(FileType.PICTURE))}
        self._notes = {each.stem.casefold(): each for each in reversed(directory.of(FileType.NOTES))}
        self._all_subtitles: list[Entry] = []
        self._subtitles: dict[str, list[Entry]] = {}
        for entry, folder in _subtitles(directory):
            self._all_subtitles.append(entry)
            for start in {*_starts(entry.stem.casefold()), folder}:
                self._subtitles.setdefault(start, []).append(entry)

    def pictures(self, names: Names) -> Pictures:
        """Return the pictures of what the folder holds as a whole."""
        chosen = (
            (kind, next((each for each in wanted if each in self._pictures), None)) for kind, wanted in names.items()
        )
        return {kind: self._pictures[name] for kind, name in chosen if name is not None}

    def pictures_of(self, stems: Iterable[str], *, bare: ImageKind) -> Pictures:
        """Return the pictures that are called after files; one called just like the file is a `bare` one."""
        found: Pictures = {}
        for stem in (each.casefold() for each in stems):
            names = {kind: tuple(f"{stem}{each}" for each in suffixes) for kind, suffixes in _SUFFIXES.items()}
            found = {**self.pictures(names | {bare: (*names[bare], stem)}), **found}
        return found

    def pictures_of_season(self, number: int) -> Pictures:
        """Return the pictures of a season that lie with its show: season01-poster, season-specials-fanart."""
        marks = (f"season{number:02}", f"season{number}", *(("season-specials",) if number == 0 else ()))
        names = {
            kind: tuple(f"{mark}{each}" for mark in marks for each in suffixes) for kind, suffixes in _SUFFIXES.items()
        }
        return self.pictures(names | {ImageKind.POSTER: (*names[ImageKind.POSTER], *marks)})

    def notes(self, *stems: str) -> list[Entry]:
        """Return the .nfo files of these names, in this order."""
        return [self._notes[each] for each in dict.fromkeys(stem.casefold() for stem in stems) if each in self._notes]

    def subtitles(self, stems: Iterable[str], *, alone: bool = False) -> list[Entry]:
        """Return the subtitles that are called after these files; all of them if there is no other film."""
        if alone:
            return _without_indexes(self._all_subtitles)
        found = {each.path: each for stem in stems for each in self._subtitles.get(stem.casefold(), ())}
        return _without_indexes(list(found.values()))


def _subtitles(directory: Directory) -> Iterator[tuple[Entry, str]]:
    """Yield the subtitles in a folder and in those for subtitles, with the film that such a folder is called after."""
    yield from ((each, "") for each in directory.of(FileType.SUBTITLE))
    for below in directory.directories:
        if is_subtitles_folder(below.name):
            yield from ((each, "") for each in below.of(FileType.SUBTITLE))
            yield from (
                (each, film.name.casefold()) for film in below.directories for each in film.of(FileType.SUBTITLE)
            )


def _starts(stem: str) -> Iterator[str]:
    """Yield what a film may be called that such subtitles belong to."""
    yield stem
    yield from (stem[: each.start()] for each in _LINK.finditer(stem))


def _without_indexes(found: Sequence[Entry]) -> list[Entry]:
    """Return subtitles without the second half of those that are two files."""
    indexed = {each.path.removesuffix(".idx") for each in found if each.suffix == ".idx"}
    return [each for each in found if not (each.suffix == ".sub" and each.path.removesuffix(".sub") in indexed)]


def marks_of(subtitle: Entry, film: str) -> list[str]:
    """Return the words by which a subtitle is told from others of its film: ["en", "forced"]."""
    stem = subtitle.stem
    rest = stem[len(film) :] if stem.casefold().startswith(film.casefold()) else _NUMBER.sub("", stem, count=1)
    return [each for each in re.split(r"[._\-\s()\[\]]+", rest) if each]
