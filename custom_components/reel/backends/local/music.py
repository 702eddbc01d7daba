"""Which artists, albums and tracks lie in a folder? Told by folders and names of files; nobody reads their tags here.

The identity of an artist or album is the path of its folder, that of a track its path without the ending: the same song
in two formats is one track.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
import re
from typing import Final

from ..item import ItemKind
from .artwork import ALBUM, ARTIST, Surroundings
from .draft import Draft, below, fold
from .files import FileType
from .names import disc_number
from .release import tidy
from .tree import Directory, Entry

_YEAR: Final = r"(?:19\d\d|20[0-3]\d)"
_ALBUM: Final = (
    re.compile(rf"(?P<title>.+?)[ _]*[(\[](?P<year>{_YEAR})(?:-\d\d-\d\d)?[)\]].*"),
    re.compile(rf"[(\[](?P<year>{_YEAR})(?:-\d\d-\d\d)?[)\]][ _]*(?:[-._][ _]*)?(?P<title>\S.*)"),
    re.compile(rf"(?P<year>{_YEAR})(?:-\d\d-\d\d)?[ _]*[-._][ _]*(?P<title>\S.*)"),
    re.compile(rf"(?P<title>.+) - (?P<year>{_YEAR})"),
)
_FORMAT: Final = re.compile(
    r"[\[({][^\])}]*\b(?:flac|mp3|aac|alac|ogg|opus|wav|web|cd|vinyl|lp|\d\d[- ]?bit|\d{2,3} ?k(?:bps|hz)?|v0|320)"
    r"\b[^\])}]*[\])}]",
    re.IGNORECASE,
)
_TRACK: Final = re.compile(
    r"(?:(?P<disc>\d{1,2})[-.](?=\d\d\b))?(?P<number>\d{1,3})(?:[ ._]*[-._)][ ._]*|[ _]+)(?P<title>.*\S.*)"
)
_SIDE: Final = re.compile(r"(?P<side>[A-H])(?P<number>\d{1,2})(?:[ ._]*[-._)][ ._]*|[ _]+)(?P<title>\S.*)")
_VARIOUS: Final = frozenset(
    {"variousartists", "various", "va", "compilations", "compilation", "soundtracks", "soundtrack"}
)
# How the folder of an artist may be sorted.
_SORTED: Final = frozenset(
    {"albums", "studioalbums", "singles", "eps", "singlesandeps", "live", "livealbums", "demos", "remixes"}
)


@dataclass(frozen=True, slots=True)
class Artist:
    """Who the albums of a folder are by."""

    identity: str
    name: str


@dataclass(frozen=True, slots=True)
class _Track:
    title: str
    number: int | None = None
    disc: int | None = None
    artist: str | None = None


def music_in(directory: Directory) -> Iterator[Draft]:
    """Yield the music of a library, or of a folder that sorts artists."""
    yield from loose_tracks(directory)
    for each in directory.directories:
        yield from music_at(each)


def music_at(directory: Directory) -> Iterator[Draft]:
    """Yield the music of a folder, which is an artist, an album, or sorts artists."""
    if _is_album(directory):
        yield from _lone_album(directory)
    elif directory.of(FileType.AUDIO) or any(
        _has_tracks(each) or fold(each.name) in _SORTED for each in directory.directories
    ):
        yield from _artist_at(directory)
    else:
        yield from music_in(directory)


def _has_tracks(directory: Directory) -> bool:
    """Tell whether a folder holds tracks, in itself or on its discs."""
    discs = (each for each in directory.directories if disc_number(each.name) is not None)
    return any(each.of(FileType.AUDIO) for each in (directory, *discs))


def _is_album(directory: Directory) -> bool:
    """Tell whether a folder among those of artists is an album: with numbers on its tracks, and no albums below."""
    if any(_has_tracks(each) and disc_number(each.name) is None for each in directory.directories):
        return False
    tracks = directory.of(FileType.AUDIO)
    numbered = sum(read_track(each.stem).number is not None for each in tracks)
    return _has_tracks(directory) and (not tracks or numbered * 2 > len(tracks) or " - " in directory.name)


def _artist_at(directory: Directory) -> Iterator[Draft]:
    artist = Artist(directory.path, directory.name)
    yield _artist(artist, directory)
    yield from _albums_of(artist, directory)


def _artist(artist: Artist, directory: Directory | None = None) -> Draft:
    around = Surroundings(directory) if directory else None
    return Draft(
        kind=ItemKind.ARTIST,
        identity=artist.identity,
        title=artist.name,
        notes=around.notes("artist") if around else [],
        pictures=around.pictures(ARTIST) if around else {},
    )


def _albums_of(artist: Artist, directory: Directory) -> Iterator[Draft]:
    """Yield the tracks and albums below an artist's folder, also where that sorts them: Singles, Live, …"""
    for entry in directory.of(FileType.AUDIO):
        yield _track(entry, artist, None, None)
    for each in directory.directories:
        if _has_tracks(each):
            yield from _album(each, artist)
        else:
            yield from _albums_of(artist, each)


def _lone_album(directory: Directory) -> Iterator[Draft]:
    """Yield an album among the artists, which its folder may be called after: "Miles Davis - Kind of Blue (1959)"."""
    name, dash, _title = directory.name.partition(" - ")
    artist = None
    if dash and not re.fullmatch(rf"[(\[]?{_YEAR}[)\]]?", name):
        artist = Artist(below(directory.path.rpartition("/")[0], name), name)
        yield _artist(artist)
    yield from _album(directory, artist)


def _album(directory: Directory, artist: Artist | None) -> Iterator[Draft]:
    title, year = read_album(directory.name, artist.name if artist else None)
    around = Surroundings(directory)
    album = Draft(
        kind=ItemKind.ALBUM,
        identity=directory.path,
        title=title,
        year=year,
        parent=artist.identity if artist else None,
        notes=around.notes("album"),
        pictures=around.pictures(ALBUM),
    )
    yield album
    for entry in directory.of(FileType.AUDIO):
        yield _track(entry, artist, album, None)
    for each in directory.directories:
        if (disc := disc_number(each.name)) is not None:
            for entry in each.of(FileType.AUDIO):
                yield _track(entry, artist, album, disc)
        elif _has_tracks(each):
            yield from _album(each, artist)


def _track(entry: Entry, artist: Artist | None, album: Draft | None, disc: int | None) -> Draft:
    known = [each for each in (artist.name if artist else None, album.title if album else None) if each]
    track = read_track(entry.stem, known, is_various=artist is None or fold(artist.name) in _VARIOUS)
    return Draft(
        kind=ItemKind.TRACK,
        identity=entry.path.removesuffix(entry.path[len(entry.path) - len(entry.suffix) :]),
        title=track.title,
        parent=album.identity if album else None,
        grandparent=artist.identity if artist else None,
        number=track.number,
        parent_number=track.disc if disc is None else disc,
        artist=track.artist,
        media=[entry],
        above=album.notes if album else [],
    )


def loose_tracks(directory: Directory) -> Iterator[Draft]:
    """Yield the tracks that lie among artists, and who plays them: "Artist - Title"."""
    for entry in directory.of(FileType.AUDIO):
        track = read_track(entry.stem, is_various=True)
        artist = Artist(below(directory.path, track.artist), track.artist) if track.artist else None
        if artist is not None:
            yield _artist(artist)
        yield _track(entry, artist, None, None)


def read_album(name: str, artist: str | None = None) -> tuple[str, int | None]:
    """Return the title and the year in the name of an album's folder."""
    text = tidy(_FORMAT.sub(" ", name.replace("_", " "))) or name
    text = _without(text, [artist] if artist else [])
    for pattern in _ALBUM:
        if (found := pattern.fullmatch(text)) and (title := tidy(found["title"])):
            return _without(title, [artist] if artist else []), int(found["year"])
    return text, None


def read_track(stem: str, known: Sequence[str] = (), *, is_various: bool = False) -> _Track:
    """Return what the name of a track's file says; `known` are its artist and album, which may be part of it."""
    text = _without(" ".join(stem.replace("_", " ").split()), known)
    number = disc = None
    if found := _TRACK.fullmatch(text):
        disc, number = int(found["disc"]) if found["disc"] else None, int(found["number"])
        # "101": the first of disc 1. No disc has that many tracks.
        if disc is None and len(found["number"]) == 3:  # noqa: PLR2004  # digits
            disc, number = divmod(number, 100)
        text = found["title"]
    elif found := _SIDE.fullmatch(text):
        disc, number, text = ord(found["side"]) - ord("A") + 1, int(found["number"]), found["title"]
    text = _without(text, known)
    artist, dash, title = text.partition(" - ")
    if is_various and dash:
        return _Track(tidy(title) or text, number, disc or None, artist.strip())
    return _Track(tidy(text) or stem, number, disc or None)


def _without(text: str, known: Sequence[str]) -> str:
    """Return a text without what stands in front of it and is known anyway."""
    for each in known:
        first, dash, rest = text.partition(" - ")
        if dash and rest.strip() and fold(first) == fold(each):
            text = rest.strip()
    return text
