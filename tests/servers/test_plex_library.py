"""Are libraries listed, filtered, sorted and searched as a Plex server does it, quirks included?"""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, Title, library_of_size, make_library
from tests.servers.plex import PlexServer
from tests.servers.plex.visit import Answer, Visit

NOW = 1_767_225_600.0
DAY = 86_400


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1), now=lambda: NOW) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


def of(plex: PlexServer, kind: Kind) -> list[Title]:
    return [title for title in plex.titles.values() if title.kind is kind]


def keys(answer: Answer) -> list[int]:
    return [int(str(item["ratingKey"])) for item in answer.listed()]


def page(start: int, size: int) -> dict[str, str | int]:
    return {"X_Plex_Container_Start": start, "X_Plex_Container_Size": size}


async def test_each_type_of_a_section_is_listed_by_its_number(visit: Visit, plex: PlexServer) -> None:
    kinds = ((1, 1, Kind.MOVIE), (2, 2, Kind.SHOW), (2, 3, Kind.SEASON), (2, 4, Kind.EPISODE), (3, 10, Kind.TRACK))
    for section, number, kind in kinds:
        found = keys(await visit.ask(f"/library/sections/{section}/all", type=number))
        assert sorted(found) == [title.number for title in of(plex, kind)]
    for number in (4, 18):
        assert keys(await visit.ask("/library/sections/1/all", type=number)) == []


async def test_an_empty_list_has_no_metadata_at_all(visit: Visit) -> None:
    body = (await visit.ask("/library/sections/1/all", title="no such film")).container
    assert body["size"] == 0
    assert "Metadata" not in body


async def test_totals_are_given_only_with_pages(visit: Visit) -> None:
    whole = await visit.ask("/library/sections/1/all")
    assert "totalSize" not in whole.container
    part = await visit.ask("/library/sections/1/all", **page(15, 10))
    assert (part.container["size"], part.container["offset"], part.container["totalSize"]) == (5, 15, 20)
    assert part.headers["X-Plex-Container-Total-Size"] == "20"
    head = await visit.ask("/library/sections/1/all", "HEAD", **page(0, 0))
    assert (head.body, head.headers["X-Plex-Container-Total-Size"]) == (b"", "20")


async def test_pages_may_be_asked_for_in_headers_and_cover_everything_once(visit: Visit) -> None:
    found: list[int] = []
    for start in range(0, 20, 6):
        headers = {"X-Plex-Container-Start": str(start), "X-Plex-Container-Size": "6"}
        found += keys(await Visit(visit.session, visit.url, visit.token, headers).ask("/library/sections/1/all"))
    assert len(found) == len(set(found)) == 20


async def test_a_page_of_nothing_tells_the_total(visit: Visit) -> None:
    body = (await visit.ask("/library/sections/2/all", type=4, **page(0, 0))).container
    assert (body["size"], body["totalSize"]) == (0, 28)


async def test_page_sizes_may_be_ignored(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.ignore_page_size = True
    body = (await visit.ask("/library/sections/1/all", **page(5, 5))).container
    assert body["size"] == 20
    assert "totalSize" not in body


async def test_page_one_may_be_repeated_for_ever(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.repeat_first_page = True
    first, second = [await visit.ask("/library/sections/1/all", **page(start, 5)) for start in (0, 5)]
    assert keys(first) == keys(second)
    assert second.container["offset"] == 0


async def test_a_size_may_need_a_start(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.size_needs_start = True
    assert (await visit.ask("/library/sections/1/all", X_Plex_Container_Size=5)).container["size"] == 20
    assert (await visit.ask("/library/sections/1/all", **page(0, 5))).container["size"] == 5


async def test_totals_may_be_missing(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.omit_totals = True
    answer = await visit.ask("/library/sections/1/all", **page(0, 5))
    assert not {"totalSize", "offset"} & answer.container.keys()
    assert "X-Plex-Container-Total-Size" not in answer.headers


async def test_optional_fields_may_be_missing(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.omit_optional_fields = True
    for item in (await visit.ask("/library/sections/1/all")).listed():
        assert not {"updatedAt", "thumb", "art", "year", "summary", "duration"} & item.keys()
        assert {"ratingKey", "key", "type", "title", "addedAt"} <= item.keys()


async def test_most_episodes_do_not_say_when_they_changed_until_they_do(visit: Visit, plex: PlexServer) -> None:
    episodes = (await visit.ask("/library/sections/2/all", type=4)).listed()
    silent = [episode for episode in episodes if "updatedAt" not in episode]
    assert 0.5 < len(silent) / len(episodes) < 0.9
    number = int(str(silent[0]["ratingKey"]))
    plex.touch(number)
    [item] = (await visit.ask(f"/library/metadata/{number}")).listed()
    assert item["updatedAt"] == int(NOW)


@pytest.mark.parametrize("sort", ["addedAt", "year", "duration", "titleSort"])
async def test_lists_are_sorted_both_ways(visit: Visit, sort: str) -> None:
    up = keys(await visit.ask("/library/sections/1/all", sort=sort))
    assert up == keys(await visit.ask("/library/sections/1/all", sort=f"{sort}:desc"))[::-1]
    if sort != "titleSort":
        items = (await visit.ask("/library/sections/1/all", sort=f"{sort}:asc")).listed()
        values = [float(str(item[sort])) for item in items]
        assert values == sorted(values)


async def test_what_was_seen_last_comes_first_if_asked_for(visit: Visit, plex: PlexServer) -> None:
    plex.set_mark(plex.owner, 7, count=1, last=100)
    plex.set_mark(plex.owner, 5, count=1, last=200)
    assert keys(await visit.ask("/library/sections/1/all", sort="lastViewedAt:desc"))[:2] == [5, 7]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("addedAt%3E={added}", lambda title, added: title.added >= added),
        ("addedAt%3E%3E={added}", lambda title, added: title.added > added),
        ("addedAt%3C={added}", lambda title, added: title.added <= added),
        ("addedAt%3E=-400d", lambda title, _: title.added >= NOW - 400 * DAY),
        ("year=1999,2005", lambda title, _: title.year in {1999, 2005}),
        ("year!=1999,2005", lambda title, _: title.year not in {1999, 2005}),
        ("genre=Comedy", lambda title, _: "Comedy" in title.genres),
        ("genre!=Comedy", lambda title, _: "Comedy" not in title.genres),
        ("title=er", lambda title, _: "er" in title.name.lower()),
        ("title%3C=Amber", lambda title, _: title.name.startswith("Amber")),
        ("viewOffset%3E0", lambda title, _: title.number == 3),
        ("inProgress=1", lambda title, _: title.number == 3),
        ("unwatched=0", lambda title, _: title.number == 4),
        ("unwatched=1", lambda title, _: title.number != 4),
        ("unknownField=7", lambda _title, _added: True),
    ],
)
async def test_filters_are_honoured(visit: Visit, plex: PlexServer, query: str, wanted: object) -> None:
    plex.set_mark(plex.owner, 3, offset=60_000)
    plex.set_mark(plex.owner, 4, count=1)
    added = plex.titles[5].added
    assert callable(wanted)
    expected = {title.number for title in of(plex, Kind.MOVIE) if wanted(title, added)}
    assert set(keys(await visit.ask(f"/library/sections/1/all?{query.format(added=added)}"))) == expected


@pytest.mark.parametrize("query", ["lastViewedAt%3E=1", "lastViewedAt%3E%3E=1", "year%3E%3E=2000"])
async def test_some_filters_are_silently_ignored_as_by_current_servers(
    visit: Visit, plex: PlexServer, query: str
) -> None:
    assert len(keys(await visit.ask(f"/library/sections/1/all?{query}"))) == 20
    plex.behaviour.honour_all_filters = True
    assert len(keys(await visit.ask(f"/library/sections/1/all?{query}"))) < 20


async def test_all_filters_may_be_ignored(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.ignore_filters = True
    assert len(keys(await visit.ask("/library/sections/1/all", year=1))) == 20


async def test_lists_are_thin_and_items_are_full(visit: Visit, plex: PlexServer) -> None:
    listed = (await visit.ask("/library/sections/1/all")).body
    assert b'"Stream"' not in listed
    assert b'"Guid"' not in listed
    assert b'"Guid"' in (await visit.ask("/library/sections/1/all", includeGuids=1)).body
    [item] = (await visit.ask("/library/metadata/1", includeChapters=1)).listed()
    assert {"Guid", "Chapter", "librarySectionID"} <= item.keys()
    assert b'"Stream"' in (await visit.ask("/library/metadata/1")).body
    assert item["guid"] != plex.titles[1].imdb


async def test_a_list_can_be_trimmed(visit: Visit) -> None:
    wanted = {"includeFields": "ratingKey,updatedAt", "excludeElements": "Media,Image,Genre"}
    fields = await visit.ask("/library/sections/1/all", **wanted)
    assert {frozenset(item) for item in fields.listed()} == {frozenset({"ratingKey", "updatedAt"})}
    without = await visit.ask("/library/sections/1/all", excludeFields="summary")
    assert all("summary" not in item for item in without.listed())


async def test_several_items_are_answered_as_far_as_they_exist(visit: Visit) -> None:
    assert keys(await visit.ask("/library/metadata/1,99999,2")) == [1, 2]
    assert (await visit.ask("/library/metadata/99999")).status == 404


async def test_seasons_may_begin_with_a_pseudo_directory(visit: Visit, plex: PlexServer) -> None:
    show = next(show for show in of(plex, Kind.SHOW) if len(plex.machine.shelves.children(show.number)) > 1)
    answer = await visit.ask(f"/library/metadata/{show.number}/children")
    [pseudo] = answer.listed("Directory")
    assert "ratingKey" not in pseudo
    bare = await visit.ask(f"/library/metadata/{show.number}/children", excludeAllLeaves=1)
    assert bare.listed("Directory") == []
    assert keys(bare) == keys(answer)
    [item] = (await visit.ask(f"/library/metadata/{show.number}")).listed()
    assert item["key"] == f"/library/metadata/{show.number}/children"
    assert (await visit.ask(str(pseudo["key"]))).container["size"] == item["leafCount"]


async def test_what_is_added_changed_and_removed_shows(visit: Visit, plex: PlexServer) -> None:
    async def counter() -> object:
        return (await visit.ask("/library/sections")).listed("Directory")[0]["contentChangedAt"]

    before = await counter()
    title = plex.add_movie("Zebra Crossing", imdb="tt9999999")
    assert await counter() != before
    assert keys(await visit.ask("/library/recentlyAdded"))[0] == title.number
    assert b"Zebra" in (await visit.ask("/library/search", query="zebra")).body
    plex.change(title.number, name="Aardvark Crossing")
    assert keys(await visit.ask("/library/sections/1/all"))[0] == title.number
    assert b"Aardvark" in (await visit.ask("/library/search", query="aardvark")).body
    plex.remove(title.number)
    assert (await visit.ask(f"/library/metadata/{title.number}")).status == 404


async def test_what_is_in_the_trash_stays_listed_until_it_is_found_again(visit: Visit, plex: PlexServer) -> None:
    plex.trash(3)
    [item] = (await visit.ask("/library/metadata/3")).listed()
    assert item["deletedAt"] == NOW
    assert 3 in keys(await visit.ask("/library/sections/1/all"))
    plex.touch(3)
    assert "deletedAt" not in (await visit.ask("/library/metadata/3")).listed()[0]


async def test_a_removed_season_takes_its_episodes_and_the_last_one_its_show(visit: Visit, plex: PlexServer) -> None:
    show = of(plex, Kind.SHOW)[0]
    for season in plex.machine.shelves.children(show.number):
        plex.remove(season.number)
    assert show.number not in plex.titles
    assert show.number not in keys(await visit.ask("/library/sections/2/all"))


async def test_new_episodes_appear_as_their_season_if_there_are_several(visit: Visit, plex: PlexServer) -> None:
    season = of(plex, Kind.SEASON)[0]
    assert plex.add_episode(season.number, "The New One").index == 5
    newest = (await visit.ask("/library/sections/2/recentlyAdded")).listed()[0]
    assert (newest["type"], newest["ratingKey"]) == ("season", plex.key(season.number))


async def test_a_rescan_changes_the_keys_but_not_the_works(visit: Visit, plex: PlexServer) -> None:
    plex.set_mark(plex.owner, 3, offset=60_000)
    before = (await visit.ask("/library/sections/1/all")).listed()
    plex.rescan()
    after = (await visit.ask("/library/sections/1/all")).listed()
    assert [item["guid"] for item in before] == [item["guid"] for item in after]
    assert not {str(item["ratingKey"]) for item in before} & {str(item["ratingKey"]) for item in after}
    assert (await visit.ask("/library/metadata/3")).status == 404
    [item] = (await visit.ask(f"/library/metadata/{plex.key(3)}")).listed()
    assert item["viewOffset"] == 60_000


async def test_the_same_film_on_two_servers_has_the_same_guid(visit: Visit) -> None:
    async with PlexServer("Attic", library=make_library(1)) as attic:
        other = Visit(visit.session, attic.url(), attic.token)
        [here], [there] = [(await one.ask("/library/metadata/1")).listed() for one in (visit, other)]
        assert here["guid"] == there["guid"]


async def test_a_hundred_thousand_items_are_no_trouble() -> None:
    async with PlexServer("Big", library=library_of_size(100_000)) as plex, ClientSession() as session:
        visit = Visit(session, plex.url(), plex.token)
        answer = await visit.ask("/library/sections/2/all", type=4, sort="titleSort", **page(20_000, 500))
        assert (answer.container["size"], answer.container["offset"]) == (500, 20_000)
        assert len(set(keys(answer))) == 500
