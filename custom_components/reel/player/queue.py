"""What is played next? What comes after in a queue, which its user shuffles, repeats and changes while it plays."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

type Roll = Callable[[int], int]
"""Chance: returns a number from 0 up to, but not, the one that is given."""


class Repeat(StrEnum):
    """What happens after the last item; after each of them for ONE."""

    OFF = "off"
    ALL = "all"
    ONE = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue[T]:
    """Items in the order in which they were added, the order in which they play, and which of them is played."""

    items: tuple[T, ...] = ()
    order: tuple[int, ...] = ()
    """Places in `items`."""
    at: int = 0
    """The place of the current item in `order`."""
    repeat: Repeat = Repeat.OFF
    shuffled: bool = False

    def __post_init__(self) -> None:
        if sorted(self.order) != [*range(len(self.items))] or not 0 <= self.at < max(len(self.items), 1):
            raise ValueError("A queue plays each of its items once, and one of them now")

    @property
    def current(self) -> T | None:
        """What is played, None in an empty queue."""
        return self.items[self.order[self.at]] if self.order else None

    @property
    def in_order(self) -> tuple[T, ...]:
        """All items as they play."""
        return tuple(self.items[place] for place in self.order)

    # What is in it

    def filled(self, items: Iterable[T], first: int, roll: Roll) -> Queue[T]:
        """Return a queue of other items, of which `first` is played now; it repeats and shuffles as this one."""
        new = tuple(items)
        whole = replace(self, items=new, order=tuple(range(len(new))), at=first if new else 0, shuffled=False)
        return whole.with_shuffle(roll) if self.shuffled else whole

    def added(self, items: Iterable[T], roll: Roll) -> Queue[T]:
        """Return it with more at its end; shuffled, anywhere among what is still to come."""
        new = tuple(items)
        places = range(len(self.items), len(self.items) + len(new))
        past, coming = self.order[: self.at + 1], [*self.order[self.at + 1 :], *places]
        order = (*past, *(_shuffled(coming, roll) if self.shuffled else coming))
        return replace(self, items=(*self.items, *new), order=order)

    def interposed(self, items: Iterable[T]) -> Queue[T]:
        """Return it with more right after the current item, as they come."""
        new = tuple(items)
        if not self.shuffled:
            return self._inserted(new)
        places = range(len(self.items), len(self.items) + len(new))
        after = self.at + 1
        order = (*self.order[:after], *places, *self.order[after:])
        return replace(self, items=(*self.items, *new), order=order)

    def removed(self, at: int) -> Queue[T]:
        """Return it without what plays at a place; without the current item, the next one is it."""
        gone = self.order[at]
        order = tuple(place - (place > gone) for place in self.order if place != gone)
        items = (*self.items[:gone], *self.items[gone + 1 :])
        now = self.at - (at < self.at)
        return replace(self, items=items, order=order, at=min(now, max(len(items) - 1, 0)))

    def emptied(self) -> Queue[T]:
        """Return it without anything."""
        return replace(self, items=(), order=(), at=0)

    # Where it is

    def after_end(self) -> Queue[T] | None:
        """Return where it goes on when the current item has ended; None where that was all."""
        return self if self.repeat is Repeat.ONE and self.order else self.after_skip()

    def after_skip(self) -> Queue[T] | None:
        """Return where it goes on when somebody has had enough of the current item; None where that was all."""
        if self.at + 1 < len(self.order):
            return replace(self, at=self.at + 1)
        return replace(self, at=0) if self.repeat is not Repeat.OFF and self.order else None

    def before(self) -> Queue[T]:
        """Return where it was before; at the beginning, the current item again unless it goes round."""
        if self.at > 0 or self.repeat is Repeat.OFF:
            return replace(self, at=max(self.at - 1, 0))
        return replace(self, at=max(len(self.order) - 1, 0))

    # How it plays

    def with_repeat(self, repeat: Repeat) -> Queue[T]:
        """Return it repeating so."""
        return replace(self, repeat=repeat)

    def with_shuffle(self, roll: Roll) -> Queue[T]:
        """Return it shuffled: the current item first, and all others after it."""
        if not self.order:
            return replace(self, shuffled=True)
        current = self.order[self.at]
        others = [place for place in range(len(self.items)) if place != current]
        return replace(self, order=(current, *_shuffled(others, roll)), at=0, shuffled=True)

    def in_sequence(self) -> Queue[T]:
        """Return it in the order in which its items were added, at the same one."""
        at = self.order[self.at] if self.order else 0
        return replace(self, order=tuple(range(len(self.items))), at=at, shuffled=False)

    def _inserted(self, new: tuple[T, ...]) -> Queue[T]:
        after = self.at + 1 if self.items else 0
        items = (*self.items[:after], *new, *self.items[after:])
        return replace(self, items=items, order=tuple(range(len(items))))


def _shuffled(places: Sequence[int], roll: Roll) -> list[int]:
    left = list(places)
    return [left.pop(roll(len(left))) for _ in places]
