"""What lies behind a title? Media, parts and streams: what the server says of the files, and the files themselves."""

from functools import cache
from pathlib import Path
from typing import Final

from tests.servers.library import Kind, Title
from tests.servers.media import MATROSKA, sample

from .element import Element, Scalar
from .shelves import MEDIA, PART, STREAM, Shelves

ENGLISH: Final[dict[str, Scalar | None]] = {"language": "English", "languageTag": "en", "languageCode": "eng"}
FRENCH: Final[dict[str, Scalar | None]] = {"language": "Français", "languageTag": "fr", "languageCode": "fra"}


def file_of(title: Title) -> Path:
    """Return the file that is sent for a title."""
    if title.path.endswith(MATROSKA.suffix):
        return MATROSKA
    return sample(title.sample or ("movie" if title.kind is Kind.VIDEO else str(title.kind)))


@cache
def _size(file: Path) -> int:
    return file.stat().st_size


def part_of(shelves: Shelves, part: int) -> Title | None:
    """Return the title a part belongs to; parts keep their ids when rating keys change."""
    return shelves.titles.get(part - PART)


def part_key(title: Title) -> str:
    """Return the path of a title's file; the stamp in it is that of the file."""
    return f"/library/parts/{PART + title.number}/{title.added - 3600}/file.{title.path.rpartition('.')[2]}"


def media(title: Title, *, streams: bool = False, decision: str | None = None) -> Element:
    """Return the one version there is of a playable title; with a decision it is that of a running session."""
    words: dict[str, Scalar | None] = {"id": MEDIA + title.number, "duration": title.seconds * 1000}
    words |= _sound() if title.kind is Kind.TRACK else _picture_and_sound()
    words["container"] = title.path.rpartition(".")[2]
    if decision is not None:
        words["selected"] = True
    return Element("Media", words, [_part(title, streams=streams, decision=decision)])


def _sound() -> dict[str, Scalar | None]:
    return {"bitrate": 128, "audioChannels": 2, "audioCodec": "mp3", "container": "mp3", "hasVoiceActivity": False}


def _picture_and_sound() -> dict[str, Scalar | None]:
    return {
        "bitrate": 4000,
        "width": 1920,
        "height": 1080,
        "aspectRatio": 1.78,
        "audioChannels": 2,
        "audioCodec": "aac",
        "videoCodec": "h264",
        "videoResolution": "1080",
        "container": "mp4",
        "videoFrameRate": "24p",
        "optimizedForStreaming": 1,
        "audioProfile": "lc",
        "has64bitOffsets": False,
        "videoProfile": "high",
        "hasVoiceActivity": False,
    }


def _part(title: Title, *, streams: bool, decision: str | None) -> Element:
    words: dict[str, Scalar | None] = {
        "id": PART + title.number,
        "key": part_key(title),
        "duration": title.seconds * 1000,
        "file": title.path,
        "size": _size(file_of(title)),
        "container": title.path.rpartition(".")[2],
    }
    if streams:
        words |= {"accessible": True, "exists": True}
    if decision is not None:
        words |= {"decision": decision, "selected": True}
    return Element("Part", words, _streams(title) if streams or decision is not None else [])


def _streams(title: Title) -> list[Element]:
    first = STREAM + title.number * 10
    if title.kind is Kind.TRACK:
        return [_audio(first, 0, "mp3", "MP3 (Stereo)", {}, chosen=True)]
    return [
        _video(first),
        _audio(first + 1, 1, "aac", "English (AAC Stereo)", ENGLISH, chosen=True),
        _audio(first + 2, 2, "ac3", "Français (AC3 5.1)", FRENCH, chosen=False),
        _subtitles(first + 3),
    ]


def _video(number: int) -> Element:
    return Element(
        "Stream",
        {
            "id": number,
            "streamType": 1,
            "default": True,
            "codec": "h264",
            "index": 0,
            "bitrate": 3800,
            "bitDepth": 8,
            "chromaLocation": "left",
            "chromaSubsampling": "4:2:0",
            "codedHeight": 1088,
            "codedWidth": 1920,
            "frameRate": 23.976,
            "hasScalingMatrix": False,
            "height": 1080,
            "level": 40,
            "profile": "high",
            "refFrames": 4,
            "scanType": "progressive",
            "width": 1920,
            "displayTitle": "1080p (H.264)",
            "extendedDisplayTitle": "1080p (H.264)",
        },
    )


def _audio(
    number: int, index: int, codec: str, text: str, language: dict[str, Scalar | None], *, chosen: bool
) -> Element:
    words: dict[str, Scalar | None] = {
        "id": number,
        "streamType": 2,
        "selected": True if chosen else None,
        "default": True if chosen else None,
        "codec": codec,
        "index": index,
        "channels": 6 if codec == "ac3" else 2,
        "bitrate": 448 if codec == "ac3" else 128,
        "samplingRate": 48000,
    }
    return Element("Stream", words | language | {"displayTitle": text, "extendedDisplayTitle": text})


def _subtitles(number: int) -> Element:
    words: dict[str, Scalar | None] = {"id": number, "key": f"/library/streams/{number}", "streamType": 3}
    words |= ENGLISH
    text = "English (SRT External)"
    words |= {"codec": "srt", "format": "srt"}
    return Element(
        "Stream", words | {"codec": "srt", "format": "srt", "displayTitle": text, "extendedDisplayTitle": text}
    )
