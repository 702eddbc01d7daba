"""Does the fake keep collections, playlists and further libraries, and tell of changes, as Jellyfin does?"""

from dataclasses import replace
from email.utils import parsedate_to_datetime

import pytest

from .jellyfin import User
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, dig, open_attic
from .library import Kind, Title, make_library

LIBRARY = make_library(movies=4, shows=1, artists=1, videos=1, collections=1, playlists=1)
NOW = 1_767_225_600.0


def server(version: str = "10.11.11", now: float = NOW) -> CheckedJellyfinServer:
    return CheckedJellyfinServer(library=LIBRARY, version=version, now=lambda: now)


def titles(attic: Attic, kind: Kind) -> list[Title]:
    return [title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind]


def ids(attic: Attic, *wanted: Title) -> list[str]:
    return [attic.jellyfin.id_of(title) for title in wanted]


def user_of(visitor: Visitor) -> User:
    assert visitor.user is not None
    return visitor.user


async def listed(visitor: Visitor, **query: str | int) -> list[object]:
    return [item["Id"] for item in (await visitor.get("/Items", userId=visitor.id, **query)).items]


async def test_what_is_in_none_of_the_first_three_has_libraries_of_its_own() -> None:
    async with open_attic(server()) as attic:
        views = (await attic.ada.get("/UserViews", userId=attic.ada.id)).items
        assert [view["CollectionType"] for view in views[3:]] == ["homevideos", "boxsets", "playlists"]
        assert [view["Type"] for view in views[3:]] == ["CollectionFolder", "CollectionFolder", "UserView"]


@pytest.mark.parametrize(("version", "left"), [("10.11.11", ["boxsets"]), ("12.0.0", [])])
async def test_libraries_of_lists_are_hidden_while_they_are_empty(version: str, left: list[str]) -> None:
    async with open_attic(server(version)) as attic:
        for kind in (Kind.COLLECTION, Kind.PLAYLIST):
            attic.jellyfin.remove(titles(attic, kind)[0])
        views = (await attic.ada.get("/UserViews", userId=attic.ada.id)).items
        assert [view["CollectionType"] for view in views[4:]] == left


async def test_lists_hold_their_members_in_order_and_do_not_take_them_along() -> None:
    async with open_attic(server()) as attic:
        (collection,), (playlist,) = titles(attic, Kind.COLLECTION), titles(attic, Kind.PLAYLIST)
        shelf = attic.jellyfin.state.shelf
        (collection_id, playlist_id) = ids(attic, collection, playlist)
        assert await listed(attic.ada, parentId=collection_id) == ids(attic, *shelf.children(collection))
        page = await attic.ada.get(f"/Playlists/{playlist_id}/Items", userId=attic.ada.id, startIndex=1, limit=2)
        assert [item["Id"] for item in page.items] == ids(attic, *shelf.children(playlist)[1:3])
        attic.jellyfin.remove(collection)
        assert len(titles(attic, Kind.MOVIE)) == 4
        assert (await attic.ada.ask("GET", f"/Playlists/{collection_id}/Items")).status == 404


async def test_a_question_for_collections_minds_no_library() -> None:
    async with open_attic(server()) as attic:
        movies = attic.jellyfin.view_id("movies")
        found = await listed(attic.ada, parentId=movies, includeItemTypes="BoxSet", recursive="true")
        assert found == ids(attic, *titles(attic, Kind.COLLECTION))


async def test_a_mixed_library_has_no_type_and_holds_what_is_put_there() -> None:
    async with open_attic(server()) as attic:
        mixed = attic.jellyfin.add_library("Everything")
        movie, (show,) = titles(attic, Kind.MOVIE)[0], titles(attic, Kind.SHOW)
        for title in (movie, show):
            attic.jellyfin.state.shelf.place(title, mixed)
        view = (await attic.ada.get("/UserViews", userId=attic.ada.id)).items[-1]
        assert "CollectionType" not in view
        below = [movie, show, *attic.jellyfin.state.shelf.descendants(show)]
        assert set(await listed(attic.ada, parentId=mixed.id, recursive="true")) == set(ids(attic, *below))
        rest = await listed(attic.ada, parentId=attic.jellyfin.view_id("movies"), recursive="true")
        assert ids(attic, movie)[0] not in rest


async def test_some_ids_can_be_looked_for_in_one_library() -> None:
    async with open_attic(server()) as attic:
        movie, (show,) = titles(attic, Kind.MOVIE)[0], titles(attic, Kind.SHOW)
        query = {"ids": ",".join(ids(attic, movie, show)), "parentId": attic.jellyfin.view_id("tvshows")}
        assert await listed(attic.ada, recursive="true", **query) == ids(attic, show)
        assert await listed(attic.ada, **query) == ids(attic, movie, show)


async def test_what_moves_gets_another_id() -> None:
    async with open_attic(server()) as attic:
        kids = attic.jellyfin.add_library("Kids", "movies")
        movie = titles(attic, Kind.MOVIE)[0]
        (before,) = ids(attic, movie)
        moved = attic.jellyfin.move(movie, kids)
        assert await listed(attic.ada, parentId=kids.id) == ids(attic, moved) != [before]
        assert (await attic.ada.ask("GET", f"/Items/{before}")).status == 404


async def test_the_way_up_ends_at_the_library_and_the_root_of_all() -> None:
    async with open_attic(server()) as attic:
        episode, (playlist,) = titles(attic, Kind.EPISODE)[0], titles(attic, Kind.PLAYLIST)
        season, show = attic.jellyfin.state.shelf.ancestors(episode)
        up = (await attic.ada.get(f"/Items/{ids(attic, episode)[0]}/Ancestors", userId=attic.ada.id)).items
        assert [each["Id"] for each in up[:3]] == [*ids(attic, season, show), attic.jellyfin.view_id("tvshows")]
        assert up[3]["Type"] == "UserRootFolder"
        assert up[1]["RecursiveItemCount"] == 8
        up = (await attic.ada.get(f"/Items/{ids(attic, playlist)[0]}/Ancestors", userId=attic.ada.id)).items
        assert up[0]["Id"] != attic.jellyfin.view_id("playlists")


async def test_titles_are_counted_by_kind_as_far_as_they_are_shared() -> None:
    async with open_attic(server()) as attic:
        attic.jellyfin.change(replace(titles(attic, Kind.EPISODE)[0], path=""))
        counts = (await attic.ada.get("/Items/Counts", userId=attic.ada.id)).object
        assert [counts[f"{name}Count"] for name in ("Movie", "Series", "Episode", "Song", "BoxSet")] == [4, 1, 7, 8, 1]
        guest = attic.jellyfin.add_user("guest", libraries={"movies"})
        visitor = attic.visitor(guest, device_id="77de68daecd823ba")
        counts = (await visitor.get("/Items/Counts", userId=guest.id)).object
        assert [counts[f"{name}Count"] for name in ("Movie", "Series", "Song")] == [4, 0, 0]


async def test_artists_without_a_folder_are_known_by_name_only() -> None:
    async with open_attic(server()) as attic:
        attic.jellyfin.behaviour.nameless_artists = True
        artists = ids(attic, *titles(attic, Kind.ARTIST))
        assert await listed(attic.ada, recursive="true", includeItemTypes="MusicArtist") == []
        assert await listed(attic.ada, ids=artists[0]) == artists
        music = attic.jellyfin.view_id("music")
        named = await attic.ada.get("/Artists/AlbumArtists", userId=attic.ada.id, parentId=music)
        assert [artist["Id"] for artist in named.items] == artists


async def test_the_server_tells_its_own_time_or_none() -> None:
    async with open_attic(server(now=NOW - 86_400)) as attic:
        answer = await attic.ada.get("/UserViews", userId=attic.ada.id)
        assert parsedate_to_datetime(answer.headers["Date"]).timestamp() == NOW - 86_400
        attic.jellyfin.behaviour.clock = False
        assert not (await attic.ada.get("/UserViews", userId=attic.ada.id)).headers["Date"]


async def test_every_list_can_come_empty() -> None:
    async with open_attic(server()) as attic:
        attic.jellyfin.behaviour.empty_lists = True
        page = await attic.ada.get("/Items", userId=attic.ada.id, recursive="true")
        assert (page.items, page.object["TotalRecordCount"]) == ([], 0)
        assert (await attic.ada.get("/Items/Counts", userId=attic.ada.id)).object["MovieCount"] == 0


async def test_marking_moves_the_date_of_the_last_play_only_if_one_is_given() -> None:
    async with open_attic(server()) as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        data = user_of(attic.ada).watching(movie.number)
        data.last_played, data.plays = NOW - 1000, 1
        path = f"/UserPlayedItems/{ids(attic, movie)[0]}"
        await attic.ada.post(path, userId=attic.ada.id)
        assert (data.last_played, data.plays, data.played) == (NOW - 1000, 1, True)
        await attic.ada.post(path, userId=attic.ada.id, datePlayed="2025-12-31T00:00:00Z")
        assert (data.last_played, data.plays) == (NOW - 86_400, 2)


async def test_other_apps_can_mark_and_it_is_pushed() -> None:
    async with open_attic(server()) as attic, attic.ada.socket() as socket:
        movie = titles(attic, Kind.MOVIE)[0]
        for watched in (True, False):
            attic.jellyfin.mark(user_of(attic.ada), movie, watched=watched)
            data = await socket.data("UserDataChanged")
            assert dig(data, "UserDataList", 0, "ItemId") == ids(attic, movie)[0]
            assert dig(data, "UserDataList", 0, "Played") is watched
