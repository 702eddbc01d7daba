"""Every app that plays from a server is a media player, and shows what it does as soon as the server says so."""

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, State, callback
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.const import DOMAIN

from .screens import PLAYER, PlexScreen, Room
from .servers.library import Kind

MINUTE = 60_000


def states_of(room: Room) -> list[State]:
    """Return a list of all further states of the player."""
    seen: list[State] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == PLAYER and event.data["new_state"] is not None:
            seen.append(event.data["new_state"])

    room.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return seen


# What it plays


async def test_an_app_that_plays_nothing_is_idle(room: Room) -> None:
    await room.begin()
    assert room.player.state == "idle"
    assert "media_title" not in room.player.attributes


async def test_an_app_that_plays_already_is_seen_at_once(room: Room) -> None:
    film = room.of(Kind.MOVIE)[0]
    room.screen.play(film, 10 * MINUTE)
    await room.begin()
    assert (room.player.state, room.player.attributes["media_title"]) == ("playing", film.name)


async def test_an_episode_is_shown_with_all_that_it_belongs_to(room: Room) -> None:
    episode = room.of(Kind.EPISODE)[0]
    season = room.titles[episode.parent or 0]
    await room.begin()
    room.screen.play(episode, 5 * MINUTE)
    attributes = (await room.becomes("playing")).attributes
    assert attributes["media_content_type"] == "tvshow"
    assert attributes["media_title"] == episode.name
    assert attributes["media_series_title"] == room.titles[season.parent or 0].name
    assert (attributes["media_season"], attributes["media_episode"]) == (str(season.index), str(episode.index))
    assert attributes["media_duration"] == episode.seconds
    assert 300 <= attributes["media_position"] <= 302
    assert attributes["app_name"] in {"Plex for Android (TV)", "Android TV"}
    assert attributes["media_content_id"].startswith(f"media-source://{DOMAIN}/{room.source.source.key}/")


async def test_a_track_is_shown_with_its_album_and_artist(room: Room) -> None:
    track = room.of(Kind.TRACK)[0]
    album = room.titles[track.parent or 0]
    await room.begin()
    room.screen.play(track)
    attributes = (await room.becomes("playing")).attributes
    assert attributes["media_content_type"] == "music"
    assert (attributes["media_title"], attributes["media_track"]) == (track.name, track.index)
    assert attributes["media_album_name"] == album.name
    assert attributes["media_artist"] == room.titles[album.parent or 0].name


@pytest.mark.parametrize("converted", [False, True])
async def test_who_watches_is_shown_and_at_which_quality(room: Room, *, converted: bool) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0], converted=converted)
    attributes = (await room.becomes("playing")).attributes
    assert attributes["user"] == "ada"
    assert attributes["transcodes"] is converted
    assert attributes["bitrate"] > 0
    assert attributes["resolution"] in {"sd", "720p", "1080p", "4k"}


async def test_what_comes_next_takes_the_place_of_what_was_played(room: Room) -> None:
    first, second = room.of(Kind.MOVIE)[:2]
    await room.begin()
    room.screen.play(first)
    await room.becomes("playing", media_title=first.name)
    room.screen.play(second)
    await room.becomes("playing", media_title=second.name)


# What it does


async def test_pauses_and_ends_are_shown_at_once_and_cost_no_request(room: Room) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0], 10 * MINUTE)
    await room.becomes("playing")
    room.server.traffic.clear()
    room.screen.pause(20 * MINUTE)
    state = await room.becomes("paused", media_position=1200)
    assert state.attributes["media_title"] == room.of(Kind.MOVIE)[0].name
    room.screen.resume(20 * MINUTE)
    await room.becomes("playing")
    room.screen.stop()
    state = await room.becomes("idle")
    assert {"media_title", "media_position", "user"}.isdisjoint(state.attributes)
    assert room.server.traffic.requests == []


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_an_app_that_waits_for_data_is_buffering(room: Room) -> None:
    assert isinstance(room.screen, PlexScreen)
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    room.screen.server.buffer(room.screen.client)
    await room.becomes("buffering")


async def test_a_place_is_told_again_only_when_it_is_another_one_than_expected(room: Room) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0], 10 * MINUTE)
    await room.becomes("playing")
    seen, before = states_of(room), room.player.attributes["media_position_updated_at"]
    for step in range(5):
        # A second ahead of what is to be expected, as far as clocks and networks differ.
        room.screen.resume(10 * MINUTE + step * 250)
    room.screen.resume(30 * MINUTE)
    await room.becomes("playing", media_position=1800)
    assert [state.attributes["media_position"] for state in seen] == [1800]
    assert room.player.attributes["media_position_updated_at"] > before


async def test_its_picture_comes_through_home_assistant_without_a_token(
    room: Room, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await room.begin()
    film = room.of(Kind.MOVIE)[0]
    room.screen.play(film)
    picture = (await room.becomes("playing")).attributes["entity_picture"]
    assert picture.startswith(f"/api/media_player_proxy/{PLAYER}?")
    assert await async_setup_component(room.hass, "http", {})
    answer = await (await hass_client_no_auth()).get(picture)
    assert (answer.status, answer.content_type) == (200, "image/png")
    assert await answer.read()
    first = picture.rpartition("cache=")[2]
    room.screen.play(room.of(Kind.MOVIE)[1])
    second = (await room.becomes("playing", media_title=room.of(Kind.MOVIE)[1].name)).attributes["entity_picture"]
    assert second.rpartition("cache=")[2] != first


async def test_states_hold_no_token_and_no_address(room: Room) -> None:
    await room.begin()
    seen = states_of(room)
    room.screen.play(room.of(Kind.EPISODE)[0], converted=True)
    await room.becomes("playing")
    told = str([state.as_dict() for state in seen])
    assert room.entry is not None
    assert not [secret for secret in (*room.server.traffic.tokens, "127.0.0.1", "192.168.") if secret in told]
