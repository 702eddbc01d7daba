"""Why can the catalog not be kept? What an error of its file means to people."""

from enum import StrEnum
import errno
import sqlite3
from typing import Final

from .catalog.database import DamagedFileError, NewerFileError, is_damage


class StorageTrouble(StrEnum):
    """What is wrong with the file, or with the disk that it lies on."""

    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    OUT_OF_REACH = "out_of_reach"
    """The disk fails, or is gone."""
    DAMAGED = "damaged"
    """And it could not be begun anew."""
    NEWER = "newer"
    """A newer version of Reel wrote it."""


class CatalogUnavailable(sqlite3.Error):
    """There is no file to read or to write, for now."""


_BY_CODE: Final = {
    sqlite3.SQLITE_FULL: StorageTrouble.DISK_FULL,
    sqlite3.SQLITE_READONLY: StorageTrouble.READ_ONLY,
    sqlite3.SQLITE_PERM: StorageTrouble.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: StorageTrouble.OUT_OF_REACH,
    sqlite3.SQLITE_IOERR: StorageTrouble.OUT_OF_REACH,
}
_BY_NUMBER: Final = {
    errno.ENOSPC: StorageTrouble.DISK_FULL,
    errno.EDQUOT: StorageTrouble.DISK_FULL,
    errno.EROFS: StorageTrouble.READ_ONLY,
    errno.EACCES: StorageTrouble.READ_ONLY,
    errno.EPERM: StorageTrouble.READ_ONLY,
}


def trouble_of(error: BaseException) -> StorageTrouble | None:
    """Return what an error says about the file, None where it is about what was asked of it, or will pass."""
    if isinstance(error, NewerFileError):
        return StorageTrouble.NEWER
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, StorageTrouble.OUT_OF_REACH)
    if isinstance(error, DamagedFileError) or is_damage(error):
        return StorageTrouble.DAMAGED
    # The lower byte is the kind of an error, the rest says more about it.
    return _BY_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
