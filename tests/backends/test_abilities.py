"""What a player can take is told by data, and every kind of file has a name on the web."""

from dataclasses import replace

import pytest

from custom_components.reel.backends.abilities import ABILITIES, Ability, Target
from custom_components.reel.backends.item import File
from custom_components.reel.backends.local.files import BLU_RAY, DVD, TYPES, FileType
from custom_components.reel.backends.mime import media_type, other_type

FILM = File(identity="1", container="mp4", video="h264", audio="aac", height=1080)
SONG = File(identity="2", container="flac", audio="flac")


@pytest.mark.parametrize("target", [each for each in Target if each is not Target.SONOS])
def test_every_player_with_a_picture_takes_the_usual_film(target: Target) -> None:
    assert ABILITIES[target].covers(FILM, sound=False)


@pytest.mark.parametrize("target", Target)
def test_every_player_takes_the_usual_song(target: Target) -> None:
    for container, audio in (("mp3", "mp3"), ("flac", "flac"), ("m4a", "aac")):
        assert ABILITIES[target].covers(replace(SONG, container=container, audio=audio), sound=True)


def test_a_player_without_a_picture_takes_no_film() -> None:
    assert not ABILITIES[Target.SONOS].covers(FILM, sound=False)


@pytest.mark.parametrize(
    "film",
    [
        replace(FILM, container="mkv"),
        replace(FILM, container=None),
        replace(FILM, video="hevc"),
        replace(FILM, video=None),
        replace(FILM, audio="dca"),
    ],
)
def test_a_browser_takes_nothing_that_it_does_not_know(film: File) -> None:
    assert not ABILITIES[Target.BROWSER].covers(film, sound=False)


@pytest.mark.parametrize(("height", "covered"), [(None, True), (720, True), (1080, True), (2160, False)])
def test_a_picture_may_be_too_large(height: int | None, *, covered: bool) -> None:
    film = replace(FILM, height=height)
    assert ABILITIES[Target.CAST].covers(film, sound=False) is covered
    assert ABILITIES[Target.BROWSER].covers(film, sound=False)


def test_a_silent_film_is_a_film() -> None:
    assert ABILITIES[Target.BROWSER].covers(replace(FILM, audio=None), sound=False)


def test_a_player_that_takes_nothing_takes_nothing() -> None:
    assert not Ability().covers(FILM, sound=False)
    assert not Ability().covers(SONG, sound=True)


def test_every_file_that_counts_is_known_as_what_it_is() -> None:
    begins: dict[FileType, tuple[str, ...]] = {
        FileType.VIDEO: ("video/",),
        FileType.AUDIO: ("audio/",),
        FileType.PICTURE: ("image/",),
        FileType.SUBTITLE: ("text/", "application/"),
    }
    for suffix, kind in TYPES.items():
        if kind is FileType.NOTES or suffix in {DVD, BLU_RAY}:
            continue
        name, sound = suffix.removeprefix("."), kind is FileType.AUDIO
        found = media_type(name, sound=sound) if kind in {FileType.AUDIO, FileType.VIDEO} else other_type(name)
        assert found.startswith(begins[kind]), suffix


@pytest.mark.parametrize(
    ("container", "sound", "kind"),
    [
        ("mp4", False, "video/mp4"),
        ("mp4", True, "audio/mp4"),
        ("MKV", False, "video/x-matroska"),
        ("xyz", False, "video/x-xyz"),
        ("xyz", True, "audio/x-xyz"),
        ("a/b\r\n", False, "video/mp4"),
        (None, True, "audio/mp4"),
    ],
)
def test_what_nobody_has_told_us_of_has_a_type_too(container: str | None, kind: str, *, sound: bool) -> None:
    assert media_type(container, sound=sound) == kind
