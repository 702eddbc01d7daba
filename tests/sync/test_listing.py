"""A list is read to its end, whatever a server makes of pages."""

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.sync.listing import PAGE, Course

from .house import House
from .shelf import FILMS, Key, film, films


async def test_pages_that_are_shorter_than_asked_for_are_followed_to_the_end(house: House) -> None:
    house.source.put(films(range(700)))
    house.source.most = 200
    assert (await house.sync()).counts.added == 700
    assert [start for *_, start in house.source.pages] == [0, 200, 400, 600]


async def test_a_server_that_ignores_the_page_sends_everything_once(house: House) -> None:
    house.source.put(films(range(1300)))
    house.source.everything = True
    assert (await house.sync()).counts.added == 1300
    assert len(house.source.pages) == 1
    assert house.source.asked["id_page"] == 1  # for the total


async def test_a_server_that_ignores_the_page_and_tells_no_total_is_believed_once_it_repeats_itself(
    house: House,
) -> None:
    house.source.put(films(range(1300)))
    house.source.everything = True
    house.source.total = lambda *_: None
    await house.sync()
    house.source.lose([7])
    house.source.pages.clear()
    assert (await house.sync()).counts.removed == 1
    assert len(house.source.pages) <= 3


async def test_a_server_that_repeats_its_first_page_is_not_read_for_ever_and_nothing_is_removed(house: House) -> None:
    house.source.put(films(range(1300)))
    await house.sync()
    house.source.first_page_only = True
    house.source.pages.clear()
    outcome = await house.sync()
    assert outcome.counts.removed == 0
    assert len(house.source.pages) <= 3
    assert len(await house.items()) == 1300


async def test_lists_without_totals_end_with_an_empty_page(house: House) -> None:
    house.source.put(films(range(1000)))
    house.source.total = lambda *_: None
    assert (await house.sync()).counts.added == 1000
    house.source.lose([999])
    assert (await house.sync()).counts.removed == 1


@pytest.mark.parametrize("wrong", [0, 3, 500, 999, 1001, 5000])
async def test_wrong_totals_lose_nothing(house: House, wrong: int) -> None:
    house.source.put(films(range(1000)))
    await house.sync()
    house.source.total = lambda *_: wrong
    assert (await house.sync()).counts.removed == 0
    assert len(await house.items()) == 1000


async def test_totals_that_are_those_of_the_page_do_not_end_the_list(house: House) -> None:
    house.source.put(films(range(1300)))
    house.source.total = lambda start, count: min(500, count - start)
    assert (await house.sync()).counts.added == 1300


async def test_items_added_while_paging_are_all_read_and_nothing_is_removed(house: House) -> None:
    house.source.put(films(range(1000, 2200)))
    await house.sync()

    def before(question: str, _: Key | None, start: int) -> None:
        if question == "page" and start == 500:
            # On top, so that every row moves.
            house.source.there = {item.identity: item for item in films(range(10))} | house.source.there

    house.source.before = before
    counts = (await house.sync()).counts
    assert (counts.added, counts.removed) == (10, 0)
    assert len(await house.items()) == 1210


async def test_items_removed_while_paging_do_not_take_their_neighbours_along(house: House) -> None:
    house.source.put(films(range(1200)))
    await house.sync()

    def before(question: str, _: Key | None, start: int) -> None:
        if question == "page" and start == 500:
            house.source.lose(range(20))
            house.source.before = lambda *_: None

    house.source.before = before
    await house.sync()
    assert set(await house.items()) >= {str(number) for number in range(20, 1200)}
    # They were there when their page was read.
    assert (await house.sync()).counts.removed == 20


async def test_items_that_change_places_while_paging_are_not_missed(house: House) -> None:
    house.source.put(films(range(1200)))

    def before(question: str, _: Key | None, start: int) -> None:
        if question == "page" and start == 500:
            # One goes, and the row that slips to the page before is one that nobody knows yet.
            house.source.lose([0])
            house.source.before = lambda *_: None

    house.source.before = before
    await house.sync()
    assert set(await house.items()) >= {str(number) for number in range(1, 1200)}


async def test_only_one_page_is_fetched_ahead_of_what_is_written(house: House) -> None:
    house.source.put(films(range(3000)))
    ahead: list[int] = []

    def before(question: str, _: Key | None, start: int) -> None:
        if question == "page":
            written = max((step.done for step in house.running()), default=0)
            ahead.append((start - written) // PAGE)

    house.source.before = before
    await house.sync()
    assert set(ahead) <= {0, 1}
    assert 1 in ahead


def test_rows_that_make_no_sense_are_there_all_the_same() -> None:
    course = Course(rows=10, fresh=8, unread=2, total=10, ended=True)
    assert course.is_whole


async def test_a_list_of_another_library_is_another_list(house: House) -> None:
    house.source.shelved = [FILMS]
    house.source.put([film(1)])
    await house.sync()
    assert house.source.pages == [("1", ItemKind.MOVIE, 0)]
