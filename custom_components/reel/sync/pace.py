"""How far is a sync? By what the source says there is to read, and never backwards."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..backends.item import ItemKind
from ..backends.model import Library
from .model import Mode, Running


class Shelf(NamedTuple):
    """A list of one kind in one library: what a source tells page by page."""

    library: Library
    kind: ItemKind

    @property
    def key(self) -> tuple[str, ItemKind]:
        """What it is counted and remembered by."""
        return self.library.identity, self.kind


class Pace:
    """Counts what is read of what there is, and tells of it."""

    def __init__(self, mode: Mode, now: Callable[[], float], on_step: Callable[[Running], None]) -> None:
        self.mode = mode
        self.started = now()
        self._now = now
        self._on_step = on_step
        self._library: str | None = None
        self._expected: dict[tuple[str, ItemKind], int] = {}
        self._done: dict[tuple[str, ItemKind], int] = {}
        self._before = 0
        self._percent = 0

    @property
    def seconds(self) -> float:
        """How long it took until now; a clock that is set back does not make it less than nothing."""
        return max(self._now() - self.started, 0.0)

    def expect(self, totals: Mapping[tuple[str, ItemKind], int]) -> None:
        """Take note of how many rows there are to read."""
        self._expected.update(totals)

    def skip(self, shelf: Shelf, rows: int) -> None:
        """Take note that so many rows were read before; they say nothing about how fast this is."""
        self._done[shelf.key] = rows
        self._before += rows

    def begin(self, library: str | None) -> None:
        """Tell that a library is read from now on."""
        self._library = library
        self.tell()

    def advance(self, shelf: Shelf, rows: int, total: int | None) -> None:
        """Tell that so many rows more were read, of so many, if the source said so."""
        done = self._done[shelf.key] = self._done.get(shelf.key, 0) + rows
        if total is not None:
            self._expected[shelf.key] = total
        self._expected[shelf.key] = max(self._expected.get(shelf.key, 0), done)
        self.tell()

    def finish(self, shelf: Shelf) -> None:
        """Take note that a list is read to its end, whatever its source said of its length."""
        self._expected[shelf.key] = self._done.get(shelf.key, 0)

    def tell(self) -> None:
        """Tell how far it is."""
        done, total, seconds = sum(self._done.values()), sum(self._expected.values()), self.seconds
        if total:
            self._percent = max(self._percent, min(done * 100 // total, 100))
        self._on_step(
            Running(
                mode=self.mode,
                started=self.started,
                library=self._library,
                done=done,
                total=total,
                percent=self._percent,
                rate=(done - self._before) / seconds if seconds else 0.0,
            )
        )
