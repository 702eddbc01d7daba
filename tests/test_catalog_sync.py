"""The catalog follows its sources: read at the start, told by push, looked after on a schedule, kept while offline."""

import asyncio
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_state_change_event
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.reel.backends.item import ItemKind
from custom_components.reel.catalog.query import Query, items
from custom_components.reel.const import EVENT_REEL, EVENT_REEL_SYNC
from custom_components.reel.coordinator import ReelCoordinator, ReelData
from custom_components.reel.storage import storage_of

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_folder, add_jellyfin, add_plex
from .servers.faults import Fault, Status
from .servers.jellyfin import TICKS
from .servers.library import Kind, Title, make_library
from .test_init import pass_time, state, turn

MINUTES = 60.0
HOURS = 3600.0


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take news as they come, instead of two seconds later."""
    monkeypatch.setattr("custom_components.reel.catalog_sync.COLLECT", 0.0)
    monkeypatch.setattr("custom_components.reel.backends.local.watch.QUIET", 0.1)


async def settle(hass: HomeAssistant) -> None:
    """Let what was pushed arrive and be read."""
    for _ in range(5):
        await turn()
        await hass.async_block_till_done(wait_background_tasks=True)


def told(events: list[Event[Any]], kind: str) -> list[dict[str, Any]]:
    """Return what was told of things of one kind."""
    return [dict(event.data) for event in events if event.data["type"] == kind]


def new_film() -> Title:
    """Return a film that no library has."""
    library = make_library(2)
    return replace(
        library.of(Kind.MOVIE)[0],
        number=max(library.titles) + 1,
        name="Dune: Part Two",
        year=2024,
        path="/data/Movies/Dune (2024)/Dune (2024).mkv",
    )


async def test_a_new_account_is_read_whole_and_counted(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    titles = [title.kind for title in plex.server.titles.values()]
    assert state(hass, "sensor.den_movies") == str(titles.count(Kind.MOVIE))
    shows = hass.states.get("sensor.den_tv_shows")
    assert shows is not None
    assert shows.state == str(titles.count(Kind.SHOW))
    assert shows.attributes["episode"] == titles.count(Kind.EPISODE)
    assert state(hass, "sensor.den_sync_progress") == "unknown"


async def test_a_sync_is_told_from_its_start_to_its_end(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    events = async_capture_events(hass, EVENT_REEL_SYNC)
    await add_jellyfin(hass, jellyfin)
    kinds = [event.data["type"] for event in events]
    assert kinds[0] == "sync_started"
    assert kinds[-1] == "sync_completed"
    assert "sync_progress" in kinds
    (end,) = told(events, "sync_completed")
    assert end["added"] == len(make_library(2).titles)
    assert end["removed"] == 0
    assert end["partial"] == []
    percents = [event["percent"] for event in told(events, "sync_progress")]
    assert percents == sorted(percents)


async def test_what_a_source_has_when_it_is_read_for_the_first_time_is_not_new(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = async_capture_events(hass, EVENT_REEL)
    await add_plex(hass, plex, monkeypatch)
    assert told(events, "item_added") == []


async def test_a_film_that_is_added_is_told_by_push(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    events, before = async_capture_events(hass, EVENT_REEL), int(state(hass, "sensor.den_movies"))
    await plex.server.heard()
    noticed = asyncio.Event()
    hass.bus.async_listen(EVENT_REEL, callback(lambda _: noticed.set()))
    film = plex.server.add_movie("Dune: Part Two", year=2024)
    await asyncio.wait_for(noticed.wait(), 15)
    await settle(hass)
    assert state(hass, "sensor.den_movies") == str(before + 1)
    (added,) = told(events, "item_added")
    assert added["device_id"]
    assert {name: added[name] for name in ("source", "library", "kind", "title", "year", "item")} == {
        "source": "Den",
        "library": "Movies",
        "kind": "movie",
        "title": "Dune: Part Two",
        "year": 2024,
        "item": plex.server.key(film.number),
    }
    event = hass.states.get("event.den_library")
    assert event is not None
    assert (event.attributes["event_type"], event.attributes["title"]) == ("item_added", "Dune: Part Two")


async def test_without_push_a_look_finds_what_is_new_within_a_quarter_of_an_hour(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    plex.server.fault = NO_PUSH
    await add_plex(hass, plex, monkeypatch)
    before = int(state(hass, "sensor.den_movies"))
    plex.server.add_movie("Dune: Part Two", year=2024)
    for _ in range(5):
        await pass_time(hass, freezer, 5 * MINUTES)
    assert state(hass, "sensor.den_movies") == str(before + 1)


async def test_what_was_watched_elsewhere_is_known_at_the_next_look(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    await add_jellyfin(hass, jellyfin)
    before = int(state(hass, "sensor.attic_continue_watching"))
    app = jellyfin.server.open_app(jellyfin.user)
    app.play(make_library(2).of(Kind.MOVIE)[3])
    app.seek(1200 * TICKS)
    for _ in range(5):
        await pass_time(hass, freezer, 5 * MINUTES)
    assert state(hass, "sensor.attic_continue_watching") == str(before + 1)


async def test_a_source_that_is_offline_at_the_start_shows_what_is_known(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    movies = state(hass, "sensor.attic_movies")
    await hass.config_entries.async_unload(entry.entry_id)
    await jellyfin.server.shut("local")
    await pass_time(hass, freezer, 2 * HOURS)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert state(hass, "sensor.attic_status") == "offline"
    assert state(hass, "sensor.attic_movies") == movies


async def test_what_is_missed_in_an_outage_is_read_when_it_is_over(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    await add_jellyfin(hass, jellyfin)
    before = int(state(hass, "sensor.attic_movies"))
    await jellyfin.server.shut("local")
    await pass_time(hass, freezer, 10 * MINUTES)
    jellyfin.server.add(new_film())
    await jellyfin.server.open("local")
    await pass_time(hass, freezer, 11 * MINUTES)
    await settle(hass)
    assert state(hass, "sensor.attic_movies") == str(before + 1)


async def test_once_a_day_a_source_is_read_whole(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    await add_jellyfin(hass, jellyfin)
    events = async_capture_events(hass, EVENT_REEL_SYNC)
    for _ in range(26):
        await pass_time(hass, freezer, HOURS)
    assert [event["mode"] for event in told(events, "sync_completed")].count("full") == 1


async def test_a_sync_that_fails_is_told_to_who_asked_for_it(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    await add_jellyfin(hass, jellyfin)
    events = async_capture_events(hass, EVENT_REEL)
    jellyfin.server.fault = Fault(Status(500), paths="/Items*")
    with pytest.raises(HomeAssistantError, match="Attic"):
        await hass.services.async_call("button", "press", {"entity_id": "button.attic_sync_now"}, blocking=True)
    assert [event["reason"] for event in told(events, "sync_failed")] == ["busy"]


async def test_only_the_libraries_that_are_wanted_are_kept(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    (subentry,) = entry.subentries.values()
    wanted = subentry.data | {"libraries": ["1"]}
    hass.config_entries.async_update_subentry(entry, subentry, data=wanted)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert {library.name for library in only(entry).catalog.view.libraries} == {"Movies", "Playlists"}


def only(entry: ConfigEntry[ReelData]) -> ReelCoordinator:
    """Return the one source of an account."""
    (coordinator,) = entry.runtime_data.coordinators.values()
    return coordinator


async def test_a_folder_is_read_like_a_server(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    assert state(hass, "sensor.films_films") == "4"
    shows = hass.states.get("sensor.films_tv")
    assert shows is not None
    assert (shows.state, shows.attributes["episode"]) == ("1", len(make_library(3, shows=1).of(Kind.EPISODE)))


async def test_files_of_a_folder_are_looked_into_and_stay_known(
    hass: HomeAssistant, films: Path, freezer: FrozenDateTimeFactory
) -> None:
    await add_folder(hass, films)
    await settle(hass)
    films_of = Query(kinds=(ItemKind.MOVIE,))
    read = storage_of(hass).read
    first = (await read(lambda database: items(database, films_of))).entries
    assert all(file.height and file.duration_ms for entry in first for file in entry.item.files)
    await pass_time(hass, freezer, 25 * HOURS)
    assert (await read(lambda database: items(database, films_of))).entries == first


async def test_a_file_that_is_moved_into_a_folder_is_noticed(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    await settle(hass)
    noticed = asyncio.Event()
    async_track_state_change_event(hass, "sensor.films_films", callback(lambda _: noticed.set()))
    film = next((films / "Movies").rglob("*.mp4"))
    (films / "Movies" / "Dune (2021)").mkdir()
    copyfile(film, films / "Movies" / "Dune (2021)" / "Dune (2021).mp4")
    await asyncio.wait_for(noticed.wait(), 15)
    assert state(hass, "sensor.films_films") == "5"


async def test_a_sync_that_home_assistant_stops_goes_on_from_there_after_the_start(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_after_films() -> None:
        """Stop in the middle: films were read by then, and music was not."""
        seen = plex.server.traffic.requests[-1]
        if seen.path == "/library/sections/2/all" and "includeGuids" in seen.query:
            hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)

    plex.server.behaviour.after_a_page = stop_after_films
    events = async_capture_events(hass, EVENT_REEL_SYNC)
    entry = await add_plex(hass, plex, monkeypatch)
    assert [event.data["type"] for event in events][-1] == "sync_cancelled"
    assert await hass.config_entries.async_unload(entry.entry_id)
    plex.server.behaviour.after_a_page = None
    plex.server.traffic.clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    view = only(entry).catalog.view
    library = make_library(1)
    assert {kind: view.items(kind) for kind in (ItemKind.MOVIE, ItemKind.TRACK)} == {
        ItemKind.MOVIE: len(library.of(Kind.MOVIE)),
        ItemKind.TRACK: len(library.of(Kind.TRACK)),
    }
    # The films stand in the catalog since before the stop.
    assert not [seen for seen in plex.server.traffic.to("/library/sections/1/all") if "includeGuids" in seen.query]
