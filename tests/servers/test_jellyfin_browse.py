"""Does the fake list, sort, filter and search as Jellyfin does?"""

from dataclasses import replace

import pytest

from .jellyfin import TICKS, JellyfinServer, User
from .jellyfin.checked import CheckedJellyfinServer
from .jellyfin.visitor import Attic, Visitor, dig, open_attic
from .library import Kind, Title, library_of_size, make_library

NOW = 1_767_225_600.0


def titles(attic: Attic, kind: Kind) -> list[Title]:
    return [title for title in attic.jellyfin.state.shelf.titles.values() if title.kind is kind]


def ids(attic: Attic, *wanted: Title) -> list[str]:
    return [attic.jellyfin.id_of(title) for title in wanted]


def user_of(visitor: Visitor) -> User:
    assert visitor.user is not None
    return visitor.user


async def listed(visitor: Visitor, **query: str | int) -> list[object]:
    """Return the ids of a page of everything."""
    return [item["Id"] for item in (await visitor.get("/Items", recursive="true", **query)).items]


async def test_there_are_three_libraries() -> None:
    async with open_attic() as attic:
        views = (await attic.ada.get("/UserViews")).items
        assert [view["CollectionType"] for view in views] == ["movies", "tvshows", "music"]
        assert {view["Type"] for view in views} == {"CollectionFolder"}
        assert (await attic.ada.get("/Items")).names == [view["Name"] for view in views]
        view = (await attic.ada.get(f"/Items/{views[0]['Id']}")).object
        assert view["Name"] == "Movies"


async def test_a_library_that_is_not_shared_is_refused_with_401() -> None:
    async with open_attic() as attic:
        guest = attic.jellyfin.add_user("guest", libraries={"movies"})
        visitor = attic.visitor(guest, device_id="77de68daecd823ba")
        assert (await visitor.get("/UserViews")).names == ["Movies"]
        answer = await visitor.ask("GET", "/Items", query={"parentId": attic.jellyfin.view_id("tvshows")})
        assert answer.status == 401
        show = titles(attic, Kind.SHOW)[0]
        assert (await visitor.ask("GET", f"/Items/{attic.jellyfin.id_of(show)}")).status == 404
        everything = (await visitor.get("/Items", recursive="true")).items
        assert {item["Type"] for item in everything} == {"Movie"}


async def test_pages_are_cut_from_one_list() -> None:
    async with open_attic() as attic:
        whole = await listed(attic.ada, sortBy="SortName,DateCreated")
        first = await attic.ada.get("/Items", recursive="true", sortBy="SortName,DateCreated", startIndex=5, limit=10)
        assert [item["Id"] for item in first.items] == whole[5:15]
        assert first.object["TotalRecordCount"] == len(whole)
        assert first.object["StartIndex"] == 5
        assert (await attic.ada.get("/Items", recursive="true", startIndex=10_000, limit=10)).items == []


async def test_without_counting_the_total_is_what_came() -> None:
    async with open_attic() as attic:
        page = await attic.ada.get("/Items", recursive="true", limit=7, enableTotalRecordCount="false")
        assert page.object["TotalRecordCount"] == 7


@pytest.mark.parametrize("bad", [{"limit": "ten"}, {"recursive": "maybe"}, {"parentId": "movies"}])
async def test_what_cannot_be_read_is_a_bad_request(bad: dict[str, str]) -> None:
    async with open_attic() as attic:
        answer = await attic.ada.ask("GET", "/Items", query=bad)
        assert answer.status == 400
        assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("version", ["10.9.11", "10.11.11"])
async def test_a_library_shows_its_folders_and_recursion_all_below(version: str) -> None:
    async with open_attic(CheckedJellyfinServer(version=version)) as attic:
        shows = attic.jellyfin.view_id("tvshows")
        flat = (await attic.ada.get("/Items", parentId=shows)).items
        assert {item["Type"] for item in flat} == {"Series"}
        deep = (await attic.ada.get("/Items", parentId=shows, recursive="true")).items
        assert {item["Type"] for item in deep} == {"Series", "Season", "Episode"}


async def test_folders_contain_their_children() -> None:
    async with open_attic() as attic:
        album = titles(attic, Kind.ALBUM)[0]
        tracks = attic.jellyfin.state.shelf.children(album)
        (album_id,) = ids(attic, album)
        assert [item["Id"] for item in (await attic.ada.get("/Items", parentId=album_id)).items] == ids(attic, *tracks)
        assert await listed(attic.ada, albumIds=album_id) == ids(attic, *tracks)
        assert (await attic.ada.get("/Items", parentId="0" * 32)).items == []


async def test_types_and_media_filter() -> None:
    async with open_attic() as attic:
        movies, episodes = titles(attic, Kind.MOVIE), titles(attic, Kind.EPISODE)
        assert await listed(attic.ada, includeItemTypes="Movie,Episode") == ids(attic, *movies, *episodes)
        assert await listed(attic.ada, mediaTypes="Video") == ids(attic, *movies, *episodes)
        assert await listed(attic.ada, excludeItemTypes="Movie", mediaTypes="Video") == ids(attic, *episodes)
        assert await listed(attic.ada, includeItemTypes="BoxSet") == []


async def test_genres_are_separated_by_pipes() -> None:
    async with open_attic() as attic:
        wanted = [title for title in titles(attic, Kind.MOVIE) if {"Drama", "Science Fiction"} & set(title.genres)]
        found = await listed(attic.ada, genres="Drama|Science Fiction", includeItemTypes="Movie")
        assert found == ids(attic, *wanted)
        assert wanted


@pytest.mark.parametrize("order", ["Ascending", "Descending"])
async def test_sorting_goes_by_all_keys(order: str) -> None:
    async with open_attic() as attic:
        wanted = sorted(titles(attic, Kind.MOVIE), key=lambda title: (title.year, title.seconds))
        found = await listed(attic.ada, includeItemTypes="Movie", sortBy="ProductionYear,Runtime", sortOrder=order)
        assert found == ids(attic, *(wanted if order == "Ascending" else wanted[::-1]))


async def test_names_are_sorted_without_accents_and_case() -> None:
    async with open_attic() as attic:
        names = [str(name) for name in (await attic.ada.get("/Items", recursive="true", sortBy="SortName")).names]
        page = await attic.ada.get(
            "/Items", recursive="true", includeItemTypes="Movie", sortBy="SortName", fields="SortName"
        )
        sort_names = [str(item["SortName"]) for item in page.items]
        assert sort_names == sorted(sort_names)
        assert all(name.isascii() for name in sort_names)
        assert not all(name.isascii() for name in names)


async def test_episodes_are_sorted_by_number() -> None:
    async with open_attic() as attic:
        show = titles(attic, Kind.SHOW)[1]
        (show_id,) = ids(attic, show)
        found = await listed(attic.ada, parentId=show_id, includeItemTypes="Episode", sortBy="SortName")
        assert found == ids(attic, *attic.jellyfin.state.shelf.leaves(show))


@pytest.mark.parametrize("term", ["emigre", "ÉMIGRÉ", "Émigr"])
async def test_search_minds_neither_case_nor_accents(term: str) -> None:
    async with open_attic() as attic:
        wanted = [title for title in attic.jellyfin.state.shelf.titles.values() if "Émigré" in title.name]
        assert await listed(attic.ada, searchTerm=term) == ids(attic, *wanted)
        hints = (await attic.ada.get("/Search/Hints", searchTerm=term)).object
        assert hints["TotalRecordCount"] == len(wanted) > 0


async def test_hints_say_where_they_belong() -> None:
    async with open_attic() as attic:
        episode = titles(attic, Kind.EPISODE)[0]
        show = titles(attic, Kind.SHOW)[0]
        found = (await attic.ada.get("/Search/Hints", searchTerm=episode.name, includeItemTypes="Episode")).object
        hints = found["SearchHints"]
        assert isinstance(hints, list)
        (hint,) = [hint for hint in hints if isinstance(hint, dict) and hint["Id"] == attic.jellyfin.id_of(episode)]
        assert (hint["ItemId"], hint["Series"], hint["Type"]) == (hint["Id"], show.name, "Episode")
        assert (await attic.ada.ask("GET", "/Search/Hints")).status == 400


async def test_ids_are_looked_up_in_their_order() -> None:
    async with open_attic() as attic:
        wanted = ids(attic, *titles(attic, Kind.MOVIE)[3:0:-1])
        assert await listed(attic.ada, ids=",".join([*wanted, "0" * 32])) == wanted


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filters": "IsPlayed"}, [0]),
        ({"isPlayed": "true"}, [0]),
        ({"filters": "IsResumable"}, [1]),
        ({"filters": "IsFavorite"}, [2]),
        ({"isFavorite": "true"}, [2]),
        ({"filters": "Likes"}, [3]),
        ({"sortBy": "DatePlayed", "sortOrder": "Descending", "limit": "2"}, [1, 0]),
    ],
)
async def test_what_the_user_did_filters_and_sorts(query: dict[str, str], expected: list[int]) -> None:
    async with open_attic() as attic:
        movies, user = titles(attic, Kind.MOVIE), user_of(attic.ada)
        user.watching(movies[0].number).mark(NOW)
        user.watching(movies[1].number).position = 600 * TICKS
        user.watching(movies[1].number).last_played = NOW + 5
        user.watching(movies[2].number).favorite = True
        user.watching(movies[3].number).likes = True
        found = await listed(attic.ada, includeItemTypes="Movie", **query)
        assert found == ids(attic, *(movies[at] for at in expected))


async def test_one_users_plays_are_not_anothers() -> None:
    async with open_attic() as attic:
        user_of(attic.ada).watching(titles(attic, Kind.MOVIE)[0].number).mark(NOW)
        assert len(await listed(attic.ada, filters="IsPlayed", includeItemTypes="Movie")) == 1
        assert await listed(attic.root, filters="IsPlayed", includeItemTypes="Movie") == []


async def test_extra_fields_come_only_when_asked_for() -> None:
    async with open_attic() as attic:
        extra = {"Overview", "Genres", "ProviderIds", "MediaSources", "Path", "Etag", "DateCreated", "SortName"}
        query: dict[str, str | int] = {"recursive": "true", "includeItemTypes": "Movie", "limit": 1}
        (plain,) = (await attic.ada.get("/Items", **query)).items
        assert extra.isdisjoint(plain)
        (full,) = (await attic.ada.get("/Items", fields=",".join([*extra, "NoSuchField"]), **query)).items
        assert extra <= full.keys()
        (bare,) = (await attic.ada.get("/Items", enableUserData="false", enableImages="false", **query)).items
        assert {"UserData", "ImageTags"}.isdisjoint(bare)


async def test_nulls_are_left_out_but_for_the_channel() -> None:
    async with open_attic() as attic:
        for item in (await attic.ada.get("/Items", recursive="true", fields="Overview,MediaSources,ProviderIds")).items:
            assert [name for name, value in item.items() if value is None] == ["ChannelId"]


async def test_dates_have_seven_digits_and_lengths_are_ticks() -> None:
    async with open_attic() as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        item = (await attic.ada.get(f"/Items/{attic.jellyfin.id_of(movie)}")).object
        assert str(item["DateCreated"]).endswith(".0000000Z")
        assert item["RunTimeTicks"] == movie.seconds * 10_000_000


async def test_an_etag_changes_with_the_item() -> None:
    async with open_attic() as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        path = f"/Items/{attic.jellyfin.id_of(movie)}"
        before = (await attic.ada.get(path)).object
        attic.jellyfin.change(replace(movie, name="Another Name"))
        after = (await attic.ada.get(path)).object
        assert before["Etag"] != after["Etag"]
        assert after["Name"] == "Another Name"
        assert before["Id"] == after["Id"]


async def test_what_is_added_and_removed_is_listed_at_once() -> None:
    async with open_attic() as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        before = len(await listed(attic.ada))
        added = attic.jellyfin.add(replace(movie, name="Brand New"))
        assert added.number != movie.number
        assert len(await listed(attic.ada)) == before + 1
        attic.jellyfin.remove(titles(attic, Kind.SHOW)[0])
        assert len(await listed(attic.ada, includeItemTypes="Series")) == 2
        assert len(await listed(attic.ada, includeItemTypes="Episode")) < len(make_library().of(Kind.EPISODE))


async def test_a_shared_library_stays_as_it_was_on_other_servers() -> None:
    library = make_library()
    size = len(library.titles)
    jellyfin, twin = JellyfinServer("Attic", library=library), JellyfinServer("Cellar", library=library)
    movie = library.of(Kind.MOVIE)[0]
    assert jellyfin.id_of(movie) == twin.id_of(movie)
    async with jellyfin:
        jellyfin.remove(movie)
    assert (len(library.titles), len(twin.state.shelf.titles)) == (size, size)


async def test_an_episode_knows_its_season_and_series() -> None:
    async with open_attic() as attic:
        show = titles(attic, Kind.SHOW)[1]
        special, *_ = attic.jellyfin.state.shelf.leaves(show)
        item = (await attic.ada.get(f"/Items/{attic.jellyfin.id_of(special)}")).object
        assert (item["SeriesName"], item["SeasonName"], item["ParentIndexNumber"]) == (show.name, "Specials", 0)
        assert item["SeriesId"] == attic.jellyfin.id_of(show)
        assert dig(item, "UserData", "Key") == f"{show.tvdb}000001"


async def test_seasons_begin_with_the_specials() -> None:
    async with open_attic() as attic:
        (show_id,) = ids(attic, titles(attic, Kind.SHOW)[1])
        seasons = (await attic.ada.get(f"/Shows/{show_id}/Seasons", userId=attic.ada.id)).items
        assert [season["IndexNumber"] for season in seasons] == [0, 1, 2]
        special = (await attic.ada.get(f"/Shows/{show_id}/Seasons", isSpecialSeason="true")).names
        assert special == ["Specials"]
        (movie_id,) = ids(attic, titles(attic, Kind.MOVIE)[0])
        assert (await attic.ada.ask("GET", f"/Shows/{movie_id}/Seasons")).status == 404


async def test_episodes_can_be_cut_in_many_ways() -> None:
    async with open_attic() as attic:
        show = titles(attic, Kind.SHOW)[0]
        episodes = ids(attic, *attic.jellyfin.state.shelf.leaves(show))
        season = attic.jellyfin.state.shelf.children(show)[1]
        path = f"/Shows/{attic.jellyfin.id_of(show)}/Episodes"

        async def found(**query: str | int) -> list[object]:
            return [item["Id"] for item in (await attic.ada.get(path, **query)).items]

        assert await found() == episodes
        assert await found(seasonId=attic.jellyfin.id_of(season)) == episodes[4:]
        assert await found(season=1) == episodes[:4]
        assert await found(startItemId=episodes[6]) == episodes[6:]
        assert await found(adjacentTo=episodes[2]) == episodes[1:4]
        assert await found(startIndex=2, limit=2) == episodes[2:4]


async def test_an_episode_without_a_file_is_missing() -> None:
    async with open_attic() as attic:
        episode = titles(attic, Kind.EPISODE)[0]
        attic.jellyfin.change(replace(episode, path=""))
        (episode_id,) = ids(attic, episode)
        item = (await attic.ada.get(f"/Items/{episode_id}")).object
        assert item["LocationType"] == "Virtual"
        assert "MediaSources" not in item
        for query in ({"excludeLocationTypes": "Virtual"}, {"isMissing": "false"}):
            assert episode_id not in await listed(attic.ada, **query)
        assert await listed(attic.ada, isMissing="true") == [episode_id]


async def test_next_up_follows_what_was_watched() -> None:
    async with open_attic() as attic:
        user, shelf = user_of(attic.ada), attic.jellyfin.state.shelf
        one, two, three = titles(attic, Kind.SHOW)
        first, second = list(shelf.leaves(one)), list(shelf.leaves(two))
        assert (await attic.ada.get("/Shows/NextUp", userId=attic.ada.id)).items == []
        user.watching(first[1].number).mark(NOW)
        user.watching(second[4].number).mark(NOW + 9)
        found = [item["Id"] for item in (await attic.ada.get("/Shows/NextUp", userId=attic.ada.id)).items]
        assert found == ids(attic, second[5], first[2])
        never_begun = await attic.ada.get("/Shows/NextUp", seriesId=attic.jellyfin.id_of(three))
        assert [item["IndexNumber"] for item in never_begun.items] == [1]
        late = await attic.ada.get("/Shows/NextUp", nextUpDateCutoff="2026-01-01T00:00:05Z")
        assert [item["Id"] for item in late.items] == ids(attic, second[5])


async def test_next_up_can_leave_out_what_is_begun() -> None:
    async with open_attic() as attic:
        user = user_of(attic.ada)
        first, second, *_ = attic.jellyfin.state.shelf.leaves(titles(attic, Kind.SHOW)[0])
        user.watching(first.number).mark(NOW)
        user.watching(second.number).position = 600 * TICKS
        assert len((await attic.ada.get("/Shows/NextUp")).items) == 1
        assert (await attic.ada.get("/Shows/NextUp", enableResumable="false")).items == []


async def test_specials_are_never_next() -> None:
    async with open_attic() as attic:
        show = titles(attic, Kind.SHOW)[1]
        special = next(attic.jellyfin.state.shelf.leaves(show))
        user_of(attic.ada).watching(special.number).mark(NOW)
        assert (await attic.ada.get("/Shows/NextUp")).items == []


async def test_what_was_begun_last_comes_first() -> None:
    async with open_attic() as attic:
        user, movies = user_of(attic.ada), titles(attic, Kind.MOVIE)
        for at in range(3):
            user.watching(movies[at].number).position = 600 * TICKS
            user.watching(movies[at].number).last_played = NOW + at
        found = [item["Id"] for item in (await attic.ada.get("/UserItems/Resume", mediaTypes="Video", limit=2)).items]
        assert found == ids(attic, movies[2], movies[1])
        assert (await attic.ada.get("/UserItems/Resume", mediaTypes="Audio")).items == []


async def test_what_plays_can_be_left_out_of_what_was_begun() -> None:
    async with open_attic() as attic:
        user, movie = user_of(attic.ada), titles(attic, Kind.MOVIE)[0]
        attic.jellyfin.open_app(user).play(movie, 600 * TICKS)
        assert len((await attic.ada.get("/UserItems/Resume")).items) == 1
        assert (await attic.ada.get("/UserItems/Resume", excludeActiveSessions="true")).items == []


async def test_the_latest_are_a_bare_list_without_what_was_watched() -> None:
    async with open_attic() as attic:
        movies = sorted(titles(attic, Kind.MOVIE), key=lambda title: -title.added)
        user_of(attic.ada).watching(movies[0].number).mark(NOW)
        answer = await attic.ada.get("/Items/Latest", parentId=attic.jellyfin.view_id("movies"), limit=3)
        assert isinstance(answer.data, list)
        assert [item["Id"] for item in answer.items] == ids(attic, *movies[1:4])
        seen = await attic.ada.get("/Items/Latest", isPlayed="true")
        assert [item["Id"] for item in seen.items] == ids(attic, movies[0])


async def test_several_new_episodes_become_their_series() -> None:
    async with open_attic() as attic:
        shows = attic.jellyfin.view_id("tvshows")
        grouped = (await attic.ada.get("/Items/Latest", parentId=shows)).items
        assert {item["Type"] for item in grouped} == {"Series"}
        assert sum(count for item in grouped if isinstance(count := item["ChildCount"], int)) == 28
        single = (await attic.ada.get("/Items/Latest", parentId=shows, groupItems="false", limit=5)).items
        assert [item["Type"] for item in single] == ["Episode"] * 5


async def test_similar_titles_share_a_genre() -> None:
    async with open_attic() as attic:
        movie = titles(attic, Kind.MOVIE)[0]
        path = f"/Items/{attic.jellyfin.id_of(movie)}/Similar"
        items = (await attic.ada.get(path, fields="Genres", limit=5)).items
        assert items
        for item in items:
            assert any(genre in str(item["Genres"]) for genre in movie.genres)
        assert attic.jellyfin.id_of(movie) not in [item["Id"] for item in items]


async def test_what_contains_counts_what_is_unwatched() -> None:
    async with open_attic() as attic:
        show = titles(attic, Kind.SHOW)[0]
        user_of(attic.ada).watching(next(attic.jellyfin.state.shelf.leaves(show)).number).mark(NOW)
        data = dig((await attic.ada.get(f"/Items/{attic.jellyfin.id_of(show)}")).data, "UserData")
        assert (dig(data, "UnplayedItemCount"), dig(data, "PlayedPercentage")) == (7, 12.5)
        assert dig(data, "Played") is False


async def test_an_unknown_item_is_not_found() -> None:
    async with open_attic() as attic:
        for path in (f"/Items/{'0' * 32}", f"/Items/{'0' * 32}/Similar", "/Nothing/Here"):
            assert (await attic.ada.ask("GET", path)).status == 404
        assert (await attic.ada.ask("PUT", "/Items")).status == 405


async def test_a_large_library_is_paged_to_its_end() -> None:
    library = library_of_size(6_000)
    async with JellyfinServer(library=library) as jellyfin, open_attic() as attic:
        user = jellyfin.add_user("ada")
        token = jellyfin.sign_in(user)
        seen: set[str] = set()
        query = {"recursive": "true", "sortBy": "SortName,DateCreated", "limit": "500", "ApiKey": token}
        while True:
            page = {**query, "startIndex": str(len(seen))}
            async with attic.http.get(f"{jellyfin.url()}/Items", params=page) as response:
                items = (await response.json())["Items"]
            seen |= {item["Id"] for item in items}
            if len(items) < 500:
                break
        assert len(seen) == len(library.titles)
