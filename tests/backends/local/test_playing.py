"""A folder sends its films as they are, any part of them, and nothing that is none of its films."""

import asyncio
import os
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest

from custom_components.reel.backends.abilities import ABILITIES, Ability, Target
from custom_components.reel.backends.errors import CannotPlay, Cause, Missing, Refusal, Unreachable
from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.local import opened
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.library import FolderLibrary
from custom_components.reel.backends.local.opened import PIECE, OpenFile, open_file
from custom_components.reel.backends.local.playing import FolderPlaying
from custom_components.reel.backends.playing import Delivery, Player, PlayReport, PlayState, Question
from tests.backends.playback import get
from tests.servers.folder import make_folder
from tests.servers.library import make_library
from tests.servers.media import SUBTITLES, sample

FILM = "Movies/Amber Zoo (2001)/Amber Zoo (2001).mp4"
BROWSER = ABILITIES[Target.BROWSER]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a film, and what may lie around it."""
    root = tmp_path / "media"
    film = root / FILM
    film.parent.mkdir(parents=True)
    film.write_bytes(sample("movie").read_bytes())
    (film.parent / "poster.png").write_bytes(b"\x89PNG")
    (film.parent / "Amber Zoo (2001).en.srt").write_bytes(SUBTITLES.read_bytes())
    (film.parent / "Amber Zoo (2001).nfo").write_text("<movie/>")
    (tmp_path / "secrets.mp4").write_text("what nobody may see")
    return root


@pytest.fixture
def playing(root: Path) -> FolderPlaying:
    return FolderPlaying(Folder(root))


def path_to(reference: str) -> str:
    return "/" + quote(reference)


async def closed(path: Path) -> None:
    """Wait until nobody has a file open."""
    held = Path("/proc/self/fd")

    def is_open() -> bool:
        links = (each for each in held.iterdir() if each.is_symlink())
        return any(os.path.realpath(each) == str(path) for each in links)

    async with asyncio.timeout(5):
        while await asyncio.to_thread(is_open):
            pass


# How it is played


@pytest.mark.parametrize(
    ("kind", "mime_type"),
    [(ItemKind.MOVIE, "video/mp4"), (ItemKind.EPISODE, "video/mp4"), (ItemKind.TRACK, "audio/mpeg")],
)
async def test_what_lies_there_is_sent_as_it_is(tmp_path: Path, kind: ItemKind, mime_type: str) -> None:
    make_folder(tmp_path, make_library(1))
    player: Player = FolderPlaying(Folder(tmp_path))
    library = FolderLibrary(Folder(tmp_path))
    shelf = next(each for each in await library.libraries() if kind in each.kinds)
    item = (await library.page(shelf, kind, 0, 1)).items[0]
    for file in (None, item.files[0].identity):
        way = await player.way(Question(identity=item.identity, file=file, ability=BROWSER))
        assert (way.delivery, way.mime_type, way.transcodes) == (Delivery.FILE, mime_type, False)
        assert (way.file, way.play_session) == (item.files[0].identity, None)
        got = await get(player, way.path)
        assert (got.status, got.body) == (200, (tmp_path / item.files[0].identity).read_bytes())
        assert got.headers["content-type"] == mime_type
    picture = await get(player, player.image_path(item.images[0].reference, 10, 10)) if item.images else None
    assert picture is None or picture.headers["content-type"] == "image/png"


async def test_nobody_else_has_what_lies_there(playing: FolderPlaying) -> None:
    assert playing.address((await playing.way(Question(identity="", file=FILM, ability=BROWSER))).path) is None


async def test_a_folder_has_nobody_to_tell(playing: FolderPlaying) -> None:
    await playing.stop("0a1b2c")
    assert await playing.report(PlayReport(identity=FILM, state=PlayState.STOPPED, position_ms=5))


@pytest.mark.parametrize(
    ("name", "ability"),
    [
        (FILM, ABILITIES[Target.SONOS]),
        (FILM, Ability()),
        ("Movies/Disc/Disc.iso", BROWSER),
    ],
)
async def test_what_nobody_could_play_is_refused(
    root: Path, playing: FolderPlaying, name: str, ability: Ability
) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).touch()
    with pytest.raises(CannotPlay) as caught:
        await playing.way(Question(identity="", file=name, ability=ability))
    assert caught.value.reason is Refusal.INCOMPATIBLE


async def test_what_a_player_may_not_know_is_worth_a_try(root: Path, playing: FolderPlaying) -> None:
    (root / "Movies/Strange.mkv").touch()
    way = await playing.way(Question(identity="", file="Movies/Strange.mkv", ability=BROWSER))
    assert way.mime_type == "video/x-matroska"


async def test_of_several_versions_the_one_is_played_that_the_player_takes(root: Path, playing: FolderPlaying) -> None:
    folder = root / "Movies/Two (2002)"
    folder.mkdir()
    for name in ("Two (2002) - 1080p.mkv", "Two (2002) - 720p.mp4"):
        (folder / name).touch()
    found = await FolderLibrary(Folder(root)).items(["Movies/Two (2002)"])
    assert len(found[0].files) == 2
    for container in ("mp4", "mkv"):
        ability = Ability(containers=frozenset({container}))
        way = await playing.way(Question(identity="Movies/Two (2002)", ability=ability))
        assert str(way.file).endswith(container)


async def test_what_is_gone_is_missing(playing: FolderPlaying) -> None:
    for question in (Question(identity="Movies/Nothing"), Question(identity=FILM, file="Movies/Nothing.mp4")):
        with pytest.raises(Missing):
            await playing.way(question)


# What is sent


async def test_a_file_comes_in_parts_of_one_edition(root: Path, playing: FolderPlaying) -> None:
    whole, path = sample("movie").read_bytes(), path_to(FILM)
    part = await get(playing, path, range="bytes=100-199")
    assert (part.status, part.body) == (206, whole[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole)}"
    assert (part.headers["content-type"], part.headers["content-length"]) == ("video/mp4", "100")
    assert (await get(playing, path, range="bytes=100-199", if_range=part.headers["etag"])).status == 206
    beyond = await get(playing, path, range="bytes=99999999-")
    assert (beyond.status, beyond.body, beyond.headers["content-range"]) == (416, b"", f"bytes */{len(whole)}")
    assert (await get(playing, path, if_none_match=part.headers["etag"])).status == 304
    (root / FILM).write_bytes(whole + b"more")
    other = await get(playing, path, range="bytes=100-199", if_range=part.headers["etag"])
    assert (other.status, other.body) == (200, whole + b"more")
    assert (await get(playing, path, if_match=part.headers["etag"])).status == 412


async def test_a_head_is_the_same_without_the_body(playing: FolderPlaying) -> None:
    head = await get(playing, path_to(FILM), "HEAD", range="bytes=1-2")
    whole = await get(playing, path_to(FILM))
    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)


async def test_a_large_file_comes_in_pieces(root: Path, playing: FolderPlaying) -> None:
    body = os.urandom(3 * PIECE + 7)
    (root / "Large.mkv").write_bytes(body)
    async with playing.fetch("/Large.mkv", {}) as stream:
        pieces = [piece async for piece in stream.chunks]
    assert b"".join(pieces) == body
    assert [len(piece) for piece in pieces] == [PIECE] * 3 + [7]


async def test_pictures_and_subtitles_are_sent_as_what_they_are(playing: FolderPlaying) -> None:
    folder = "Movies/Amber Zoo (2001)"
    for name, kind in (("poster.png", "image/png"), ("Amber Zoo (2001).en.srt", "application/x-subrip")):
        assert (await get(playing, path_to(f"{folder}/{name}"))).headers["content-type"] == kind


@pytest.mark.parametrize("name", ["100% #1 & co?.mp4", "Ünïcode 你好.mp4", "a+b c.mp4", "dots...mp4", "%2e%2e.mp4"])
async def test_names_of_all_kinds_are_found(root: Path, playing: FolderPlaying, name: str) -> None:
    (root / name).write_text(name)
    assert (await get(playing, path_to(name))).body.decode() == name


async def test_a_name_that_is_no_text_is_found(root: Path, playing: FolderPlaying) -> None:
    with open(os.fsencode(root) + b"/caf\xe9.mp4", "wb") as file:  # noqa: ASYNC230, PTH123  # no name for pathlib
        file.write(b"coffee")
    assert (await get(playing, path_to("caf\\xe9.mp4"))).body == b"coffee"


# What is not


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        FILM,
        "/Movies",
        "/../secrets.mp4",
        "/Movies/../../secrets.mp4",
        "/%2e%2e/secrets.mp4",
        "/%2E%2E%2Fsecrets.mp4",
        "/..%2fsecrets.mp4",
        "/..\\secrets.mp4",
        "//secrets.mp4",
        "{root}/../secrets.mp4",
        "/{root}/../secrets.mp4",
        "/%00secrets.mp4",
        "/secrets.mp4%00",
        "/\\xc0\\xae\\xc0\\xae/secrets.mp4",
        "/Movies/Amber%20Zoo%20%282001%29/Amber%20Zoo%20%282001%29.nfo",
        "/notes.txt",
        "/.hidden.mp4",
        "/.hidden/film.mp4",
        "/@eaDir/film.mp4",
        "/link.mp4",
        "/linked/secrets.mp4",
        "/loop.mp4",
        "/folder.mp4",
        "/pipe.mp4",
        "/film.mp4/x.mp4",
        "/" + "a" * 5000 + ".mp4",
        "/" + "a/" * 3000 + "a.mp4",
    ],
)
async def test_nothing_else_of_this_machine_is_sent(root: Path, playing: FolderPlaying, path: str) -> None:
    (root / "link.mp4").symlink_to(root.parent / "secrets.mp4")
    (root / "linked").symlink_to(root.parent)
    (root / "loop.mp4").symlink_to(root / "loop.mp4")
    (root / "folder.mp4").mkdir()
    for name in ("notes.txt", ".hidden.mp4", ".hidden/film.mp4", "@eaDir/film.mp4"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    os.mkfifo(root / "pipe.mp4")
    for method in ("GET", "HEAD"):
        with pytest.raises(Missing):
            await get(playing, path.replace("{root}", str(root)), method)


async def test_a_link_inside_of_the_folder_is_followed(root: Path, playing: FolderPlaying) -> None:
    (root / "again.mp4").symlink_to(FILM)
    (root / "folder").symlink_to("Movies/Amber Zoo (2001)")
    for name in ("again.mp4", "folder/Amber Zoo (2001).mp4"):
        assert (await get(playing, path_to(name))).body == sample("movie").read_bytes()


def test_a_link_that_is_put_in_the_way_at_the_last_moment_is_not_followed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locate(top: Path, reference: str) -> Path:
        """Say that all is well, and be deceived at once."""
        found = Path(os.path.realpath(top / reference))
        found.parent.rename(root / "aside")
        found.parent.symlink_to(root.parent)
        (root.parent / found.name).write_text("what nobody may see")
        return found

    monkeypatch.setattr(opened, "locate", locate)
    with pytest.raises(Missing):
        open_file(Folder(root), FILM)


async def test_a_file_that_nobody_may_read_is_refused_while_its_folder_is_there(
    playing: FolderPlaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError

    monkeypatch.setattr(opened, "_open_below", refuse)
    with pytest.raises(CannotPlay) as caught:
        await get(playing, path_to(FILM))
    assert caught.value.reason is Refusal.NOT_ALLOWED


async def test_a_share_that_is_gone_is_unreachable_and_its_film_not_missing(root: Path) -> None:
    for folder in (Folder(root / "gone"), Folder(root, mount=root / "share")):
        with pytest.raises(Unreachable) as caught:
            await get(FolderPlaying(folder), "/Movies/Gone.mp4")
        assert caught.value.cause is Cause.MISSING


async def test_a_file_that_is_cut_off_while_it_is_sent_is_unreachable(root: Path, playing: FolderPlaying) -> None:
    large = root / "Large.mkv"
    large.write_bytes(bytes(2 * PIECE))
    async with playing.fetch("/Large.mkv", {}) as stream:
        assert await anext(stream.chunks)
        os.truncate(large, PIECE)
        with pytest.raises(Unreachable) as caught:
            await anext(stream.chunks)
    assert caught.value.cause is Cause.BROKEN


async def test_a_disk_that_fails_is_unreachable(playing: FolderPlaying, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: OpenFile, _size: int, _start: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(OpenFile, "read", fail)
    async with playing.fetch(path_to(FILM), {}) as stream:
        with pytest.raises(Unreachable):
            await anext(stream.chunks)


async def test_whoever_leaves_lets_go_of_the_file(root: Path, playing: FolderPlaying) -> None:
    async with playing.fetch(path_to(FILM), {}):
        pass
    await closed(root / FILM)
    await playing.way(Question(identity="", file=FILM, ability=BROWSER))
    await closed(root / FILM)


async def test_a_file_that_opens_too_late_is_closed_again(
    root: Path, playing: FolderPlaying, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go = Event(), Event()

    def slowly(folder: Folder, reference: str) -> OpenFile:
        begun.set()
        go.wait(5)
        return open_file(folder, reference)

    monkeypatch.setattr(opened, "open_file", slowly)
    task = asyncio.create_task(get(playing, path_to(FILM)))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go.set()
    await closed(root / FILM)


def test_a_file_that_is_closed_has_nothing_to_read(root: Path) -> None:
    file = open_file(Folder(root), FILM)
    file.close()
    file.close()
    assert file.read(10, 0) == b""
