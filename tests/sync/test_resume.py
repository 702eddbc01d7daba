"""A sync that was cut off goes on where it was, and nothing is lost."""

import asyncio
from pathlib import Path
import signal
import subprocess
import sys

import pytest

from custom_components.reel.catalog import progress
from custom_components.reel.catalog.database import verify
from custom_components.reel.sync.model import Cancelled, Mode

from .house import NOW, House
from .shelf import CLASSICS, FILMS, MIXED, Key, Source, film, films
from .store import ThreadStore

DAY = 24 * 3600.0


async def cut_off(house: House, start: int) -> None:
    """Have a sync end when it asks for this page."""

    def before(question: str, _: Key | None, asked: int) -> None:
        if question == "page" and asked == start:
            house.engine.cancel()

    house.source.before = before
    assert isinstance(await house.engine.sync(Mode.FULL), Cancelled)
    house.source.before = lambda *_: None
    house.source.pages.clear()
    house.source.asked.clear()


async def test_a_killed_process_loses_nothing_and_the_next_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "reel.db"
    command = [sys.executable, str(Path(__file__).parent / "killed.py"), str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220, S603
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 3000:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert verify(path)
    store = ThreadStore(path)
    try:
        house = House(store, Source(shelved=[FILMS, CLASSICS]))
        house.source.put([*films(range(9_000)), *films(range(100_000, 100_010), CLASSICS)])
        kept = len(await house.items())
        assert 2000 <= kept < 9_000
        assert await house.engine.is_unfinished()
        outcome = await house.sync()
        assert outcome.counts.added == 9_010 - kept
        assert house.source.pages[0] == ("1", "movie", kept)
        assert await house.items() == {item.identity: item.library for item in house.source.there.values()}
    finally:
        store.close()


async def test_what_was_deleted_while_nothing_ran_is_found_by_comparing_identities(house: House) -> None:
    house.source.put(films(range(2000)))
    await house.sync()
    await cut_off(house, 1000)
    house.source.lose([3, 4])
    assert (await house.sync()).counts.removed == 2
    assert house.source.asked["id_page"] == 1
    assert house.source.pages[0] == ("1", "movie", 1000)


async def test_what_slipped_into_the_part_that_was_read_is_found_by_comparing_identities(house: House) -> None:
    house.source.put(films(range(100, 2100)))
    await cut_off(house, 1000)
    house.source.there = {"7": film(7)} | house.source.there
    house.source.lose([2099])
    await house.sync()
    assert await house.items() == {item.identity: item.library for item in house.source.there.values()}


async def test_lists_that_were_finished_are_not_read_again(house: House) -> None:
    house.source.shelved = [CLASSICS, FILMS]
    house.source.put([*films(range(2000)), *films(range(3000, 3010), CLASSICS)])
    await cut_off(house, 500)
    await house.sync()
    assert [library for library, *_ in house.source.pages] == ["1"] * 4


async def test_progress_goes_on_where_it_was(house: House) -> None:
    house.source.put(films(range(2000)))
    await cut_off(house, 1000)
    house.steps.clear()
    await house.sync()
    read = [step for step in house.running() if step.total]
    assert read[0].done >= 500
    assert read[-1].done == read[-1].total == 2000


@pytest.mark.parametrize("later", [DAY, -1.0])
async def test_what_was_read_long_ago_or_by_another_clock_is_read_again(house: House, later: float) -> None:
    house.source.put(films(range(2000)))
    await cut_off(house, 1000)
    house.time = NOW + later
    await house.sync()
    assert house.source.pages[0] == ("1", "movie", 0)
    assert house.source.asked["id_page"] <= 1


async def test_other_libraries_than_then_are_read_from_the_beginning(house: House) -> None:
    house.source.put(films(range(2000)))
    await cut_off(house, 1000)
    house.source.shelved = [FILMS, CLASSICS]
    await house.sync()
    assert house.source.pages[0] == ("1", "movie", 0)


async def test_a_sync_that_was_called_off_removes_nothing(house: House) -> None:
    house.source.shelved = [MIXED, FILMS]
    house.source.put(films(range(2000)))
    await house.sync()
    house.source.lose(range(3))
    await cut_off(house, 1500)
    assert len(await house.items()) == 2000


async def test_a_new_process_tells_that_there_is_something_to_go_on_with(store: ThreadStore) -> None:
    house = House(store)
    house.source.put(films(range(2000)))
    assert not await house.engine.is_unfinished()
    await cut_off(house, 1000)
    assert await house.new_engine().is_unfinished()
    stands = await store.read(lambda database: progress.checkpoints(database, house.key))
    assert {stand.begun_at for stand in stands.values()} == {NOW}


async def test_a_sync_ends_at_its_next_request_and_what_came_is_written(house: House) -> None:
    house.source.put(films(range(2000)))
    waiting = asyncio.Event()

    async def hang() -> None:
        waiting.set()
        await asyncio.get_running_loop().create_future()

    house.source.before = lambda question, _, start: hang() if question == "page" and start == 1000 else None
    sync = asyncio.ensure_future(house.engine.sync(Mode.FULL))
    await waiting.wait()
    house.engine.cancel()
    outcome = await sync
    assert isinstance(outcome, Cancelled)
    assert outcome.counts.added == len(await house.items()) >= 500
