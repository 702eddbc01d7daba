"""Are all lists complete, whatever a server does while they are read?"""

from dataclasses import replace

import pytest

from custom_components.reel.backends.errors import Garbled, Missing, SignInRefused
from custom_components.reel.backends.item import ExternalId, ImageKind, ItemKind, Provider
from custom_components.reel.backends.jellyfin import library as library_module
from custom_components.reel.backends.jellyfin.library import JellyfinLibrary
from custom_components.reel.backends.jellyfin.wire import Wire
from custom_components.reel.backends.model import Library
from tests.backends.anybody import Anybody, says_json
from tests.servers.jellyfin import TICKS
from tests.servers.library import Kind

from .conftest import VERSIONS, Den

every_version = pytest.mark.parametrize("version", VERSIONS)


async def library_of(den: Den, kind: ItemKind) -> Library:
    return next(library for library in await den.backend.libraries() if kind in library.kinds)


@every_version
async def test_libraries_tell_what_they_hold(den: Den) -> None:
    series = (ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE)
    assert {library.name: library.kinds for library in await den.backend.libraries()} == {
        "Movies": (ItemKind.MOVIE,),
        "Shows": series,
        "Music": (ItemKind.ARTIST, ItemKind.ALBUM, ItemKind.TRACK),
        "Home Videos": (ItemKind.VIDEO,),
        "Collections": (ItemKind.COLLECTION,),
        "Playlists": (ItemKind.PLAYLIST,),
    }


@every_version
async def test_every_title_is_listed_once_in_its_library(den: Den) -> None:
    found = await den.everything()
    titles = den.titles(*Kind)
    assert found.keys() == set(den.ids(*titles))
    assert {found[den.jellyfin.id_of(title)].title for title in titles} == {title.name for title in titles}
    for title in titles:
        assert found[den.jellyfin.id_of(title)].library == den.jellyfin.state.shelf.view_of(title).id


async def test_an_api_key_sees_what_its_user_sees(den: Den, jellyfin_wire: Wire) -> None:
    kid = den.jellyfin.add_user("Kid", libraries={"movies"})
    key = den.jellyfin.make_api_key()
    den.backend = JellyfinLibrary(jellyfin_wire, den.jellyfin.url(), key, kid.id)
    kid.watching(den.titles(Kind.MOVIE)[0].number).favorite = True
    found = await den.everything()
    assert {item.kind for item in found.values()} == {ItemKind.MOVIE}
    assert sum(item.state.favorite for item in found.values() if item.state) == 1


async def test_small_pages_bring_the_same_as_one(den: Den) -> None:
    movies = await library_of(den, ItemKind.MOVIE)
    assert await den.items(movies, ItemKind.MOVIE, 2) == await den.items(movies, ItemKind.MOVIE)
    page = await den.backend.page(movies, ItemKind.MOVIE, 2, 2)
    assert (page.size, page.total, len(page.items)) == (2, 7, 2)


async def test_a_page_is_never_so_large_that_reading_it_keeps_others_waiting(
    den: Den, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_module, "MOST_AT_ONCE", 3)
    movies = await library_of(den, ItemKind.MOVIE)
    assert (await den.backend.page(movies, ItemKind.MOVIE, 0, 500)).size == 3
    assert len(await den.items(movies, ItemKind.MOVIE, 500)) == 7


async def test_what_is_added_while_paging_comes_at_the_end(den: Den) -> None:
    movies = await library_of(den, ItemKind.MOVIE)
    first = await den.backend.page(movies, ItemKind.MOVIE, 0, 4)
    new = den.jellyfin.add(replace(den.titles(Kind.MOVIE)[0], name="Aardvark", added=int(den.time.now)))
    second = await den.backend.page(movies, ItemKind.MOVIE, 4, 4)
    identities = [item.identity for item in (*first.items, *second.items)]
    assert len(set(identities)) == 8
    assert identities[-1] == den.jellyfin.id_of(new)


@pytest.mark.parametrize("size", [2, 7, 500])
async def test_a_server_that_ignores_the_size_of_a_page_is_read_to_its_end(den: Den, size: int) -> None:
    den.jellyfin.behaviour.ignores_limit = True
    movies = await library_of(den, ItemKind.MOVIE)
    assert len(await den.items(movies, ItemKind.MOVIE, size)) == 7


async def test_a_server_that_does_not_count_tells_no_total(den: Den) -> None:
    den.jellyfin.behaviour.totals = False
    movies = await library_of(den, ItemKind.MOVIE)
    assert (await den.backend.page(movies, ItemKind.MOVIE, 0, 3)).total is None
    assert len(await den.items(movies, ItemKind.MOVIE, 3)) == 7


async def test_identities_come_as_in_the_list_and_without_the_rest(den: Den) -> None:
    for library in await den.backend.libraries():
        for kind in library.kinds:
            page = await den.backend.page(library, kind, 0, 500)
            ids = await den.backend.id_page(library, kind, 0, 500)
            assert list(ids.identities) == [item.identity for item in page.items]
            assert (ids.size, ids.total) == (page.size, page.total)
    asked = den.jellyfin.traffic.requests[-1].query
    assert "fields" not in asked
    assert (asked["enableImages"], asked["enableUserData"]) == ("false", "false")


@every_version
async def test_episodes_that_nobody_has_are_not_listed(den: Den) -> None:
    episode = den.titles(Kind.EPISODE)[0]
    den.jellyfin.change(replace(episode, path=""))
    shows = await library_of(den, ItemKind.EPISODE)
    assert den.jellyfin.id_of(episode) not in {item.identity for item in await den.items(shows, ItemKind.EPISODE)}


@every_version
async def test_artists_without_a_folder_are_listed(den: Den) -> None:
    den.jellyfin.behaviour.nameless_artists = True
    music = await library_of(den, ItemKind.ARTIST)
    artists = {item.identity for item in await den.items(music, ItemKind.ARTIST)}
    albums = await den.items(music, ItemKind.ALBUM)
    assert {album.parent for album in albums} == artists == set(den.ids(*den.titles(Kind.ARTIST)))


async def test_a_list_that_comes_empty_is_empty_and_one_that_is_none_is_garbled(den: Den, jellyfin_wire: Wire) -> None:
    movies = await library_of(den, ItemKind.MOVIE)
    den.jellyfin.behaviour.empty_lists = True
    page = await den.backend.page(movies, ItemKind.MOVIE, 0, 500)
    assert (page.items, page.size, page.total) == ((), 0, 0)
    async with Anybody(says_json({"TotalRecordCount": 0})) as server:
        with pytest.raises(Garbled):
            await JellyfinLibrary(jellyfin_wire, server.url(), "token", "user").page(movies, ItemKind.MOVIE, 0, 500)


async def test_a_library_of_films_and_shows_mixed_has_both(den: Den) -> None:
    mixed = den.jellyfin.add_library("Everything")
    for title in (den.titles(Kind.MOVIE)[0], den.titles(Kind.SHOW)[0]):
        den.jellyfin.state.shelf.place(title, mixed)
    found = [item for item in (await den.everything()).values() if item.library == mixed.id]
    assert {item.kind for item in found} == {ItemKind.MOVIE, ItemKind.SHOW, ItemKind.SEASON, ItemKind.EPISODE}


async def test_a_second_library_of_collections_is_not_listed_twice(den: Den) -> None:
    den.jellyfin.add_library("More", "boxsets")
    kinds = {library.name: library.kinds for library in await den.backend.libraries()}
    assert kinds["Collections"] == (ItemKind.COLLECTION,)
    assert kinds["More"] == ()


@every_version
async def test_a_film_is_described_as_its_server_does(den: Den) -> None:
    movie = den.titles(Kind.MOVIE)[0]
    data = den.user.watching(movie.number)
    data.position, data.plays, data.last_played, data.favorite = 600 * TICKS, 2, den.time.now, True
    item = (await den.everything())[den.jellyfin.id_of(movie)]
    assert (item.title, item.year, item.genres, item.summary) == (movie.name, movie.year, movie.genres, movie.summary)
    assert (item.duration_ms, item.added_at, item.rating) == (movie.seconds * 1000, movie.added, movie.rating)
    assert ExternalId(Provider.IMDB, movie.imdb or "") in item.ids
    assert ExternalId(Provider.TMDB, str(movie.tmdb)) in item.ids
    (file,) = item.files
    assert (file.container, file.video, file.audio, file.height, file.channels) == ("mp4", "h264", "aac", 180, 2)
    assert file.bitrate == 4_192
    assert item.state is not None
    assert (item.state.position_ms, item.state.plays, item.state.favorite) == (600_000, 2, True)
    assert item.state.viewed_at == den.time.now


@every_version
async def test_an_episode_knows_its_family(den: Den) -> None:
    episode = den.titles(Kind.EPISODE)[-1]
    season, show = den.jellyfin.state.shelf.ancestors(episode)
    found = await den.everything()
    item = found[den.jellyfin.id_of(episode)]
    assert [item.parent, item.grandparent] == den.ids(season, show)
    assert (item.parent_title, item.grandparent_title) == (season.name, show.name)
    assert (item.number, item.parent_number) == (episode.index, season.index)
    assert found[den.jellyfin.id_of(season)].parent == den.jellyfin.id_of(show)
    whole = found[den.jellyfin.id_of(show)]
    assert whole.children == len(list(den.jellyfin.state.shelf.leaves(show)))
    assert whole.state is not None
    assert whole.state.unwatched == whole.children


async def test_pictures_are_paths_that_lead_to_them_and_carry_no_token(den: Den, jellyfin_wire: Wire) -> None:
    found = await den.everything()
    pictured = [item for item in found.values() if item.images]
    assert {image.kind for item in pictured for image in item.images} == set(ImageKind)
    for image in {image for item in pictured for image in item.images}:
        async with jellyfin_wire.session.get(den.jellyfin.url() + image.reference) as response:
            assert response.status == 200, image
    assert all(seen.token is None for seen in den.jellyfin.traffic.to("*/images/*"))


async def test_a_bare_server_is_no_reason_to_stumble(den: Den) -> None:
    den.jellyfin.behaviour.sparse = True
    found = await den.everything()
    assert found.keys() == set(den.ids(*den.titles(*Kind)))
    assert {item.state for item in found.values()} == {None}


@every_version
async def test_members_come_in_the_order_of_the_list(den: Den) -> None:
    found = await den.everything()
    (collection,), (playlist,) = den.titles(Kind.COLLECTION), den.titles(Kind.PLAYLIST)
    twice = replace(playlist, members=(*playlist.members, playlist.members[0]))
    den.jellyfin.change(twice)
    for title in (collection, twice):
        members = [den.jellyfin.state.shelf.titles[number] for number in title.members]
        assert await den.backend.members(found[den.jellyfin.id_of(title)]) == den.ids(*members)
        assert len(members) > 2


async def test_the_members_of_a_list_that_is_gone_are_missing(den: Den) -> None:
    (playlist,) = den.titles(Kind.PLAYLIST)
    item = (await den.everything())[den.jellyfin.id_of(playlist)]
    den.jellyfin.remove(playlist)
    with pytest.raises(Missing):
        await den.backend.members(item)


@every_version
async def test_some_items_are_found_with_their_libraries(den: Den) -> None:
    listed = await den.everything()
    titles = [*den.titles(*Kind)]
    for some in (titles, titles[:1], den.titles(Kind.EPISODE)[:1], den.titles(Kind.PLAYLIST)):
        found = await den.backend.items([*den.ids(*some), "0" * 31 + "1"])
        assert {item.identity: item for item in found} == {each: listed[each] for each in den.ids(*some)}


async def test_items_are_asked_for_in_portions(den: Den) -> None:
    den.jellyfin.traffic.clear()
    assert await den.backend.items([f"{number:032x}" for number in range(250)]) == []
    assert len(den.jellyfin.traffic.requests) == 3


async def test_no_items_are_no_request(den: Den) -> None:
    den.jellyfin.traffic.clear()
    assert await den.backend.items([]) == []
    assert den.jellyfin.traffic.requests == []


async def test_the_token_stays_out_of_urls_and_words(den: Den) -> None:
    await den.everything()
    (token,) = den.jellyfin.traffic.tokens
    assert token not in repr(den.backend)
    assert all(token not in f"{seen.path}{seen.query}" for seen in den.jellyfin.traffic.requests)


async def test_a_dead_token_is_refused(den: Den) -> None:
    movies = await library_of(den, ItemKind.MOVIE)
    (token,) = den.jellyfin.traffic.tokens
    den.jellyfin.revoke(token)
    with pytest.raises(SignInRefused):
        await den.backend.page(movies, ItemKind.MOVIE, 0, 10)
