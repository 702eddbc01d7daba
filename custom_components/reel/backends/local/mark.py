"""What did a folder hold the last time? Kept in nine bytes an item, enough to tell what is new, different or gone."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from json import dumps, loads
from typing import Final

from ..item import ItemKind
from .draft import Draft

# Raised whenever names are read differently: everything is read anew then.
VERSION: Final = 1
_KINDS: Final = tuple(ItemKind)
_SIZE: Final = 9


@dataclass(frozen=True, slots=True)
class LibraryMark:
    """What a library held: the digest of all its files, and kind, identity and content of each item, hashed."""

    digest: str
    items: frozenset[bytes] = frozenset()

    def kinds_gone(self, now: frozenset[bytes]) -> set[ItemKind]:
        """Return the kinds of which something is not there any more."""
        there = {each[:5] for each in now}
        return {_KINDS[each[0]] for each in self.items if each[:5] not in there}

    def with_gone(self, now: frozenset[bytes]) -> frozenset[bytes]:
        """Return what there is, with what was there and may still be, since not everything was seen."""
        there = {each[:5] for each in now}
        return now | {each for each in self.items if each[:5] not in there}


@dataclass(frozen=True, slots=True)
class Mark:
    """What the libraries of a folder held."""

    libraries: Mapping[str, LibraryMark] = field(default_factory=dict)

    def written(self) -> str:
        """Return it as text."""
        libraries = {
            identity: [each.digest, b64encode(b"".join(sorted(each.items))).decode()]
            for identity, each in self.libraries.items()
        }
        return dumps({"version": VERSION, "libraries": libraries}, separators=(",", ":"))


def hashed(draft: Draft) -> bytes:
    """Return the nine bytes of an item."""
    identity = blake2b(draft.identity.encode(), digest_size=4).digest()
    return bytes([_KINDS.index(draft.kind)]) + identity + draft.stamp()


def read_mark(text: str | None) -> Mark | None:
    """Return what was written, None where it says nothing to us."""
    try:
        document = loads(text or "")
        if document["version"] != VERSION:
            return None
        return Mark(
            {name: LibraryMark(digest, _items(items)) for name, (digest, items) in document["libraries"].items()}
        )
    except KeyError, TypeError, ValueError, AttributeError:
        return None


def _items(text: str) -> frozenset[bytes]:
    raw = b64decode(text)
    return frozenset(_pieces(raw))


def _pieces(raw: bytes) -> Iterable[bytes]:
    return (raw[start : start + _SIZE] for start in range(0, len(raw) - _SIZE + 1, _SIZE))
