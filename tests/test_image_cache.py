"""Images are fetched once, kept over restarts and outages, and never take more room than they may."""

import asyncio
from collections.abc import Awaitable, Callable
import os
from pathlib import Path

import pytest

from custom_components.reel.backends.errors import Offline
from custom_components.reel.image_cache import AT_ONCE, ImageCache, Picture, picture_of

PNG = b"\x89PNG\r\n\x1a\n"


def cache(folder: Path, most_bytes: int = 10_000) -> ImageCache:
    return ImageCache(folder, asyncio.create_task, most_bytes)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in files(folder))


def image(number: int, size: int = 1000) -> bytes:
    return PNG + number.to_bytes(4) + bytes(size - len(PNG) - 4)


class Server:
    """Somebody who sends images and counts how often."""

    def __init__(self, content: bytes = image(1), busy_at: int = 1) -> None:
        self.content = content
        self.busy_at = busy_at
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0
        self.open = asyncio.Event()
        self.open.set()
        self.is_busy = asyncio.Event()

    async def __call__(self) -> bytes:
        self.asked += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.at_once == self.busy_at:
            self.is_busy.set()
        try:
            await self.open.wait()
            return self.content
        finally:
            self.at_once -= 1


async def offline() -> bytes:
    raise Offline


def sends(content: bytes) -> Callable[[], Awaitable[bytes]]:
    return Server(content)


async def test_an_image_is_fetched_once_and_kept_over_a_restart(tmp_path: Path) -> None:
    server = Server()
    first = await cache(tmp_path).get("den", "/thumb/1", 400, server)
    again = await cache(tmp_path).get("den", "/thumb/1", 400, offline)
    assert first == again
    assert first is not None
    assert (first.content, first.mime_type, server.asked) == (image(1), "image/png", 1)


async def test_sources_sizes_and_references_are_told_apart(tmp_path: Path) -> None:
    images = cache(tmp_path)
    keys = [("den", "/a", 200), ("den", "/a", 400), ("den", "/b", 200), ("attic", "/a", 200)]
    for number, key in enumerate(keys):
        await images.get(*key, sends(image(number)))
    found = [await images.get(*key, offline) for key in keys]
    assert [each.content for each in found if each] == [image(number) for number in range(4)]


async def test_many_who_want_the_same_wait_for_one_answer_and_none_takes_it_from_the_others(tmp_path: Path) -> None:
    images, server = cache(tmp_path), Server()
    server.open.clear()
    waiting = [asyncio.create_task(images.get("den", "/a", 400, server)) for _ in range(10)]
    await server.is_busy.wait()
    waiting[0].cancel()
    server.open.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert {each.content for each in found if isinstance(each, Picture)} == {image(1)}
    assert server.asked == 1


async def test_a_source_is_asked_for_a_few_at_a_time(tmp_path: Path) -> None:
    images, server = cache(tmp_path), Server(busy_at=AT_ONCE)
    server.open.clear()
    waiting = [asyncio.create_task(images.get("den", f"/{number}", 400, server)) for number in range(50)]
    await server.is_busy.wait()
    server.open.set()
    await asyncio.gather(*waiting)
    assert (server.asked, server.most_at_once) == (50, AT_ONCE)


async def test_what_was_not_looked_at_for_the_longest_time_goes_first(tmp_path: Path) -> None:
    images = cache(tmp_path)
    for number in range(9):
        await images.get("den", f"/{number}", 400, sends(image(number)))
    for at, path in enumerate(files(tmp_path)):
        os.utime(path, (at, at))
    await images.get("den", "/3", 400, offline)
    for number in range(9, 14):
        await images.get("den", f"/{number}", 400, sends(image(number)))
    assert size_of(tmp_path) <= 10_000
    kept = await images.get("den", "/3", 400, offline)
    assert kept is not None


async def test_the_bound_holds_for_what_an_earlier_life_left(tmp_path: Path) -> None:
    for number in range(9):
        await cache(tmp_path).get("den", f"/{number}", 400, sends(image(number)))
    (tmp_path / ".cut_off").write_bytes(bytes(500))
    await cache(tmp_path, 5_000).get("den", "/new", 400, sends(image(9)))
    assert size_of(tmp_path) <= 5_000
    assert ".cut_off" not in {path.name for path in files(tmp_path)}


async def test_a_file_that_was_cut_off_is_fetched_anew(tmp_path: Path) -> None:
    await cache(tmp_path).get("den", "/a", 400, sends(image(1)))
    (file,) = files(tmp_path)
    file.write_bytes(b"")
    found = await cache(tmp_path).get("den", "/a", 400, sends(image(2)))
    assert found is not None
    assert found.content == image(2)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"<html>", b"%PDF-1.7", b"GIF", b"\xff\xd8"])
async def test_what_is_no_image_is_none_and_is_not_kept(tmp_path: Path, content: bytes) -> None:
    assert await cache(tmp_path).get("den", "/a", 400, sends(content)) is None
    assert files(tmp_path) == []


async def test_an_error_is_told_to_all_who_wait_and_not_kept(tmp_path: Path) -> None:
    images = cache(tmp_path)
    found = await asyncio.gather(*(images.get("den", "/a", 400, offline) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [Offline] * 3
    assert await images.get("den", "/a", 400, sends(image(1))) is not None


async def test_without_a_place_to_keep_them_images_are_still_shown(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    found = await cache(blocked / "images").get("den", "/a", 400, sends(image(1)))
    assert found is not None


async def test_names_of_files_tell_nothing(tmp_path: Path) -> None:
    await cache(tmp_path).get("den", "/library/metadata/4711/thumb/1", 400, sends(image(1)))
    (name,) = (path.name for path in files(tmp_path))
    assert len(name) == 64
    assert int(name, 16)


@pytest.mark.parametrize(
    ("content", "mime_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (PNG, "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
    ],
)
def test_an_image_is_known_by_how_it_begins(content: bytes, mime_type: str) -> None:
    found = picture_of(content)
    assert found is not None
    assert found.mime_type == mime_type
