"""What changed is asked for in few requests, and only marked as read once it is kept."""

import pytest

from custom_components.reel.backends.errors import Busy, Garbled, Missing, Offline
from custom_components.reel.backends.item import ItemKind, UserState
from custom_components.reel.backends.listing import Changes, Known, Look
from custom_components.reel.sync.model import Failed, Failure, Mode, Reason, Synced

from .house import House
from .shelf import CLASSICS, FILMS, film, films, told

MOVIES = (FILMS.identity, ItemKind.MOVIE)


@pytest.fixture
async def known(house: House) -> House:
    """Return a source that was read whole, with 20 films in two libraries."""
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(10)), *films(range(10, 20), CLASSICS)])
    await house.sync()
    house.source.asked.clear()
    house.steps.clear()
    return house


async def test_nothing_new_costs_a_request_a_look(known: House) -> None:
    assert not (await known.sync(Mode.INCREMENTAL)).counts
    assert known.source.asked == {"look content": 1, "look states": 1, "look totals": 1}


async def test_a_look_that_fails_does_not_stop_the_lists(house: House) -> None:
    house.source.put(films(range(10)))
    house.source.fails["look states"] = Busy()
    assert (await house.sync()).counts.added == 10
    assert set(await house.marks()) == {"full", "content", "totals"}


async def test_one_look_is_one_request(known: House) -> None:
    assert isinstance(await known.engine.look(Look.CONTENT), Synced)
    assert known.source.asked == {"look content": 1}


async def test_a_look_that_finds_nothing_is_no_sync_that_anybody_is_told_of(known: House) -> None:
    await known.engine.look(Look.CONTENT)
    assert (known.steps, known.news) == ([], [])


async def test_a_look_that_finds_something_tells_what(known: House) -> None:
    known.source.told[Look.CONTENT] = told(items=(film(50),))
    await known.engine.look(Look.CONTENT)
    assert [counts.newcomers for counts in known.news] == [("50",)]


async def test_the_first_small_sync_of_a_source_reads_all_of_it(house: House) -> None:
    house.source.put(films(range(10)))
    outcome = await house.sync(Mode.INCREMENTAL)
    assert outcome.mode is Mode.FULL
    assert len(await house.items()) == 10


async def test_nothing_is_looked_for_in_a_source_that_was_never_read(house: House) -> None:
    await house.engine.look(Look.CONTENT)
    assert not house.source.asked


async def test_a_look_begins_before_the_lists_are_read(house: House) -> None:
    marks: list[str | None] = []

    def look(known: Known) -> Changes:
        marks.append(known.mark)
        assert not house.source.pages or marks[0] is None
        return Changes(mark=f"mark {len(marks)}", relist=frozenset({FILMS.identity}))

    house.source.told[Look.CONTENT] = look
    await house.sync()
    assert (await house.marks())["content"] == "mark 1"
    await house.sync()
    assert marks == [None]


async def test_totals_are_compared_with_what_was_read(house: House) -> None:
    house.source.put(films(range(10)))
    seen: list[tuple[str | None, dict[tuple[str, ItemKind], int]]] = []

    def look(known: Known) -> Changes:
        seen.append((known.mark, dict(known.counts)))
        return Changes(mark="10")

    house.source.told[Look.TOTALS] = look
    await house.sync()
    await house.sync(Mode.INCREMENTAL)
    assert seen == [(None, {MOVIES: 10}), ("10", {MOVIES: 10})]


async def test_what_changed_is_kept(known: House) -> None:
    known.source.told[Look.CONTENT] = told(items=(film(3, title="Another title"), film(50)))
    known.source.told[Look.STATES] = told(states={"4": UserState(watched=True)})
    counts = (await known.sync(Mode.INCREMENTAL)).counts
    assert (counts.added, counts.updated, counts.states) == (1, 1, 1)
    assert (await known.titles())["3"] == "Another title"
    assert await known.watched() == {"4"}
    assert (await known.marks())["content"] == "later"


async def test_what_is_said_to_be_gone_is_asked_for_first(known: House) -> None:
    known.source.told[Look.CONTENT] = told(removed=frozenset({"3", "4"}))
    known.source.lose([3])
    assert (await known.sync(Mode.INCREMENTAL)).counts.removed == 1
    assert known.source.asked["items"] == 1
    assert {"3", "4"} & (await known.items()).keys() == {"4"}


async def test_a_mass_disappearance_that_is_told_item_by_item_is_held(house: House) -> None:
    house.source.put(films(range(300)))
    await house.sync()
    house.source.lose(range(250))
    house.source.told[Look.CONTENT] = told(removed=frozenset(str(number) for number in range(250)))
    await house.sync(Mode.INCREMENTAL)
    assert len(await house.items()) == 300
    assert len(await house.held()) == 250


async def test_where_there_is_less_the_identities_are_compared(known: House) -> None:
    known.source.told[Look.TOTALS] = told(sweep=frozenset({MOVIES}))
    known.source.lose([3])
    known.source.put([film(50)])
    counts = (await known.sync(Mode.INCREMENTAL)).counts
    assert (counts.added, counts.removed) == (1, 1)
    assert known.source.asked == {"look content": 1, "look states": 1, "look totals": 1, "id_page": 1, "items": 2}


async def test_a_comparison_that_says_nothing_is_repeated(known: House) -> None:
    known.source.told[Look.TOTALS] = told(sweep=frozenset({MOVIES}))
    known.source.total = lambda *_: 3000
    known.source.lose([3])
    assert (await known.sync(Mode.INCREMENTAL)).counts.removed == 0
    assert (await known.marks())["totals"] == "totals mark"


async def test_an_empty_comparison_removes_nothing(known: House) -> None:
    known.source.told[Look.TOTALS] = told(sweep=frozenset({MOVIES}))
    known.source.lose(range(10))
    await known.sync(Mode.INCREMENTAL)
    assert len(await known.items()) == 20


async def test_an_item_that_moved_is_found_where_it_is(known: House) -> None:
    known.source.told[Look.TOTALS] = told(sweep=frozenset({MOVIES}))
    known.source.put([film(3, CLASSICS)])
    assert (await known.sync(Mode.INCREMENTAL)).counts.removed == 0
    assert (await known.items())["3"] == CLASSICS.identity


async def test_a_library_of_which_too_much_changed_is_read_again(known: House) -> None:
    known.source.told[Look.CONTENT] = told(relist=frozenset({FILMS.identity}))
    known.source.put([film(50)])
    known.source.lose([3])
    counts = (await known.sync(Mode.INCREMENTAL)).counts
    assert (counts.added, counts.removed) == (1, 1)
    assert known.source.asked["page"] == 1


async def test_a_new_library_is_read_whole(known: House) -> None:
    new = type(FILMS)("7", "New films", (ItemKind.MOVIE,))
    known.source.shelved.append(new)
    known.source.put(films(range(70, 75), new))
    known.source.told[Look.CONTENT] = told(libraries=tuple(known.source.shelved))
    assert (await known.sync(Mode.INCREMENTAL)).counts.added == 5


async def test_a_library_that_is_not_told_any_more_is_left_to_the_full_sync(known: House) -> None:
    known.source.told[Look.CONTENT] = told(libraries=(FILMS,))
    assert (await known.sync(Mode.INCREMENTAL)).counts.removed == 0
    assert len(await known.items()) == 20


async def test_marks_stay_where_something_could_not_be_kept(known: House) -> None:
    known.source.told[Look.CONTENT] = told(relist=frozenset({FILMS.identity}))
    known.source.fails["page 1"] = Garbled()
    outcome = await known.sync(Mode.INCREMENTAL)
    assert outcome.partial == (Failure(FILMS.identity, Reason.GARBLED),)
    assert (await known.marks())["content"] == "content mark"


async def test_a_look_that_fails_does_not_stop_the_others(known: House) -> None:
    known.source.fails["look content"] = Busy()
    known.source.told[Look.STATES] = told(states={"4": UserState(watched=True)})
    outcome = await known.fail(Mode.INCREMENTAL)
    assert (outcome.reason, outcome.counts.states) == (Reason.BUSY, 1)


async def test_a_source_that_is_gone_is_asked_once(known: House) -> None:
    known.source.fails["look content"] = Offline()
    assert (await known.fail(Mode.INCREMENTAL)).reason is Reason.OFFLINE
    assert known.source.asked.total() == 1


async def test_one_library_is_read_alone(known: House) -> None:
    known.source.put([film(50), film(60, CLASSICS)])
    outcome = await known.sync(Mode.LIBRARY, FILMS.identity)
    assert (outcome.library, outcome.counts.added) == (FILMS.identity, 1)


async def test_a_library_that_is_not_there_cannot_be_read(known: House) -> None:
    outcome = await known.engine.sync(Mode.LIBRARY, "no such library")
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, Missing)
