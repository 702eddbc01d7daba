"""Does a small sync see what is new and different, for few requests?"""

from dataclasses import replace

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.jellyfin import look_content
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.listing import Changes, Known, Look
from tests.servers.library import Kind

from .conftest import VERSIONS, Begin, Den

every_version = pytest.mark.parametrize("version", VERSIONS)


def titles_of(changes: Changes) -> set[str]:
    return {item.title for item in changes.items}


@every_version
async def test_nothing_changed_is_one_request(begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    for _ in range(3):
        changes = await watch.again()
        assert (changes.items, changes.relist, watch.requests) == ((), frozenset(), 1)


@every_version
async def test_a_changed_film_is_two_requests_and_comes_with_its_library(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    renamed = replace(den.titles(Kind.MOVIE)[2], name="Renamed")
    den.jellyfin.change(renamed)
    (item,) = (await watch.again()).items
    assert watch.requests == 2
    assert item == (await den.everything())[den.jellyfin.id_of(renamed)]
    assert (item.title, item.library) == ("Renamed", den.jellyfin.view_id("movies"))


async def test_what_came_again_because_of_the_overlap_is_no_change(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    den.jellyfin.change(den.titles(Kind.MOVIE)[2])
    assert len((await watch.again(1)).items) == 1
    for _ in range(3):
        assert ((await watch.again(1)).items, watch.requests) == ((), 1)
    den.jellyfin.change(den.titles(Kind.MOVIE)[2])
    assert len((await watch.again(1)).items) == 1


async def test_what_was_saved_with_an_older_date_is_still_seen(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    await watch.again()
    late = replace(den.titles(Kind.MOVIE)[2], name="Late")
    den.jellyfin.state.shelf.put(late, den.time.now - look_content.OVERLAP + 1)
    assert titles_of(await watch.again()) == {"Late"}


@pytest.mark.parametrize("hours", [-72, 72])
async def test_the_clock_of_the_server_is_the_one_that_counts(den: Den, begin: Begin, hours: int) -> None:
    # Ours has no say at all: a backend has none.
    den.time.now += hours * 3600
    watch = await begin(Look.CONTENT)
    den.jellyfin.change(replace(den.titles(Kind.MOVIE)[2], name="Renamed"))
    assert titles_of(await watch.again()) == {"Renamed"}
    assert (await watch.again()).items == ()


async def test_a_clock_that_was_set_back_hides_nothing(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    den.time.now -= 7200
    den.jellyfin.change(replace(den.titles(Kind.MOVIE)[3], name="Renamed"))
    assert "Renamed" in titles_of(await watch.again())
    assert ((await watch.again()).items, watch.requests) == ((), 1)


async def test_without_a_clock_the_window_grows_but_nothing_is_lost(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    den.jellyfin.behaviour.clock = False
    for number in (1, 2):
        den.jellyfin.change(den.titles(Kind.MOVIE)[number])
        assert len((await watch.again()).items) == 1


@every_version
async def test_a_new_episode_brings_its_season_and_its_show(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    episode = den.titles(Kind.EPISODE)[-1]
    new = den.jellyfin.add(replace(episode, name="The New One", index=99))
    found = {item.identity: item for item in (await watch.again()).items}
    season, show = den.jellyfin.state.shelf.ancestors(new)
    assert watch.requests == 2
    assert found.keys() == set(den.ids(new, season, show))
    assert {item.library for item in found.values()} == {den.jellyfin.view_id("tvshows")}
    listed = await den.everything()
    assert all(listed[identity] == item for identity, item in found.items())


async def test_a_new_track_brings_an_artist_without_a_folder(den: Den, begin: Begin) -> None:
    den.jellyfin.behaviour.nameless_artists = True
    watch = await begin(Look.CONTENT)
    track = den.jellyfin.add(replace(den.titles(Kind.TRACK)[0], name="Hidden Track", index=99))
    found = {item.identity for item in (await watch.again()).items}
    assert found == set(den.ids(track, *den.jellyfin.state.shelf.ancestors(track)))
    assert watch.requests <= 3


async def test_of_two_libraries_the_right_one_is_found(den: Den, begin: Begin) -> None:
    kids = den.jellyfin.add_library("Kids", "movies")
    moved = den.jellyfin.move(den.titles(Kind.MOVIE)[0], kids)
    watch = await begin(Look.CONTENT)
    den.jellyfin.change(moved)
    ((item,), _) = (await watch.again()).items, watch.requests
    assert (item.library, watch.requests) == (kids.id, 2)


async def test_a_film_that_moved_is_a_new_one(den: Den, begin: Begin) -> None:
    kids = den.jellyfin.add_library("Kids", "movies")
    watch = await begin(Look.CONTENT)
    old = den.titles(Kind.MOVIE)[0]
    before = den.jellyfin.id_of(old)
    moved = den.jellyfin.move(old, kids)
    (item,) = (await watch.again()).items
    assert (item.identity, item.library) == (den.jellyfin.id_of(moved), kids.id)
    assert item.identity != before


async def test_a_library_that_is_new_comes_with_its_items(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    kids = den.jellyfin.add_library("Kids", "movies")
    den.jellyfin.move(den.titles(Kind.MOVIE)[0], kids)
    changes = await watch.again()
    assert [item.library for item in changes.items] == [kids.id]
    assert changes.libraries is not None
    assert kids.id in {library.identity for library in changes.libraries}


async def test_many_changes_are_placed_library_by_library(den: Den, begin: Begin) -> None:
    kids = den.jellyfin.add_library("Kids", "movies")
    den.jellyfin.move(den.titles(Kind.MOVIE)[0], kids)
    watch = await begin(Look.CONTENT)
    for title in den.titles(*Kind):
        den.jellyfin.change(title)
    changes = await watch.again()
    listed = await den.everything()
    assert {item.identity: item for item in changes.items} == listed
    # All, the libraries, and each that may hold some of them; lists are in none.
    assert watch.requests == 2 + 5
    assert len(changes.items) == len({item.identity for item in changes.items})


async def test_of_too_many_changes_the_libraries_are_listed_again(
    den: Den, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_content, "STRETCH", 3)
    monkeypatch.setattr(look_content, "MOST", 6)
    watch = await begin(Look.CONTENT)
    for title in den.titles(Kind.MOVIE):
        den.jellyfin.change(title)
    changes = await watch.again()
    assert changes.items == ()
    assert den.jellyfin.view_id("movies") in changes.relist
    assert changes.relist.isdisjoint({den.jellyfin.view_id("tvshows"), den.jellyfin.view_id("music")})
    assert (await watch.again()).relist == frozenset()


async def test_all_pages_of_changes_are_read(den: Den, begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_content, "STRETCH", 3)
    watch = await begin(Look.CONTENT)
    for title in den.titles(Kind.MOVIE):
        den.jellyfin.change(title)
    assert len((await watch.again()).items) == 7


@every_version
async def test_new_lists_are_seen(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    for kind in (Kind.COLLECTION, Kind.PLAYLIST):
        den.jellyfin.add(replace(den.titles(kind)[0], name=f"New {kind}"))
    changes = await watch.again()
    assert {(item.title, item.kind) for item in changes.items} == {
        ("New collection", ItemKind.COLLECTION),
        ("New playlist", ItemKind.PLAYLIST),
    }
    assert watch.requests == 1


async def test_an_api_key_sees_changes_as_its_user(den: Den, jellyfin_wire: Wire, begin: Begin) -> None:
    kid = den.jellyfin.add_user("Kid", libraries={"movies"})
    den.backend = JellyfinLibrary(jellyfin_wire, den.jellyfin.url(), den.jellyfin.make_api_key(), kid.id)
    watch = await begin(Look.CONTENT)
    for title in (den.titles(Kind.MOVIE)[0], den.titles(Kind.SHOW)[0]):
        den.jellyfin.change(title)
    (item,) = (await watch.again()).items
    assert item.kind is ItemKind.MOVIE
    assert item.state is not None


async def test_what_nobody_has_is_no_news(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    den.jellyfin.change(replace(den.titles(Kind.EPISODE)[0], path=""))
    assert ((await watch.again()).items, watch.requests) == ((), 1)


async def test_an_empty_answer_is_no_news(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    den.jellyfin.behaviour.empty_lists = True
    changes = await watch.again()
    assert (changes.items, changes.removed, changes.sweep, changes.relist) == (
        (),
        frozenset(),
        frozenset(),
        frozenset(),
    )


@pytest.mark.parametrize(
    "mark",
    [
        "",
        "{",
        "[]",
        "null",
        '{"since": "x"}',
        '{"since": 1}',
        '{"since": null, "seen": []}',
        '{"since": 1e999, "seen": []}',
    ],
)
async def test_a_mark_that_makes_no_sense_begins_anew(den: Den, mark: str) -> None:
    known = await den.known(mark)
    changes = await den.backend.changes(Look.CONTENT, known)
    assert changes.items == ()
    assert changes.libraries == known.libraries
    den.time.now += 60
    den.jellyfin.change(replace(den.titles(Kind.MOVIE)[0], name="Renamed"))
    again = await den.backend.changes(Look.CONTENT, Known(changes.mark, known.libraries, known.counts))
    assert titles_of(again) == {"Renamed"}


async def test_a_mark_stays_small(den: Den, begin: Begin) -> None:
    watch = await begin(Look.CONTENT)
    for title in den.titles(*Kind):
        den.jellyfin.change(title)
    changes = await watch.again()
    assert len(changes.mark) < 50 + 20 * look_content.REMEMBERED
