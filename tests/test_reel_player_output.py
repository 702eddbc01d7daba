"""A Reel player follows what its output does, whoever tells that to, and over restarts."""

import asyncio
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_mock_restore_state_shutdown_restart
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse
from .output import ContentId, Output, add_output
from .reel_player import Shelf, add_attic, add_den, add_films, add_room
from .test_init import pass_time


@pytest.fixture(autouse=True)
async def own_place(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep what is stored where nobody else finds it."""
    assert hass_storage is not None
    monkeypatch.setattr(hass.config, "cache_path", lambda *parts: str(tmp_path.joinpath("cache", *parts)))
    assert await async_setup_component(hass, "media_source", {})
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Add a Plex server, and return what it has."""
    return await add_den(hass, plex, monkeypatch)


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> Shelf:
    """Add a Jellyfin server, and return what it has."""
    return await add_attic(hass, jellyfin)


@pytest.fixture
async def folder(hass: HomeAssistant, films: Path) -> Shelf:
    """Add a folder, and return what it has."""
    return await add_films(hass, films)


@pytest.fixture(params=["den", "attic", "folder"])
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Return what a source has, of each kind in turn."""
    found: Shelf = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def output(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add the player of somebody else."""
    return await add_output(hass, hass_client_no_auth)


async def test_what_is_none_of_ours_is_played_as_it_is_and_the_queue_waits(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room = await add_room(hass, output)
    first, second, *_ = await den.items(kinds="movie")
    await room.play(first.place)
    await room.play(second.place, enqueue="add")
    await room.call("play_media", media_content_id="http://127.0.0.1/none.mp3", media_content_type="music")
    assert output.played[-1] == "http://127.0.0.1/none.mp3"
    output.user_plays(title="Radio")
    await room.settle()
    assert (room.title, room.queue) == ("Radio", (1, 2))
    assert "media_content_id" not in room.state.attributes
    await room.call("media_seek", seek_position=20)
    output.user_stops()
    await room.settle()
    assert (room.state.state, len(output.played)) == ("idle", 2)
    await room.call("media_next_track")
    assert room.title == second.title


async def test_a_film_goes_on_after_an_announcement(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room, film = await add_room(hass, output), await den.film()
    output.length = film.seconds
    await room.play(film.place)
    await room.advance(600)
    shown = hass.states.get(output.entity_id)
    assert shown is not None
    await room.call(
        "play_media", media_content_id="http://127.0.0.1/bell.mp3", media_content_type="music", announce=True
    )
    name, heard, extra = output.commands[-1]
    assert (name, heard, extra["announce"]) == ("play_media", "http://127.0.0.1/bell.mp3", True)
    await room.play(film.place)
    assert room.queue == (1, 1)


async def test_volume_and_the_rest_are_those_of_the_output(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    await room.call("volume_set", volume_level=0.7)
    await room.call("volume_mute", is_volume_muted=True)
    await room.call("volume_up")
    await room.call("volume_down")
    names = [command[0] for command in output.commands]
    assert names == ["volume", "mute", "volume", "volume"]
    assert (room.state.attributes["volume_level"], room.state.attributes["is_volume_muted"]) == (0.7, True)


async def test_a_player_that_is_gone_is_unavailable_and_goes_on_when_it_is_back(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room, film = await add_room(hass, output), await den.film()
    await room.play(film.place)
    output.user_unplugs()
    await room.settle()
    assert room.state.state == "unavailable"
    with pytest.raises(HomeAssistantError, match="not available"):
        await room.entry.runtime_data.pause(None)
    output.user_plugs_in()
    await room.settle()
    assert (room.state.state, room.title) == ("playing", film.title)
    assert room.follows()


async def test_what_somebody_plays_on_the_output_is_shown(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room, film = await add_room(hass, output), await den.film()
    await hass.services.async_call(
        "media_player",
        "play_media",
        {"entity_id": output.entity_id, "media_content_id": film.place, "media_content_type": "video/mp4"},
        blocking=True,
    )
    await room.settle()
    assert (room.title, room.queue, room.is_playing) == (film.title, (0, 0), True)
    assert not room.follows()


@pytest.mark.parametrize("shows", ContentId)
async def test_players_that_show_little_are_followed_as_well(
    hass: HomeAssistant, den: Shelf, output: Output, shows: ContentId
) -> None:
    output.shows_content_id = shows
    room = await add_room(hass, output)
    _, episodes = await den.show()
    await room.play(episodes[0].place)
    assert room.title == episodes[0].title
    output.length = episodes[0].seconds
    await room.finish()
    assert (room.title, room.queue) == (episodes[1].title, (2, 2))


async def test_a_player_that_does_not_begin_is_waited_for_but_not_for_ever(
    hass: HomeAssistant, den: Shelf, output: Output, freezer: FrozenDateTimeFactory
) -> None:
    room, film = await add_room(hass, output), await den.film()
    output.starts_by_itself = False
    await room.play(film.place)
    assert room.follows()
    await pass_time(hass, freezer, 10)
    await output.starts()
    await room.settle()
    assert (room.title, room.is_playing) == (film.title, True)
    await room.call("media_stop")
    await room.play(film.place)
    await pass_time(hass, freezer, 31)
    assert not room.follows()
    assert room.state.state == "idle"


# Life


async def test_a_queue_outlives_a_restart_and_what_plays_on_is_followed(
    hass: HomeAssistant, shelf: Shelf, output: Output
) -> None:
    room = await add_room(hass, output)
    _, episodes = await shelf.show()
    await room.call("repeat_set", repeat="all")
    await room.play(episodes[0].place)
    for episode in episodes[1:]:
        await room.play(episode.place, enqueue="add")
    await room.call("media_next_track")
    before = room.state.attributes
    await async_mock_restore_state_shutdown_restart(hass)
    assert await hass.config_entries.async_reload(room.entry.entry_id)
    await room.settle()
    assert room.is_playing
    for name in ("media_title", "queue_position", "queue_size", "repeat", "media_content_id"):
        assert room.state.attributes[name] == before[name]
    output.length = episodes[1].seconds
    await room.finish()
    assert (room.title, room.queue) == (episodes[2].title, (3, len(episodes)))


async def test_nothing_is_left_of_a_reel_player_that_is_removed(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room, film = await add_room(hass, output), await den.film()
    await room.play(film.place)
    entity = room.entity_id
    await hass.config_entries.async_remove(room.entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.get(entity) is None
    await output.finish()
    assert len(output.played) == 1


async def test_who_switches_the_output_on_finds_the_connections_warm(
    hass: HomeAssistant, plex: PlexHouse, den: Shelf, output: Output, freezer: FrozenDateTimeFactory
) -> None:
    assert den.source == "Den"
    await add_room(hass, output)
    output.user_unplugs()
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(200)
    plex.server.traffic.clear()
    output.user_plugs_in()
    async with asyncio.timeout(5):
        while not plex.server.traffic.to("/identity"):  # noqa: ASYNC110  # what nobody waits for tells nobody
            await asyncio.sleep(0)
