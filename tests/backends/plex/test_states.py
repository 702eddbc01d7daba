"""Finding out what was watched, begun or put aside in other apps, with one question."""

import pytest

from custom_components.reel.backends.item import UserState
from custom_components.reel.backends.listing import Known, Look
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.conftest import Time
from tests.servers.faults import Fault, Garbage, Status
from tests.servers.library import Kind
from tests.servers.plex import PlexServer

from .conftest import Watcher, of

DAY = 86_400


async def test_nothing_new_is_one_question(watcher: Watcher, den: PlexServer) -> None:
    den.admin.watch(3)
    await watcher.look(Look.STATES)
    for _ in range(3):
        changes = await watcher.look(Look.STATES)
        assert (changes.states, changes.relist, watcher.requests) == ({}, frozenset(), 1)


async def test_a_film_that_was_watched_or_begun_is_found(watcher: Watcher, den: PlexServer) -> None:
    den.admin.watch(3)
    den.admin.begin(5, 90_000)
    changes = await watcher.look(Look.STATES)
    now = float(int(watcher.time.now - 900))
    assert changes.states == {
        "3": UserState(watched=True, plays=1, viewed_at=now),
        "5": UserState(position_ms=90_000, viewed_at=now),
    }
    assert watcher.requests <= 3


async def test_going_on_with_a_film_is_news_each_time(watcher: Watcher, den: PlexServer) -> None:
    for offset in (60_000, 120_000, 180_000):
        den.admin.begin(5, offset)
        changes = await watcher.look(Look.STATES)
        assert changes.states["5"].position_ms == offset


@pytest.mark.parametrize("films_only", [False, True])
async def test_a_watched_episode_comes_with_what_is_left_of_its_season_and_show(
    watcher: Watcher, den: PlexServer, *, films_only: bool
) -> None:
    if films_only:
        den.behaviour.everything_is_films = True
        watcher.marks.clear()
        await watcher.look(Look.STATES)
    episode = of(den, Kind.EPISODE)[2]
    season = den.titles[episode.parent or 0]
    den.admin.watch(episode.number)
    found: dict[str, UserState] = {}
    for _ in range(3):
        found |= (await watcher.look(Look.STATES)).states
        assert watcher.requests <= 3
    assert found[str(episode.number)].watched
    for holder in (season.number, season.parent or 0):
        leaves = list(den.machine.shelves.leaves(holder))
        assert found[str(holder)].unwatched == len(leaves) - 1


async def test_what_is_marked_as_unwatched_again_is_found(watcher: Watcher, den: PlexServer) -> None:
    for number in (3, 4, 5):
        den.admin.watch(number)
        watcher.time.now += 60
    await watcher.look(Look.STATES)
    den.admin.unwatch(4)
    changes = await watcher.look(Look.STATES)
    assert changes.states == {"4": UserState()}
    assert watcher.requests <= 3
    assert (await watcher.look(Look.STATES)).states == {}


async def test_what_is_deleted_is_not_taken_for_unwatched(watcher: Watcher, den: PlexServer) -> None:
    for title in of(den, Kind.TRACK):
        den.admin.watch(title.number)
    den.admin.watch(4)
    await watcher.look(Look.STATES)
    den.remove(4)
    assert (await watcher.look(Look.STATES)).states == {}


async def test_a_whole_show_that_was_marked_is_found_over_several_pages(watcher: Watcher, den: PlexServer) -> None:
    season = of(den, Kind.SEASON)[0]
    for number in range(120):
        den.add_episode(season.number, f"Episode {number}")
    den.admin.watch(season.number)
    changes = await watcher.look(Look.STATES)
    leaves = {str(leaf.number) for leaf in den.machine.shelves.leaves(season.number)}
    assert leaves <= changes.states.keys()
    assert all(changes.states[leaf].watched for leaf in leaves)


async def test_if_too_much_was_marked_everything_is_to_be_read(watcher: Watcher, den: PlexServer) -> None:
    season = of(den, Kind.SEASON)[0]
    for number in range(1300):
        den.add_episode(season.number, f"Episode {number}")
    den.admin.watch(season.number)
    changes = await watcher.look(Look.STATES)
    assert changes.relist == {"1", "2", "3", "4"}
    assert (await watcher.look(Look.STATES)).relist == frozenset()


async def test_a_list_of_everything_that_has_only_films_is_found_out(
    den: PlexServer, lists: PlexLibrary, time: Time
) -> None:
    den.behaviour.everything_is_films = True
    watcher = Watcher(den, lists, time, {})
    await watcher.look(Look.STATES)
    track, episode = of(den, Kind.TRACK)[0], of(den, Kind.EPISODE)[0]
    for number in (2, track.number, episode.number):
        den.admin.watch(number)
    found: set[str] = set()
    for _ in range(3):
        found |= (await watcher.look(Look.STATES)).states.keys()
    assert {"2", str(track.number), str(episode.number)} <= found
    await watcher.look(Look.STATES)
    assert watcher.requests == 1


@pytest.mark.parametrize("failure", [Status(400), Status(404), Status(403), Garbage()])
async def test_a_server_without_a_list_of_everything_has_others(
    den: PlexServer, lists: PlexLibrary, time: Time, failure: Status | Garbage
) -> None:
    den.fault = Fault(failure, "/library/all")
    watcher = Watcher(den, lists, time, {})
    await watcher.look(Look.STATES)
    den.admin.watch(2)
    found: set[str] = set()
    for _ in range(4):
        found |= (await watcher.look(Look.STATES)).states.keys()
    assert "2" in found


async def test_a_new_kind_of_library_is_looked_at_too(watcher: Watcher, den: PlexServer) -> None:
    section = den.admin.add_section("Documentaries")
    await watcher.look(Look.STATES)
    moved = den.admin.move(5, section)
    den.admin.watch(moved.number)
    assert str(moved.number) in (await watcher.look(Look.STATES)).states


async def test_a_server_that_does_not_sort_is_believed_in_what_it_shows(watcher: Watcher, den: PlexServer) -> None:
    for number in range(60):
        den.add_movie(f"A Film {number:03}")
    den.behaviour.ignore_sort = True
    newest = max(den.titles)
    den.admin.watch(newest - 3)
    watcher.time.now += 60
    den.admin.watch(newest - 1)
    changes = await watcher.look(Look.STATES)
    assert changes.relist == frozenset()
    assert all(state.watched for state in changes.states.values())


@pytest.mark.parametrize("quirk", ["ignore_filters", "ignore_page_size", "omit_totals", "omit_optional_fields"])
async def test_what_was_watched_is_found_whatever_a_server_ignores(
    den: PlexServer, lists: PlexLibrary, time: Time, quirk: str
) -> None:
    setattr(den.behaviour, quirk, True)
    watcher = Watcher(den, lists, time, {})
    await watcher.look(Look.STATES)
    den.admin.watch(3)
    found: set[str] = set()
    for _ in range(5):
        found |= (await watcher.look(Look.STATES)).states.keys()
    assert "3" in found


async def test_what_was_seen_in_the_future_hides_nothing(watcher: Watcher, den: PlexServer) -> None:
    watcher.time.now += 400 * DAY
    den.admin.watch(3)
    watcher.time.now -= 400 * DAY
    assert (await watcher.look(Look.STATES)).states.keys() == {"3"}
    den.admin.watch(5)
    assert (await watcher.look(Look.STATES)).states.keys() == {"5"}


async def test_what_others_watch_is_not_ours(plex_wire: Wire, den: PlexServer, time: Time) -> None:
    token = den.admit(den.owner, sections=frozenset({"1"}))
    watcher = Watcher(den, PlexLibrary(plex_wire, den.url(), token), time, {})
    await watcher.look(Look.STATES)
    den.admin.watch(3)
    assert (await watcher.look(Look.STATES)).states == {}


@pytest.mark.parametrize(
    "mark", ["", "{", "[]", '{"version":1}', '{"version":1,"about":[],"places":7}', '{"version":1,"tops":[]}']
)
async def test_a_mark_that_makes_no_sense_is_none(lists: PlexLibrary, den: PlexServer, mark: str) -> None:
    den.admin.watch(3)
    changes = await lists.changes(Look.STATES, Known(mark, tuple(await lists.libraries()), {}))
    assert changes.states.keys() == {"3"}
