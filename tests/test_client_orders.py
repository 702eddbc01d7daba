"""Clients are told what to do, and those who ask are told when a client does not obey."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceNotSupported, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .house import JellyfinHouse, PlexHouse, add_plex
from .screens import PLAYER, JellyfinScreen, PlexScreen, Room, jellyfin_screen, plex_screen, shown
from .servers.faults import Fault, Status
from .servers.library import Kind, Title

MINUTE = 60_000


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer for clients than they take here."""
    monkeypatch.setattr("custom_components.reel.client_orders.PATIENCE", 1.0)
    monkeypatch.setattr("custom_components.reel.client_orders.PATIENCE_TO_PLAY", 2.0)


@pytest.fixture
async def cinema(room: Room) -> Room:
    """Return a room whose screen plays the first film, ten minutes into it."""
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0], 10 * MINUTE)
    await room.becomes("playing")
    return room


def item_of(room: Room, title: Title) -> str:
    """Return what Home Assistant calls a title of the server of a room."""
    if isinstance(room.house, PlexHouse):
        identity = room.house.server.key(title.number)
    else:
        identity = room.house.server.id_of(title)
    return f"media-source://reel/{room.source.source.key}/{identity}"


async def play(room: Room, title: Title, **data: object) -> None:
    """Let somebody play a title on the player."""
    words: dict[str, object] = {"media_content_type": "video", "media_content_id": item_of(room, title), **data}
    await room.call("play_media", **words)


# What they obey


async def test_a_player_halts_and_goes_on(cinema: Room) -> None:
    await cinema.call("media_pause")
    assert cinema.player.state == "paused"
    await cinema.call("media_play")
    assert cinema.player.state == "playing"
    await cinema.call("media_stop")
    assert cinema.player.state == "idle"
    assert cinema.screen.played is None


async def test_a_player_goes_to_a_second(cinema: Room) -> None:
    await cinema.call("media_seek", seek_position=1500)
    assert 1_500_000 <= cinema.screen.position_ms <= 1_502_000
    assert 1500 <= cinema.player.attributes["media_position"] <= 1502
    await cinema.call("media_seek", seek_position=1495)
    assert 1495 <= cinema.player.attributes["media_position"] <= 1497


async def test_a_player_plays_louder_and_shuffled_and_again_as_far_as_its_client_can(cinema: Room) -> None:
    await cinema.call("volume_set", volume_level=0.3)
    await cinema.call("shuffle_set", shuffle=True)
    await cinema.call("repeat_set", repeat="one")
    if isinstance(cinema.screen, PlexScreen):
        client = cinema.screen.client
        assert (client.volume, client.shuffle, client.repeat) == (30, 1, 1)
        # Players of Plex know volumes only.
        with pytest.raises(ServiceNotSupported):
            await cinema.call("volume_mute", is_volume_muted=True)
        return
    await cinema.call("volume_mute", is_volume_muted=True)
    attributes = cinema.player.attributes
    assert (attributes["volume_level"], attributes["is_volume_muted"]) == (0.3, True)
    assert (attributes["shuffle"], attributes["repeat"]) == (True, "one")


async def test_a_player_skips_in_its_queue(cinema: Room) -> None:
    season = cinema.of(Kind.SEASON)[0]
    first, second = [title for title in cinema.of(Kind.EPISODE) if title.parent == season.number][:2]
    await play(cinema, season)
    await cinema.becomes("playing", media_title=first.name)
    await cinema.call("media_next_track")
    assert cinema.player.attributes["media_title"] == second.name
    await cinema.call("media_previous_track")
    assert cinema.player.attributes["media_title"] == first.name


# What they are given to play


async def test_a_player_plays_something_else_from_a_second_on(cinema: Room) -> None:
    film = cinema.of(Kind.MOVIE)[1]
    await play(cinema, film, media_content_id=f"{item_of(cinema, film)}?at=90")
    assert cinema.player.attributes["media_title"] == film.name
    assert 90_000 <= cinema.screen.position_ms <= 92_000


async def test_an_idle_player_begins(room: Room) -> None:
    await room.begin()
    for enqueue in ("play", "replace", "add", "next"):
        film = room.of(Kind.MOVIE)[0]
        await play(room, film, enqueue=enqueue)
        assert room.player.attributes["media_title"] == film.name
        room.screen.stop()
        await room.becomes("idle")


async def test_what_is_added_comes_after_what_is_played(cinema: Room) -> None:
    first, second, third = cinema.of(Kind.MOVIE)[:3]
    await play(cinema, first)
    await play(cinema, third, enqueue="add")
    await play(cinema, second, enqueue="next")
    assert cinema.player.attributes["media_title"] == first.name
    for film in (second, third):
        await cinema.call("media_next_track")
        assert cinema.player.attributes["media_title"] == film.name


@pytest.mark.parametrize("room", ["jellyfin"], indirect=True)
async def test_what_another_source_has_is_played_from_the_copy_of_the_players_own(
    cinema: Room, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(cinema.house, JellyfinHouse)
    film = cinema.of(Kind.MOVIE)[2]
    copy = plex.server.add_movie(film.name, year=film.year, imdb=film.imdb)
    other = plex.server.add_movie("Nowhere Else")
    await add_plex(cinema.hass, plex, monkeypatch)
    den = next(each for each in cinema.hass.config_entries.async_entries("reel") if each.title != cinema.entry.title)  # type: ignore[union-attr]
    (key,) = den.subentries
    foreign = f"media-source://reel/{key}"
    await play(cinema, film, media_content_id=f"{foreign}/{plex.server.key(copy.number)}")
    assert cinema.screen.played == film.name
    with pytest.raises(ServiceValidationError, match="does not have this title"):
        await play(cinema, film, media_content_id=f"{foreign}/{plex.server.key(other.number)}")
    assert cinema.screen.played == film.name


@pytest.mark.parametrize(
    "media_id", ["media-source://reel", "media-source://reel/home/next_up", "media-source://camera/1", "http://x/1.mp4"]
)
async def test_what_is_no_item_is_not_played(cinema: Room, media_id: str) -> None:
    with pytest.raises(HomeAssistantError, match="no such item"):
        await play(cinema, cinema.of(Kind.MOVIE)[0], media_content_id=media_id)
    assert len(cinema.screen.told) == 0


# What they offer


async def test_a_player_shows_and_finds_what_its_source_has(cinema: Room, hass_ws_client: WebSocketGenerator) -> None:
    await cinema.read()
    socket = await hass_ws_client(cinema.hass)

    async def ask(**message: str) -> dict[str, Any]:
        await socket.send_json_auto_id({"entity_id": PLAYER, **message})
        answer = await socket.receive_json()
        assert answer["success"], answer
        result: dict[str, Any] = answer["result"]
        return result

    found = await ask(type="media_player/browse_media")
    assert found["title"] == cinema.source.name
    assert {"Movies", "Music"} <= {each["title"] for each in found["children"]}
    film = cinema.of(Kind.MOVIE)[0]
    found = await ask(type="media_player/search_media", search_query=film.name)
    assert film.name in found["result"][0]["title"]
    assert all(each["media_content_id"].startswith(item_of(cinema, film)[:40]) for each in found["result"])


# What they do not do

ORDERS: list[tuple[str, dict[str, object]]] = [
    ("media_pause", {}),
    ("media_stop", {}),
    ("media_seek", {"seek_position": 1500}),
    ("media_next_track", {}),
]


@pytest.mark.parametrize(("action", "data"), ORDERS, ids=[action for action, _ in ORDERS])
async def test_a_client_that_does_nothing_is_an_error(cinema: Room, action: str, data: dict[str, object]) -> None:
    cinema.screen.ignore()
    with pytest.raises(HomeAssistantError, match="Living Room was told, and did not do it"):
        await cinema.call(action, **data)
    assert cinema.player.state == "playing"
    assert 600 <= cinema.player.attributes["media_position"] <= 620


async def test_a_client_that_does_not_play_what_it_is_given_is_an_error(cinema: Room) -> None:
    cinema.screen.ignore()
    with pytest.raises(HomeAssistantError, match="did not do it"):
        await play(cinema, cinema.of(Kind.MOVIE)[1])


async def test_a_client_that_is_gone_is_an_error_and_off_then(room: Room) -> None:
    await room.begin()
    if isinstance(room.screen, PlexScreen):
        room.screen.client.announces = False
    elif isinstance(room.screen, JellyfinScreen):
        room.server.traffic.clear()
        room.screen.server.state.sessions.by_id.pop(room.screen.app.id)
    with pytest.raises(HomeAssistantError, match="Living Room is not there"):
        await play(room, room.of(Kind.MOVIE)[0])
    assert room.player.state == "off"
    with pytest.raises(HomeAssistantError, match="Living Room is not there"):
        await play(room, room.of(Kind.MOVIE)[0])


async def test_a_client_that_was_gone_plays_when_it_is_back(room: Room) -> None:
    await room.begin()
    room.screen.close()
    await room.source.clients.read()
    await room.becomes("off")
    if isinstance(room.screen, PlexScreen):
        room.screen.client.announces = True
    elif isinstance(room.house, JellyfinHouse):
        room.screen = jellyfin_screen(room.house)
    await play(room, room.of(Kind.MOVIE)[0])
    assert room.player.state == "playing"


async def test_a_server_that_is_silent_or_refuses_is_an_error_with_its_name(cinema: Room) -> None:
    name = cinema.source.name
    for status, reason in ((403, f"{name} does not allow this"), (503, f"{name} cannot answer now")):
        for path in ("/player/*", "/Sessions/*"):
            cinema.server.fault = Fault(Status(status), paths=path)
            if path.startswith("/player") is isinstance(cinema.house, PlexHouse):
                with pytest.raises(HomeAssistantError, match=reason):
                    await cinema.call("media_pause")
    assert cinema.player.state == "playing"


async def test_without_push_the_server_is_asked_whether_a_client_obeyed(room: Room) -> None:
    await room.begin_without_push()
    await play(room, room.of(Kind.MOVIE)[0])
    assert room.player.state == "playing"
    await room.call("media_pause")
    assert room.player.state == "paused"


async def test_orders_reach_a_server_over_another_connection_when_one_fails(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = plex_screen(plex)
    screen.play(next(iter(plex.server.titles.values())))
    await add_plex(hass, plex, monkeypatch)
    assert shown(hass, PLAYER).state == "playing"
    await plex.server.shut("local")
    await hass.services.async_call("media_player", "media_pause", {"entity_id": PLAYER}, blocking=True)
    assert shown(hass, PLAYER).state == "paused"


async def test_two_orders_in_one_second_are_both_obeyed(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = plex_screen(plex)
    screen.play(next(iter(plex.server.titles.values())))
    await add_plex(hass, plex, monkeypatch)
    for action, wanted in (("media_pause", "paused"), ("media_play", "playing")) * 3:
        await hass.services.async_call("media_player", action, {"entity_id": PLAYER}, blocking=True)
        assert shown(hass, PLAYER).state == wanted
    numbers = [int(command.words["commandID"]) for command in screen.client.commands]
    assert numbers == sorted(set(numbers))
    # Some clients cannot count further.
    assert max(numbers) < 2**31
