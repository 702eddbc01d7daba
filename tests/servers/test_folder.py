"""Is the folder laid out as the conventions of Plex, Jellyfin and Kodi want it, and is its content right?"""

from pathlib import Path
import re
from xml.etree.ElementTree import Element, parse

import pytest

from .folder import make_folder
from .library import Kind, Library, Title, make_library
from .media import SUBTITLES, sample

LIBRARY = make_library(movies=8, shows=2, seasons=1, episodes=2, artists=1, albums=2, tracks=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("media")
    make_folder(path, LIBRARY)
    return path


def movie_folder(folder: Path, movie: Title) -> Path:
    (found,) = (file.parent for file in (folder / "Movies").rglob(f"{movie.name} ({movie.year}).mp4"))
    return found


def nfo(file: Path) -> Element:
    root = parse(file).getroot()  # noqa: S314  # our own file
    assert root is not None
    return root


def ids(root: Element) -> dict[str | None, str | None]:
    return {found.get("type"): found.text for found in root.iter("uniqueid")}


def media(folder: Path) -> list[Path]:
    """Return the files a scanner should find."""
    return [file for file in folder.rglob("*") if file.suffix in {".mp4", ".mp3"} and not file.name.startswith(".")]


def test_every_title_that_plays_has_exactly_one_file(folder: Path) -> None:
    assert len(media(folder)) == len(LIBRARY.of(Kind.MOVIE, Kind.EPISODE, Kind.TRACK))


def test_every_movie_lies_in_a_folder_of_its_name_and_year(folder: Path) -> None:
    for movie in LIBRARY.of(Kind.MOVIE):
        assert movie_folder(folder, movie).name.startswith(f"{movie.name} ({movie.year})")


def test_names_keep_their_accents(folder: Path) -> None:
    assert any(not file.name.isascii() for file in media(folder))


def test_a_movie_is_described_beside_it_or_identified_by_its_folder(folder: Path) -> None:
    for movie in LIBRARY.of(Kind.MOVIE):
        place = movie_folder(folder, movie)
        notes = list(place.glob("*.nfo"))
        if not notes:
            assert re.search(rf"(\{{tmdb-{movie.tmdb}\}}|\[tmdbid-{movie.tmdb}\])$", place.name)
            continue
        root = nfo(place / f"{movie.name} ({movie.year}).nfo")
        assert (root.tag, root.findtext("title"), root.findtext("year")) == ("movie", movie.name, str(movie.year))
        assert ids(root) == {"imdb": movie.imdb, "tmdb": str(movie.tmdb)}
        assert root.findtext("runtime") == str(movie.seconds // 60)
        assert [genre.text for genre in root.iter("genre")] == list(movie.genres)
        assert root.findtext("ratings/rating/value") == (None if movie.rating is None else str(movie.rating))


@pytest.mark.parametrize("mark", ["{tmdb-", "[tmdbid-", ").nfo", ").en.srt"])
def test_every_way_to_describe_a_movie_occurs_but_not_everywhere(folder: Path, mark: str) -> None:
    found = [path for path in (folder / "Movies").rglob("*") if mark in path.name]
    assert 0 < len(found) < len(LIBRARY.of(Kind.MOVIE))


def test_subtitles_lie_beside_their_film_under_its_name(folder: Path) -> None:
    for file in folder.rglob("*.srt"):
        assert file.with_name(file.name.removesuffix(".en.srt") + ".mp4").exists()
        assert file.read_bytes() == SUBTITLES.read_bytes()


def test_every_movie_and_show_has_pictures(folder: Path) -> None:
    places = [movie_folder(folder, movie) for movie in LIBRARY.of(Kind.MOVIE)]
    places += [folder / "TV" / show.name for show in LIBRARY.of(Kind.SHOW)]
    for place in places:
        for name in ("poster.png", "fanart.png"):
            assert (place / name).read_bytes().startswith(b"\x89PNG")


def test_episodes_are_found_by_show_season_and_number(folder: Path) -> None:
    for episode in LIBRARY.of(Kind.EPISODE):
        season, show = LIBRARY.ancestors(episode)
        place = folder / "TV" / show.name / ("Specials" if season.index == 0 else f"Season {season.index:02}")
        name = f"{show.name} - S{season.index:02}E{episode.index:02}"
        root = nfo(place / f"{name}.nfo")
        assert (place / f"{name}.mp4").read_bytes() == sample("episode").read_bytes()
        assert (root.tag, root.findtext("title")) == ("episodedetails", episode.name)
        assert (root.findtext("season"), root.findtext("episode")) == (str(season.index), str(episode.index))
        assert ids(root) == {"tvdb": str(episode.tvdb)}


def test_shows_are_described_at_their_root(folder: Path) -> None:
    for show in LIBRARY.of(Kind.SHOW):
        root = nfo(folder / "TV" / show.name / "tvshow.nfo")
        assert (root.tag, root.findtext("title")) == ("tvshow", show.name)
        assert ids(root) == {"imdb": show.imdb, "tvdb": str(show.tvdb)}


def test_some_show_has_specials(folder: Path) -> None:
    assert list(folder.glob("TV/*/Specials/*S00E01.mp4"))
    assert list(folder.glob("TV/*/season-specials-poster.png"))


def test_tracks_carry_tags_of_their_own_before_the_same_sound(folder: Path) -> None:
    sound = sample("track").read_bytes()[-1000:]
    for track in LIBRARY.of(Kind.TRACK):
        album, artist = LIBRARY.ancestors(track)
        song = (folder / "Music" / artist.name / album.name / f"{track.index:02} {track.name}.mp3").read_bytes()
        assert song.startswith(b"ID3\x04")
        for name in (track.name, album.name, artist.name):
            assert b"\x03" + name.encode() in song[:500]
        assert song.endswith(sound)
        assert song.count(b"ID3") == 1


def test_files_are_as_old_as_their_titles(folder: Path) -> None:
    for movie in LIBRARY.of(Kind.MOVIE):
        film = movie_folder(folder, movie) / f"{movie.name} ({movie.year}).mp4"
        assert film.stat().st_mtime == movie.added


def test_changing_one_film_changes_no_other(tmp_path: Path) -> None:
    make_folder(tmp_path, LIBRARY)
    first, second, *_ = sorted((tmp_path / "Movies").rglob("*).mp4"))
    before = sample("movie").read_bytes()
    first.write_bytes(b"another cut")
    assert second.read_bytes() == sample("movie").read_bytes() == before


def test_there_is_litter_that_is_no_media(folder: Path) -> None:
    assert (folder / "Movies" / "Half Loaded (2020)" / "Half Loaded (2020).mp4.part").exists()
    assert list(folder.rglob("._*.mp4"))


def test_an_empty_library_has_no_media(tmp_path: Path) -> None:
    make_folder(tmp_path, Library(1, {}, {}))
    assert media(tmp_path) == []
