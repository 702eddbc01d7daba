"""What is gone is removed, what only seems to be gone never is."""

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.model import Library
from custom_components.reel.sync.deletion import Verdict, judge
from custom_components.reel.sync.model import Mode

from .house import House
from .shelf import CLASSICS, FILMS, film, films
from .store import ThreadStore

SOME = frozenset(str(number) for number in range(101))
FEW = frozenset(str(number) for number in range(100))
NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("missing", "held", "known", "empty", "final", "verdict"),
    [
        (FEW, NONE, 100, False, True, Verdict(FEW, NONE)),
        (SOME, NONE, 201, False, True, Verdict(NONE, SOME)),
        (SOME, NONE, 202, False, True, Verdict(SOME, NONE)),
        (SOME, SOME, 101, False, True, Verdict(SOME, NONE)),
        (SOME, SOME, 101, False, False, Verdict(NONE, NONE)),
        (SOME, FEW, 101, False, True, Verdict(SOME, NONE)),
        (FEW, NONE, 100, True, True, Verdict(NONE, FEW)),
        (SOME, FEW, 101, True, True, Verdict(FEW, SOME - FEW)),
        (NONE, NONE, 0, True, True, Verdict(NONE, NONE)),
    ],
)
def test_the_rule(
    missing: frozenset[str], held: frozenset[str], known: int, *, empty: bool, final: bool, verdict: Verdict
) -> None:
    assert judge(missing, held, known, empty=empty, final=final) == verdict


async def test_an_empty_list_removes_nothing_until_a_second_sync_agrees(house: House) -> None:
    house.source.put(films(range(20)))
    await house.sync()
    house.source.there.clear()
    outcome = await house.sync()
    assert (outcome.counts.removed, outcome.counts.held) == (0, 20)
    assert len(await house.items()) == 20
    assert (await house.sync()).counts.removed == 20


async def test_a_mass_disappearance_is_held_and_released_when_it_was_none(house: House) -> None:
    house.source.put(films(range(300)))
    await house.sync()
    gone = {str(number) for number in range(200)}
    house.source.hidden = frozenset(gone)
    assert (await house.sync()).counts.held == 200
    assert await house.held() == gone
    house.source.hidden = frozenset()
    assert (await house.sync()).counts.held == 0
    assert len(await house.items()) == 300


async def test_only_what_both_syncs_missed_is_removed(house: House) -> None:
    house.source.put(films(range(400)))
    await house.sync()
    house.source.lose(range(300))
    await house.sync()
    house.source.put(films(range(100)))
    assert (await house.sync()).counts.removed == 200
    assert set(await house.items()) == {str(number) for number in (*range(100), *range(300, 400))}


async def test_a_sync_that_was_cut_off_does_not_count_as_the_second(house: House) -> None:
    house.source.put(films(range(300)))
    await house.sync()
    house.source.lose(range(200))
    await house.sync()
    house.source.offline = True
    await house.fail()
    assert len(await house.items()) == 300


@pytest.mark.parametrize("mode", [Mode.INCREMENTAL, Mode.LIBRARY])
async def test_a_part_of_a_sync_does_not_count_as_the_second(house: House, mode: Mode) -> None:
    house.source.put(films(range(300)))
    await house.sync()
    house.source.lose(range(200))
    await house.sync()
    await house.sync(mode, FILMS.identity if mode is Mode.LIBRARY else None)
    assert len(await house.items()) == 300


async def test_what_a_list_does_not_show_and_the_server_has_stays(house: House) -> None:
    house.source.put(films(range(50)))
    await house.sync()
    house.source.hidden = frozenset({"3", "4"})
    house.source.lose([5])
    assert (await house.sync()).counts.removed == 1
    assert len(await house.items()) == 49


async def test_an_item_that_moved_to_another_library_is_not_removed(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put(films(range(10)))
    await house.sync()
    house.source.put([film(3, CLASSICS)])
    outcome = await house.sync()
    assert (outcome.counts.added, outcome.counts.updated, outcome.counts.removed) == (0, 1, 0)
    assert (await house.items())["3"] == CLASSICS.identity


async def test_an_item_that_moved_is_not_removed_by_a_sync_of_its_former_library(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put(films(range(10)))
    await house.sync()
    house.source.put([film(3, CLASSICS)])
    house.source.lose([4])
    outcome = await house.sync(Mode.LIBRARY, FILMS.identity)
    assert outcome.counts.removed == 1
    assert (await house.items())["3"] == CLASSICS.identity


async def test_an_item_that_moved_to_a_library_that_is_not_wanted_is_removed(store: ThreadStore) -> None:
    house = House(store, wanted=frozenset({FILMS.identity}))
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put(films(range(10)))
    await house.sync()
    house.source.put([film(3, CLASSICS)])
    assert (await house.sync()).counts.removed == 1
    assert "3" not in await house.items()


async def test_a_library_that_is_gone_is_removed_when_a_second_sync_agrees(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(5)), *films(range(10, 15), CLASSICS)])
    await house.sync()
    house.source.shelved = [FILMS]
    assert (await house.sync()).counts.held == 5
    assert await house.libraries() == ["1", "2"]
    outcome = await house.sync()
    assert (outcome.counts.removed, outcome.counts.held) == (5, 0)
    assert await house.libraries() == ["1"]


async def test_a_library_that_comes_back_keeps_its_items(house: House) -> None:
    house.source.shelved = [FILMS, CLASSICS]
    house.source.put([*films(range(5)), *films(range(10, 15), CLASSICS)])
    await house.sync()
    for shelved in ([FILMS], [FILMS, CLASSICS], [FILMS]):
        house.source.shelved = shelved
        assert (await house.sync()).counts.removed == 0
    assert len(await house.items()) == 10


async def test_a_server_without_any_library_loses_nothing_at_once(house: House) -> None:
    house.source.put(films(range(5)))
    await house.sync()
    house.source.shelved = []
    assert (await house.sync()).counts.removed == 0
    assert len(await house.items()) == 5


async def test_a_library_that_holds_a_kind_no_more_loses_it_when_a_second_sync_agrees(house: House) -> None:
    house.source.shelved = [Library("1", "Films", (ItemKind.MOVIE, ItemKind.VIDEO))]
    house.source.put([film(1)])
    await house.sync()
    house.source.shelved = [Library("1", "Films", (ItemKind.VIDEO,))]
    house.source.there.clear()
    assert (await house.sync()).counts.held == 1
    assert (await house.sync()).counts.removed == 1


@pytest.mark.parametrize("keep", [True, False])
async def test_states_outlive_items_only_where_the_catalog_is_their_home(store: ThreadStore, *, keep: bool) -> None:
    house = House(store, keep_states=keep)
    house.source.put([film(1, watched=True), film(2)])
    await house.sync()
    house.source.lose([1])
    await house.sync()
    assert await house.watched() == ({"1"} if keep else set())
