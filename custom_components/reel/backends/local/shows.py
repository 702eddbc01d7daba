"""Which shows lie in a folder, with which seasons and episodes?

The identity of a show is the path of its folder; "#season-1" and "#s1e2" behind it are its seasons and episodes, so
that a better copy of an episode, wherever below the show it lies, stays the same episode. Without a number it is "#"
and the day that it was aired, or its name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..item import ExternalId, ImageKind, ItemKind
from .artwork import FILM, SHOW, Surroundings
from .draft import Draft, below, fold
from .files import FileType
from .names import (
    SPECIALS,
    EpisodeName,
    disc_number,
    is_extra,
    is_extras_folder,
    is_subtitles_folder,
    read_episode,
    read_season,
)
from .release import Title, ids_in, title_in
from .tree import Directory, Entry


@dataclass(slots=True)
class _Show:
    """A show while its episodes are gathered."""

    identity: str
    title: Title
    ids: tuple[ExternalId, ...] = ()
    around: Surroundings | None = None
    """What lies in its folder, if it has one."""
    seasons: dict[int, list[Directory]] = field(default_factory=dict)
    """Those that it has episodes of, with the folders of each."""

    @property
    def notes(self) -> list[Entry]:
        return self.around.notes("tvshow") if self.around else []


def shows_in(directory: Directory, *, top: bool = True) -> Iterator[Draft]:
    """Yield the shows of a library, or of a folder that sorts shows, with their seasons and episodes."""
    yield from loose_episodes(directory, _videos(directory))
    for each in directory.directories:
        # There is a show called "Extras".
        if top or not is_extras_folder(each.name):
            yield from _shows_at(each)


def _shows_at(directory: Directory) -> Iterator[Draft]:
    season = read_season(directory.name)
    if season is not None and season.show.text and not any(_is_season(each) for each in directory.directories):
        yield from _pack(directory, season.show, season.number)
    elif is_show(directory) or _is_shown(directory):
        yield from show_at(directory)
    else:
        yield from shows_in(directory, top=False)


def is_show(directory: Directory) -> bool:
    """Tell whether a folder is that of a show, wherever it lies."""
    if any(each.stem.casefold() == "tvshow" for each in directory.of(FileType.NOTES)):
        return True
    if any(_is_season(each) or _is_episode(each) for each in directory.directories):
        return True
    videos = _videos(directory)
    named = _shows_named(videos)
    return len(named) * 2 > len(videos) and all(_is_same(each, fold(title_in(directory.name).text)) for each in named)


def _is_shown(directory: Directory) -> bool:
    """Tell whether a folder among shows is one: of its videos no two say that they belong to different shows."""
    if any(_is_season(each, sure=False) for each in directory.directories):
        return True
    named = {each for each in _shows_named(_videos(directory)) if each}
    return bool(_videos(directory)) and len(named) <= 1


def _shows_named(videos: Sequence[Entry]) -> list[str]:
    """Return the shows that those of some videos belong to which are episodes for sure, "" where they do not say."""
    names = (read_episode(each.stem) for each in videos)
    return [fold(each.show.text) for each in names if each.sure]


def _is_same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _is_season(directory: Directory, *, sure: bool = True) -> bool:
    season = read_season(directory.name)
    if season is None or not directory.holds(FileType.VIDEO):
        return False
    # A folder called "07" may be one of a month.
    return season.sure or not sure or any(read_episode(each.stem).sure for each in _videos(directory))


def _is_episode(directory: Directory) -> bool:
    return read_episode(directory.name).sure and bool(_videos(directory))


def show_at(directory: Directory) -> Iterator[Draft]:
    """Yield the show that a folder is."""
    title = title_in(directory.name)
    show = _Show(directory.path, title, ids_in(directory.name), Surroundings(directory))
    yield from _episodes_in(directory, show)
    yield from _frame(show)


def _pack(directory: Directory, title: Title, number: int) -> Iterator[Draft]:
    """Yield the show of a folder with one season of it, which lies among the shows."""
    show = _Show(below(directory.path.rpartition("/")[0], title.label), title, ids_in(directory.name))
    yield from _episodes_in(directory, show, number)
    yield from _frame(show)


def loose_episodes(directory: Directory, videos: Sequence[Entry]) -> Iterator[Draft]:
    """Yield the shows that videos say they belong to, which lie together in one folder."""
    around = Surroundings(directory)
    shows: dict[str, _Show] = {}
    for video in videos:
        name = read_episode(video.stem)
        title = name.show if name.show.text else title_in(directory.name or video.stem)
        identity = below(directory.path, title.label)
        show = shows.setdefault(identity, _Show(identity, title))
        yield _episode(show, name, video, around)
        show.seasons.setdefault(_season_of(name), [])
    for show in shows.values():
        yield from _frame(show)


def _videos(directory: Directory) -> list[Entry]:
    return [each for each in directory.of(FileType.VIDEO) if not is_extra(each.stem)]


def _frame(show: _Show) -> Iterator[Draft]:
    """Yield the show itself and its seasons."""
    around = show.around
    yield Draft(
        kind=ItemKind.SHOW,
        identity=show.identity,
        title=show.title.text,
        year=show.title.year,
        ids=show.ids,
        notes=show.notes,
        pictures=around.pictures(SHOW) if around else {},
    )
    for number, folders in show.seasons.items():
        yield _season(show, number, folders)


def _season(show: _Show, number: int, folders: Sequence[Directory]) -> Draft:
    draft = Draft(
        kind=ItemKind.SEASON,
        identity=season_identity(show.identity, number),
        title="Specials" if number == SPECIALS else f"Season {number}",
        parent=show.identity,
        number=number,
        notes=show.around.notes(f"season{number:02}") if show.around else [],
        above=show.notes,
        pictures=show.around.pictures_of_season(number) if show.around else {},
    )
    for folder in folders:
        around = Surroundings(folder)
        draft.notes += around.notes("season")
        draft.pictures = {**around.pictures(FILM), **around.pictures_of_season(number), **draft.pictures}
    return draft


def season_identity(show: str, number: int) -> str:
    """Return the identity of a season of a show."""
    return f"{show}#season-{number}"


def _episodes_in(
    directory: Directory, show: _Show, season: int | None = None, folder: EpisodeName | None = None
) -> Iterator[Draft]:
    """Yield the episodes of a folder of a show, and of those below; `folder` is what the folder of one episode says."""
    around = Surroundings(directory)
    for video in _videos(directory):
        name = read_episode(video.stem, season)
        if folder is not None and not name.sure:
            name = folder
        yield _episode(show, name, video, around)
        folders = show.seasons.setdefault(_season_of(name), [])
        if season == _season_of(name) and directory not in folders:
            folders.append(directory)
    for each in directory.directories:
        yield from _episodes_below(each, show, season)


def _episodes_below(directory: Directory, show: _Show, season: int | None) -> Iterator[Draft]:
    found = read_season(directory.name)
    if found is not None:
        yield from _episodes_in(directory, show, found.number)
    elif disc_number(directory.name) is not None:
        yield from _episodes_in(directory, show, season)
    elif not is_extras_folder(directory.name) and not is_subtitles_folder(directory.name):
        name = read_episode(directory.name, season)
        yield from _episodes_in(directory, show, season, name if name.sure else None)


def _season_of(name: EpisodeName) -> int:
    """Return the season of an episode: what has a number and no season is counted through."""
    if name.season is not None:
        return name.season
    return SPECIALS if name.first is None else 1


def _episode(show: _Show, name: EpisodeName, video: Entry, around: Surroundings) -> Draft:
    season = _season_of(name)
    stems = (video.stem,)
    return Draft(
        kind=ItemKind.EPISODE,
        identity=f"{show.identity}#{_mark(name, season, video)}",
        title=_title(name, video),
        parent=season_identity(show.identity, season),
        grandparent=show.identity,
        number=name.first,
        last_number=name.last,
        parent_number=season,
        aired=name.aired,
        ids=ids_in(video.stem),
        media=[video],
        notes=around.notes(*stems),
        above=show.notes,
        pictures=around.pictures_of(stems, bare=ImageKind.THUMB),
        subtitles=around.subtitles(stems),
    )


def _mark(name: EpisodeName, season: int, video: Entry) -> str:
    if name.first is not None:
        return f"s{season}e{name.first}" + (f"-{name.last}" if name.last is not None else "")
    return name.aired or video.stem


def _title(name: EpisodeName, video: Entry) -> str:
    if name.title:
        return name.title
    return f"Episode {name.first}" if name.first is not None else name.aired or video.stem
