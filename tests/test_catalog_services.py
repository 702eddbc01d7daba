"""What there is to watch is told at once and in pages, from all sources or one, and also while they are offline."""

import asyncio
import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.reel.const import DOMAIN

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_folder, add_jellyfin
from .servers.library import Kind, Title
from .steps import add_quiet_plex
from .test_init import pass_time

DEN, ATTIC = "sensor.den_status", "sensor.attic_status"
# A little more, since the clock of these tests runs on.
DAY = 24 * 3600 + 60


async def ask(hass: HomeAssistant, action: str, **data: object) -> dict[str, Any]:
    """Call an action and return its answer, as it arrives where it is sent to."""
    answer = await hass.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    told: dict[str, Any] = json.loads(json.dumps(answer))
    return told


async def add_read_plex(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the Plex account, and read all that its server has."""
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")


async def add_read_jellyfin(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    """Add the Jellyfin account, and read all that its server has."""
    jellyfin.server.fault = NO_PUSH
    await add_jellyfin(hass, jellyfin)
    await ask(hass, "sync", mode="full")


def titles(answer: dict[str, Any]) -> list[str]:
    """Return what the items of an answer are called."""
    return [each["title"] for each in answer["items"]]


def items_of(plex: PlexHouse, kind: Kind) -> list[Title]:
    """Return all titles of a kind on the Plex server."""
    return [title for title in plex.server.titles.values() if title.kind is kind]


# Search


async def test_search_finds_what_begins_like_the_words_however_they_are_accented(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = plex.server.add_movie("Ölands Zürich Témoin", year=1999)
    await add_read_plex(hass, plex, monkeypatch)
    (found, *_) = (await ask(hass, "search", query="olands zur"))["items"]
    assert found["title"] == film.name
    assert (found["item"], found["source"], found["kind"]) == (plex.server.key(film.number), "Den", "movie")


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"kinds": "show"}, {"show"}),
        ({"kinds": ["movie", "episode"]}, {"movie", "episode"}),
        ({"library": "Movies"}, {"movie"}),
        ({"library": ["movies"]}, {"movie"}),
    ],
)
async def test_search_keeps_to_what_is_asked_for(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, Any],
    kinds: set[str],
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    words = {word for title in plex.server.titles.values() for word in title.name.split()}
    found = [each for word in sorted(words) for each in (await ask(hass, "search", query=word, **filters))["items"]]
    assert found
    assert {each["kind"] for each in found} <= kinds


async def test_a_film_on_two_servers_is_found_once_and_told_with_both_copies(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = plex.server.add_movie("Twice Told", year=1999, imdb="tt0099999")
    jellyfin.server.add(film)
    await add_read_plex(hass, plex, monkeypatch)
    await add_read_jellyfin(hass, jellyfin)
    (found,) = (await ask(hass, "search", query="twice told", limit=1))["items"]
    assert found["copies"] == 2
    for way in "remote", "relay":
        await plex.server.shut(way)
    await plex.server.shut("local")
    await ask(hass, "test_connections")
    told = await ask(hass, "get_item", entity_id=DEN, item=plex.server.key(film.number))
    assert [(each["source"], each["status"]) for each in told["all_copies"]] == [
        ("Attic", "connected"),
        ("Den", "offline"),
    ]


# Lists


async def test_pages_of_a_list_are_all_of_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    pages = [await ask(hass, "get_items", kinds="movie", start=start, limit=7) for start in range(0, 21, 7)]
    assert {page["total"] for page in pages} == {20}
    assert [page["start"] for page in pages] == [0, 7, 14]
    assert sorted(title for page in pages for title in titles(page)) == sorted(
        each.name for each in items_of(plex, Kind.MOVIE)
    )


async def test_a_list_is_sorted_and_narrowed_as_asked(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    answer = await ask(
        hass, "get_items", kinds="movie", year_from=1980, genre="Drama", sort="year", descending=True, unwatched=True
    )
    wanted = [each for each in items_of(plex, Kind.MOVIE) if each.year >= 1980 and "Drama" in each.genres]
    assert answer["total"] == len(wanted)
    assert [each["year"] for each in answer["items"]] == sorted((each.year for each in wanted), reverse=True)


async def test_a_show_leads_to_its_seasons_and_they_to_their_episodes(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    show = items_of(plex, Kind.SHOW)[1]
    key = plex.server.key(show.number)
    seasons = (await ask(hass, "get_items", parent=key))["items"]
    assert [each["season"] for each in seasons] == [0, 1, 2]
    assert {each["show"] for each in seasons} == {show.name}
    episodes = (await ask(hass, "get_items", parent=seasons[1]["item"]))["items"]
    assert [each["episode"] for each in episodes] == [1, 2, 3, 4]
    assert {(each["show"], each["season"]) for each in episodes} == {(show.name, 1)}
    everything = await ask(hass, "get_items", parent=key, kinds="episode")
    assert everything["total"] == 12


async def test_a_playlist_leads_to_what_it_holds_in_its_order(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = items_of(plex, Kind.MOVIE)[3:0:-1]
    plex.server.add_playlist("Rainy Sunday", [each.number for each in films])
    await add_read_plex(hass, plex, monkeypatch)
    (playlist,) = (await ask(hass, "get_items", kinds="playlist"))["items"]
    assert titles(await ask(hass, "get_items", parent=playlist["item"])) == [each.name for each in films]
    rest = await ask(hass, "get_items", parent=playlist["item"], start=2)
    assert (rest["total"], titles(rest)) == (3, [films[2].name])


async def test_a_folder_tells_what_is_in_it(hass: HomeAssistant, films: Path) -> None:
    shelf = await hass.async_add_executor_job(films.rename, films.with_name("shelf"))
    await add_folder(hass, shelf)
    await ask(hass, "sync", mode="full")
    answer = await ask(hass, "get_items", kinds="movie")
    assert answer["total"] == 4
    assert {each["source"] for each in answer["items"]} == {"shelf"}


@pytest.mark.parametrize("action", ["get_items", "get_home"])
async def test_somebody_who_looks_around_warms_the_connection_up(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    action: str,
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    freezer.tick(200)
    plex.server.traffic.clear()
    await ask(hass, action, entity_id=DEN)
    async with asyncio.timeout(5):
        while not plex.server.traffic.to("/identity"):  # noqa: ASYNC110  # what nobody waits for tells nobody
            await asyncio.sleep(0)


# One item


def looks(plex: PlexHouse, number: int) -> int:
    """Return how often the Plex server was asked for the detail of a title."""
    return len(plex.server.traffic.to(f"/library/metadata/{plex.server.key(number)}"))


async def test_the_detail_of_an_item_is_asked_for_once_and_kept(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    film = items_of(plex, Kind.MOVIE)[0]
    plex.server.traffic.clear()
    answers = [await ask(hass, "get_item", item=plex.server.key(film.number)) for _ in range(3)]
    assert looks(plex, film.number) == 1
    assert {each["detail"] for each in answers} == {"fresh"}
    assert {stream["kind"] for stream in answers[0]["files"][0]["streams"]} >= {"video", "audio"}
    assert answers[0] == answers[2]


async def test_a_detail_of_yesterday_is_told_as_such_and_renewed(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    key = plex.server.key(1)
    await ask(hass, "get_item", item=key)
    await pass_time(hass, freezer, DAY)
    assert (await ask(hass, "get_item", item=key))["detail"] == "stale"
    assert (await ask(hass, "get_item", item=key))["detail"] == "fresh"


async def test_an_item_of_a_source_that_is_offline_is_told_as_far_as_it_is_known(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    seen, unseen, *_ = (plex.server.key(each.number) for each in items_of(plex, Kind.MOVIE))
    known = await ask(hass, "get_item", item=seen)
    await plex.server.stop()
    await ask(hass, "test_connections")
    assert (await ask(hass, "get_item", item=seen))["files"] == known["files"]
    answer = await ask(hass, "get_item", item=unseen)
    assert (answer["detail"], "streams" in answer["files"][0]) == ("none", False)
    await pass_time(hass, freezer, DAY)
    answer = await ask(hass, "get_item", item=seen)
    assert (answer["detail"], answer["files"]) == ("stale", known["files"])


async def test_an_item_that_its_server_lost_is_told_as_far_as_it_is_known(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    film = items_of(plex, Kind.MOVIE)[0]
    plex.server.remove(film.number)
    answer = await ask(hass, "get_item", item=plex.server.key(film.number))
    assert (answer["title"], answer["detail"]) == (film.name, "none")


async def test_a_playlist_has_nothing_more_to_tell(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.server.add_playlist("Rainy Sunday", [1, 2])
    await add_read_plex(hass, plex, monkeypatch)
    (playlist,) = (await ask(hass, "get_items", kinds="playlist"))["items"]
    plex.server.traffic.clear()
    answer = await ask(hass, "get_item", item=playlist["item"])
    assert (answer["title"], answer["detail"]) == ("Rainy Sunday", "fresh")
    assert plex.server.traffic.requests == []


# Home


async def test_home_has_what_was_begun_what_comes_next_and_what_is_new(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    film, episode = items_of(plex, Kind.MOVIE)[0], items_of(plex, Kind.EPISODE)[0]
    plex.server.set_mark(plex.user, film.number, offset=film.seconds * 300)
    plex.server.set_mark(plex.user, episode.number, count=1)
    newest = plex.server.add_movie("Newest of All")
    await add_read_plex(hass, plex, monkeypatch)
    home = await ask(hass, "get_home")
    (begun,) = home["continue_watching"]
    assert (begun["title"], begun["position"]) == (film.name, film.seconds * 300 // 1000)
    (following,) = home["next_up"]
    assert (following["season"], following["episode"]) == (episode.index and 1, 2)
    assert home["recently_added"][0]["title"] == newest.name


async def test_home_of_a_library_leaves_out_the_others(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    home = await ask(hass, "get_home", library="Movies", limit=5)
    assert {each["kind"] for each in home["recently_added"]} == {"movie"}
    assert len(home["recently_added"]) == 5


# All of them


async def test_everything_known_is_told_while_the_server_is_away(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("search", {"query": items_of(plex, Kind.MOVIE)[0].name}),
        ("get_items", {"kinds": "movie"}),
        ("get_home", {}),
    ]
    before = [await ask(hass, action, **data) for action, data in calls]
    await plex.server.stop()
    await ask(hass, "test_connections")
    assert [await ask(hass, action, **data) for action, data in calls] == before


@pytest.mark.parametrize(
    ("action", "data", "message"),
    [
        ("get_items", {"parent": "999999"}, "Den has no item 999999"),
        ("get_item", {"item": "999999"}, "Den has no item 999999"),
        ("get_items", {"library": "Nowhere"}, "has a library Nowhere"),
        ("search", {"query": "a", "library": "Nowhere"}, "has a library Nowhere"),
        ("get_home", {"library": "Nowhere"}, "has a library Nowhere"),
        ("get_items", {"entity_id": "light.kitchen"}, "None of the targets"),
        ("get_item", {"item": "1", "entity_id": "light.kitchen"}, "None of the targets"),
        ("search", {"query": "a", "entity_id": "light.kitchen"}, "None of the targets"),
        ("get_home", {"entity_id": "light.kitchen"}, "None of the targets"),
    ],
)
async def test_what_does_not_exist_is_refused(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    data: dict[str, Any],
    message: str,
) -> None:
    await add_read_plex(hass, plex, monkeypatch)
    with pytest.raises(ServiceValidationError, match=message):
        await ask(hass, action, **data)


@pytest.mark.parametrize(("action", "field"), [("get_item", "item"), ("get_items", "parent")])
async def test_an_item_needs_one_source_since_two_may_call_different_things_the_same(
    hass: HomeAssistant,
    plex: PlexHouse,
    films: Path,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    field: str,
) -> None:
    await add_folder(hass, films)
    await add_read_plex(hass, plex, monkeypatch)
    with pytest.raises(ServiceValidationError, match="Choose one source"):
        await ask(hass, action, **{field: plex.server.key(1)})
    assert await ask(hass, action, **{field: plex.server.key(1)}, entity_id=DEN)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("search", {"query": "a"}),
        ("get_items", {}),
        ("get_item", {"item": "1"}),
        ("get_home", {}),
        ("mark_watched", {"item": "1"}),
        ("set_favorite", {"item": "1"}),
    ],
)
async def test_a_catalog_that_cannot_be_opened_is_told(
    hass: HomeAssistant,
    films: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    data: dict[str, Any],
) -> None:
    monkeypatch.setattr("custom_components.reel.storage.FILE", str(tmp_path))
    await add_folder(hass, films)
    with pytest.raises(HomeAssistantError, match="catalog of Reel cannot be read"):
        await ask(hass, action, **data)


async def test_no_answer_holds_a_token_an_address_or_a_path(
    hass: HomeAssistant, plex: PlexHouse, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_folder(hass, films)
    await add_read_plex(hass, plex, monkeypatch)
    answers = [await ask(hass, "get_items", limit=1000), await ask(hass, "get_home")]
    for name in "Den", "films":
        film = next(each for each in answers[0]["items"] if each["source"] == name and each["kind"] == "movie")
        answers.append(await ask(hass, "get_item", entity_id=f"sensor.{name.lower()}_status", item=film["item"]))
    text = json.dumps(answers, ensure_ascii=False)
    secrets = [plex.token, plex.server.identifier, plex.user.uuid, "http", "127.0.0.1", "/data/", str(films), ".mp4"]
    assert [each for each in secrets if each in text] == []
