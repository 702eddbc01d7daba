"""Which copy of a title is the one to play? One at a source that is connected, over the best way, and then the best."""

from collections.abc import Iterable, Mapping

from .backends.item import File
from .catalog.entry import Entry
from .connection.model import Quality


def ranked(copies: Iterable[Entry], ways: Mapping[str, Quality | None]) -> list[Entry]:
    """Return the copies of one title, the best to play first.

    `ways` tells, by the key of a source, at which quality it is connected; a source without one cannot play anything.
    A film that plays beats one that looks better but stutters: the connection counts before the file.
    """
    return sorted(copies, key=lambda copy: (_distance(ways.get(copy.source)), *_loss(best_file(copy.item.files))))


def best_file(files: Iterable[File]) -> File | None:
    """Return the version of an item with the best picture, and among equals the most data; None without files."""
    return min(files, key=_loss, default=None)


def _distance(way: Quality | None) -> int:
    return len(Quality) if way is None else way.rank


def _loss(file: File | None) -> tuple[int, int, int]:
    """Return what sorts better files first; what nobody tells counts as nothing."""
    if file is None:
        return (1, 0, 0)
    return (-lines(file), -(file.bitrate or 0), -(file.bytes or 0))


def lines(file: File) -> int:
    """Return of how many lines a picture is made, with the black bars that were cut off; 0 where nobody tells."""
    # A wide film is 3840 pixels wide and 1600 high: its width tells what its height does not.
    return max(file.height or 0, (file.width or 0) * 9 // 16)
