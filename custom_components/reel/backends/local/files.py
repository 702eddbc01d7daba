"""Which files and folders count? By their names: what plays, what belongs to it, and what others leave behind."""

from enum import StrEnum
from typing import Final


class FileType(StrEnum):
    """What a file is to a library."""

    VIDEO = "video"
    AUDIO = "audio"
    PICTURE = "picture"
    SUBTITLE = "subtitle"
    NOTES = "notes"


# A folder that stands for one film: a copy of a disc. Made up, so that it cannot be the ending of a file.
DVD: Final = "/dvd"
BLU_RAY: Final = "/bluray"
DISC_FOLDERS: Final = {"video_ts": DVD, "bdmv": BLU_RAY}

_VIDEO: Final = frozenset({
    ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".iso", ".m1v", ".m2ts", ".m2v", ".m4v",
    ".mk3d", ".mkv", ".mov", ".mp4", ".mpe", ".mpeg", ".mpg", ".mpv", ".mts", ".mxf", ".ogm", ".ogv", ".qt", ".rm",
    ".rmvb", ".tp", ".trp", ".ts", ".vob", ".webm", ".wmv", ".wtv",
})  # fmt: skip
_AUDIO: Final = frozenset({
    ".aac", ".ac3", ".aif", ".aiff", ".alac", ".ape", ".dff", ".dsf", ".dts", ".eac3", ".flac", ".m4a", ".m4b",
    ".mka", ".mp2", ".mp3", ".mpc", ".oga", ".ogg", ".opus", ".tak", ".tta", ".wav", ".wma", ".wv",
})  # fmt: skip
_PICTURE: Final = frozenset({
    ".avif", ".jpeg", ".jpg", ".png", ".tbn", ".webp",
})  # fmt: skip
_SUBTITLE: Final = frozenset({
    ".ass", ".idx", ".smi", ".srt", ".ssa", ".sub", ".sup", ".vtt",
})  # fmt: skip

TYPES: Final = {
    **dict.fromkeys(_VIDEO, FileType.VIDEO),
    **dict.fromkeys((DVD, BLU_RAY), FileType.VIDEO),
    **dict.fromkeys(_AUDIO, FileType.AUDIO),
    **dict.fromkeys(_PICTURE, FileType.PICTURE),
    **dict.fromkeys(_SUBTITLE, FileType.SUBTITLE),
    ".nfo": FileType.NOTES,
}

# What file systems, storage boxes and media servers keep for themselves. What begins with a dot is hidden anyway.
_LITTER: Final = frozenset(
    {
        "#recycle",
        "#snapshot",
        "$recycle.bin",
        "@eadir",
        "@recently-snapshot",
        "@recycle",
        "@tmp",
        "extrafanart",
        "extrathumbs",
        "lost+found",
        "recycler",
        "system volume information",
    }
)
# Where one of these lies, its folder is not for media servers: Kodi and Android, and Jellyfin where it is empty.
KEEP_OUT: Final = frozenset({".nomedia"})
KEEP_OUT_WHERE_EMPTY: Final = ".ignore"


def is_litter(name: str) -> bool:
    """Tell whether a file or a folder is none that anybody wants to see."""
    folded = name.casefold()
    return name.startswith(".") or folded in _LITTER or folded.endswith(".trickplay")


def suffix_of(name: str) -> str:
    """Return the ending of a file's name, with its dot, in small letters; nothing where there is none."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""
