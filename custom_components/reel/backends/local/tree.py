"""What lies in a folder? One walk over all of it, which tells what is there, and what it could not see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from errno import ELOOP
from hashlib import blake2b
import os
from pathlib import Path
from threading import Event
from typing import Final

from ..errors import Cause, Unreachable
from .files import (
    BLU_RAY,
    DISC_FOLDERS,
    DVD,
    KEEP_OUT,
    KEEP_OUT_WHERE_EMPTY,
    TYPES,
    FileType,
    is_litter,
    suffix_of,
)
from .folder import Folder, require_folder
from .paths import written

# Deeper than any library; what lies below is somebody's backup.
DEEPEST: Final = 16
_DVD_INDEX: Final = "video_ts.ifo"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that counts, or the folder of a disc that stands for one."""

    path: str
    """Below the source's folder, in a form that can be written down."""
    stem: str
    """Its name without the ending; of a disc, the name of the folder it lies in."""
    suffix: str
    bytes: int = 0
    modified_ns: int = 0
    added_at: float = 0.0

    @property
    def type(self) -> FileType:
        """What it is to a library."""
        return TYPES[self.suffix]

    @property
    def stamp(self) -> str:
        """What tells this version of the file from others."""
        return f"{self.modified_ns:x}-{self.bytes:x}"


@dataclass(slots=True)
class Directory:
    """A folder and what lies in it, sorted by name, without what does not count."""

    path: str
    """Below the source's folder, "" for itself."""
    files: list[Entry] = field(default_factory=list)
    directories: list[Directory] = field(default_factory=list)
    readable: bool = True
    """Whether all that is directly in it was seen."""

    @property
    def name(self) -> str:
        """What the folder is called; nothing for the source's own."""
        return self.path.rpartition("/")[2]

    def walk(self) -> Iterator[Directory]:
        """Yield the folder and all below it."""
        yield self
        for each in self.directories:
            yield from each.walk()

    def of(self, kind: FileType) -> list[Entry]:
        """Return the files of a kind that lie directly in it."""
        return [each for each in self.files if each.type is kind]

    def holds(self, *kinds: FileType) -> bool:
        """Tell whether any such file lies in it, at any depth."""
        return any(each.type in kinds for directory in self.walk() for each in directory.files)

    @property
    def whole(self) -> bool:
        """Whether everything below it was seen."""
        return all(each.readable for each in self.walk())

    def digest(self) -> str:
        """Return a text that differs when anything in it changed."""
        mixed = blake2b(digest_size=12)
        for directory in self.walk():
            mixed.update(f"{directory.path}\0{directory.readable}\0".encode())
            mixed.update("\0".join(f"{each.path}\0{each.stamp}" for each in directory.files).encode())
        return mixed.hexdigest()


def everywhere(_path: str) -> bool:
    """Let a walk go everywhere."""
    return True


def read_tree(folder: Folder, wanted: Callable[[str], bool] = everywhere, stop: Event | None = None) -> Directory:
    """Return all that lies in a folder and in those below it that are wanted; raises `Unreachable`. Blocks.

    A folder that may not be read, or goes while it is read, is marked and does not look empty. A share that is gone
    before or after fails the whole walk, and so does one that holds nothing at all: that is what is left where a share
    could not be mounted.
    """
    require_folder(folder)
    root = _Walk(folder.path, wanted, stop or Event()).read()
    require_folder(folder)
    return root


class _Walk:
    """One walk; only alive while it lasts."""

    def __init__(self, root: Path, wanted: Callable[[str], bool], stop: Event) -> None:
        self._root = os.path.realpath(root)
        self._wanted = wanted
        self._stop = stop
        self._seen: set[tuple[int, int]] = set()
        # Links to folders wait until all that is reached without them was seen: then only what they add is left.
        self._links: list[tuple[Directory, str, str, int]] = []

    def read(self) -> Directory:
        root = self._directory("", self._root, 0)
        if root is None:
            raise Unreachable(Cause.UNREADABLE)
        while self._links:
            parent, path, real, depth = self._links.pop(0)
            self._descend(parent, path, real, depth)
            parent.directories.sort(key=_by_path)
        return root

    def _directory(self, path: str, real: str, depth: int) -> Directory | None:
        """Return what lies in a folder; None where that is nobody's business, or was seen before."""
        if self._stop.is_set():
            raise Unreachable(Cause.SILENT)
        directory = Directory(written(path))
        try:
            if self._knows(Path(real).stat()):
                return None
            with os.scandir(real) as found:
                entries = sorted(found, key=lambda each: each.name)
            if _is_private(entries):
                return None
            # An empty folder that something is mounted on: what should be there is not.
            directory.readable = bool(entries) or not os.path.ismount(real)
        except PermissionError, FileNotFoundError, NotADirectoryError:
            entries = []
            directory.readable = False
        except OSError as error:
            raise Unreachable(Cause.BROKEN) from error
        if not path and not entries and not directory.readable:
            raise Unreachable(Cause.MISSING)
        self._fill(directory, path, entries, depth)
        return directory

    def _knows(self, stat: os.stat_result) -> bool:
        key = stat.st_dev, stat.st_ino
        # Some file systems number nothing.
        known = stat.st_ino != 0 and key in self._seen
        self._seen.add(key)
        return known

    def _fill(self, directory: Directory, path: str, entries: list[os.DirEntry[str]], depth: int) -> None:
        for entry in entries:
            if is_litter(entry.name):
                continue
            try:
                self._sort_in(directory, path, entry, depth)
            except FileNotFoundError:
                continue
            except PermissionError:
                directory.readable = False
            except OSError as error:
                raise Unreachable(Cause.BROKEN) from error
        _fold_disc(directory)

    def _sort_in(self, directory: Directory, path: str, entry: os.DirEntry[str], depth: int) -> None:
        linked = entry.is_symlink()
        if linked and not self._is_inside(entry.path):
            return
        if not entry.is_dir():
            if (suffix := suffix_of(entry.name)) in TYPES and entry.is_file():
                directory.files.append(_entry(path, entry, suffix))
        elif (disc := DISC_FOLDERS.get(entry.name.casefold())) is not None and path:
            directory.files.append(_disc(path, entry, disc))
        elif linked:
            self._links.append((directory, _below(path, entry.name), entry.path, depth + 1))
        else:
            self._descend(directory, _below(path, entry.name), entry.path, depth + 1)

    def _descend(self, parent: Directory, path: str, real: str, depth: int) -> None:
        if depth > DEEPEST or not self._wanted(written(path)):
            return
        if (found := self._directory(path, real, depth)) is not None:
            parent.directories.append(found)

    def _is_inside(self, path: str) -> bool:
        """Tell whether a link leads to something in the folder."""
        try:
            target = os.path.realpath(path, strict=True)
        except FileNotFoundError, NotADirectoryError, PermissionError:
            return False
        except OSError as error:
            if error.errno == ELOOP:
                return False
            raise
        return target == self._root or target.startswith(self._root.rstrip("/") + "/")


def _by_path(directory: Directory) -> str:
    return directory.path


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _is_private(entries: list[os.DirEntry[str]]) -> bool:
    """Tell whether somebody keeps media servers out of a folder."""
    return any(
        each.name in KEEP_OUT or (each.name == KEEP_OUT_WHERE_EMPTY and each.stat().st_size == 0) for each in entries
    )


def _entry(path: str, entry: os.DirEntry[str], suffix: str) -> Entry:
    stat = entry.stat()
    name = written(entry.name)
    return Entry(
        written(_below(path, entry.name)),
        name[: -len(suffix)],
        suffix,
        stat.st_size,
        stat.st_mtime_ns,
        # Copies keep the time of the original, but nothing can have been there before it came to be: of two times that
        # may both be later, the earlier one. A clock that was ahead would keep a film new for years.
        min(stat.st_mtime, stat.st_ctime),
    )


def _disc(path: str, entry: os.DirEntry[str], disc: str) -> Entry:
    """Return the one film that the folders of a disc are."""
    streams = f"{entry.path}/STREAM" if disc == BLU_RAY else entry.path
    stats = [each.stat() for each in _files(streams)] or [entry.stat()]
    return Entry(
        written(_below(path, entry.name)),
        written(path.rpartition("/")[2]),
        disc,
        sum(each.st_size for each in stats),
        max(each.st_mtime_ns for each in stats),
        min(each.st_mtime for each in stats),
    )


def _files(path: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(path) as found:
            return [each for each in found if each.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []


def _fold_disc(directory: Directory) -> None:
    """Make one film of the files of a DVD that lie in a folder of another name."""
    # The index is none of the files that count; its menu always is.
    menu = next((each for each in directory.files if f"{each.stem}.ifo".casefold() == _DVD_INDEX), None)
    vobs = [each for each in directory.files if each.suffix == ".vob"]
    if menu is None or menu not in vobs:
        return
    whole = Entry(
        menu.path,
        directory.name,
        DVD,
        sum(each.bytes for each in vobs),
        max(each.modified_ns for each in vobs),
        min(each.added_at for each in vobs),
    )
    directory.files = [whole, *(each for each in directory.files if each not in vobs)]
