"""What a folder answers to what servers are asked, with real files, and at which price."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
import os
from pathlib import Path
import shutil

import pytest

from custom_components.reel.backends.errors import Cause, Missing, NotAllowed, Unreachable
from custom_components.reel.backends.item import ExternalId, File, Image, ImageKind, Item, ItemKind, Person, Provider
from custom_components.reel.backends.listing import Backend, Changes, Known, Look
from custom_components.reel.backends.local import build, library as library_module, listing
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.library import FolderLibrary
from custom_components.reel.backends.local.nfo import read_notes
from custom_components.reel.backends.local.probe import Prober
from custom_components.reel.backends.local.tree import read_tree
from custom_components.reel.backends.model import Library
from tests.servers.folder import make_folder
from tests.servers.library import Kind, Library as MadeLibrary, make_library

MADE = make_library(movies=12, shows=2, seasons=2, episodes=3, artists=2, albums=2, tracks=3)
NO_PROGRAM = Prober(program="no-such-ffprobe")


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("laid") / "media"
    make_folder(path, MADE)
    return path


@pytest.fixture
def media(laid: Path, tmp_path: Path) -> Path:
    """Return a folder of one's own, as old as the other."""
    return Path(shutil.copytree(laid, tmp_path / "media", copy_function=shutil.copy2))


class Disk:
    """Counts what is read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: list[str] = []
        self.notes = 0
        self._scan, self._read = os.scandir, read_notes
        monkeypatch.setattr(os, "scandir", self._scandir)
        monkeypatch.setattr(build, "read_notes", self._read_notes)

    def _scandir(self, path: str | Path) -> Iterator[os.DirEntry[str]]:
        self.folders.append(str(path))
        return self._scan(path)

    def _read_notes(self, raw: bytes) -> object:
        self.notes += 1
        return self._read(raw)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def opened(path: Path) -> FolderLibrary:
    return FolderLibrary(Folder(path), NO_PROGRAM)


async def listed(backend: FolderLibrary, library: Library, kind: ItemKind, size: int = 500) -> list[Item]:
    """Return a whole list, page by page."""
    found: list[Item] = []
    while (page := await backend.page(library, kind, len(found), size)).size:
        found += page.items
    return found


async def everything(path: Path, size: int = 500) -> dict[str, Item]:
    backend = opened(path)
    items = [
        item
        for library in await backend.libraries()
        for kind in library.kinds
        for item in await listed(backend, library, kind, size)
    ]
    assert len({item.identity for item in items}) == len(items)
    return {item.identity: item for item in items}


async def looked(path: Path, mark: str | None, libraries: Sequence[Library] = ()) -> Changes:
    backend = opened(path)
    known = tuple(libraries or await backend.libraries())
    return await backend.changes(Look.CONTENT, Known(mark, known, {}))


def first_of(path: Path, pattern: str) -> Path:
    return min(path.glob(pattern))


def films_in(path: Path) -> list[Path]:
    return list((path / "Movies").rglob("*.mp4"))


def folders_in(path: Path) -> list[Path]:
    return [each for each in path.rglob("*") if each.is_dir() and each.name != "@eaDir"]


def the_film(path: Path) -> Path:
    """Return a film that has notes."""
    return next(each.with_suffix(".mp4") for each in sorted((path / "Movies").rglob("*).nfo")))


def identity_of(film: Path, path: Path) -> str:
    return film.parent.relative_to(path).as_posix()


# Lists


def test_a_folder_answers_what_every_backend_does(laid: Path) -> None:
    backend: Backend = opened(laid)
    assert tuple(backend.looks) == (Look.CONTENT,)


async def test_the_folders_that_say_what_they_hold_are_its_libraries(laid: Path) -> None:
    libraries = await opened(laid).libraries()
    assert {each.identity: each.kinds for each in libraries} == {
        "Movies": (ItemKind.MOVIE,),
        "TV": (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE),
        "Music": (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK, ItemKind.VIDEO),
    }
    assert all(each.name == each.identity and each.stamp for each in libraries)


async def test_everything_in_the_folder_is_listed_as_what_it_is(laid: Path) -> None:
    items = (await everything(laid)).values()
    for kind in (Kind.MOVIE, Kind.SHOW, Kind.SEASON, Kind.EPISODE, Kind.ARTIST, Kind.ALBUM, Kind.TRACK):
        found = sorted(item.title for item in items if item.kind == kind.value)
        assert found == wanted(MADE, kind)


def wanted(made: MadeLibrary, kind: Kind) -> list[str]:
    return sorted(each.name for each in made.of(kind))


async def test_films_tell_what_is_written_beside_them(laid: Path) -> None:
    items = await everything(laid)
    for movie in MADE.of(Kind.MOVIE):
        (item,) = (each for each in items.values() if each.title == movie.name and each.year == movie.year)
        assert {each.value for each in item.ids} <= {movie.imdb, str(movie.tmdb)}
        assert Provider.TMDB in {each.provider for each in item.ids}
        assert item.added_at == movie.added
        assert [each.kind for each in item.images] == [ImageKind.POSTER, ImageKind.BACKDROP]
        assert [each.container for each in item.files] == ["mp4"]
        if movie.number % 4:
            assert (item.summary, item.genres, item.rating) == (movie.summary, movie.genres, movie.rating)
            assert item.duration_ms == movie.seconds * 1000


async def test_episodes_know_their_seasons_and_shows(laid: Path) -> None:
    items = await everything(laid)
    for item in items.values():
        if item.kind is ItemKind.EPISODE:
            season, show = items[item.parent or ""], items[item.grandparent or ""]
            assert (item.parent_title, item.grandparent_title) == (season.title, show.title)
            assert (season.parent, season.parent_title, item.parent_number) == (
                show.identity,
                show.title,
                season.number,
            )
            assert (season.children or 0) >= 1
            assert show.children == len([each for each in items.values() if each.grandparent == show.identity])


async def test_what_holds_others_is_as_old_as_the_first_of_them(laid: Path) -> None:
    items = await everything(laid)
    for show in (each for each in items.values() if each.kind is ItemKind.SHOW):
        episodes = [each.added_at or 0 for each in items.values() if each.grandparent == show.identity]
        assert show.added_at == min(episodes)


@pytest.mark.parametrize("size", [1, 5, 500])
async def test_pages_of_any_size_make_the_same_list(laid: Path, size: int) -> None:
    assert await everything(laid, size) == await everything(laid)


async def test_a_list_of_identities_is_the_same_list_and_reads_no_notes(laid: Path, disk: Disk) -> None:
    backend = opened(laid)
    for library in await backend.libraries():
        for kind in library.kinds:
            page = await backend.id_page(library, kind, 0, 500)
            assert (page.size, page.total) == (len(page.identities), len(page.identities))
            assert disk.notes == 0
            assert page.identities == tuple(item.identity for item in (await backend.page(library, kind, 0, 500)).items)
            disk.notes = 0


async def test_one_walk_answers_all_questions_of_a_sync_also_at_once(laid: Path, disk: Disk) -> None:
    backend = opened(laid)
    libraries = await backend.libraries()
    walked = len(disk.folders)
    await asyncio.gather(*(backend.page(each, kind, 0, 5) for each in libraries for kind in each.kinds))
    await backend.changes(Look.CONTENT, Known(None, tuple(libraries), {}))
    assert len(disk.folders) == walked


async def test_what_is_asked_at_once_waits_for_one_walk(laid: Path, disk: Disk) -> None:
    backend = opened(laid)
    await asyncio.gather(backend.libraries(), backend.libraries(), backend.libraries())
    assert disk.folders.count(str(laid / "Movies")) == 1


async def test_a_library_that_is_not_there_is_missing(laid: Path) -> None:
    with pytest.raises(Missing):
        await opened(laid).page(Library("None", "None"), ItemKind.MOVIE, 0, 10)


async def test_two_versions_of_a_film_are_one_item_with_two_files(media: Path) -> None:
    film = the_film(media)
    shutil.copy2(film, film.with_name(f"{film.stem} - 2160p.mkv"))
    item = (await everything(media))[identity_of(film, media)]
    assert [(each.container, each.height) for each in item.files] == [("mkv", 2160), ("mp4", None)]


async def test_two_episodes_in_one_file_tell_of_both(tmp_path: Path) -> None:
    folder = tmp_path / "TV" / "Fargo" / "Season 1"
    folder.mkdir(parents=True)
    (folder / "Fargo S01E01-E02.mkv").touch()
    (folder / "Fargo S01E01-E02.nfo").write_text(
        "<episodedetails><title>One</title><episode>1</episode><plot>A</plot></episodedetails>"
        "<episodedetails><title>Two</title><episode>2</episode><plot>B</plot></episodedetails>"
    )
    item = (await everything(tmp_path))["TV/Fargo#s1e1-2"]
    assert (item.title, item.summary, item.number, item.last_number) == ("One / Two", "A\n\nB", 1, 2)


async def test_an_address_in_the_notes_is_enough_to_know_a_film(tmp_path: Path) -> None:
    (tmp_path / "Movies" / "Heat").mkdir(parents=True)
    (tmp_path / "Movies" / "Heat" / "Heat.mkv").touch()
    (tmp_path / "Movies" / "Heat" / "movie.nfo").write_text("https://www.imdb.com/title/tt0113277/")
    (item,) = (await everything(tmp_path)).values()
    assert (item.title, item.ids) == ("Heat", (ExternalId(Provider.IMDB, "tt0113277"),))


async def test_notes_that_make_no_sense_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "Movies" / "Heat (1995)"
    folder.mkdir(parents=True)
    (folder / "Heat (1995).mkv").touch()
    before = await everything(tmp_path)
    for raw in (b"\0" * 100, b"<movie>", b"<tvshow><title>Fargo</title></tvshow>", b"a" * 2_000_000):
        (folder / "movie.nfo").write_bytes(raw)
        after = await everything(tmp_path)
        assert {key: replace(item, updated_at=None) for key, item in after.items()} == {
            key: replace(item, updated_at=None) for key, item in before.items()
        }


# Changes


async def test_the_first_look_marks_everything_and_asks_for_all_lists(laid: Path) -> None:
    changes = await looked(laid, None)
    assert changes.relist == {"Movies", "TV", "Music"}
    assert (changes.items, changes.sweep, changes.removed) == ((), frozenset(), frozenset())
    assert [each.identity for each in changes.libraries or ()] == ["Movies", "Music", "TV"]


@pytest.mark.parametrize(
    "mark", ["", "nonsense", "[]", "{}", '{"version":0,"libraries":{}}', '{"version":1,"libraries":3}']
)
async def test_a_mark_that_says_nothing_is_none(laid: Path, mark: str) -> None:
    assert (await looked(laid, mark)).relist == {"Movies", "TV", "Music"}


async def test_a_folder_in_which_nothing_changed_costs_one_walk_and_no_more(
    laid: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await looked(laid, None)).mark
    before = len(disk.folders)
    monkeypatch.setattr(listing, "drafts_of", lambda _: pytest.fail("nothing is looked through"))
    changes = await looked(laid, first)
    assert (changes.mark, changes.items, changes.sweep, changes.relist) == (first, (), frozenset(), frozenset())
    # Once before and once after the walk it is looked whether the folder itself is there.
    assert len(disk.folders) - before == len(folders_in(laid)) + 1 + 2
    assert disk.notes == 0


async def test_a_mark_takes_few_bytes_an_item(laid: Path) -> None:
    assert len((await looked(laid, None)).mark) < 13 * len(await everything(laid)) + 200


async def test_of_one_film_that_changed_only_that_is_told(media: Path, disk: Disk) -> None:
    first = (await looked(media, None)).mark
    film = the_film(media)
    notes = film.with_suffix(".nfo")
    notes.write_text("<movie><title>Another name</title></movie>")
    disk.notes = 0
    changes = await looked(media, first)
    assert [(item.identity, item.title) for item in changes.items] == [(identity_of(film, media), "Another name")]
    assert (changes.sweep, changes.relist, disk.notes) == (frozenset(), frozenset(), 1)
    assert (await looked(media, changes.mark)).items == ()


async def test_what_is_new_is_told_and_what_is_gone_is_to_be_looked_for(media: Path) -> None:
    first = (await looked(media, None)).mark
    film = the_film(media)
    shutil.rmtree(film.parent)
    (media / "Movies" / "Heat (1995).mkv").touch()
    changes = await looked(media, first)
    assert [item.identity for item in changes.items] == ["Movies/Heat (1995)"]
    assert changes.sweep == {("Movies", ItemKind.MOVIE)}
    assert (await looked(media, changes.mark)).sweep == frozenset()


async def test_of_an_episode_that_is_gone_its_show_and_season_are_told_anew(media: Path) -> None:
    first = (await looked(media, None)).mark
    first_of(media, "TV/*/*/*S01E01.mp4").unlink()
    changes = await looked(media, first)
    assert {item.kind for item in changes.items} == {ItemKind.SEASON, ItemKind.SHOW}
    assert changes.sweep == {("TV", ItemKind.EPISODE)}


async def test_what_a_show_is_called_is_told_of_all_its_episodes(media: Path) -> None:
    first = (await looked(media, None)).mark
    first_of(media, "TV/*/tvshow.nfo").write_text("<tvshow><title>Another name</title></tvshow>")
    changes = await looked(media, first)
    assert {item.grandparent_title for item in changes.items if item.kind is ItemKind.EPISODE} == {"Another name"}
    (show,) = (item for item in changes.items if item.kind is ItemKind.SHOW)
    assert sum(item.kind is ItemKind.EPISODE for item in changes.items) == show.children


async def test_a_better_picture_changes_its_film(media: Path) -> None:
    first = (await looked(media, None)).mark
    film = the_film(media)
    os.utime(film.with_name("poster.png"))
    (item,) = (await looked(media, first)).items
    assert item.identity == identity_of(film, media)
    assert Image(ImageKind.POSTER, f"{item.identity}/poster.png") in item.images


async def test_of_many_changes_the_library_is_listed_again(media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_CHANGES", 3)
    first = (await looked(media, None)).mark
    for film in films_in(media):
        os.utime(film, (1, 1))
    changes = await looked(media, first)
    assert (set(changes.relist), changes.items) == ({"Movies"}, ())


async def test_a_library_that_nobody_keeps_is_not_told_of(media: Path) -> None:
    first = await looked(media, None)
    kept = [each for each in first.libraries or () if each.identity == "TV"]
    os.utime(the_film(media))
    assert (await looked(media, first.mark, kept)).items == ()


async def test_of_states_and_totals_a_folder_knows_nothing(laid: Path, disk: Disk) -> None:
    known = Known(None, (), {})
    backend = opened(laid)
    assert [await backend.changes(look, known) for look in (Look.STATES, Look.TOTALS)] == [Changes(mark="")] * 2
    assert disk.folders == []


# What is gone, and what cannot be seen


async def test_a_folder_that_is_gone_is_unreachable_and_not_empty(media: Path) -> None:
    backend = opened(media / "Movies" / "gone")
    with pytest.raises(Unreachable) as caught:
        await backend.libraries()
    assert caught.value.cause is Cause.MISSING


async def test_a_share_that_is_not_mounted_is_unreachable_and_not_empty(media: Path) -> None:
    with pytest.raises(Unreachable):
        await FolderLibrary(Folder(media, mount=media)).libraries()


def hide(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    scan = os.scandir

    def scandir(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder:
            raise PermissionError
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)


async def test_a_list_that_could_not_be_seen_whole_ends_in_an_error(
    media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = the_film(media).parent
    hide(monkeypatch, hidden)
    backend = opened(media)
    movies, music, _shows = await backend.libraries()
    page = await backend.page(movies, ItemKind.MOVIE, 0, 500)
    assert (page.size, page.total) == (11, None)
    with pytest.raises(NotAllowed):
        await backend.page(movies, ItemKind.MOVIE, 11, 500)
    with pytest.raises(NotAllowed):
        await backend.id_page(movies, ItemKind.MOVIE, 11, 500)
    with pytest.raises(NotAllowed):
        await backend.items([hidden.relative_to(media).as_posix()])
    assert (await backend.page(music, ItemKind.TRACK, 0, 500)).total == 12


async def test_what_cannot_be_seen_is_not_gone_until_it_can(media: Path) -> None:
    first = (await looked(media, None)).mark
    film = the_film(media)
    with pytest.MonkeyPatch.context() as monkeypatch:
        hide(monkeypatch, film.parent)
        hidden = await looked(media, first)
    assert (hidden.sweep, hidden.items) == (frozenset(), ())
    shutil.rmtree(film.parent)
    assert (await looked(media, hidden.mark)).sweep == {("Movies", ItemKind.MOVIE)}


async def test_a_sync_that_is_called_off_leaves_nothing_behind(laid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[bool] = []

    def slow(*arguments: object) -> object:
        _folder, _wanted, stop = arguments
        stopped.append(stop.wait(10))  # type: ignore[attr-defined]
        return read_tree(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(library_module, "read_tree", slow)
    task = asyncio.ensure_future(opened(laid).libraries())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.get_running_loop().shutdown_default_executor()
    assert stopped == [True]


# Single items


async def test_single_items_are_those_of_the_lists(laid: Path) -> None:
    items = await everything(laid)
    for identity, item in items.items():
        assert await opened(laid).items([identity]) == [item]
    assert await opened(laid).items([*items, "Movies/Gone (1900)"]) == list(items.values())


async def test_a_question_for_one_film_reads_its_folder_and_no_other(laid: Path, disk: Disk) -> None:
    film = the_film(laid)
    disk.folders.clear()
    await opened(laid).items([identity_of(film, laid)])
    read = {Path(each) for each in disk.folders}
    assert read == {laid, laid / "Movies", film.parent}


async def test_a_detail_tells_of_streams_subtitles_and_people(tmp_path: Path) -> None:
    folder = tmp_path / "Movies" / "Heat (1995)"
    folder.mkdir(parents=True)
    (folder / "Heat (1995).mkv").touch()
    for name in ("Heat (1995).en.srt", "Heat (1995).de.forced.ass", "Heat (1995).pt-BR.Commentary.default.vtt"):
        (folder / name).touch()
    actors = "".join(f"<actor><name>{number}</name></actor>" for number in range(20))
    (folder / "movie.nfo").write_text(f"<movie>{actors}<director>Michael</director></movie>")
    (item,) = (await everything(tmp_path)).values()
    detail = await opened(tmp_path).detail(item.identity)
    assert (len(item.people), len(detail.people)) == (8, 21)
    assert detail.people[-1] == Person("Michael", "director")
    assert [(each.language, each.codec, each.forced, each.default, each.title) for each in detail.streams] == [
        ("de", "ass", True, False, None),
        ("en", "srt", False, False, None),
        ("pt", "vtt", False, True, "Commentary"),
    ]
    assert {(each.external, each.file) for each in detail.streams} == {(True, item.files[0].identity)}


async def test_the_detail_of_what_is_not_there_is_missing(laid: Path) -> None:
    with pytest.raises(Missing):
        await opened(laid).detail("Movies/Gone (1900)")


async def test_what_was_found_out_of_a_file_holds_as_long_as_its_size(media: Path) -> None:
    film = the_film(media)
    reference = film.relative_to(media).as_posix()
    known = File(identity=reference, container="mp4", bytes=film.stat().st_size, height=1080, duration_ms=42)
    backend = FolderLibrary(Folder(media), NO_PROGRAM, {reference: known}.get)
    (item,) = await backend.items([identity_of(film, media)])
    assert (item.files, item.duration_ms) == ((known,), 42)
    film.write_bytes(b"another cut")
    (item,) = await FolderLibrary(Folder(media), NO_PROGRAM, {reference: known}.get).items([identity_of(film, media)])
    assert item.files[0].duration_ms is None


async def test_there_is_nobody_to_tell_what_was_watched(laid: Path, disk: Disk) -> None:
    backend = opened(laid)
    await backend.mark_watched("Movies/Gone (1900)", watched=True)
    await backend.set_favorite("Movies/Gone (1900)", favorite=True)
    assert disk.folders == []
