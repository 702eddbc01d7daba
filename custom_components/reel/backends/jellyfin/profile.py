"""How is a Jellyfin server told what a player can take? In a device profile, made of the player's abilities."""

from typing import Final

from ..abilities import Ability
from ..transport import Json

# What a server takes for "as good as it is".
_UNLIMITED: Final = 1_000_000_000
_MUSIC: Final = 320_000
# What every server can make of sound, the best first.
_AUDIO: Final = ("aac", "ac3", "mp3")


def device_profile(ability: Ability, most_kbits: int | None) -> dict[str, Json]:
    """Return the profile of a player behind a line that carries so much."""
    most = _UNLIMITED if most_kbits is None else most_kbits * 1000
    return {
        "Name": "Reel",
        "MaxStreamingBitrate": most,
        "MaxStaticBitrate": most,
        "MusicStreamingTranscodingBitrate": min(most, _MUSIC),
        "DirectPlayProfiles": _as_they_are(ability),
        "TranscodingProfiles": _conversions(ability),
        "ContainerProfiles": [],
        "CodecProfiles": _limits(ability),
        "SubtitleProfiles": [{"Format": "vtt", "Method": "Hls"}] if ability.vtt and ability.hls else [],
    }


def _as_they_are(ability: Ability) -> list[Json]:
    audio = _joined(ability.audio)
    found: list[Json] = []
    if ability.containers:
        video, containers = _joined(ability.video), _joined(ability.containers)
        found.append({"Type": "Video", "Container": containers, "VideoCodec": video, "AudioCodec": audio})
    if ability.sounds:
        found.append({"Type": "Audio", "Container": _joined(ability.sounds), "AudioCodec": audio})
    return found


def _conversions(ability: Ability) -> list[Json]:
    channels, found = str(ability.channels), list[Json]()
    if ability.containers:
        found.append(
            {
                "Type": "Video",
                "Context": "Streaming",
                "Container": "ts",
                "Protocol": "hls" if ability.hls else "http",
                "VideoCodec": "h264",
                "AudioCodec": ",".join(codec for codec in _AUDIO if codec in ability.audio) or _AUDIO[0],
                "MaxAudioChannels": channels,
            }
        )
    if ability.sounds:
        # A song comes in one piece: what plays music takes that everywhere.
        found.append(
            {
                "Type": "Audio",
                "Context": "Streaming",
                "Container": "mp3",
                "Protocol": "http",
                "AudioCodec": "mp3",
                "MaxAudioChannels": channels,
            }
        )
    return found


def _limits(ability: Ability) -> list[Json]:
    found: list[Json] = [{"Type": "Video", "Codec": "h264", "Conditions": [_at_most("VideoBitDepth", 8)]}]
    if ability.max_height is not None:
        found.append({"Type": "Video", "Conditions": [_at_most("Height", ability.max_height)]})
    return found


def _at_most(what: str, value: int) -> Json:
    return {"Condition": "LessThanEqual", "Property": what, "Value": str(value), "IsRequired": False}


def _joined(words: frozenset[str]) -> str:
    return ",".join(sorted(words))
