"""Which films lie in a folder? One for each that has a folder of its own, one for each name where they lie together.

The identity of a film is the path of its own folder, or "Title (Year)" in the one that it shares: a better copy of it,
a second one, and a loose file that moves into its own folder all stay the same film.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..item import ExternalId, ImageKind, ItemKind
from .artwork import FILM, Surroundings
from .draft import Draft, below, fold
from .files import FileType
from .names import FilmName, disc_number, is_extra, is_extras_folder, is_subtitles_folder, read_film
from .tree import Directory, Entry


@dataclass(slots=True)
class _Found:
    """The copies and parts of one film that lie together."""

    name: FilmName
    media: list[Entry]

    @property
    def key(self) -> tuple[str, int | None]:
        return fold(self.name.title.text), self.name.title.year


def films_in(directory: Directory, *, top: bool = False) -> Iterator[Draft]:
    """Yield the films of a folder and of those below it; `top` says that this is the library itself."""
    yield from films_directly_in(directory, videos_in(directory), top=top)
    for each in directory.directories:
        if is_film_folder(each, top=top):
            yield from films_in(each)


def is_film_folder(directory: Directory, *, top: bool = False) -> bool:
    """Tell whether there may be films of their own in a folder. A library may have a sub-folder of any name."""
    is_part = disc_number(directory.name) is not None or is_subtitles_folder(directory.name)
    return top or not (is_part or is_extras_folder(directory.name))


def films_directly_in(directory: Directory, videos: Sequence[Entry], *, top: bool = False) -> Iterator[Draft]:
    """Yield the films that the videos of a folder are."""
    if not videos:
        return
    found = _by_name(directory, videos)
    around = Surroundings(directory)
    folder = read_film(directory.name) if directory.name and not top else None
    own = [] if folder is None else [each for each in found if _is_own(each, folder, found)]
    if folder is not None and own:
        yield _own_film(directory, folder, own, around, alone=len(own) == len(found))
    for each in found:
        if each not in own:
            yield _loose_film(directory, each, around)


def videos_in(directory: Directory) -> list[Entry]:
    """Return what is to be seen in a folder and its folders of discs, without what belongs to it."""
    found = [each for each in directory.of(FileType.VIDEO) if not is_extra(each.stem)]
    for disc in directory.directories:
        if disc_number(disc.name) is not None:
            found += [each for each in disc.of(FileType.VIDEO) if not is_extra(each.stem)]
    return found


def _by_name(directory: Directory, videos: Sequence[Entry]) -> list[_Found]:
    found: dict[tuple[str, int | None], _Found] = {}
    for video in videos:
        # What lies on one disc of several may be called anything.
        is_on_disc = video.path.rpartition("/")[0] != directory.path
        name = read_film(directory.name if is_on_disc else video.stem)
        known = _Found(name, [])
        found.setdefault(known.key, known).media.append(video)
    return list(found.values())


def _is_own(film: _Found, folder: FilmName, found: Sequence[_Found]) -> bool:
    """Tell whether a folder is that of a film, rather than one that films share."""
    title, year = fold(folder.title.text), folder.title.year
    text, own_year = film.key
    if own_year is not None and year is not None and abs(own_year - year) > 1:
        return False
    if title and (text == title or text.startswith(title) or (own_year is None and title.startswith(text))):
        # "Alien" and "Aliens (1986)" begin alike.
        return text == title or own_year is None or own_year == year
    # A lone file may be called anything, in a folder with a year or an id, or if its name tells no more than nothing.
    return len(found) == 1 and (own_year is None or own_year == year or bool(folder.ids))


def _own_film(
    directory: Directory, folder: FilmName, own: Sequence[_Found], around: Surroundings, *, alone: bool
) -> Draft:
    media = [entry for each in own for entry in each.media]
    stems = [each.stem for each in media]
    return Draft(
        kind=ItemKind.MOVIE,
        identity=directory.path,
        title=folder.title.text,
        year=folder.title.year or next((each.name.title.year for each in own if each.name.title.year), None),
        ids=folder.ids or _ids(own),
        media=media,
        notes=around.notes(*stems, "movie", directory.name),
        pictures={**around.pictures(FILM), **around.pictures_of((*stems, directory.name), bare=ImageKind.POSTER)},
        subtitles=around.subtitles(stems, alone=alone),
    )


def _loose_film(directory: Directory, film: _Found, around: Surroundings) -> Draft:
    stems = [each.stem for each in film.media]
    title = film.name.title
    names = (*stems, title.label)
    return Draft(
        kind=ItemKind.MOVIE,
        identity=below(directory.path, title.label),
        title=title.text,
        year=title.year,
        ids=_ids([film]),
        media=film.media,
        notes=around.notes(*names),
        pictures=around.pictures_of(names, bare=ImageKind.POSTER),
        subtitles=around.subtitles(names),
    )


def _ids(found: Sequence[_Found]) -> tuple[ExternalId, ...]:
    return next((each.name.ids for each in found if each.name.ids), ())
