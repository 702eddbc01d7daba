"""What a push channel tells is read a moment later, all at once."""

import asyncio

import pytest

from custom_components.reel.backends.errors import Offline
from custom_components.reel.backends.item import ItemKind, UserState
from custom_components.reel.backends.listing import Changes, Known, Look, News
from custom_components.reel.backends.model import Library
from custom_components.reel.sync.model import Mode

from .house import House
from .shelf import FILMS, film, films, told


@pytest.fixture
async def known(house: House) -> House:
    """Return a source that was read whole, with ten films."""
    house.source.put(films(range(10)))
    await house.sync()
    house.source.asked.clear()
    return house


async def settle(house: House) -> None:
    """Wait until no news are under way."""
    await settle_states(house)
    letterbox = house.engine._letterbox
    for slot in (letterbox._items, letterbox._libraries):
        if slot._task is not None:
            await slot._task


async def settle_states(house: House) -> None:
    """Wait until no states are under way."""
    if (task := house.engine._letterbox._states._task) is not None:
        await task


async def test_many_messages_are_one_request(known: House) -> None:
    known.source.put([film(3, title="Another title"), film(50)])
    for identity in ("3", "50"):
        known.engine.hear(News(changed=frozenset({identity})))
    await settle(known)
    assert known.source.asked == {"items": 1}
    assert (await known.titles())["3"] == "Another title"
    assert [(counts.added, counts.updated, counts.newcomers) for counts in known.news] == [(1, 1, ("50",))]
    assert known.slept == [2.0]


async def test_states_need_no_request(known: House) -> None:
    known.engine.hear(News(states={"4": UserState(watched=True)}))
    await settle(known)
    assert await known.watched() == {"4"}
    assert not known.source.asked
    assert [counts.states for counts in known.news] == [1]


async def test_what_is_said_to_be_gone_is_asked_for_first(known: House) -> None:
    known.source.lose([3])
    known.engine.hear(News(removed=frozenset({"3", "4"})))
    await settle(known)
    assert known.source.asked == {"items": 1}
    assert {"3", "4"} & (await known.items()).keys() == {"4"}


async def test_an_item_of_a_library_that_is_new_brings_the_library(known: House) -> None:
    new = Library("7", "New films", (ItemKind.MOVIE,))
    known.source.shelved.append(new)
    known.source.put(films(range(70, 75), new))
    known.engine.hear(News(changed=frozenset({"70"})))
    await settle(known)
    assert await known.libraries() == ["1", "7"]
    assert len(await known.items()) == 15


async def test_an_item_of_a_library_that_is_not_wanted_is_left_out(known: House) -> None:
    known.wanted = frozenset({FILMS.identity})
    known.new_engine()
    known.source.put([film(70, Library("7", "Others", (ItemKind.MOVIE,)))])
    known.engine.hear(News(changed=frozenset({"70"})))
    await settle(known)
    assert len(await known.items()) == 10
    assert known.source.asked == {"items": 1}


async def test_so_many_items_are_told_by_a_look(known: House) -> None:
    known.source.told[Look.CONTENT] = told(items=(film(50),))
    known.engine.hear(News(changed=frozenset(str(number) for number in range(1000))))
    await settle(known)
    assert known.source.asked == {"look content": 1, "look totals": 1}
    assert len(await known.items()) == 11


async def test_a_library_in_which_something_happened_is_looked_at_no_more_than_once_a_minute(known: House) -> None:
    def look(_: Known) -> Changes:
        if known.source.asked["look content"] < 3:
            known.engine.hear(News(libraries=frozenset({FILMS.identity})))
        return Changes(mark="later")

    known.source.told[Look.CONTENT] = look
    known.engine.hear(News(libraries=frozenset({FILMS.identity})))
    await settle(known)
    assert known.source.asked["look content"] == 3
    assert known.slept == [2.0, 60.0, 2.0, 60.0, 2.0, 60.0]


async def test_news_of_a_source_that_was_never_read_are_none(house: House) -> None:
    house.engine.hear(News(changed=frozenset({"3"})))
    await settle(house)
    assert not house.source.asked


async def test_news_that_cannot_be_read_are_left_to_the_next_sync(known: House) -> None:
    known.source.fails["items"] = Offline()
    known.engine.hear(News(changed=frozenset({"3"})))
    await settle(known)
    known.source.fails.clear()
    known.engine.hear(News(changed=frozenset({"3"})))
    await settle(known)
    assert known.source.asked["items"] == 2


async def test_during_a_sync_states_come_at_once_and_items_after_it(known: House) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await go_on.wait()

    known.source.before = lambda question, *_: hold() if question == "page" else None
    sync = asyncio.ensure_future(known.engine.sync(Mode.FULL))
    await reached.wait()
    known.engine.hear(News(changed=frozenset({"3"}), states={"4": UserState(watched=True)}))
    await settle_states(known)
    assert await known.watched() == {"4"}
    assert known.source.asked["items"] == 0
    go_on.set()
    await sync
    await settle(known)
    assert known.source.asked["items"] == 1
