"""Do libraries change as those of a Plex server do when people work on them? And do long lists keep up with that?"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, make_library
from tests.servers.openapi import Document, Explained, needs_fixtures
from tests.servers.plex import PlexServer
from tests.servers.plex.visit import Answer, Visit

from .test_plex_forms import EXPLAINED, SPEC

NOW = 1_767_225_600.0
COUNT = Explained(r"childCount: '\d+' is not of type 'integer'", "of a collection it is a text")


@dataclass(slots=True)
class Watch:
    """What time it is for the server."""

    now: float = NOW


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def plex(watch: Watch) -> AsyncIterator[PlexServer]:
    library = make_library(1, videos=2, collections=1, playlists=1)
    async with PlexServer("Den", library=library, now=lambda: watch.now) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


def keys(answer: Answer) -> list[int]:
    return [int(str(item["ratingKey"])) for item in answer.listed()]


async def sections(visit: Visit) -> dict[str, dict[str, object]]:
    return {str(each["key"]): each for each in (await visit.ask("/library/sections")).listed("Directory")}


async def test_home_videos_are_films_of_a_library_that_nobody_looks_up(visit: Visit) -> None:
    section = (await sections(visit))["4"]
    assert (section["type"], section["agent"]) == ("movie", "com.plexapp.agents.none")
    videos = (await visit.ask("/library/sections/4/all", type=1, includeGuids=1)).listed()
    assert [video["type"] for video in videos] == ["movie", "movie"]
    assert all(str(video["guid"]).startswith("com.plexapp.agents.none://") for video in videos)
    assert not any("Guid" in video for video in videos)
    assert not set(keys(await visit.ask("/library/sections/1/all", type=1))) & {
        int(str(v["ratingKey"])) for v in videos
    }


async def test_a_library_can_be_added_hidden_and_removed(visit: Visit, plex: PlexServer) -> None:
    section = plex.admin.add_section("Films in 4K", hidden=2)
    assert (await sections(visit))[section.key]["hidden"] == 2
    assert (await visit.ask(f"/library/sections/{section.key}/all")).container["size"] == 0
    plex.admin.rename_section(section, "Sharp")
    assert (await sections(visit))[section.key]["title"] == "Sharp"
    plex.admin.remove_section(section)
    assert section.key not in await sections(visit)
    assert (await visit.ask(f"/library/sections/{section.key}/all")).status == 404


async def test_a_film_that_moves_is_a_new_item_and_was_seen_all_the_same(visit: Visit, plex: PlexServer) -> None:
    section = plex.admin.add_section("Films in 4K")
    plex.admin.watch(5)
    before = (await visit.ask("/library/metadata/5")).listed()[0]
    moved = plex.admin.move(5, section)
    assert keys(await visit.ask(f"/library/sections/{section.key}/all")) == [moved.number]
    assert 5 not in keys(await visit.ask("/library/sections/1/all"))
    assert (await visit.ask("/library/metadata/5")).status == 404
    [after] = (await visit.ask(f"/library/metadata/{moved.number}")).listed()
    assert (after["guid"], after["viewCount"]) == (before["guid"], 1)
    assert after["librarySectionID"] == int(section.key)


async def test_each_change_moves_the_counter_of_its_library_and_of_no_other(visit: Visit, plex: PlexServer) -> None:
    async def counters() -> dict[str, object]:
        return {key: section["contentChangedAt"] for key, section in (await sections(visit)).items()}

    before = await counters()
    plex.admin.watch(3)
    assert await counters() == before
    plex.change(3, name="Another Name")
    changed = await counters()
    assert {key for key in before if before[key] != changed[key]} == {"1"}
    plex.admin.add_collection("Sunday", [1, 2])
    assert (await counters())["1"] != changed["1"]
    plex.rescan()
    assert not set((await counters()).items()) & set(changed.items())


async def test_a_collection_is_an_item_of_its_library(visit: Visit, plex: PlexServer, watch: Watch) -> None:
    watch.now += 100
    made = plex.admin.add_collection("Sunday", [4, 2, 3])
    for path in ("/library/sections/1/all?type=18", "/library/sections/1/collections"):
        listed = {str(each["title"]): each for each in (await visit.ask(path)).listed()}
        assert (listed["Sunday"]["type"], listed["Sunday"]["childCount"]) == ("collection", "3")
        assert listed["Sunday"]["updatedAt"] == int(watch.now)
    assert made.number not in keys(await visit.ask("/library/sections/1/all"))
    assert keys(await visit.ask("/library/sections/2/all", type=18)) == []
    for path in ("items", "children"):
        assert keys(await visit.ask(f"/library/collections/{made.number}/{path}")) == [4, 2, 3]
    [item] = (await visit.ask(f"/library/metadata/{made.number}")).listed()
    assert item["key"] == f"/library/collections/{made.number}/children"
    plex.remove(2)
    plex.admin.change_collection(made.number, name="Monday", numbers=[3, 2])
    assert keys(await visit.ask(f"/library/collections/{made.number}/items")) == [3]
    plex.remove(made.number)
    assert (await visit.ask(f"/library/collections/{made.number}/items")).status == 404
    assert (await visit.ask("/library/collections/3/items")).status == 404


async def test_a_playlist_is_seen_by_whom_it_belongs_to(visit: Visit, plex: PlexServer, watch: Watch) -> None:
    watch.now += 100
    mine = plex.admin.add_playlist("Mine", [1, 2])
    theirs = plex.admin.add_playlist("Theirs", [3], account=7)
    assert mine.number in keys(await visit.ask("/playlists"))
    assert theirs.number not in keys(await visit.ask("/playlists"))
    assert (await visit.ask(f"/playlists/{theirs.number}/items")).status == 404
    assert keys(await visit.ask("/playlists", sort="updatedAt:desc"))[0] == mine.number
    assert keys(await visit.ask("/playlists", type=16)) == []
    watch.now += 100
    plex.admin.change_playlist(mine, name="Ours", numbers=[2])
    [listed] = [each for each in (await visit.ask("/playlists")).listed() if each["title"] == "Ours"]
    assert (listed["updatedAt"], listed["leafCount"]) == (int(watch.now), 1)
    plex.admin.remove_playlist(mine)
    assert mine.number not in keys(await visit.ask("/playlists"))


async def test_a_list_of_everything_holds_all_types_unless_one_is_asked_for(visit: Visit, plex: PlexServer) -> None:
    types = {str(item["type"]) for item in (await visit.ask("/library/all")).listed()}
    assert types == {"movie", "show", "season", "episode", "artist", "album", "track", "collection"}
    assert {str(item["type"]) for item in (await visit.ask("/library/all", type=4)).listed()} == {"episode"}
    plex.behaviour.everything_is_films = True
    assert {str(item["type"]) for item in (await visit.ask("/library/all")).listed()} == {"movie"}


async def test_what_was_watched_last_is_first_and_so_is_what_holds_it(
    visit: Visit, plex: PlexServer, watch: Watch
) -> None:
    episode = next(title for title in plex.titles.values() if title.kind is Kind.EPISODE)
    plex.admin.watch(3)
    watch.now += 10
    plex.admin.begin(episode.number, 1000)
    found = keys(await visit.ask("/library/all", sort="lastViewedAt:desc"))
    season = plex.titles[episode.parent or 0]
    assert set(found[:3]) == {episode.number, season.number, season.parent}
    assert found[3] == 3
    plex.admin.unwatch(3)
    assert keys(await visit.ask("/library/all", sort="lastViewedAt:desc"))[3] != 3


@pytest.mark.parametrize("sort", ["updatedAt:desc", "lastViewedAt:desc", "id:desc", "titleSort:asc"])
async def test_a_list_is_never_older_than_what_happened(
    visit: Visit, plex: PlexServer, sort: str, watch: Watch
) -> None:
    async def listed() -> bytes:
        answer = await visit.ask("/library/sections/1/all", type=1, sort=sort, X_Plex_Container_Start=0)
        return answer.body

    seen = [await listed(), await listed()]
    assert seen[0] == seen[1]
    watch.now += 10
    plex.admin.watch(3)
    seen.append(await listed())
    plex.change(3, name="Another Name")
    seen.append(await listed())
    plex.behaviour.omit_optional_fields = True
    seen.append(await listed())
    plex.remove(3)
    seen.append(await listed())
    assert len(set(seen)) == 5


async def test_orders_may_be_ignored(visit: Visit, plex: PlexServer) -> None:
    usual = keys(await visit.ask("/library/sections/1/all"))
    assert keys(await visit.ask("/library/sections/1/all", sort="id:asc")) == sorted(usual)
    plex.behaviour.ignore_sort = True
    assert keys(await visit.ask("/library/sections/1/all", sort="id:asc")) == usual


async def test_no_item_may_say_when_it_was_changed(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.omit_updated = True
    plex.touch(3)
    assert not any("updatedAt" in item for item in (await visit.ask("/library/sections/1/all")).listed())
    assert not any("updatedAt" in item for item in (await visit.ask("/playlists")).listed())


async def test_a_sick_server_lists_nothing_without_a_word(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.empty_lists = True
    for path in ("/library/sections/1/all", "/library/sections/2/all?type=4", "/library/all", "/playlists"):
        answer = await visit.ask(path, X_Plex_Container_Start=0, X_Plex_Container_Size=50)
        assert (answer.status, answer.container["size"], answer.container["totalSize"]) == (200, 0, 0)


async def test_something_may_happen_after_each_page(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.after_a_page = lambda: plex.add_movie("Zebra Crossing")
    sizes = [(await visit.ask("/library/sections/1/all")).container["size"] for _ in range(3)]
    assert sizes == [20, 21, 22]


async def test_every_answer_says_what_time_it_is_for_the_server(visit: Visit, watch: Watch) -> None:
    watch.now -= 3 * 86_400
    for path in ("/identity", "/library/sections", "/library/sections/1/all"):
        told = (await visit.ask(path)).headers["Date"]
        assert parsedate_to_datetime(told).timestamp() == watch.now


async def test_keys_are_never_given_twice(plex: PlexServer) -> None:
    first = plex.add_movie("Zebra Crossing")
    plex.remove(first.number)
    assert plex.add_movie("Zebra Crossing").number > first.number


@needs_fixtures
@pytest.mark.parametrize(
    "path",
    [
        "/library/sections/1/all?type=18",
        "/library/sections/4/all?type=1",
        "/library/sections/1/collections",
        "/playlists",
    ],
)
async def test_an_answer_is_what_the_document_describes(visit: Visit, path: str) -> None:
    answer = await visit.ask(path)
    kind = answer.headers["Content-Type"]
    assert answer.listed()
    assert (
        Document.load(SPEC, explained=(*EXPLAINED, COUNT)).check_response(
            "GET", path.partition("?")[0], answer.status, kind, answer.body
        )
        == []
    )


@needs_fixtures
async def test_members_are_what_the_document_describes(visit: Visit, plex: PlexServer) -> None:
    made = plex.admin.add_collection("Sunday", [4, 2, 3])
    path = f"/library/collections/{made.number}/items"
    answer = await visit.ask(path)
    assert (
        Document.load(SPEC, explained=(*EXPLAINED, COUNT)).check_response(
            "GET", path, 200, answer.headers["Content-Type"], answer.body
        )
        == []
    )
