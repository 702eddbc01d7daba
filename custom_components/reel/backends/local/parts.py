"""Which part of a file is asked for, if any? Decided as HTTP has it (RFC 9110, sections 13 and 14)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
import re
from typing import Final

_RANGE: Final = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII)
_TAG: Final = re.compile(r'(W/)?("[^"]*")')
# More digits than any disk has bytes.
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Edition:
    """A file as it is now: another size or time makes another of it."""

    size: int
    modified_ns: int

    @property
    def tag(self) -> str:
        """What tells it from every other one."""
        return f'"{self.modified_ns:x}-{self.size:x}"'

    @property
    def modified(self) -> datetime:
        """When it was changed, as HTTP tells it: in whole seconds."""
        return datetime.fromtimestamp(max(self.modified_ns, 0) // 10**9, UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent of a file."""

    status: int
    start: int
    end: int
    """The first byte that is not sent any more."""
    headers: Mapping[str, str]


def part_of(edition: Edition, asked: Mapping[str, str], *, head: bool = False) -> Part:
    """Return what is to be sent to somebody who asked so; names of headers are in small letters."""
    said = {
        "accept-ranges": "bytes",
        "etag": edition.tag,
        "last-modified": format_datetime(edition.modified, usegmt=True),
    }
    if (status := _condition(edition, asked)) is not None:
        return Part(status, 0, 0, said)
    span = None if head or not _same(edition, asked.get("if-range")) else _span(asked.get("range", ""), edition.size)
    if span is None:
        return Part(HTTPStatus.OK, 0, edition.size, said | {"content-length": str(edition.size)})
    start, end = span
    if start >= end:
        said["content-range"] = f"bytes */{edition.size}"
        return Part(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, 0, 0, said)
    said |= {"content-range": f"bytes {start}-{end - 1}/{edition.size}", "content-length": str(end - start)}
    return Part(HTTPStatus.PARTIAL_CONTENT, start, end, said)


def _condition(edition: Edition, asked: Mapping[str, str]) -> int | None:
    """Return with what status the question is answered before it comes to the file."""
    if (wanted := asked.get("if-match")) is not None:
        if not _matches(edition, wanted, strong=True):
            return HTTPStatus.PRECONDITION_FAILED
    elif (until := _date(asked.get("if-unmodified-since"))) is not None and edition.modified > until:
        return HTTPStatus.PRECONDITION_FAILED
    if (known := asked.get("if-none-match")) is not None:
        return HTTPStatus.NOT_MODIFIED if _matches(edition, known, strong=False) else None
    since = _date(asked.get("if-modified-since"))
    return HTTPStatus.NOT_MODIFIED if since is not None and edition.modified <= since else None


def _matches(edition: Edition, tags: str, *, strong: bool) -> bool:
    if tags.strip() == "*":
        return True
    return any(tag == edition.tag and not (weak and strong) for weak, tag in _TAG.findall(tags))


def _same(edition: Edition, condition: str | None) -> bool:
    """Tell whether somebody who has a part of a file has it of this edition, or has none."""
    if condition is None:
        return True
    return condition.strip() == edition.tag or _date(condition) == edition.modified


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """Return what is asked for; nothing for several parts, and for what makes no sense: both get everything."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or len(wanted) > 2 * _MOST_DIGITS or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(size - int(found[2]), 0), size
    start, end = int(found[1]), int(found[2]) + 1 if found[2] else size
    if found[2] and end <= start:
        return None
    return start, min(end, size)


def _date(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        found = parsedate_to_datetime(value)
    except ValueError, OverflowError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
