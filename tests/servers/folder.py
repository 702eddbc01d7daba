"""What does a folder of media look like? A library on disk, named as Plex, Jellyfin and Kodi want it.

    Movies/Amber Zoo (2001)/Amber Zoo (2001).mp4     with .nfo, poster, fanart; every third with .en.srt
    TV/Iron Jury/Season 01/Iron Jury - S01E02.mp4    with .nfo and -thumb; season 0 lies in Specials
    Music/Zürich Ballad/Quiet Yard/01 Paper Río.mp3  with tags of its own, and the album's cover

Every fourth film has no .nfo but its id in the name of its folder, in Plex's writing or in Jellyfin's. Playing times in
an .nfo are the library's, while the files play as long as the samples do. Files are copies, as old as their titles: a
test may change one and touch no other.
"""

import os
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from .library import Kind, Library, Title
from .media import SUBTITLES, poster, sample

POSTER_SIZE: Final = (400, 600)
FANART_SIZE: Final = (640, 360)
COVER_SIZE: Final = (400, 400)
SECONDS_A_MINUTE: Final = 60


def make_folder(path: Path, library: Library) -> None:
    """Lay a library out below a path; titles of one name and year fall together, as they do on disks."""
    for movie in library.of(Kind.MOVIE):
        _make_movie(path / "Movies", movie)
    for show in library.of(Kind.SHOW):
        _make_show(path / "TV" / show.name, show, library)
    for artist in library.of(Kind.ARTIST):
        _make_artist(path / "Music" / artist.name, artist, library)
    _litter(path)


def _make_movie(movies: Path, movie: Title) -> None:
    name = f"{movie.name} ({movie.year})"
    has_nfo = movie.number % 4 != 0
    folder = movies / (name if has_nfo else f"{name} {_id_in_name(movie)}")
    _copy(movie, folder / f"{name}.mp4")
    if has_nfo:
        _write_nfo(folder / f"{name}.nfo", _nfo("movie", movie))
    if movie.number % 3 == 0:
        (folder / f"{name}.en.srt").write_bytes(SUBTITLES.read_bytes())
    _draw(movie, folder / "poster.png", POSTER_SIZE)
    _draw(movie, folder / "fanart.png", FANART_SIZE)


def _id_in_name(movie: Title) -> str:
    """Return what Plex or Jellyfin reads from a folder's name."""
    return f"{{tmdb-{movie.tmdb}}}" if movie.number % 8 else f"[tmdbid-{movie.tmdb}]"


def _make_show(folder: Path, show: Title, library: Library) -> None:
    _draw(show, folder / "poster.png", POSTER_SIZE)
    _draw(show, folder / "fanart.png", FANART_SIZE)
    _write_nfo(folder / "tvshow.nfo", _nfo("tvshow", show))
    for season in library.children.get(show.number, ()):
        mark = f"{season.index:02}" if season.index else "-specials"
        _draw(season, folder / f"season{mark}-poster.png", POSTER_SIZE)
        for episode in library.children.get(season.number, ()):
            _make_episode(folder / (f"Season {season.index:02}" if season.index else "Specials"), episode, season, show)


def _make_episode(folder: Path, episode: Title, season: Title, show: Title) -> None:
    name = f"{show.name} - S{season.index:02}E{episode.index:02}"
    _copy(episode, folder / f"{name}.mp4")
    _draw(episode, folder / f"{name}-thumb.png", FANART_SIZE)
    nfo = _nfo("episodedetails", episode)
    for tag, value in (("showtitle", show.name), ("season", season.index), ("episode", episode.index)):
        SubElement(nfo, tag).text = str(value)
    _write_nfo(folder / f"{name}.nfo", nfo)


def _make_artist(folder: Path, artist: Title, library: Library) -> None:
    _draw(artist, folder / "folder.png", COVER_SIZE)
    for album in library.children.get(artist.number, ()):
        _draw(album, folder / album.name / "cover.png", COVER_SIZE)
        for track in library.children.get(album.number, ()):
            file = folder / album.name / f"{track.index:02} {track.name}.mp3"
            _copy(track, file, _tags(track, album, artist))


def _copy(title: Title, file: Path, head: bytes | None = None) -> None:
    """Put the sample in its place, as old as the title; a head replaces the tags it begins with."""
    body = sample(title.sample or title.kind).read_bytes()
    if head is not None:
        body = head + body[_tags_size(body) :]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)
    os.utime(file, (title.added, title.added))


def _draw(title: Title, file: Path, size: tuple[int, int]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(poster(title.number, title.name, *size))


def _nfo(root: str, title: Title) -> Element:
    """Return what Kodi would write about a title."""
    nfo = Element(root)
    for tag, text in (("title", title.name), ("plot", title.summary), ("year", str(title.year))):
        SubElement(nfo, tag).text = text
    if title.seconds:
        SubElement(nfo, "runtime").text = str(title.seconds // SECONDS_A_MINUTE)
    for genre in title.genres:
        SubElement(nfo, "genre").text = genre
    if title.rating is not None:
        rating = SubElement(SubElement(nfo, "ratings"), "rating", name="themoviedb", max="10", default="true")
        SubElement(rating, "value").text = str(title.rating)
    ids = {"imdb": title.imdb, "tmdb": title.tmdb, "tvdb": title.tvdb}
    for kind, known in ids.items():
        if known is not None:
            SubElement(nfo, "uniqueid", type=kind).text = str(known)
    if (first := nfo.find("uniqueid")) is not None:
        first.set("default", "true")
    return nfo


def _write_nfo(file: Path, nfo: Element) -> None:
    indent(nfo)
    ElementTree(nfo).write(file, encoding="utf-8", xml_declaration=True)


def _tags(track: Title, album: Title, artist: Title) -> bytes:
    """Return an ID3 v2.4 tag."""
    texts = {
        b"TIT2": track.name,
        b"TALB": album.name,
        b"TPE1": artist.name,
        b"TRCK": str(track.index),
        b"TDRC": str(album.year),
        b"TCON": ", ".join(album.genres),
    }
    frames = b"".join(_frame(kind, text) for kind, text in texts.items())
    return b"ID3\x04\x00\x00" + _synchsafe(len(frames)) + frames


def _frame(kind: bytes, text: str) -> bytes:
    data = b"\x03" + text.encode()  # 3 says UTF-8.
    return kind + _synchsafe(len(data)) + b"\0\0" + data


def _tags_size(song: bytes) -> int:
    """Return where the sound begins: after the header of ten bytes and the size it states."""
    return 10 + sum(byte << shift for byte, shift in zip(song[6:10], (21, 14, 7, 0), strict=True))


def _synchsafe(number: int) -> bytes:
    """Return four bytes of seven bits each, as ID3 counts."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def _litter(path: Path) -> None:
    """Leave what other programs leave behind, none of it media."""
    for name in (
        ".DS_Store",
        "Movies/Thumbs.db",
        "Movies/@eaDir/SYNO@.fileindexdb",
        "Movies/._Ghost Film (2020).mp4",
        "Movies/Half Loaded (2020)/Half Loaded (2020).mp4.part",
    ):
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"\0")
