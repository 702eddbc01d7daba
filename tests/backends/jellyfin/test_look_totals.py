"""Does a small sync notice that something is gone, and only then?"""

from dataclasses import replace

import pytest

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.backends.listing import Look
from tests.servers.library import Kind

from .conftest import VERSIONS, Begin, Den, Watch

every_version = pytest.mark.parametrize("version", VERSIONS)


@every_version
async def test_nothing_gone_is_one_request(begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    for _ in range(3):
        assert ((await watch.again()).sweep, watch.requests) == (frozenset(), 1)


@pytest.mark.parametrize(
    ("kind", "swept"),
    [
        (Kind.MOVIE, {("movies", ItemKind.MOVIE)}),
        (Kind.EPISODE, {("tvshows", ItemKind.SEASON), ("tvshows", ItemKind.EPISODE)}),
        (Kind.SHOW, {("tvshows", kind) for kind in (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE)}),
        (Kind.TRACK, {("music", ItemKind.TRACK)}),
        (Kind.COLLECTION, {("boxsets", ItemKind.COLLECTION)}),
    ],
)
async def test_what_is_gone_is_looked_for_among_its_kind(
    den: Den, begin: Begin, kind: Kind, swept: set[tuple[str, ItemKind]]
) -> None:
    den.jellyfin.add(replace(den.titles(Kind.COLLECTION)[0], name="Another"))
    watch = await begin(Look.TOTALS)
    den.jellyfin.remove(den.titles(kind)[0])
    changes = await watch.again()
    assert changes.sweep == {(den.jellyfin.view_id(library), each) for library, each in swept}
    assert watch.requests == 2


@pytest.mark.parametrize("kind", [Kind.SEASON, Kind.VIDEO])
async def test_what_the_server_does_not_count_by_kind_is_found_too(den: Den, begin: Begin, kind: Kind) -> None:
    empty = den.jellyfin.add(replace(den.titles(kind)[0], name="Empty"))
    watch = await begin(Look.TOTALS)
    den.jellyfin.remove(empty)
    assert {each for _, each in (await watch.again()).sweep} >= {ItemKind(kind.value)}


async def test_what_came_is_not_taken_for_what_went(den: Den, begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    den.jellyfin.add(den.titles(Kind.MOVIE)[0])
    assert ((await watch.again()).sweep, watch.requests) == (frozenset(), 1)
    watch.knows(den.jellyfin.view_id("movies"), ItemKind.MOVIE, 1)
    assert ((await watch.again()).sweep, watch.requests) == (frozenset(), 1)


async def test_one_that_came_does_not_hide_one_that_went(den: Den, begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    den.jellyfin.add(den.titles(Kind.MOVIE)[0])
    den.jellyfin.remove(den.titles(Kind.MOVIE)[1])
    assert (await watch.again()).sweep == frozenset()
    # By now the other looks told of the new one.
    watch.knows(den.jellyfin.view_id("movies"), ItemKind.MOVIE, 1)
    assert (await watch.again()).sweep == {(den.jellyfin.view_id("movies"), ItemKind.MOVIE)}


async def swept(watch: Watch) -> bool:
    """Look, and compare the identities where the look says so."""
    changes = await watch.again()
    if not changes.sweep:
        return False
    counts: dict[tuple[str, ItemKind], int] = {}
    for item in (await watch.den.everything()).values():
        counts[item.library, item.kind] = counts.get((item.library, item.kind), 0) + 1
    for (library, kind), count in watch.known.counts.items():
        watch.knows(library, kind, counts.get((library, kind), 0) - count)
    return True


async def test_after_the_sweep_there_is_peace_until_the_next_one_goes(den: Den, begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    for _ in range(3):
        den.jellyfin.remove(den.titles(Kind.MOVIE)[0])
        assert await swept(watch)
        assert not await swept(watch)
        assert watch.requests == 1


async def test_what_the_server_hides_from_lists_is_no_reason_to_sweep(den: Den, begin: Begin) -> None:
    kids = den.jellyfin.add_library("Kids", "movies")
    for title in den.titles(Kind.MOVIE)[:3]:
        den.jellyfin.state.shelf.place(title, kids)
    watch = await begin(Look.TOTALS)
    # As if the user had hidden that library: it is counted, but not known.
    watch.knows(kids.id, ItemKind.MOVIE, -3)
    watch.known = replace(watch.known, mark=None)
    assert not await swept(watch)
    assert not await swept(watch)
    den.jellyfin.remove(den.titles(Kind.MOVIE)[3])
    assert (await watch.again()).sweep


async def test_more_that_stays_hidden_becomes_usual(den: Den, begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    den.jellyfin.add(den.titles(Kind.MOVIE)[0])
    for _ in range(3):
        assert not (await watch.again()).sweep
    den.jellyfin.remove(den.titles(Kind.MOVIE)[1])
    assert (await watch.again()).sweep


async def test_a_server_that_counts_otherwise_is_not_swept_forever(den: Den, begin: Begin) -> None:
    watch = await begin(Look.TOTALS)
    watch.knows(den.jellyfin.view_id("movies"), ItemKind.MOVIE, 1)
    sweeps = [bool((await watch.again()).sweep) for _ in range(6)]
    assert sweeps == [True, True, False, False, False, False]
    assert watch.requests == 1
    den.jellyfin.remove(den.titles(Kind.MOVIE)[0])
    assert (await watch.again()).sweep


async def test_what_was_gone_before_the_first_look_is_found(den: Den) -> None:
    known = await den.known()
    den.jellyfin.remove(den.titles(Kind.MOVIE)[0])
    changes = await den.backend.changes(Look.TOTALS, known)
    assert changes.sweep == {(den.jellyfin.view_id("movies"), ItemKind.MOVIE)}


@pytest.mark.parametrize("switch", ["empty_lists", "totals"])
async def test_a_server_that_says_nothing_is_there_is_not_believed(den: Den, begin: Begin, switch: str) -> None:
    watch = await begin(Look.TOTALS)
    setattr(den.jellyfin.behaviour, switch, switch == "empty_lists")
    assert ((await watch.again()).sweep, watch.requests) == (frozenset(), 1)
    setattr(den.jellyfin.behaviour, switch, switch != "empty_lists")
    assert (await watch.again()).sweep == frozenset()


async def test_artists_without_a_folder_are_not_missed(den: Den, begin: Begin) -> None:
    den.jellyfin.behaviour.nameless_artists = True
    watch = await begin(Look.TOTALS)
    assert ((await watch.again()).sweep, watch.requests) == (frozenset(), 1)


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"usual": 1}', '{"usual": 1, "last": 1, "tries": 0, "by_kind": []}'])
async def test_a_mark_that_makes_no_sense_begins_anew(den: Den, mark: str) -> None:
    changes = await den.backend.changes(Look.TOTALS, await den.known(mark))
    assert changes.sweep == frozenset()
