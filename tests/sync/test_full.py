"""A source is read whole, and its catalog says the same."""

import asyncio
import sqlite3

import pytest

from custom_components.reel.backends.errors import (
    Busy,
    Cause,
    Garbled,
    NotAllowed,
    Offline,
    SignInRefused,
    SourceError,
    Unreachable,
)
from custom_components.reel.backends.item import Item, ItemKind
from custom_components.reel.sync.model import Failure, Mode, Reason

from .house import House
from .shelf import CLASSICS, FILMS, MIXED, film, films
from .store import ThreadStore

COLLECTION = Item(identity="900", kind=ItemKind.COLLECTION, library=MIXED.identity, title="The best")


async def test_all_items_of_all_libraries_are_kept(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(1200)), *films(range(2000, 2010), CLASSICS)])
    outcome = await house.sync()
    assert outcome.counts.added == 1210
    assert len(await house.items()) == 1210
    assert await house.libraries() == ["1", "2"]


async def test_the_first_time_nobody_is_a_newcomer_and_later_each_is_named(house: House) -> None:
    house.source.put(films(range(5)))
    assert (await house.sync()).counts.newcomers == ()
    house.source.put([film(7)])
    assert (await house.sync()).counts.newcomers == ("7",)


async def test_a_second_sync_changes_nothing_where_nothing_changed(house: House) -> None:
    house.source.put(films(range(600)))
    await house.sync()
    assert not (await house.sync()).counts


async def test_what_changed_is_updated_and_what_is_gone_is_removed(house: House) -> None:
    house.source.put(films(range(50)))
    await house.sync()
    house.source.put([film(3, title="Another title", watched=True)])
    house.source.lose([4, 5])
    counts = (await house.sync()).counts
    assert (counts.added, counts.updated, counts.removed, counts.states) == (0, 1, 2, 1)
    assert (await house.titles())["3"] == "Another title"
    assert await house.watched() == {"3"}


async def test_servers_with_the_same_numbers_do_not_meet(store: ThreadStore) -> None:
    one, other = House(store, key="source-1"), House(store, key="source-2")
    one.source.put(films(range(300)))
    other.source.put([film(number, title="Elsewhere") for number in range(100, 160)])
    await asyncio.gather(one.sync(), other.sync())
    other.source.lose(range(100, 120))
    await asyncio.gather(one.sync(), other.sync())
    assert len(await one.items()) == 300
    assert len(await other.items()) == 40
    assert set((await one.titles()).values()) == {f"Film {number}" for number in range(300)}


async def test_only_wanted_libraries_are_kept_and_what_was_there_of_others_goes(store: ThreadStore) -> None:
    house = House(store)
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(5)), *films(range(10, 15), CLASSICS)])
    await house.sync()
    house.wanted = frozenset({CLASSICS.identity})
    house.new_engine()
    assert (await house.sync()).counts.removed == 5
    assert await house.libraries() == ["2"]
    assert ("1", "movie", 0) not in house.source.pages[2:]


async def test_what_collections_hold_is_kept_and_asked_for_only_where_they_changed(house: House) -> None:
    house.source.shelved = [MIXED]
    house.source.put([COLLECTION])
    house.source.held = {"900": ["5", "3", "4"]}
    await house.sync()
    assert await house.members("900") == ["5", "3", "4"]
    await house.sync()
    assert house.source.asked["members"] == 1


async def test_a_collection_that_cannot_be_read_is_tried_again(house: House) -> None:
    house.source.shelved = [MIXED]
    house.source.put([COLLECTION])
    house.source.held = {"900": ["5"]}
    house.source.fails["members 900"] = Garbled()
    assert (await house.sync()).partial == (Failure("3", Reason.GARBLED),)
    house.source.fails.clear()
    await house.sync()
    assert await house.members("900") == ["5"]


async def test_no_library_is_needed(house: House) -> None:
    house.source.shelved = []
    assert not (await house.sync()).counts


# Errors


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Garbled(), Reason.GARBLED), (NotAllowed(), Reason.NOT_ALLOWED), (Busy(), Reason.BUSY)],
)
async def test_one_failing_library_does_not_stop_the_others(house: House, error: SourceError, reason: Reason) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(5)), *films(range(10, 15), CLASSICS)])
    await house.sync()
    house.source.lose([0, 10])
    house.source.fails["page 1"] = error
    outcome = await house.sync()
    assert outcome.partial == (Failure("1", reason),)
    assert set(await house.items()) == {"0", "1", "2", "3", "4", "11", "12", "13", "14"}


async def test_a_library_that_failed_is_read_by_the_next_small_sync(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(5)), *films(range(10, 15), CLASSICS)])
    house.source.fails["page 1"] = Busy()
    await house.sync()
    house.source.fails.clear()
    assert (await house.sync(Mode.INCREMENTAL)).counts.added == 5
    house.source.asked.clear()
    await house.sync(Mode.INCREMENTAL)
    assert house.source.asked.total() == 3


async def test_a_source_of_which_nothing_can_be_read_failed(house: House) -> None:
    house.source.put(films(range(5)))
    house.source.fails["page 1"] = Unreachable(Cause.MISSING)
    assert (await house.fail()).reason is Reason.UNREACHABLE


async def test_an_unmounted_share_removes_nothing(house: House) -> None:
    house.source.put(films(range(5)))
    await house.sync()
    for question in ("libraries", "page 1"):
        house.source.fails = {question: Unreachable(Cause.MISSING)}
        failed = await house.fail()
        assert failed.reason is Reason.UNREACHABLE
        assert isinstance(failed.error, Unreachable)
    assert len(await house.items()) == 5


@pytest.mark.parametrize(("error", "reason"), [(Offline(), Reason.OFFLINE), (SignInRefused(), Reason.SIGN_IN)])
async def test_a_source_that_is_gone_ends_the_sync_which_goes_on_later(
    house: House, error: SourceError, reason: Reason
) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(1600)), *films(range(2000, 2010), CLASSICS)])

    def before(question: str, _: object, start: int) -> None:
        if question == "page" and start == 1000:
            raise error

    house.source.before = before
    assert (await house.fail()).reason is reason
    assert len(await house.items()) == 1000
    assert await house.engine.is_unfinished()
    house.source.before = lambda *_: None
    house.source.pages.clear()
    assert (await house.sync()).counts.added == 610
    assert house.source.pages[0] == ("1", "movie", 1000)
    assert not await house.engine.is_unfinished()


async def test_a_full_disk_fails_the_sync_and_not_the_next(house: House) -> None:
    house.source.put(films(range(5)))

    def fail() -> None:
        raise sqlite3.OperationalError("database or disk is full")

    house.store.before_write = fail
    assert (await house.fail()).reason is Reason.CATALOG
    house.store.before_write = lambda: None
    await house.sync()
    assert len(await house.items()) == 5


async def test_what_nobody_thought_of_ends_one_sync_only(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.source.put(films(range(5)))
    house.source.before = lambda *_: 1 / 0  # type: ignore[assignment]
    assert (await house.fail()).reason is Reason.OTHER
    assert "nobody thought of" in caplog.text
    house.source.before = lambda *_: None
    await house.sync()


# Progress


async def test_progress_has_real_totals_and_never_runs_backwards(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(1200)), *films(range(2000, 3300), CLASSICS)])
    await house.sync()
    steps = house.running()
    assert {step.total for step in steps if step.done} == {2500}
    percents = [step.percent for step in steps]
    assert percents == sorted(percents)
    assert percents[-1] == 100
    assert [step.library for step in steps if step.done == 1700] == ["2"]


async def test_progress_of_lists_that_do_not_tell_their_length_is_counted_as_it_comes(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(1200)), *films(range(2000, 3300), CLASSICS)])
    house.source.total = lambda *_: None
    assert (await house.sync()).counts.added == 2500
    percents = [step.percent for step in house.running()]
    assert percents == sorted(percents)
    assert house.running()[-1].done == house.running()[-1].total == 2500


async def test_a_clock_that_is_set_back_makes_no_negative_times(house: House) -> None:
    house.source.put(films(range(600)))

    def before(*_: object) -> None:
        house.time -= 3600.0

    house.source.before = before
    assert (await house.sync()).seconds == 0.0
    assert all(step.rate >= 0.0 for step in house.running())
