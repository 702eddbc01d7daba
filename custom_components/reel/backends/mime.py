"""What is a file called on the web? By its ending, or by what servers call its container."""

from typing import Final

_VIDEO: Final = {
    "3g2": "video/3gpp2",
    "3gp": "video/3gpp",
    "asf": "video/x-ms-asf",
    "avi": "video/x-msvideo",
    "divx": "video/x-msvideo",
    "f4v": "video/mp4",
    "flv": "video/x-flv",
    "m1v": "video/mpeg",
    "m2ts": "video/mp2t",
    "m2v": "video/mpeg",
    "m4v": "video/mp4",
    "matroska": "video/x-matroska",
    "mk3d": "video/x-matroska",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "mpe": "video/mpeg",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "mpg": "video/mpeg",
    "mpv": "video/mpeg",
    "mts": "video/mp2t",
    "ogg": "video/ogg",
    "ogm": "video/ogg",
    "ogv": "video/ogg",
    "qt": "video/quicktime",
    "ts": "video/mp2t",
    "vob": "video/mpeg",
    "webm": "video/webm",
    "wmv": "video/x-ms-wmv",
}
_AUDIO: Final = {
    "aac": "audio/aac",
    "ac3": "audio/ac3",
    "aif": "audio/aiff",
    "aiff": "audio/aiff",
    "alac": "audio/mp4",
    "asf": "audio/x-ms-wma",
    "dts": "audio/vnd.dts",
    "eac3": "audio/eac3",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "m4b": "audio/mp4",
    "mka": "audio/x-matroska",
    "mkv": "audio/x-matroska",
    "mp2": "audio/mpeg",
    "mp3": "audio/mpeg",
    "mp4": "audio/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "webm": "audio/webm",
    "wma": "audio/x-ms-wma",
    "wv": "audio/x-wavpack",
}
_OTHER: Final = {
    "ass": "text/x-ssa",
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "srt": "application/x-subrip",
    "ssa": "text/x-ssa",
    "tbn": "image/jpeg",
    "vtt": "text/vtt",
    "webp": "image/webp",
}


def media_type(container: str | None, *, sound: bool) -> str:
    """Return the MIME type of a film, or of music with `sound`; one that nobody has told us of is made up."""
    name = (container or "").lower()
    known = (_AUDIO if sound else _VIDEO).get(name)
    return known or f"{'audio' if sound else 'video'}/{f'x-{name}' if name.isalnum() else 'mp4'}"


def other_type(suffix: str) -> str:
    """Return the MIME type of a picture or of subtitles."""
    return _OTHER.get(suffix.lower(), "application/octet-stream")
