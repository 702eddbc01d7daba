"""What is in a file? MediaSourceInfo and its streams, true for the sample that stands for every film and song."""

from pathlib import Path
from typing import Final

from tests.servers.library import Kind, Title
from tests.servers.media import MATROSKA, sample

from .version import Version
from .wire import TICKS, Json, Object, guid

SAMPLE_OF: Final = {Kind.MOVIE: "movie", Kind.EPISODE: "episode", Kind.TRACK: "track", Kind.VIDEO: "movie"}
VIDEO_BITRATE: Final = 4_000_000
AUDIO_BITRATE: Final = 192_000


def file_of(title: Title) -> Path:
    """Return the file that is sent for a title."""
    return MATROSKA if title.path.endswith(MATROSKA.suffix) else sample(title.sample or SAMPLE_OF[title.kind])


def media_sources(title: Title, item_id: str, version: Version) -> list[Object]:
    """Return the one file of a title."""
    file = file_of(title)
    source: Object = {
        "Protocol": "File",
        "Id": item_id,
        "Path": title.path,
        "Type": "Default",
        "Container": file.suffix[1:],
        "Size": file.stat().st_size,
        "Name": title.path.rpartition("/")[2].rpartition(".")[0],
        "IsRemote": False,
        "ETag": guid("source", item_id),
        "RunTimeTicks": title.seconds * TICKS,
        "ReadAtNativeFramerate": False,
        "IgnoreDts": False,
        "IgnoreIndex": False,
        "GenPtsInput": False,
        "SupportsTranscoding": True,
        "SupportsDirectStream": True,
        "SupportsDirectPlay": True,
        "IsInfiniteStream": False,
        "RequiresOpening": False,
        "RequiresClosing": False,
        "RequiresLooping": False,
        "SupportsProbing": True,
        "MediaStreams": media_streams(title, version),
        "MediaAttachments": [],
        "Formats": [],
        "Bitrate": bitrate(title),
        "RequiredHttpHeaders": {},
        "TranscodingSubProtocol": "http",
        "DefaultAudioStreamIndex": 0 if title.kind is Kind.TRACK else 1,
    }
    if title.kind is not Kind.TRACK:
        source["VideoType"] = "VideoFile"
    if version.has_media_segments:
        source |= {"UseMostCompatibleTranscodingProfile": False, "HasSegments": title.kind is Kind.EPISODE}
    return [source]


def bitrate(title: Title) -> int:
    """Return the bits per second that the file claims."""
    return AUDIO_BITRATE if title.kind is Kind.TRACK else VIDEO_BITRATE + AUDIO_BITRATE


def media_streams(title: Title, version: Version) -> list[Json]:
    """Return picture, sound and, for a film, subtitles."""
    if title.kind is Kind.TRACK:
        streams = [_sound("mp3", 0)]
    elif title.kind is Kind.EPISODE:
        streams = [_picture(), _sound("aac", 1)]
    else:
        streams = [_picture(), _sound("aac", 1), _subtitles(2)]
    if version.at_least(12, 0):
        streams = [stream | {"IsOriginal": False} for stream in streams]
    return list[Json](streams)


def _picture() -> Object:
    return _stream("Video", "h264", 0) | {
        "VideoRange": "SDR",
        "VideoRangeType": "SDR",
        "DisplayTitle": "180p H264 SDR",
        "IsAVC": True,
        "BitRate": VIDEO_BITRATE,
        "BitDepth": 8,
        "RefFrames": 1,
        "IsDefault": True,
        "Height": 180,
        "Width": 320,
        "AverageFrameRate": 25,
        "RealFrameRate": 25,
        "Profile": "Constrained Baseline",
        "AspectRatio": "16:9",
        "PixelFormat": "yuv420p",
        "Level": 13,
        "IsAnamorphic": False,
    }


def _sound(codec: str, index: int) -> Object:
    return _stream("Audio", codec, index) | {
        "Language": "eng",
        "DisplayTitle": f"English - {codec.upper()} - Stereo - Default",
        "ChannelLayout": "stereo",
        "BitRate": AUDIO_BITRATE,
        "Channels": 2,
        "SampleRate": 44100,
        "IsDefault": True,
    }


def _subtitles(index: int) -> Object:
    return _stream("Subtitle", "subrip", index) | {
        "Language": "eng",
        "DisplayTitle": "English - SUBRIP - External",
        "IsExternal": True,
        "IsTextSubtitleStream": True,
        "SupportsExternalStream": True,
    }


def _stream(kind: str, codec: str, index: int) -> Object:
    return {
        "Codec": codec,
        "TimeBase": "1/1000",
        "VideoRange": "Unknown",
        "VideoRangeType": "Unknown",
        "AudioSpatialFormat": "None",
        "IsInterlaced": False,
        "IsAVC": False,
        "IsDefault": False,
        "IsForced": False,
        "IsHearingImpaired": False,
        "Type": kind,
        "Index": index,
        "IsExternal": False,
        "IsTextSubtitleStream": False,
        "SupportsExternalStream": False,
        "Level": 0,
    }
