"""Reading the lists of a Plex server, whole and page by page, as it sends them."""

import pytest

from custom_components.reel.backends.errors import Garbled, Missing, NotAllowed, SignInRefused
from custom_components.reel.backends.item import ItemKind, MarkerKind, StreamKind
from custom_components.reel.backends.listing import Backend, Page
from custom_components.reel.backends.model import Library
from custom_components.reel.backends.plex.library import PlexLibrary
from custom_components.reel.backends.plex.wire import Wire
from tests.backends.anybody import Anybody, says_json
from tests.servers.faults import Cut, Fault, Garbage
from tests.servers.library import Kind, make_library
from tests.servers.plex import PlexServer

from .conftest import library_of, of


async def everything(lists: PlexLibrary, identity: str, kind: ItemKind, size: int = 7) -> list[str]:
    """Return all keys of a list, read until nothing comes any more, or nothing new."""
    library, found = await library_of(lists, identity), []
    start = 0
    while (page := await lists.page(library, kind, start, size)).size:
        fresh = [item.identity for item in page.items if item.identity not in found]
        if not fresh:
            break
        found += fresh
        start += page.size
    return found


def make_movies() -> Library:
    return Library("1", "Movies", (ItemKind.MOVIE, ItemKind.COLLECTION))


def keys(page: Page) -> list[str]:
    return [item.identity for item in page.items]


def test_it_is_a_backend(lists: PlexLibrary) -> None:
    backend: Backend = lists
    assert len(backend.looks) == 3
    assert lists.token not in repr(lists)


async def test_libraries_tell_what_they_hold_and_playlists_are_one_more(lists: PlexLibrary) -> None:
    held = {library.identity: [str(kind) for kind in library.kinds] for library in await lists.libraries()}
    assert held == {
        "1": ["movie", "collection"],
        "2": ["show", "season", "episode", "collection"],
        "3": ["artist", "album", "track", "collection"],
        "4": ["video", "collection"],
        "playlists": ["playlist"],
    }


async def test_photos_and_hidden_libraries_hold_nothing_to_list(lists: PlexLibrary, den: PlexServer) -> None:
    den.admin.add_section("Holidays", "photo")
    den.admin.add_section("Secret", hidden=2)
    den.admin.add_section("Not at home", hidden=1)
    kinds = {library.name: library.kinds for library in await lists.libraries()}
    assert kinds["Holidays"] == kinds["Secret"] == ()
    assert kinds["Not at home"] == (ItemKind.MOVIE, ItemKind.COLLECTION)


async def test_a_stamp_moves_when_a_library_changes_and_only_then(lists: PlexLibrary, den: PlexServer) -> None:
    before = await library_of(lists, "1")
    assert await library_of(lists, "1") == before
    den.add_movie("Zebra Crossing")
    assert (await library_of(lists, "1")).stamp != before.stamp


@pytest.mark.parametrize(
    ("library", "kind", "listed"),
    [
        ("1", ItemKind.MOVIE, Kind.MOVIE),
        ("2", ItemKind.SHOW, Kind.SHOW),
        ("2", ItemKind.SEASON, Kind.SEASON),
        ("2", ItemKind.EPISODE, Kind.EPISODE),
        ("3", ItemKind.ARTIST, Kind.ARTIST),
        ("3", ItemKind.ALBUM, Kind.ALBUM),
        ("3", ItemKind.TRACK, Kind.TRACK),
        ("4", ItemKind.VIDEO, Kind.VIDEO),
        ("1", ItemKind.COLLECTION, Kind.COLLECTION),
    ],
)
async def test_each_kind_of_a_library_is_listed_once_in_the_order_of_keys(
    lists: PlexLibrary, den: PlexServer, library: str, kind: ItemKind, listed: Kind
) -> None:
    expected = [str(title.number) for title in of(den, listed)]
    assert await everything(lists, library, kind) == expected
    page = await lists.page(await library_of(lists, library), kind, 0, 500)
    assert (page.size, page.total) == (len(expected), len(expected))
    assert {(item.kind, item.library) for item in page.items} == {(kind, library)}
    ids = await lists.id_page(await library_of(lists, library), kind, 0, 500)
    assert (list(ids.identities), ids.total) == (expected, len(expected))


async def test_an_identity_page_carries_next_to_nothing(lists: PlexLibrary, den: PlexServer) -> None:
    movies = await library_of(lists, "1")
    before = den.traffic.bytes_sent
    await lists.page(movies, ItemKind.MOVIE, 0, 20)
    whole, before = den.traffic.bytes_sent - before, den.traffic.bytes_sent
    await lists.id_page(movies, ItemKind.MOVIE, 0, 20)
    assert (den.traffic.bytes_sent - before) * 10 < whole


async def test_lists_carry_what_items_are_made_of(lists: PlexLibrary, den: PlexServer) -> None:
    page = await lists.page(await library_of(lists, "1"), ItemKind.MOVIE, 0, 20)
    for item in page.items:
        title = den.titles[int(item.identity)]
        assert (item.title, item.year, item.rating) == (title.name, title.year, title.rating)
        assert {(str(each.provider), each.value) for each in item.ids} == {
            ("imdb", str(title.imdb)),
            ("tmdb", str(title.tmdb)),
        }
        assert item.duration_ms == title.seconds * 1000
        assert (item.files[0].video, item.files[0].height) == ("h264", 1080)
        assert all(image.reference.startswith("/library/metadata/") for image in item.images)


async def test_episodes_know_their_season_and_show(lists: PlexLibrary, den: PlexServer) -> None:
    page = await lists.page(await library_of(lists, "2"), ItemKind.EPISODE, 0, 100)
    for item in page.items:
        title = den.titles[int(item.identity)]
        season = den.titles[title.parent or 0]
        assert (item.parent, item.grandparent) == (str(season.number), str(season.parent))
        assert (item.number, item.parent_number) == (title.index, season.index)


async def test_what_is_not_watched_of_a_show_is_counted(lists: PlexLibrary, den: PlexServer) -> None:
    episode = of(den, Kind.EPISODE)[0]
    den.admin.watch(episode.number)
    den.admin.begin(of(den, Kind.EPISODE)[1].number, 60_000)
    shows = await lists.page(await library_of(lists, "2"), ItemKind.SHOW, 0, 1)
    leaves = len(list(den.machine.shelves.leaves(int(shows.items[0].identity))))
    state = shows.items[0].state
    assert state is not None
    assert (shows.items[0].children, state.unwatched, state.watched) == (leaves, leaves - 1, False)
    episodes = await lists.page(await library_of(lists, "2"), ItemKind.EPISODE, 0, 2)
    first, second = [item.state for item in episodes.items]
    assert first is not None
    assert second is not None
    assert (first.watched, first.plays, second.watched, second.position_ms) == (True, 1, False, 60_000)


async def test_playlists_and_collections_tell_their_members_in_order(lists: PlexLibrary, den: PlexServer) -> None:
    numbers = [title.number for title in reversed(of(den, Kind.MOVIE))]
    den.admin.add_collection("All of it", numbers)
    mixed = [of(den, Kind.TRACK)[0].number, *numbers, of(den, Kind.EPISODE)[0].number]
    den.admin.add_playlist("Sunday", mixed)
    collections = await lists.page(await library_of(lists, "1"), ItemKind.COLLECTION, 0, 10)
    made = next(item for item in collections.items if item.title == "All of it")
    assert (made.children, made.state) == (len(numbers), None)
    assert await lists.members(made) == [str(number) for number in numbers]
    playlists = await lists.page(await library_of(lists, "playlists"), ItemKind.PLAYLIST, 0, 10)
    sunday = next(item for item in playlists.items if item.title == "Sunday")
    assert sunday.library == "playlists"
    assert await lists.members(sunday) == [str(number) for number in mixed]


async def test_nobody_sees_the_playlists_of_others(plex_wire: Wire, den: PlexServer) -> None:
    den.admin.add_playlist("Mine", [1])
    guest = PlexLibrary(plex_wire, den.url(), den.admit(den.owner, sections=frozenset({"1"})))
    assert [library.identity for library in await guest.libraries()] == ["1", "playlists"]
    page = await guest.page(await library_of(guest, "playlists"), ItemKind.PLAYLIST, 0, 10)
    assert page == Page((), 0, 0)


async def test_members_of_what_is_gone_are_missing(lists: PlexLibrary, den: PlexServer) -> None:
    collections = await lists.page(await library_of(lists, "1"), ItemKind.COLLECTION, 0, 10)
    den.remove(int(collections.items[0].identity))
    with pytest.raises(Missing):
        await lists.members(collections.items[0])


@pytest.mark.parametrize("quirk", ["ignore_page_size", "repeat_first_page", "omit_totals", "ignore_sort"])
@pytest.mark.parametrize("size", [7, 10, 20, 500])
async def test_a_server_that_misunderstands_pages_is_read_to_its_end(
    lists: PlexLibrary, den: PlexServer, quirk: str, size: int
) -> None:
    setattr(den.behaviour, quirk, True)
    found = await everything(lists, "1", ItemKind.MOVIE, size)
    assert sorted(found, key=int) == [str(title.number) for title in of(den, Kind.MOVIE)]


@pytest.mark.parametrize(("identity", "kind"), [("1", ItemKind.MOVIE), ("playlists", ItemKind.PLAYLIST)])
async def test_a_server_that_does_not_know_our_order_is_read_in_its_own(
    lists: PlexLibrary, den: PlexServer, identity: str, kind: ItemKind
) -> None:
    expected = await everything(lists, identity, kind)
    den.behaviour.unknown_sorts = frozenset({"id"})
    assert sorted(await everything(lists, identity, kind), key=int) == expected


async def test_a_page_beyond_the_end_is_empty(lists: PlexLibrary) -> None:
    assert await lists.page(await library_of(lists, "1"), ItemKind.MOVIE, 500, 7) == Page((), 0, 20)


async def test_what_is_added_while_pages_are_turned_moves_nothing(lists: PlexLibrary, den: PlexServer) -> None:
    before = [str(title.number) for title in of(den, Kind.MOVIE)]
    names = iter(["Aardvark", "Middle", "Zebra"])

    def add() -> None:
        if name := next(names, None):
            before.append(str(den.add_movie(name).number))

    den.behaviour.after_a_page = add
    assert await everything(lists, "1", ItemKind.MOVIE) == before


async def test_an_empty_list_says_so(lists: PlexLibrary, den: PlexServer) -> None:
    den.behaviour.empty_lists = True
    assert await lists.page(await library_of(lists, "1"), ItemKind.MOVIE, 0, 7) == Page((), 0, 0)


async def test_what_cannot_be_read_is_left_out_but_counts(plex_wire: Wire) -> None:
    listed = [
        {"ratingKey": "1", "type": "movie", "title": "One"},
        {"title": "All episodes", "key": "/library/metadata/5/allLeaves", "leafCount": 8},
        None,
        {"ratingKey": "2", "type": "clip", "title": "Trailer"},
        {"ratingKey": 3, "type": "movie"},
    ]
    answer = {"MediaContainer": {"size": 5, "totalSize": 5, "offset": 0, "Metadata": listed}}
    async with Anybody(says_json(answer)) as server:
        lists = PlexLibrary(plex_wire, server.url(), "a-token-of-20-letters")
        library = make_movies()
        page = await lists.page(library, ItemKind.MOVIE, 0, 500)
        assert (keys(page), page.size, page.total) == (["1", "3"], 5, 5)


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        None,
        {"MediaContainer": None},
        {"MediaContainer": {}},
        {"MediaContainer": {"size": 20, "totalSize": 20}},
        {"MediaContainer": {"size": 20, "Metadata": {}}},
        {"MediaContainer": {"Metadata": None}},
    ],
)
async def test_no_list_is_not_an_empty_list(plex_wire: Wire, answer: object) -> None:
    async with Anybody(says_json(answer)) as server:
        lists = PlexLibrary(plex_wire, server.url(), "a-token-of-20-letters")
        with pytest.raises(Garbled):
            await lists.page(make_movies(), ItemKind.MOVIE, 0, 500)
        with pytest.raises(Garbled):
            await lists.id_page(make_movies(), ItemKind.MOVIE, 0, 500)


async def test_items_are_asked_for_by_their_keys_and_those_that_are_gone_are_left_out(
    lists: PlexLibrary, den: PlexServer
) -> None:
    den.remove(3)
    den.traffic.requests.clear()
    assert [item.identity for item in await lists.items(["5", "3", "4", "5"])] == ["5", "4"]
    assert len(den.traffic.requests) == 1
    assert await lists.items(["3"]) == []
    assert await lists.items([]) == []


async def test_many_items_are_asked_for_in_portions(lists: PlexLibrary, den: PlexServer) -> None:
    numbers = [str(den.add_movie(f"Film {number}").number) for number in range(120)]
    den.traffic.requests.clear()
    assert [item.identity for item in await lists.items(numbers)] == numbers
    assert len(den.traffic.requests) == 2


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PLAYLIST])
async def test_an_item_is_the_same_in_a_list_and_by_itself(lists: PlexLibrary, den: PlexServer, kind: Kind) -> None:
    for title in of(den, kind)[:3]:
        den.touch(title.number)
    [first, *_] = of(den, kind)
    section = den.machine.shelves.section_of(first)
    listed = await lists.page(await library_of(lists, section.key), ItemKind(kind), 0, 3)
    assert await lists.items([item.identity for item in listed.items]) == list(listed.items)


async def test_the_detail_has_streams_markers_chapters(lists: PlexLibrary, den: PlexServer) -> None:
    detail = await lists.detail(str(of(den, Kind.EPISODE)[0].number))
    assert [stream.kind for stream in detail.streams] == [
        StreamKind.VIDEO,
        StreamKind.AUDIO,
        StreamKind.AUDIO,
        StreamKind.SUBTITLE,
    ]
    assert [(stream.language, stream.external) for stream in detail.streams[1:]] == [
        ("eng", False),
        ("fra", False),
        ("eng", True),
    ]
    [item] = await lists.items([str(of(den, Kind.EPISODE)[0].number)])
    assert {stream.file for stream in detail.streams} == {file.identity for file in item.files}
    assert [marker.kind for marker in detail.markers] == [MarkerKind.INTRO, MarkerKind.CREDITS]
    assert len(detail.chapters) == 4
    with pytest.raises(Missing):
        await lists.detail("999999")


async def test_marking_reaches_the_server(lists: PlexLibrary, den: PlexServer) -> None:
    season = of(den, Kind.SEASON)[0]
    await lists.mark_watched(str(season.number), watched=True)
    episodes = den.machine.shelves.children(season.number)
    assert all(den.mark(den.owner, episode.number).count == 1 for episode in episodes)
    await lists.mark_watched(str(episodes[0].number), watched=False)
    assert den.mark(den.owner, episodes[0].number).count == 0
    with pytest.raises(Missing):
        await lists.mark_watched("999999", watched=True)


async def test_there_are_no_favourites(lists: PlexLibrary, den: PlexServer) -> None:
    with pytest.raises(NotAllowed):
        await lists.set_favorite("1", favorite=True)
    assert den.traffic.requests == []


async def test_the_token_travels_in_a_header_only(lists: PlexLibrary, den: PlexServer) -> None:
    await everything(lists, "1", ItemKind.MOVIE)
    await lists.items(["1"])
    for seen in den.traffic.requests:
        assert seen.headers["X-Plex-Token"] == den.token
        assert den.token not in str(seen.query)


@pytest.mark.parametrize("failure", [Garbage(), Cut()])
async def test_half_an_answer_is_no_list(lists: PlexLibrary, den: PlexServer, failure: Garbage | Cut) -> None:
    movies = await library_of(lists, "1")
    den.fault = Fault(failure)
    with pytest.raises(Exception) as caught:  # noqa: PT011  # which of the two it is depends on where it was cut
        await lists.page(movies, ItemKind.MOVIE, 0, 500)
    assert type(caught.value).__name__ in {"Garbled", "Unreachable"}


async def test_a_dead_token_is_refused(lists: PlexLibrary, den: PlexServer) -> None:
    den.revoke(den.token)
    with pytest.raises(SignInRefused):
        await lists.libraries()


async def test_two_servers_with_equal_keys_are_two(plex_wire: Wire, lists: PlexLibrary) -> None:
    async with PlexServer("Attic", library=make_library(2)) as attic:
        there = PlexLibrary(plex_wire, attic.url(), attic.token)
        [one], [other] = await lists.items(["1"]), await there.items(["1"])
        assert one.identity == other.identity
        assert one.ids != other.ids
