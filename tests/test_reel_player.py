"""A Reel player plays anything of all sources on a player of somebody else, one thing after the other."""

from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse
from .output import Output, add_output
from .reel_player import Shelf, add_attic, add_den, add_films, add_room
from .test_catalog_services import ask


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


async def test_a_film_plays_and_is_shown(hass: HomeAssistant, shelf: Shelf, output: Output) -> None:
    room, film = await add_room(hass, output), await shelf.film()
    assert room.state.state == "idle"
    assert (room.title, room.queue) == (None, (0, 0))
    output.length = film.seconds
    await room.play(film.place)
    assert room.is_playing
    assert output.traffic.bytes
    shown = room.state.attributes
    assert (shown["media_title"], shown["media_content_type"]) == (film.title, "movie")
    assert shown["media_content_id"] == film.place
    assert (shown["media_duration"], shown["media_position"]) == (film.seconds, 0)
    assert room.queue == (1, 1)
    await room.advance(60)
    assert room.state.attributes["media_position"] == 60
    await room.finish()
    assert (room.state.state, room.title, len(output.played)) == ("idle", None, 1)
    assert not output.traffic.failures


async def test_a_picture_of_what_plays_is_shown(
    hass: HomeAssistant, shelf: Shelf, output: Output, hass_client_no_auth: ClientSessionGenerator
) -> None:
    room = await add_room(hass, output)
    picture = ""
    for film in await shelf.items(kinds="movie"):
        # Not all have one.
        await room.play(film.place)
        if picture := room.state.attributes.get("entity_picture", ""):
            break
    assert picture.startswith("/api/media_player_proxy/")
    answer = await (await hass_client_no_auth()).get(picture)
    assert (answer.status, answer.content_type) == (200, "image/png")
    output.user_plays()
    await room.settle()
    assert "entity_picture" not in room.state.attributes


async def test_a_show_goes_on_with_what_comes_next_to_its_end(
    hass: HomeAssistant, shelf: Shelf, output: Output
) -> None:
    room = await add_room(hass, output)
    show, episodes = await shelf.show()
    await ask(hass, "mark_watched", entity_id=f"sensor.{shelf.source.lower()}_status", item=episodes[0].item)
    await room.play(show.place)
    assert room.queue == (1, len(episodes) - 1)
    for episode in episodes[1:]:
        assert room.title == episode.title
        assert room.state.attributes["media_series_title"] == show.title
        output.length = episode.seconds
        await room.finish()
    assert (room.state.state, room.queue) == ("idle", (len(episodes) - 1, len(episodes) - 1))
    assert len(output.played) == len(episodes) - 1


async def test_an_album_plays_song_by_song_and_around(hass: HomeAssistant, shelf: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    album, songs = await shelf.album()
    await room.call("repeat_set", repeat="all")
    await room.play(album.place)
    for song in (*songs, songs[0]):
        shown = room.state.attributes
        assert (shown["media_title"], shown["media_album_name"]) == (song.title, album.title)
        assert shown["media_content_type"] == "music"
        output.length = song.seconds
        await room.finish()
    assert (room.title, room.queue) == (songs[1].title, (2, len(songs)))
    await room.call("repeat_set", repeat="one")
    output.length = songs[1].seconds
    await room.finish()
    assert (room.title, room.state.attributes["repeat"]) == (songs[1].title, "one")


async def test_a_single_episode_is_followed_by_the_next_ones(hass: HomeAssistant, shelf: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    _, episodes = await shelf.show()
    await room.play(episodes[0].place)
    assert room.queue == (1, 1)
    for number, episode in enumerate(episodes):
        assert (room.title, room.queue) == (episode.title, (number + 1, number + 1))
        output.length = episode.seconds
        await room.finish()
    assert room.state.state == "idle"


async def test_nothing_follows_an_episode_whose_user_does_not_want_that(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room = await add_room(hass, output, next_episode=False)
    _, episodes = await den.show()
    await room.play(episodes[0].place)
    output.length = episodes[0].seconds
    await room.finish()
    assert (room.state.state, room.queue) == ("idle", (1, 1))
    with pytest.raises(ServiceValidationError, match="Nothing comes after"):
        await room.call("media_next_track")


async def test_somebody_goes_on_and_back(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    album, songs = await den.album()
    await room.play(album.place)
    await room.call("media_next_track")
    assert (room.title, room.queue) == (songs[1].title, (2, len(songs)))
    await room.advance(10)
    await room.call("media_previous_track")
    assert output.commands[-1] == ("seek", 0)
    assert room.title == songs[1].title
    await room.advance(3)
    await room.call("media_previous_track")
    assert (room.title, room.queue) == (songs[0].title, (1, len(songs)))
    await room.call("media_previous_track")
    assert (room.title, output.position) == (songs[0].title, 0)
    for _ in songs[1:]:
        await room.call("media_next_track")
    with pytest.raises(ServiceValidationError, match="Nothing comes after"):
        await room.call("media_next_track")
    assert room.title == songs[-1].title


async def test_the_queue_is_shuffled_and_put_in_order(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    album, songs = await den.album()
    await room.play(album.place)
    await room.call("media_next_track")
    await room.call("shuffle_set", shuffle=True)
    assert (room.title, room.queue) == (songs[1].title, (1, len(songs)))
    heard = [room.title]
    for _ in songs[1:]:
        await room.call("media_next_track")
        heard.append(room.title)
    assert sorted(map(str, heard)) == sorted(each.title for each in songs)
    await room.call("shuffle_set", shuffle=False)
    assert room.queue[0] == [each.title for each in songs].index(str(room.title)) + 1


async def test_more_is_put_into_the_queue(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    first, second, third, fourth, *_ = await den.items(kinds="movie")
    await room.play(first.place, enqueue="add")
    assert (room.state.state, room.queue) == ("idle", (1, 1))
    await room.call("media_play")
    await room.play(second.place, enqueue="add")
    await room.play(third.place, enqueue="next")
    assert (room.title, room.queue) == (first.title, (1, 3))
    await room.play(fourth.place, enqueue="play")
    assert (room.title, room.queue) == (fourth.title, (2, 4))
    for film in (third, second):
        await room.call("media_next_track")
        assert room.title == film.title
    await room.play(first.place, enqueue="replace")
    assert (room.title, room.queue) == (first.title, (1, 1))
    await room.call("clear_playlist")
    assert (room.title, room.queue) == (first.title, (1, 1))
    await room.call("media_stop")
    await room.call("clear_playlist")
    assert (room.state.state, room.queue) == ("idle", (0, 0))


async def test_what_is_gone_is_passed_over(hass: HomeAssistant, den: Shelf, plex: PlexHouse, output: Output) -> None:
    room = await add_room(hass, output)
    first, second, third, *_ = await den.items(kinds="movie")
    await room.play(first.place)
    for film in (second, third):
        await room.play(film.place, enqueue="add")
    plex.server.remove(int(second.item))
    output.length = first.seconds
    await room.finish()
    assert (room.title, room.queue) == (third.title, (3, 3))
    with pytest.raises(HomeAssistantError, match="no such item"):
        await room.play(second.place)
    assert room.state.state == "playing"
