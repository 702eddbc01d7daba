"""Finding out what is new, different or gone on a Plex server, with as few questions as possible."""

from dataclasses import replace

import pytest

from custom_components.reel.backends.errors import SignInRefused
from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.listing import Changes, Known, Look
from custom_components.reel.backends.plex.library import PlexLibrary
from tests.backends.conftest import Time
from tests.servers.faults import Fault, Garbage, Status
from tests.servers.library import Kind
from tests.servers.plex import PlexServer

from .conftest import Watcher, of

DAY = 86_400


def names(changes: Changes) -> set[str]:
    return {item.title for item in changes.items}


async def test_the_first_look_asks_for_everything_to_be_read(lists: PlexLibrary, den: PlexServer) -> None:
    changes = await lists.changes(Look.CONTENT, Known(None, (), {}))
    assert changes.relist == {"1", "2", "3", "4"}
    assert (changes.items, changes.sweep) == ((), frozenset())
    assert changes.libraries == tuple(await lists.libraries())
    assert len(den.traffic.requests) == 2


async def test_nothing_new_is_one_question(watcher: Watcher) -> None:
    for _ in range(3):
        changes = await watcher.look(Look.CONTENT)
        assert watcher.requests == 1
        assert (changes.items, changes.sweep, changes.relist) == ((), frozenset(), frozenset())


@pytest.mark.parametrize(
    "mark", ["", "{", "[]", "null", "7", '{"version":99}', '{"version":1,"libraries":[]}', "{" * 5000]
)
async def test_a_mark_that_makes_no_sense_is_none(lists: PlexLibrary, mark: str) -> None:
    libraries = tuple(await lists.libraries())
    changes = await lists.changes(Look.CONTENT, Known(mark, libraries, {}))
    assert changes.relist == {"1", "2", "3", "4"}


async def test_a_changed_film_takes_two_more_questions_at_most(watcher: Watcher, den: PlexServer) -> None:
    den.change(5, name="Another Name")
    changes = await watcher.look(Look.CONTENT)
    assert names(changes) == {"Another Name"}
    assert (changes.sweep, changes.relist) == (frozenset(), frozenset())
    assert watcher.requests <= 3
    await watcher.look(Look.CONTENT)
    assert watcher.requests == 1


async def test_a_new_film_is_found(watcher: Watcher, den: PlexServer) -> None:
    watcher.time.now += DAY
    title = den.add_movie("Zebra Crossing", imdb="tt9999999")
    changes = await watcher.look(Look.CONTENT)
    [item] = changes.items
    assert (item.identity, item.title, item.library) == (str(title.number), "Zebra Crossing", "1")
    assert watcher.requests <= 3


async def test_a_changed_episode_comes_with_its_season_and_show(watcher: Watcher, den: PlexServer) -> None:
    episode = of(den, Kind.EPISODE)[5]
    den.change(episode.number, name="Another Name")
    changes = await watcher.look(Look.CONTENT)
    assert [item.kind for item in changes.items] == [ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE]
    assert changes.items[2].title == "Another Name"
    assert changes.sweep == frozenset()
    assert watcher.requests <= 3


async def test_a_new_episode_that_does_not_say_when_it_changed_is_found_by_when_it_was_added(
    watcher: Watcher, den: PlexServer
) -> None:
    den.behaviour.omit_updated = True
    title = den.add_episode(of(den, Kind.SEASON)[0].number, "The New One")
    changes = await watcher.look(Look.CONTENT)
    assert str(title.number) in {item.identity for item in changes.items}
    assert ItemKind.SHOW in {item.kind for item in changes.items}
    assert changes.sweep == frozenset()


async def test_a_renamed_show_is_found_although_no_episode_changed(watcher: Watcher, den: PlexServer) -> None:
    show = of(den, Kind.SHOW)[0]
    den.change(show.number, name="Another Name")
    changes = await watcher.look(Look.CONTENT)
    assert names(changes) == {"Another Name"}
    assert watcher.requests <= 3


async def test_a_new_collection_of_films_is_found(watcher: Watcher, den: PlexServer) -> None:
    den.admin.add_collection("Sunday", [1, 2])
    changes = await watcher.look(Look.CONTENT)
    assert names(changes) == {"Sunday"}
    assert watcher.requests <= 3


async def test_what_is_gone_is_to_be_looked_for_where_it_was(watcher: Watcher, den: PlexServer) -> None:
    counts = watcher.counts()
    den.remove(5)
    changes = await watcher.look(Look.CONTENT, counts)
    assert changes.sweep == {("1", ItemKind.MOVIE)}
    assert (changes.items, changes.relist) == ((), frozenset())
    assert watcher.requests <= 3


async def test_a_show_may_be_gone_with_its_last_episode(watcher: Watcher, den: PlexServer) -> None:
    counts = watcher.counts()
    for episode in den.machine.shelves.leaves(of(den, Kind.SHOW)[0].number):
        den.remove(episode.number)
    changes = await watcher.look(Look.CONTENT, counts)
    assert changes.sweep == {("2", ItemKind.SHOW), ("2", ItemKind.SEASON), ("2", ItemKind.EPISODE)}


async def test_what_came_does_not_hide_what_is_gone(watcher: Watcher, den: PlexServer) -> None:
    den.touch(1)
    await watcher.look(Look.CONTENT)
    counts = watcher.counts()
    den.remove(5)
    den.add_movie("Zebra Crossing")
    changes = await watcher.look(Look.CONTENT, counts)
    assert names(changes) >= {"Zebra Crossing"}
    assert changes.sweep == {("1", ItemKind.MOVIE)}


async def test_what_a_push_told_already_is_not_looked_for(watcher: Watcher, den: PlexServer) -> None:
    den.touch(1)
    await watcher.look(Look.CONTENT)
    den.add_movie("Zebra Crossing")
    changes = await watcher.look(Look.CONTENT)
    assert changes.sweep == frozenset()
    den.remove(5)
    changes = await watcher.look(Look.CONTENT)
    assert changes.sweep == frozenset()


async def test_a_film_that_moved_is_found_where_it_is_and_missed_where_it_was(
    watcher: Watcher, den: PlexServer
) -> None:
    other = den.admin.add_section("Films in 4K")
    changes = await watcher.look(Look.CONTENT)
    assert changes.relist == {other.key}
    counts = watcher.counts() | {(other.key, ItemKind.MOVIE): 0}
    moved = den.admin.move(5, other)
    changes = await watcher.look(Look.CONTENT, counts)
    [item] = changes.items
    assert (item.identity, item.library) == (str(moved.number), other.key)
    assert changes.sweep == {("1", ItemKind.MOVIE)}


async def test_a_rescan_shows_new_keys_and_that_the_old_ones_are_gone(watcher: Watcher, den: PlexServer) -> None:
    den.rescan()
    for number in tuple(den.titles):
        den.touch(number)
    changes = await watcher.look(Look.CONTENT)
    assert {item.identity for item in changes.items} >= {den.key(title.number) for title in of(den, Kind.MOVIE)}


async def test_more_than_can_be_asked_for_is_to_be_read_whole(watcher: Watcher, den: PlexServer) -> None:
    for number in range(500):
        den.add_movie(f"Film {number}")
    changes = await watcher.look(Look.CONTENT)
    assert not changes.items
    assert changes.relist == {"1"}
    assert watcher.requests <= 6
    changes = await watcher.look(Look.CONTENT)
    assert changes.relist == frozenset()
    assert watcher.requests == 1


async def test_all_that_changed_is_found_over_several_pages(watcher: Watcher, den: PlexServer) -> None:
    added = {den.add_movie(f"Film {number}").name for number in range(170)}
    assert names(await watcher.look(Look.CONTENT)) == added


async def test_a_server_that_does_not_sort_is_believed_only_if_it_shows_everything(
    watcher: Watcher, den: PlexServer
) -> None:
    den.behaviour.ignore_sort = True
    den.change(5, name="Another Name")
    assert names(await watcher.look(Look.CONTENT)) == {"Another Name"}
    for number in range(100):
        den.add_movie(f"{number} Films")
        watcher.time.now += 1
    await watcher.look(Look.CONTENT)
    den.change(7, name="Another One")
    changes = await watcher.look(Look.CONTENT)
    assert not changes.items
    assert changes.relist == {"1"}


async def test_a_server_that_refuses_to_sort_is_like_one_that_does_not(watcher: Watcher, den: PlexServer) -> None:
    den.behaviour.unknown_sorts = frozenset({"updatedAt", "addedAt"})
    den.change(5, name="Another Name")
    assert names(await watcher.look(Look.CONTENT)) == {"Another Name"}


@pytest.mark.parametrize(
    "quirk", ["ignore_filters", "ignore_page_size", "omit_totals", "omit_updated", "repeat_first_page"]
)
async def test_a_new_film_is_found_whatever_a_server_ignores(watcher: Watcher, den: PlexServer, quirk: str) -> None:
    setattr(den.behaviour, quirk, True)
    counts = watcher.counts()
    for number in range(60):
        den.add_movie(f"Film {number}")
    changes = await watcher.look(Look.CONTENT, counts)
    assert names(changes) == {f"Film {number}" for number in range(60)} or changes.relist == {"1"}


async def test_an_item_of_the_future_hides_nothing(watcher: Watcher, den: PlexServer) -> None:
    watcher.time.now += 400 * DAY
    den.change(3, name="From the Future")
    watcher.time.now -= 400 * DAY
    assert names(await watcher.look(Look.CONTENT)) == {"From the Future"}
    den.change(5, name="Another Name")
    assert names(await watcher.look(Look.CONTENT)) >= {"Another Name"}


async def test_a_clock_that_is_set_back_hides_nothing(watcher: Watcher, den: PlexServer) -> None:
    watcher.time.now += 400 * DAY
    den.change(3, name="Before")
    await watcher.look(Look.CONTENT)
    watcher.time.now -= 400 * DAY
    den.change(5, name="After")
    assert names(await watcher.look(Look.CONTENT)) >= {"After"}


async def test_our_own_clock_does_not_matter(den: PlexServer, lists: PlexLibrary, time: Time) -> None:
    time.now -= 3000 * DAY
    watcher = Watcher(den, lists, time, {})
    await watcher.look(Look.CONTENT)
    title = den.add_movie("Zebra Crossing")
    changes = await watcher.look(Look.CONTENT)
    assert str(title.number) in {item.identity for item in changes.items} or changes.relist == {"1"}


async def test_what_changed_last_is_no_news_a_second_time_and_hides_nothing(watcher: Watcher, den: PlexServer) -> None:
    den.change(of(den, Kind.EPISODE)[0].number, name="An Episode")
    assert "An Episode" in names(await watcher.look(Look.CONTENT))
    den.change(of(den, Kind.SHOW)[0].number, name="A Show")
    assert names(await watcher.look(Look.CONTENT)) == {"A Show"}


async def test_what_changes_twice_in_the_second_of_a_look_is_found_twice(watcher: Watcher, den: PlexServer) -> None:
    watcher.time.now += 900
    den.change(5, name="Once")
    watcher.time.now -= 900
    assert names(await watcher.look(Look.CONTENT)) == {"Once"}
    den.change(5, name="Twice")
    assert names(await watcher.look(Look.CONTENT)) == {"Twice"}


async def test_a_new_library_is_to_be_read_and_one_that_is_gone_is_not_among_them(
    watcher: Watcher, den: PlexServer
) -> None:
    section = den.admin.add_section("Documentaries")
    changes = await watcher.look(Look.CONTENT)
    assert changes.relist == {section.key}
    den.admin.remove_section(section)
    changes = await watcher.look(Look.CONTENT)
    assert changes.relist == frozenset()
    assert changes.libraries is not None
    assert section.key not in {library.identity for library in changes.libraries}
    assert watcher.requests == 1


async def test_a_library_that_nobody_wants_is_left_alone(watcher: Watcher, den: PlexServer) -> None:
    den.change(5, name="Another Name")
    libraries = tuple(library for library in await watcher.lists.libraries() if library.identity != "1")
    den.traffic.requests.clear()
    changes = await watcher.lists.changes(Look.CONTENT, Known(watcher.marks[Look.CONTENT], libraries, {}))
    assert (changes.items, changes.relist, len(den.traffic.requests)) == ((), frozenset(), 1)


async def test_one_library_that_fails_does_not_hold_up_the_others(watcher: Watcher, den: PlexServer) -> None:
    den.change(5, name="Another Name")
    den.change(of(den, Kind.SHOW)[0].number, name="Another Show")
    den.fault = Fault(Garbage(), "/library/sections/1/all")
    changes = await watcher.look(Look.CONTENT)
    assert names(changes) == {"Another Show"}
    assert changes.relist == {"1"}


async def test_a_server_that_lets_nobody_in_is_an_error(watcher: Watcher, den: PlexServer) -> None:
    den.fault = Fault(Status(401))
    with pytest.raises(SignInRefused):
        await watcher.lists.changes(Look.CONTENT, Known(None, (), {}))


async def test_playlists_are_looked_at_every_other_time(watcher: Watcher, den: PlexServer) -> None:
    den.admin.add_playlist("Sunday", [1])
    changes = await watcher.look(Look.TOTALS)
    assert watcher.requests == 1
    assert names(changes) >= {"Sunday"}
    await watcher.look(Look.TOTALS)
    counts = watcher.counts()
    den.admin.remove_playlist(next(iter(den.machine.playlists.values())))
    changes = await watcher.look(Look.TOTALS, counts)
    assert changes.sweep == {("playlists", ItemKind.PLAYLIST)}


async def test_each_list_has_its_turn_and_costs_one_question(watcher: Watcher, den: PlexServer) -> None:
    lists = sum(len(library.kinds) for library in await watcher.lists.libraries()) - 1
    seen = set()
    await watcher.look(Look.TOTALS)
    for _ in range(2 * lists):
        changes = await watcher.look(Look.TOTALS)
        assert watcher.requests == 1
        assert (changes.items, changes.relist, changes.sweep) == ((), frozenset(), frozenset())
        [request] = den.traffic.requests
        seen.add((request.path, request.query["type"]))
    assert len(seen) == lists + 1


async def test_what_no_stamp_tells_is_found_in_turn(watcher: Watcher, den: PlexServer) -> None:
    season = of(den, Kind.SEASON)[0]
    den.change(season.number, name="Another Name")
    den.change(of(den, Kind.EPISODE)[0].number, name="Another Episode")
    assert "Another Episode" in names(await watcher.look(Look.CONTENT))
    den.change(of(den, Kind.SEASON)[1].number, name="Unseen")
    den.machine.shelves.sections[1].changed -= 1
    found: set[str] = set()
    for _ in range(30):
        changes = await watcher.look(Look.TOTALS)
        found |= names(changes)
        assert watcher.requests <= 3
    assert {"Another Name", "Unseen"} <= found


async def test_a_look_at_one_list_that_fails_has_it_read_whole_and_goes_on(watcher: Watcher, den: PlexServer) -> None:
    den.fault = Fault(Garbage(), "/library/sections/1/all")
    relisted: set[str] = set()
    for _ in range(6):
        relisted |= (await watcher.look(Look.TOTALS)).relist
    assert relisted == {"1"}


async def test_without_libraries_there_is_nothing_to_look_at(lists: PlexLibrary) -> None:
    for look in lists.looks:
        first = await lists.changes(look, Known(None, (), {}))
        again = await lists.changes(look, Known(first.mark, (), {}))
        assert (again.items, again.states) == ((), {})
        assert replace(again, libraries=None, mark="") == Changes(mark="")
