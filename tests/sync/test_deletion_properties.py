"""Nothing that a server still has is ever removed, whatever its lists do, and however often it is synced."""

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings, strategies as st

from custom_components.reel.backends.errors import Busy, Cause, SourceError, Unreachable
from custom_components.reel.sync.model import Mode

from .house import House
from .shelf import CLASSICS, FILMS, Key, Source, film
from .store import ThreadStore

LIBRARIES = (FILMS, CLASSICS)
NUMBERS = st.integers(0, 1399)
CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("lose"), NUMBERS, NUMBERS),
        st.tuples(st.just("put"), NUMBERS, NUMBERS),
        st.tuples(st.just("move"), NUMBERS, NUMBERS),
        st.tuples(st.just("hide"), NUMBERS, NUMBERS),
    ),
    max_size=3,
)


class Liar(Source):
    """A server that never tells the same twice: pages and totals change from one question to the next."""

    def __init__(self, chance: Random) -> None:
        super().__init__(shelved=list(LIBRARIES))
        self.chance = chance
        self.lies = False
        self.total = self._some_total
        self.before = self._misbehave

    def _some_total(self, start: int, count: int) -> int | None:
        if not self.lies:
            return count
        return self.chance.choice([count, count, count, None, 0, start, count + 1, count - 1])

    def _misbehave(self, question: str, _: Key | None, __: int) -> None:
        if not self.lies or question not in {"page", "id_page", "items", "libraries"}:
            return
        self.most = self.chance.choice([None, None, 1, 90, 500])
        self.everything = self.chance.random() < 0.1
        self.first_page_only = self.chance.random() < 0.1
        self.hidden = frozenset(self.chance.sample(sorted(self.there), k=self.chance.randrange(len(self.there) + 1)))
        if self.most == 1 and len(self.there) > 200:
            self.most = 90
        if self.chance.random() < 0.05:
            raise self.chance.choice(FAILURES)


FAILURES: list[SourceError] = [Busy(), Unreachable(Cause.SILENT)]


def change(source: Source, what: str, first: int, last: int) -> None:
    """Have something happen to a stretch of items."""
    numbers = [str(number) for number in range(min(first, last), max(first, last))]
    match what:
        case "lose":
            source.lose(number for number in numbers if number in source.there)
        case "put":
            source.put(film(int(number)) for number in numbers)
        case "move":
            source.put(film(int(number), CLASSICS) for number in numbers if number in source.there)
        case _:
            source.hidden = frozenset(numbers)


async def check(store: ThreadStore, chance: Random, rounds: list[list[tuple[str, int, int]]], *, lies: bool) -> None:
    """Sync after each round of changes, and look for what was removed and is still there."""
    source = Liar(chance)
    house = House(store, source)
    change(source, "put", 0, 700)
    await house.sync()
    for changes in rounds:
        for each in changes:
            change(source, *each)
        source.lies = lies
        before = await house.items()
        await house.engine.sync(chance.choice([Mode.FULL, Mode.FULL, Mode.LIBRARY]), FILMS.identity)
        source.lies = False
        after = await house.items()
        assert not [each for each in before.keys() - after.keys() if each in source.there]
    # Twice in a row all is told as it is, and then the catalog says the same.
    source.hidden = frozenset()
    for _ in range(2):
        source.most, source.everything, source.first_page_only = None, False, False
        await house.sync()
    assert await house.items() == {item.identity: item.library for item in source.there.values()}


@settings(max_examples=15, deadline=None)
@given(rounds=st.lists(CHANGES, min_size=1, max_size=3), seed=st.integers(0, 2**32), lies=st.booleans())
def test_nothing_that_is_there_is_removed(rounds: list[list[tuple[str, int, int]]], seed: int, *, lies: bool) -> None:
    with TemporaryDirectory() as folder:
        store = ThreadStore(Path(folder) / "reel.db")
        try:
            asyncio.run(check(store, Random(seed), rounds, lies=lies))
        finally:
            store.close()
