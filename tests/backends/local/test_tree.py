"""What a walk sees of real folders, what it leaves alone, and when it says that it did not see everything."""

from collections.abc import Callable, Iterator
from errno import EIO, ESTALE
import os
from pathlib import Path
from threading import Event

import pytest

from custom_components.reel.backends.errors import Cause, Missing, Unreachable
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.paths import locate, real, written
from custom_components.reel.backends.local.tree import Directory, read_tree


def lay(root: Path, *paths: str) -> None:
    """Put empty files in their places."""
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def paths(directory: Directory) -> list[str]:
    """Return all files that were found."""
    return [each.path for found in directory.walk() for each in found.files]


def seen(root: Path) -> list[str]:
    return paths(read_tree(Folder(root)))


def cause_of(root: Path, *, mount: Path | None = None, stop: Event | None = None) -> Cause:
    with pytest.raises(Unreachable) as caught:
        read_tree(Folder(root, mount), stop=stop)
    return caught.value.cause


def refuse(monkeypatch: pytest.MonkeyPatch, folder: Path, error: OSError) -> None:
    """Let one folder fail when it is read."""
    scan = os.scandir

    def scandir(path: str | Path) -> Iterator[os.DirEntry[str]]:
        if Path(path) == folder:
            raise error
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)


def test_what_counts_is_found_and_nothing_else(tmp_path: Path) -> None:
    lay(
        tmp_path,
        "Heat (1995)/Heat.MKV",
        "Heat (1995)/movie.nfo",
        "Heat (1995)/poster.jpg",
        "Heat (1995)/Heat.en.srt",
        "Heat (1995)/readme.txt",
        "Heat (1995)/Heat.mkv.part",
        "Heat (1995)/._Heat.mkv",
        "Heat (1995)/.actors/somebody.jpg",
        "Heat (1995)/Heat.trickplay/320/0.jpg",
        "@eaDir/Heat.mkv",
        "#recycle/Heat.mkv",
        "lost+found/Heat.mkv",
        "$RECYCLE.BIN/Heat.mkv",
        "System Volume Information/Heat.mkv",
        ".mkv",
    )
    names = ("Heat.MKV", "Heat.en.srt", "movie.nfo", "poster.jpg")
    assert seen(tmp_path) == [f"Heat (1995)/{name}" for name in names]


def test_a_folder_that_keeps_media_servers_out_is_left_alone(tmp_path: Path) -> None:
    lay(tmp_path, "a/film.mkv", "b/.nomedia", "b/film.mkv", "c/.ignore", "c/film.mkv", "d/.ignore", "d/film.mkv")
    (tmp_path / "d" / ".ignore").write_text("*.txt\n")
    assert seen(tmp_path) == ["a/film.mkv", "d/film.mkv"]


def test_a_copy_of_a_disc_is_one_file_of_its_size(tmp_path: Path) -> None:
    lay(tmp_path, "Heat/VIDEO_TS/VIDEO_TS.IFO", "Ran/BDMV/index.bdmv", "Up/VIDEO_TS.IFO", "Up/movie.nfo")
    for name in ("Heat/VIDEO_TS/VTS_01_1.VOB", "Up/VTS_01_1.VOB", "Up/VIDEO_TS.VOB"):
        (tmp_path / name).write_bytes(b"12345")
    (tmp_path / "Ran/BDMV/STREAM").mkdir()
    (tmp_path / "Ran/BDMV/STREAM/00001.m2ts").write_bytes(b"123")
    entries = [each for found in read_tree(Folder(tmp_path)).walk() for each in found.files]
    assert [(each.path, each.stem, each.suffix, each.bytes) for each in entries] == [
        ("Heat/VIDEO_TS", "Heat", "/dvd", 5),
        ("Ran/BDMV", "Ran", "/bluray", 3),
        ("Up/VIDEO_TS.VOB", "Up", "/dvd", 10),
        ("Up/movie.nfo", "movie", ".nfo", 0),
    ]


# Links


def test_nothing_outside_of_the_folder_is_ever_found(tmp_path: Path) -> None:
    root = tmp_path / "media"
    lay(tmp_path, "secret/film.mkv", "media2/film.mkv", "media/real.mkv")
    (root / "folder").symlink_to(tmp_path / "secret")
    (root / "neighbour").symlink_to(tmp_path / "media2")
    (root / "film.mkv").symlink_to(tmp_path / "secret" / "film.mkv")
    (root / "above").symlink_to("..")
    (root / "dangling.mkv").symlink_to(tmp_path / "nowhere.mkv")
    (root / "hop").symlink_to(root / "folder")
    assert seen(root) == ["real.mkv"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    lay(tmp_path, "a/b/film.mkv")
    (tmp_path / "a" / "b" / "again").symlink_to(tmp_path / "a")
    (tmp_path / "self").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert seen(tmp_path) == ["a/b/film.mkv"]


def test_a_link_shows_what_is_not_reached_without_it(tmp_path: Path) -> None:
    lay(tmp_path, ".hidden/film.mkv", "shown/film.mkv")
    (tmp_path / "a").symlink_to(tmp_path / ".hidden")
    (tmp_path / "b").symlink_to(tmp_path / "shown")
    (tmp_path / "film.mkv").symlink_to(tmp_path / ".hidden" / "film.mkv")
    assert seen(tmp_path) == ["film.mkv", "a/film.mkv", "shown/film.mkv"]


def test_a_reference_leads_to_a_file_and_never_out(tmp_path: Path) -> None:
    root = tmp_path / "media"
    lay(tmp_path, "secret.mkv", "media/film.mkv")
    (root / "link.mkv").symlink_to(tmp_path / "secret.mkv")
    assert locate(root, "film.mkv") == (root / "film.mkv").resolve()
    for reference in ("../secret.mkv", "link.mkv", str(tmp_path / "secret.mkv"), "none.mkv", "a\0b", "film.mkv/.."):
        with pytest.raises(Missing):
            locate(root, reference)


def test_a_name_that_is_no_text_can_be_written_down_and_found_again(tmp_path: Path) -> None:
    name = os.fsdecode(b"Am\xe9lie.mkv")
    lay(tmp_path, name)
    (found,) = seen(tmp_path)
    assert found.encode() == b"Am\\xe9lie.mkv"
    assert locate(tmp_path, found) == tmp_path.resolve() / name
    assert real(written("Amélie.mkv")) == "Amélie.mkv"


# What cannot be seen


@pytest.mark.parametrize("error", [PermissionError(), FileNotFoundError(), NotADirectoryError()])
def test_a_folder_that_cannot_be_read_does_not_look_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    lay(tmp_path, "a/film.mkv", "b/film.mkv")
    assert read_tree(Folder(tmp_path)).whole
    refuse(monkeypatch, tmp_path / "b", error)
    root = read_tree(Folder(tmp_path))
    assert (paths(root), root.whole, root.readable) == (["a/film.mkv"], False, True)


@pytest.mark.parametrize("error", [OSError(EIO, "Input/output error"), OSError(ESTALE, "Stale file handle")])
def test_a_share_that_breaks_fails_the_whole_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    lay(tmp_path, "a/film.mkv", "b/film.mkv")
    refuse(monkeypatch, tmp_path / "b", error)
    assert cause_of(tmp_path) is Cause.BROKEN


def test_a_folder_that_is_gone_is_missing(tmp_path: Path) -> None:
    assert cause_of(tmp_path / "none") is Cause.MISSING


def mount(monkeypatch: pytest.MonkeyPatch, is_mount: Callable[[Path], bool]) -> None:
    monkeypatch.setattr(Path, "is_mount", is_mount)
    monkeypatch.setattr(os.path, "ismount", lambda path: is_mount(Path(path)))


def test_a_share_that_is_not_mounted_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "film.mkv")
    mount(monkeypatch, lambda _path: False)
    assert cause_of(tmp_path, mount=tmp_path) is Cause.MISSING


def test_a_share_that_goes_while_it_is_read_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, "film.mkv")
    asked: list[Path] = []

    def is_mount(path: Path) -> bool:
        asked.append(path)
        return path == tmp_path and asked.count(tmp_path) == 1

    mount(monkeypatch, is_mount)
    assert cause_of(tmp_path, mount=tmp_path) is Cause.MISSING
    assert asked.count(tmp_path) == 2


def test_a_mount_with_nothing_in_it_is_a_share_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "share").mkdir()
    lay(tmp_path, "film.mkv")
    mount(monkeypatch, lambda path: path.name == "share")
    assert cause_of(tmp_path / "share") is Cause.MISSING
    root = read_tree(Folder(tmp_path))
    assert (paths(root), root.whole) == (["film.mkv"], False)


def test_an_empty_folder_is_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    root = read_tree(Folder(tmp_path))
    assert (paths(root), root.whole) == ([], True)


def test_a_walk_ends_when_nobody_waits_for_it(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    assert cause_of(tmp_path, stop=stop) is Cause.SILENT


def test_a_walk_goes_only_where_it_is_wanted(tmp_path: Path) -> None:
    lay(tmp_path, "a/film.mkv", "b/film.mkv", "film.mkv")
    assert paths(read_tree(Folder(tmp_path), lambda path: path == "a")) == ["film.mkv", "a/film.mkv"]


# Digests and times


def test_a_digest_is_the_same_until_something_changes(tmp_path: Path) -> None:
    lay(tmp_path, "a/film.mkv", "b/film.mkv")
    before = read_tree(Folder(tmp_path)).digest()
    assert read_tree(Folder(tmp_path)).digest() == before
    changes: list[Callable[[], object]] = [
        lambda: os.utime(tmp_path / "a/film.mkv", (1, 1)),
        lambda: (tmp_path / "a/film.mkv").write_bytes(b"longer"),
        lambda: (tmp_path / "a/film.mkv").rename(tmp_path / "a/other.mkv"),
        lambda: (tmp_path / "b").rename(tmp_path / "c"),
        (tmp_path / "c/film.mkv").unlink,
    ]
    digests = [before]
    for change in changes:
        change()
        digests.append(read_tree(Folder(tmp_path)).digest())
    assert len(set(digests)) == len(digests)


def test_what_was_copied_with_its_time_is_as_old_as_it_says_and_nothing_is_from_the_future(tmp_path: Path) -> None:
    lay(tmp_path, "old.mkv", "future.mkv")
    os.utime(tmp_path / "old.mkv", (1000, 1000))
    os.utime(tmp_path / "future.mkv", (4_000_000_000, 4_000_000_000))
    future, old = read_tree(Folder(tmp_path)).files
    assert old.added_at == 1000
    assert future.added_at == (tmp_path / "future.mkv").stat().st_ctime
