"""What does the kernel tell of folders? Linux' inotify, through the C library that every Python is linked to."""

from collections.abc import Iterator
import ctypes
from dataclasses import dataclass
from enum import IntFlag
import os
import struct
from typing import Final, Self

_EVENT: Final = struct.Struct("iIII")
_BYTES: Final = 65_536


class Mask(IntFlag):
    """What happened, as the kernel numbers it."""

    CLOSE_WRITE = 0x8
    MOVED_FROM = 0x40
    MOVED_TO = 0x80
    CREATE = 0x100
    DELETE = 0x200
    DELETE_SELF = 0x400
    UNMOUNT = 0x2000
    OVERFLOW = 0x4000
    IGNORED = 0x8000
    ONLY_FOLDERS = 0x0100_0000
    DONT_FOLLOW = 0x0200_0000
    EXCLUDE_UNLINKED = 0x0400_0000
    IS_FOLDER = 0x4000_0000


# A hard link is made and never written; a copy is made, and written for a while.
_WANTED: Final = (
    Mask.CLOSE_WRITE | Mask.MOVED_FROM | Mask.MOVED_TO | Mask.CREATE | Mask.DELETE | Mask.DELETE_SELF
    | Mask.ONLY_FOLDERS | Mask.DONT_FOLLOW | Mask.EXCLUDE_UNLINKED
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a folder that is watched."""

    watch: int
    mask: Mask
    name: str
    """What it happened to, nothing for the folder itself."""


class Inotify:
    """An open inotify descriptor. All raise `OSError`, also where there is no such thing."""

    def __init__(self, library: ctypes.CDLL, descriptor: int) -> None:
        self._library = library
        self.descriptor = descriptor
        self._closed = False

    @classmethod
    def open(cls) -> Self:
        """Return a new one, which never blocks."""
        library = ctypes.CDLL(None, use_errno=True)
        try:
            begin = library.inotify_init1
        except AttributeError as error:
            raise OSError("no inotify") from error
        return cls(library, _checked(begin(os.O_NONBLOCK | os.O_CLOEXEC)))

    def add(self, path: str) -> int:
        """Watch a folder; a folder that is watched already keeps its number."""
        return _checked(
            self._library.inotify_add_watch(self.descriptor, os.fsencode(path), ctypes.c_uint32(_WANTED.value))
        )

    def remove(self, watch: int) -> None:
        """Watch a folder no longer."""
        self._library.inotify_rm_watch(self.descriptor, watch)

    def read(self) -> list[Event]:
        """Return what happened since."""
        try:
            return list(_events(os.read(self.descriptor, _BYTES)))
        except BlockingIOError:
            return []

    def close(self) -> None:
        """Watch nothing any more."""
        if not self._closed:
            self._closed = True
            os.close(self.descriptor)


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _events(raw: bytes) -> Iterator[Event]:
    start = 0
    while start + _EVENT.size <= len(raw):
        watch, mask, _cookie, length = _EVENT.unpack_from(raw, start)
        start += _EVENT.size
        yield Event(watch, Mask(mask), os.fsdecode(raw[start : start + length].rstrip(b"\0")))
        start += length
