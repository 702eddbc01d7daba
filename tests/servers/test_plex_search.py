"""Do searches and the home page find what is there, and say it in Plex's way?"""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from tests.servers.library import Kind, Title, make_library
from tests.servers.plex import PlexServer
from tests.servers.plex.visit import Answer, Visit


@pytest.fixture
async def plex() -> AsyncIterator[PlexServer]:
    async with PlexServer("Den", library=make_library(1)) as plex:
        yield plex


@pytest.fixture
async def visit(plex: PlexServer) -> AsyncIterator[Visit]:
    async with ClientSession() as session:
        yield Visit(session, plex.url(), plex.token)


def of(plex: PlexServer, kind: Kind) -> list[Title]:
    return [title for title in plex.titles.values() if title.kind is kind]


def keys(answer: Answer) -> list[int]:
    return [int(str(item["ratingKey"])) for item in answer.listed()]


async def test_a_search_lists_all_hubs_and_scores_in_strings(visit: Visit, plex: PlexServer) -> None:
    name = plex.titles[1].name
    hubs = (await visit.ask("/hubs/search", query=name.upper(), limit=2)).listed("Hub")
    assert len(hubs) == 15
    [movies] = [hub for hub in hubs if hub["type"] == "movie"]
    assert isinstance(movies["Metadata"], list)
    assert movies["Metadata"][0]["score"] == "1.00000"
    assert all("Metadata" not in hub for hub in hubs if hub["size"] == 0)


async def test_the_other_search_scores_in_numbers(visit: Visit, plex: PlexServer) -> None:
    answer = await visit.ask("/library/search", query=plex.titles[1].name, searchTypes="movies")
    results = answer.listed("SearchResult")
    assert results[0]["score"] == 1
    assert isinstance(results[0]["Metadata"], dict)


async def test_accents_do_not_hide_what_is_searched(visit: Visit, plex: PlexServer) -> None:
    number = plex.add_movie("Le Témoin d'Öland").number
    hubs = (await visit.ask("/hubs/search", query="temoin d'oland")).listed("Hub")
    found = [item for hub in hubs for item in hub.get("Metadata", [])]  # type: ignore[attr-defined]  # a list in JSON
    assert [item["ratingKey"] for item in found] == [str(number)]


async def test_a_server_may_have_nothing_to_search(visit: Visit, plex: PlexServer) -> None:
    plex.behaviour.nothing_searchable = True
    assert (await visit.ask("/hubs/search", query="a")).status == 404


async def test_hidden_sections_are_kept_off_the_home_page_and_out_of_searches(visit: Visit, plex: PlexServer) -> None:
    def titles(hubs: Answer) -> list[object]:
        return [hub["hubIdentifier"] for hub in hubs.listed("Hub")]

    assert "home.movies.recent" in titles(await visit.ask("/hubs"))
    plex.machine.shelves.sections[0].hidden = 2
    assert "home.movies.recent" not in titles(await visit.ask("/hubs"))
    found = (await visit.ask("/library/search", query="a", searchTypes="movies")).listed("SearchResult")
    assert found == []


async def test_hubs_hold_a_few_and_say_where_the_rest_is(visit: Visit) -> None:
    hubs = (await visit.ask("/hubs", count=3)).listed("Hub")
    [movies] = [hub for hub in hubs if hub["hubIdentifier"] == "home.movies.recent"]
    assert (movies["size"], movies["more"]) == (3, True)
    assert len(keys(await visit.ask(str(movies["key"])))) == 20
    assert len(keys(await visit.ask(str(movies["hubKey"])))) == 3


async def test_genres_lead_to_what_is_of_them(visit: Visit, plex: PlexServer) -> None:
    genre = (await visit.ask("/library/sections/1/genre")).listed("Directory")[0]
    wanted = {title.number for title in of(plex, Kind.MOVIE) if genre["title"] in title.genres}
    assert set(keys(await visit.ask(str(genre["fastKey"])))) == wanted
