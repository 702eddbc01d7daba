"""How is Plex's transcoder asked to make something that a player can take, and what does it say to that?"""

from typing import Final
from urllib.parse import urlencode

from ..abilities import Ability
from ..errors import CannotPlay, Refusal
from ..playing import Delivery, Question
from ..reading import mapping, number, objects, text
from ..transport import Json
from .versions import Version

# What every server can make, with and without Plex Pass.
_VIDEO: Final = "h264"
_AUDIO: Final = ("aac", "ac3", "mp3")
_RESOLUTIONS: Final = {480: "720x480", 720: "1280x720", 1080: "1920x1080"}
_MUSIC_KBITS: Final = 320
_PLAYABLE: Final = range(1000, 2000)
_TOO_MANY: Final = frozenset({2001, 2002})
# Neither as it is nor converted; no profile to convert to.
_INCOMPATIBLE: Final = frozenset({2000, 4005})
_PASSES: Final = ("remote watch pass", "plex pass", "remote playback", "remote streaming")


def extension(delivery: Delivery, *, sound: bool) -> str:
    """Return what a conversion is called at its server."""
    if delivery is Delivery.HLS:
        return "m3u8"
    return "mp3" if sound else "mkv"


def conversion(
    question: Question, version: Version, delivery: Delivery, session: str, *, sound: bool, local: bool
) -> str:
    """Return the query of a conversion: the same for the decision and for the start, or the server refuses.

    All is said in the query, so that whoever has the address needs nothing else but the token.
    """
    ability, copy = question.ability, int(not question.force_transcode)
    wanted: dict[str, str | int] = {
        "path": f"/library/metadata/{question.identity}",
        "mediaIndex": version.media,
        "partIndex": version.part,
        "protocol": "hls" if delivery is Delivery.HLS else "http",
        "hasMDE": 1,
        "fastSeek": 1,
        "directPlay": 0,
        "directStream": copy,
        "directStreamAudio": copy,
        "location": "lan" if local else "wan",
        # In seconds, where all else is in milliseconds.
        "offset": question.start_ms // 1000,
        "session": session,
        "X-Plex-Session-Identifier": session,
        "X-Plex-Client-Profile-Name": "generic",
        "X-Plex-Client-Profile-Extra": _sound_profile() if sound else _profile(ability, delivery),
    }
    if sound:
        wanted["musicBitrate"] = min(question.most_kbits or _MUSIC_KBITS, _MUSIC_KBITS)
        return urlencode(wanted)
    wanted |= {"subtitles": "auto", "videoQuality": 99, "audioChannelCount": ability.channels}
    if question.most_kbits is not None:
        wanted["maxVideoBitrate"] = question.most_kbits
    if ability.max_height in _RESOLUTIONS:
        wanted["videoResolution"] = _RESOLUTIONS[ability.max_height]
    return urlencode(wanted)


def _sound_profile() -> str:
    return "add-transcode-target(type=musicProfile&context=streaming&protocol=http&container=mp3&audioCodec=mp3)"


def _profile(ability: Ability, delivery: Delivery) -> str:
    protocol, container = ("hls", "mpegts") if delivery is Delivery.HLS else ("http", "mkv")
    audio = ",".join(codec for codec in _AUDIO if codec in ability.audio) or _AUDIO[0]
    target = f"protocol={protocol}&container={container}&videoCodec={_VIDEO}&audioCodec={audio}&replace=true"
    told = [
        f"add-transcode-target(type=videoProfile&context=streaming&{target})",
        _limit("videoCodec", _VIDEO, "video.bitDepth", 8),
        _limit("videoAudioCodec", "*", "audio.channels", ability.channels),
    ]
    if ability.max_height is not None:
        told.append(_limit("videoCodec", "*", "video.height", ability.max_height))
    if ability.vtt and delivery is Delivery.HLS:
        told.append(
            "add-transcode-target(type=subtitleProfile&context=all&protocol=hls&container=webvtt&subtitleCodec=webvtt)"
        )
    return "+".join(told)


def _limit(scope: str, codec: str, name: str, most: int) -> str:
    return f"add-limitation(scope={scope}&scopeName={codec}&type=upperBound&name={name}&value={most}&replace=true)"


def parse_decision(answer: Json) -> int | None:
    """Return how many kilobits a second there will be, if the server tells; raises `CannotPlay` if there will be none.

    What the server says to that may name files: it goes no further than the error.
    """
    container = mapping(mapping(answer).get("MediaContainer"))
    for kind in ("general", "transcode", "mde"):
        code = number(container.get(f"{kind}DecisionCode"))
        if code is not None and code not in _PLAYABLE:
            said = text(container.get(f"{kind}DecisionText"))
            raise CannotPlay(_reason(code, said or ""), said)
    media = (each for item in objects(container.get("Metadata")) for each in objects(item.get("Media")))
    return next((number(each.get("bitrate")) for each in media if each.get("selected")), None)


def _reason(code: int, said: str) -> Refusal:
    if asks_for_a_pass(said):
        return Refusal.REMOTE_PASS
    if code in _TOO_MANY:
        return Refusal.TOO_MANY
    return Refusal.INCOMPATIBLE if code in _INCOMPATIBLE else Refusal.FAILED


def asks_for_a_pass(said: str) -> bool:
    """Tell whether a refusal is about money."""
    return any(each in said.lower() for each in _PASSES)
