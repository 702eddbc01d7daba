"""What ffprobe says of files, and what becomes of those about which it says nothing."""

import asyncio
from pathlib import Path
import shutil
import stat

import pytest

from custom_components.reel.backends.errors import Garbled
from custom_components.reel.backends.item import Chapter, File, StreamKind
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.local.library import FolderLibrary
from custom_components.reel.backends.local.probe import Prober, parse_probe
from tests.servers.media import MATROSKA, sample

needs_ffprobe = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")


def program(path: Path, script: str) -> Prober:
    """Return who asks a program of our own."""
    file = path / "ffprobe"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return Prober(str(file), patience=5.0)


def is_there(file: Path) -> bool:
    """Tell whether the process runs whose number a file holds."""
    number = file.read_text().strip() if file.exists() else ""
    return bool(number) and Path("/proc", number).exists()


@needs_ffprobe
async def test_a_film_tells_its_streams_and_chapters() -> None:
    probed = await Prober().probe(MATROSKA)
    assert probed is not None
    assert [
        (each.kind, each.codec, each.language, each.title, each.default, each.forced) for each in probed.streams
    ] == [
        (StreamKind.VIDEO, "h264", None, None, True, False),
        (StreamKind.AUDIO, "aac", "eng", None, True, False),
        (StreamKind.AUDIO, "aac", "ger", "Commentary", False, False),
        (StreamKind.SUBTITLE, "subrip", "eng", None, False, False),
        (StreamKind.SUBTITLE, "subrip", "fre", None, False, True),
    ]
    assert probed.chapters == (Chapter("Chapter 1", 0), Chapter("Chapter 2", 4000))
    told = probed.told_of(File(identity="film.mkv", container="mkv", bytes=1))
    assert (told.width, told.height, told.video, told.audio, told.channels) == (320, 180, "h264", "aac", 2)
    assert told.duration_ms == pytest.approx(10_000, abs=100)
    assert told.bitrate is not None
    assert (told.container, told.bytes, told.identity) == ("mkv", 1, "film.mkv")


@needs_ffprobe
async def test_a_song_has_no_picture_and_a_playing_time() -> None:
    probed = await Prober().probe(sample("track"))
    assert probed is not None
    assert [each.kind for each in probed.streams] == [StreamKind.AUDIO]
    assert probed.duration_ms == pytest.approx(5_000, abs=200)


@needs_ffprobe
async def test_what_is_no_film_tells_nothing(tmp_path: Path) -> None:
    for name, body in (("empty.mkv", b""), ("text.mkv", b"hello"), ("list.mkv", b"#EXTM3U\nhttp://127.0.0.1:9/a.ts\n")):
        (tmp_path / name).write_bytes(body)
        assert await Prober().probe(tmp_path / name) is None
    assert await Prober().probe(tmp_path / "none.mkv") is None


@needs_ffprobe
async def test_a_name_is_never_taken_for_anything_else(tmp_path: Path) -> None:
    film = tmp_path / "-show_data http:x%03d.mp4"
    shutil.copy(sample("movie"), film)
    assert await Prober().probe(film) is not None


@needs_ffprobe
async def test_the_detail_of_a_film_has_its_streams_and_the_background_its_length(tmp_path: Path) -> None:
    folder = tmp_path / "Movies" / "Heat (1995)"
    folder.mkdir(parents=True)
    shutil.copy(MATROSKA, folder / "Heat (1995).mkv")
    backend = FolderLibrary(Folder(tmp_path))
    detail = await backend.detail("Movies/Heat (1995)")
    assert {each.file for each in detail.streams} == {"Movies/Heat (1995)/Heat (1995).mkv"}
    assert (len(detail.streams), len(detail.chapters)) == (5, 2)
    (item,) = await backend.items(["Movies/Heat (1995)"])
    examined = await backend.examine(item)
    assert (item.duration_ms, item.files[0].height) == (None, None)
    assert examined.files[0].height == 180
    assert examined.duration_ms == examined.files[0].duration_ms != 0


async def test_where_there_is_no_ffprobe_nobody_knows(tmp_path: Path) -> None:
    assert await Prober(str(tmp_path / "none")).probe(MATROSKA) is None
    (tmp_path / "folder").mkdir()
    assert await Prober(str(tmp_path / "folder")).probe(MATROSKA) is None


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", "echo '[]'", "echo '{}'", "yes", "kill -9 $$"])
async def test_an_answer_that_makes_no_sense_is_none(tmp_path: Path, script: str) -> None:
    assert await program(tmp_path, script).probe(MATROSKA) is None


async def test_who_takes_too_long_is_ended(tmp_path: Path) -> None:
    prober = program(tmp_path, "echo $$ > pid; exec sleep 60".replace("pid", str(tmp_path / "pid")))
    prober.patience = 0.2
    assert await prober.probe(MATROSKA) is None
    assert not is_there(tmp_path / "pid")


async def test_who_is_called_off_leaves_no_process(tmp_path: Path) -> None:
    prober = program(tmp_path, f"echo $$ > {tmp_path / 'pid'}; exec sleep 60")
    asking = asyncio.ensure_future(prober.probe(MATROSKA))
    while not is_there(tmp_path / "pid"):  # noqa: ASYNC110  # another process tells by a file
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert not is_there(tmp_path / "pid")


async def test_one_file_is_asked_about_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    prober = program(tmp_path, f"mkdir {lock} || echo twice >> {tmp_path / 'log'}; rmdir {lock}")
    await asyncio.gather(*(prober.probe(MATROSKA) for _ in range(4)))
    assert not (tmp_path / "log").exists()


def test_whatever_is_missing_is_not_known() -> None:
    probed = parse_probe(
        {
            "format": {"format_name": "matroska,webm", "duration": "N/A", "bit_rate": "0"},
            "streams": [
                {"codec_type": "video", "codec_name": "mjpeg", "disposition": {"attached_pic": 1}},
                {"codec_type": "data"},
                {"codec_type": "audio", "index": 3, "tags": {"LANGUAGE": "und", "title": ""}, "channels": 0},
                "nonsense",
            ],
            "chapters": [{"start_time": "nan"}, {"start_time": "1.5", "tags": 3}, {"tags": {"title": "Ending"}}],
        }
    )
    assert (probed.container, probed.duration_ms, probed.bitrate) == ("matroska", None, None)
    (audio,) = probed.streams
    assert (audio.identity, audio.language, audio.title, audio.channels, audio.codec) == ("3", None, None, None, None)
    assert probed.chapters == (Chapter("Chapter 1", 0), Chapter("Chapter 2", 1500), Chapter("Ending", 0))
    assert parse_probe({"format": 3, "streams": 3}).streams == ()
    with pytest.raises(Garbled):
        parse_probe([])
