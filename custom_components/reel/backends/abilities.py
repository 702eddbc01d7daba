"""What can a player play? As data, by the kind of player that will fetch it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .item import File


class Target(StrEnum):
    """What kind of player fetches a stream."""

    BROWSER = "browser"
    CAST = "cast"
    DLNA = "dlna"
    SONOS = "sonos"
    GENERIC = "generic"
    """A player that nobody knows anything about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What a player can play. Words are ffmpeg's, as servers have them: h264, mpegts."""

    containers: frozenset[str] = frozenset()
    """Of films; none for a player without a picture."""
    sounds: frozenset[str] = frozenset()
    """Containers of music."""
    video: frozenset[str] = frozenset()
    audio: frozenset[str] = frozenset()
    """Codecs, in films and in music."""
    max_height: int | None = None
    hls: bool = True
    """Whether it takes a playlist of segments; else a conversion comes in one piece, which cannot be sought in."""
    vtt: bool = False
    """Whether it shows subtitles that come beside the picture; else they are burnt in."""
    channels: int = 2
    """What it gets where sound has to be converted."""

    def covers(self, file: File, *, sound: bool) -> bool:
        """Tell whether a file can be played as it is; `sound` for music. What is not known of a picture is a no."""
        if file.container not in (self.sounds if sound else self.containers):
            return False
        if file.audio is not None and file.audio not in self.audio:
            return False
        return sound or (file.video in self.video and self._fits(file.height))

    def _fits(self, height: int | None) -> bool:
        return self.max_height is None or height is None or height <= self.max_height


_WEB_AUDIO: Final = frozenset({"aac", "flac", "mp3", "opus", "vorbis"})
_PCM: Final = frozenset({"pcm", "pcm_s16le", "pcm_s24le"})
_WEB_SOUNDS: Final = frozenset({"aac", "flac", "m4a", "mp3", "mp4", "oga", "ogg", "opus", "wav"})

ABILITIES: Final[Mapping[Target, Ability]] = {
    # What Chrome, Firefox and Safari have in common.
    Target.BROWSER: Ability(
        containers=frozenset({"m4v", "mp4", "webm"}),
        sounds=_WEB_SOUNDS | {"webm"},
        video=frozenset({"h264", "vp8", "vp9"}),
        audio=_WEB_AUDIO | _PCM,
        vtt=True,
    ),
    # The first Chromecasts are still in use.
    Target.CAST: Ability(
        containers=frozenset({"m4v", "mp4", "webm"}),
        sounds=_WEB_SOUNDS | {"webm"},
        video=frozenset({"h264", "vp8"}),
        audio=_WEB_AUDIO | _PCM,
        max_height=1080,
        vtt=True,
    ),
    Target.DLNA: Ability(
        containers=frozenset({"avi", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpegts", "ts"}),
        sounds=frozenset({"aac", "flac", "m4a", "mp3", "mp4", "wav"}),
        video=frozenset({"h264", "mpeg2video", "mpeg4"}),
        audio=frozenset({"aac", "ac3", "flac", "mp2", "mp3"}) | _PCM,
        max_height=1080,
        hls=False,
    ),
    Target.SONOS: Ability(
        sounds=frozenset({"aac", "flac", "m4a", "mp3", "mp4", "oga", "ogg", "wav"}),
        audio=frozenset({"aac", "alac", "flac", "mp3", "vorbis"}) | _PCM,
        hls=False,
    ),
    Target.GENERIC: Ability(
        containers=frozenset({"m4v", "mp4"}),
        sounds=frozenset({"aac", "flac", "m4a", "mp3", "mp4"}),
        video=frozenset({"h264"}),
        audio=frozenset({"aac", "flac", "mp3"}),
        max_height=1080,
    ),
}
