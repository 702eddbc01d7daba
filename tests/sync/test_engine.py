"""One sync at a time, for everybody who wants it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from custom_components.reel.backends.listing import Look, News
from custom_components.reel.sync.model import Cancelled, Idle, Mode, Running, Synced

from .house import House
from .shelf import CLASSICS, FILMS, films


class Gate:
    """Holds a source at its first question until it is opened."""

    def __init__(self, house: House) -> None:
        self.reached = asyncio.Event()
        self._open = asyncio.Event()
        house.source.before = lambda *_: self._wait()

    def open(self) -> None:
        """Let everybody through."""
        self._open.set()

    async def _wait(self) -> None:
        self.reached.set()
        await self._open.wait()


@contextmanager
def filled(house: House) -> Iterator[None]:
    """Give a source some films."""
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(10)), *films(range(10, 20), CLASSICS)])
    yield


async def test_who_wants_the_sync_under_way_gets_its_outcome(house: House) -> None:
    with filled(house):
        gate = Gate(house)
        first = asyncio.ensure_future(house.engine.sync(Mode.FULL))
        await gate.reached.wait()
        others = [
            asyncio.ensure_future(house.engine.sync(Mode.FULL)),
            asyncio.ensure_future(house.engine.sync(Mode.INCREMENTAL)),
            asyncio.ensure_future(house.engine.sync(Mode.LIBRARY, FILMS.identity)),
        ]
        await asyncio.sleep(0)
        gate.open()
        outcomes = await asyncio.gather(first, *others)
    assert len({id(outcome) for outcome in outcomes}) == 1
    assert house.source.asked["libraries"] == 1


async def test_who_wants_more_waits_for_one_more_sync(house: House) -> None:
    with filled(house):
        await house.sync()
        gate = Gate(house)
        small = asyncio.ensure_future(house.engine.sync(Mode.INCREMENTAL))
        await gate.reached.wait()
        house.source.asked.clear()
        full = [asyncio.ensure_future(house.engine.sync(Mode.FULL)) for _ in range(3)]
        await asyncio.sleep(0)
        gate.open()
        modes = [outcome.mode for outcome in await asyncio.gather(small, *full)]
    assert modes == [Mode.INCREMENTAL, Mode.FULL, Mode.FULL, Mode.FULL]
    assert house.source.asked["libraries"] == 1


async def test_who_gives_up_waiting_does_not_end_it_for_others(house: House) -> None:
    with filled(house):
        gate = Gate(house)
        impatient = asyncio.ensure_future(house.engine.sync(Mode.FULL))
        patient = asyncio.ensure_future(house.engine.sync(Mode.FULL))
        await gate.reached.wait()
        impatient.cancel()
        gate.open()
        assert isinstance(await patient, Synced)
    assert impatient.cancelled()


async def test_no_look_is_taken_while_a_sync_runs(house: House) -> None:
    with filled(house):
        gate = Gate(house)
        sync = asyncio.ensure_future(house.engine.sync(Mode.FULL))
        await gate.reached.wait()
        assert await house.engine.look(Look.CONTENT) is None
        gate.open()
        await sync


async def test_steps_tell_a_sync_from_its_beginning_to_its_end(house: House) -> None:
    with filled(house):
        outcome = await house.sync()
    assert all(isinstance(step, Running) for step in house.steps[:-1])
    assert house.steps[-1] == house.engine.step == Idle(outcome)


async def test_calling_off_ends_those_that_wait_too(house: House) -> None:
    with filled(house):
        await house.sync()
        gate = Gate(house)
        syncs = [
            asyncio.ensure_future(house.engine.sync(Mode.LIBRARY, library.identity)) for library in (FILMS, CLASSICS)
        ]
        await gate.reached.wait()
        house.engine.cancel()
        outcomes = await asyncio.gather(*syncs)
    assert all(isinstance(outcome, Cancelled) for outcome in outcomes)
    assert house.source.asked["libraries"] == 2
    house.source.before = lambda *_: None
    await house.sync()


async def test_calling_off_nothing_is_nothing(house: House) -> None:
    with filled(house):
        house.engine.cancel()
        assert (await house.sync()).counts.added > 0


async def test_closing_ends_everything(house: House) -> None:
    with filled(house):
        gate = Gate(house)
        sync = asyncio.ensure_future(house.engine.sync(Mode.FULL))
        await gate.reached.wait()
        house.engine.hear(News(changed=frozenset({"3"}), libraries=frozenset({FILMS.identity})))
        await house.engine.close()
        assert isinstance(await sync, Cancelled)
        assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_engine_that_did_nothing_can_be_closed(house: House) -> None:
    await house.engine.close()
    assert house.engine.step == Idle()
