"""What do the files of a folder make? Libraries, and drafts of all that is in them; pure, from what the walk found.

In mixed content a film says that it is one, by a year in brackets, an id, an .nfo, or how it was released; an episode
by its season and number; what neither does is a video.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import re
from typing import Final

from ..item import ImageKind, ItemKind
from .artwork import Surroundings
from .draft import Draft, merge
from .files import FileType
from .films import films_directly_in, films_in, is_film_folder, videos_in
from .music import loose_tracks, music_at, music_in
from .names import is_extra, read_clip_date, read_episode
from .release import STRONG, ids_in, plain, tidy, title_in
from .shelves import OWN, Shelf, section_of, shelf_of
from .shows import is_show, loose_episodes, show_at, shows_in
from .tree import Directory, Entry

_BRACKETED_YEAR: Final = re.compile(r".*[(\[](?:18[89]\d|19\d\d|20[0-3]\d)[)\]]")


@dataclass(frozen=True, slots=True)
class Section:
    """A library and where it lies."""

    identity: str
    name: str
    shelf: Shelf
    directory: Directory


def sections_of(root: Directory, name: str) -> list[Section]:
    """Return the libraries of a folder of that name, its own first."""
    named = [(each, shelf) for each in root.directories if (shelf := section_of(name, each.name)) is not None]
    found = [Section(each.path, each.name, shelf, each) for each, shelf in named]
    taken = [each for each, _shelf in named]
    rest = Directory("", root.files, [each for each in root.directories if each not in taken], root.readable)
    if not found or rest.holds(FileType.VIDEO, FileType.AUDIO):
        found.insert(0, Section(OWN, name, shelf_of(name) or Shelf.MIXED, rest))
    return found


def drafts_of(section: Section) -> list[Draft]:
    """Return all items of a library, as far as names tell."""
    return merge(_READERS[section.shelf](section.directory))


def _films(directory: Directory) -> Iterator[Draft]:
    return films_in(directory, top=True)


def _music(directory: Directory) -> Iterator[Draft]:
    yield from music_in(directory)
    yield from clips_in(directory)


def clips_in(directory: Directory) -> Iterator[Draft]:
    """Yield every video on its own."""
    around = Surroundings(directory)
    for entry in directory.of(FileType.VIDEO):
        if not is_extra(entry.stem):
            yield _clip(entry, around)
    for each in directory.directories:
        yield from clips_in(each)


def _clip(entry: Entry, around: Surroundings) -> Draft:
    aired = read_clip_date(entry.stem)
    stems = (entry.stem,)
    return Draft(
        kind=ItemKind.VIDEO,
        identity=entry.path.removesuffix(entry.path[len(entry.path) - len(entry.suffix) :]),
        title=tidy(entry.stem.replace("_", " ")) or entry.stem,
        year=int(aired[:4]) if aired else None,
        aired=aired,
        media=[entry],
        notes=around.notes(*stems),
        pictures=around.pictures_of(stems, bare=ImageKind.THUMB),
        subtitles=around.subtitles(stems),
    )


def _mixed(directory: Directory) -> Iterator[Draft]:
    """Yield what a folder of anything holds, and those below it."""
    videos = videos_in(directory)
    episodes = [each for each in videos if read_episode(each.stem).sure]
    others = [each for each in videos if each not in episodes]
    yield from loose_episodes(directory, episodes)
    around = Surroundings(directory)
    for film in films_directly_in(directory, others, top=not directory.path):
        if _is_evident(film):
            yield film
        else:
            yield from (_clip(entry, around) for entry in film.media)
    yield from loose_tracks(directory)
    for each in directory.directories:
        yield from _mixed_at(each, top=not directory.path)


def _mixed_at(directory: Directory, *, top: bool) -> Iterator[Draft]:
    shelf = shelf_of(directory.name)
    if shelf is not None:
        yield from _READERS[shelf](directory)
    elif is_show(directory):
        yield from show_at(directory)
    elif directory.holds(FileType.AUDIO) and not directory.holds(FileType.VIDEO):
        yield from music_at(directory)
    elif is_film_folder(directory, top=top):
        yield from _mixed(directory)


def _is_evident(film: Draft) -> bool:
    """Tell whether something is a film by its own word."""
    if film.ids or film.notes:
        return True
    names = [film.identity.rpartition("/")[2], *(each.stem for each in film.media)]
    return any(_BRACKETED_YEAR.match(each) or _is_release(each) for each in names)


def _is_release(name: str) -> bool:
    """Tell whether a name says enough about how a file was made."""
    text = plain(name)
    marks = len(STRONG.findall(text))
    return bool(marks and title_in(name).year) or marks > 1 or bool(ids_in(name))


_READERS: Final[dict[Shelf, Callable[[Directory], Iterator[Draft]]]] = {
    Shelf.FILMS: _films,
    Shelf.SHOWS: shows_in,
    Shelf.MUSIC: _music,
    Shelf.CLIPS: clips_in,
    Shelf.MIXED: _mixed,
}
