"""What automations, people and assistants ask of Reel players: to play, to tell, to move and to skip."""

from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.media_player.const import MediaPlayerState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, intent
from homeassistant.setup import async_setup_component
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse
from .output import Output, add_output
from .reel_player import Shelf, add_attic, add_den, add_room
from .test_catalog_services import ask
from .test_init import pass_time


@pytest.fixture(autouse=True)
async def own_place(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keep what is stored where nobody else finds it."""
    assert hass_storage is not None
    monkeypatch.setattr(hass.config, "cache_path", lambda *parts: str(tmp_path.joinpath("cache", *parts)))
    for each in ("homeassistant", "intent", "media_source", "websocket_api", DOMAIN):
        assert await async_setup_component(hass, each, {})


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Add a Plex server, and return what it has."""
    return await add_den(hass, plex, monkeypatch)


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> Shelf:
    """Add a Jellyfin server, and return what it has."""
    return await add_attic(hass, jellyfin)


@pytest.fixture(params=["den", "attic"])
def server(request: pytest.FixtureRequest) -> Shelf:
    """Return what a server has that knows of intros and credits."""
    found: Shelf = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def output(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add the player of somebody else."""
    return await add_output(hass, hass_client_no_auth)


@pytest.fixture
async def speaker(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add another one."""
    return await add_output(hass, hass_client_no_auth, "Speaker")


# Playing by name


async def test_what_is_called_so_is_played_and_told(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room, film = await add_room(hass, output), await den.film()
    told = await room.ask("play", query=film.title, kinds="movie")
    assert (told["items"][0]["title"], told["added"], told["position"], told["size"]) == (film.title, 1, 1, 1)
    assert room.title == film.title
    show, episodes = await den.show()
    told = await room.ask("play", query=show.title, kinds=["show"], enqueue="add")
    assert (told["added"], told["size"]) == (len(episodes), len(episodes) + 1)
    assert room.title == film.title
    with pytest.raises(ServiceValidationError, match="Nothing is called like"):
        await room.ask("play", query="qqqqqqqqqqqqqq")


async def test_an_item_is_played_from_its_place_or_its_beginning(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room, film = await add_room(hass, output), await den.film()
    output.length = film.seconds
    await room.ask("play", item=film.place)
    await room.advance(600)
    await room.call("media_stop")
    await room.ask("play", item=film.place)
    assert output.position == pytest.approx(600, abs=2)
    await room.ask("play", item=film.place, resume=False)
    assert output.position == 0
    library = film.place.rpartition("/")[0] + "/library/1"
    for none in ("media-source://reel/x/y", "media-source://reel/home/next_up", "media-source://reel", library, "x"):
        with pytest.raises(HomeAssistantError, match="no such item"):
            await room.ask("play", item=none)
    with pytest.raises(vol.Invalid):
        await room.ask("play")
    with pytest.raises(vol.Invalid):
        await room.ask("play", item=film.place, query=film.title)


async def test_the_queue_is_told_in_its_order(hass: HomeAssistant, den: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    assert await room.ask("get_queue") == {
        "position": 0, "size": 0, "start": 0, "items": [], "shuffle": False, "repeat": "off",
    }  # fmt: skip
    album, songs = await den.album()
    await room.play(album.place)
    await room.call("media_next_track")
    told = await room.ask("get_queue")
    assert [each["title"] for each in told["items"]] == [each.title for each in songs]
    assert (told["position"], told["size"]) == (2, len(songs))
    told = await room.ask("get_queue", start=1, limit=1)
    assert [each["title"] for each in told["items"]] == [songs[1].title]


async def test_only_reel_players_are_meant(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    with pytest.raises(ServiceValidationError, match=r"media_player\.tv is no Reel player"):
        await ask(hass, "get_queue", entity_id=output.entity_id)
    with pytest.raises(ServiceValidationError, match="None of the targets"):
        await ask(hass, "get_queue", area_id="nowhere")
    device = er.async_get(hass).entities[output.entity_id].device_id
    assert set(await ask(hass, "get_queue", device_id=device)) == {room.entity_id}
    await hass.config_entries.async_unload(room.entry.entry_id)
    with pytest.raises(ServiceValidationError, match="is no Reel player that is loaded"):
        await ask(hass, "get_queue", entity_id=room.entity_id)


async def test_who_may_not_control_a_player_may_not_play_on_it(
    hass: HomeAssistant, output: Output, hass_read_only_user: MockUser
) -> None:
    room = await add_room(hass, output)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "play",
            {"entity_id": room.entity_id, "query": "x"},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )


# Moving


async def test_what_is_played_moves_to_another_reel_player_with_its_queue(
    hass: HomeAssistant, den: Shelf, output: Output, speaker: Output
) -> None:
    room, other = await add_room(hass, output), await add_room(hass, speaker, "Kitchen")
    album, songs = await den.album()
    output.length = speaker.length = songs[1].seconds
    await room.play(album.place)
    await room.call("media_next_track")
    await room.advance(30)
    await hass.services.async_call(
        DOMAIN, "transfer", {"entity_id": room.entity_id, "to": other.entity_id}, blocking=True
    )
    await room.settle()
    assert (room.state.state, other.title, other.queue) == ("idle", songs[1].title, (2, len(songs)))
    assert speaker.position == pytest.approx(30, abs=1)
    await other.finish()
    assert other.title == songs[2].title
    assert room.state.state == "idle"


async def test_what_is_played_moves_to_any_player(
    hass: HomeAssistant, den: Shelf, output: Output, speaker: Output
) -> None:
    room, film = await add_room(hass, output), await den.film()
    output.length = speaker.length = film.seconds
    await room.play(film.place)
    await room.advance(600)
    await hass.services.async_call(
        DOMAIN, "transfer", {"entity_id": room.entity_id, "to": speaker.entity_id}, blocking=True
    )
    await room.settle()
    assert (room.state.state, room.queue) == ("idle", (1, 1))
    assert speaker.state == MediaPlayerState.PLAYING
    assert speaker.position == pytest.approx(600, abs=1)
    await speaker.finish()


async def test_what_cannot_move_goes_on_where_it_is(
    hass: HomeAssistant, den: Shelf, output: Output, speaker: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("custom_components.reel.play_elsewhere.PATIENCE", 0.05)
    monkeypatch.setattr("custom_components.reel.player_playback.START_SECONDS", 0.05)
    room, film = await add_room(hass, output), await den.film()
    other = await add_room(hass, speaker, "Kitchen")

    async def move(to: str) -> None:
        await hass.services.async_call(DOMAIN, "transfer", {"entity_id": room.entity_id, "to": to}, blocking=True)

    with pytest.raises(ServiceValidationError, match="Nothing of Reel"):
        await move(other.entity_id)
    await room.play(film.place)
    for same in (room.entity_id, output.entity_id):
        with pytest.raises(ServiceValidationError, match="played there already"):
            await move(same)
    speaker.starts_by_itself = False
    for to in (other.entity_id, speaker.entity_id):
        with pytest.raises(HomeAssistantError, match="did not begin to play"):
            await move(to)
    speaker.user_unplugs()
    with pytest.raises(HomeAssistantError, match="not available"):
        await move(speaker.entity_id)
    assert (room.title, room.is_playing) == (film.title, True)
    await room.settle()


# Skipping


async def test_an_intro_is_skipped_when_somebody_says_so(hass: HomeAssistant, server: Shelf, output: Output) -> None:
    room = await add_room(hass, output)
    with pytest.raises(ServiceValidationError, match="Nothing of Reel"):
        await room.ask("skip_marker")
    _, episodes = await server.show()
    output.length = episodes[0].seconds
    await room.play(episodes[0].place)
    with pytest.raises(ServiceValidationError, match="nothing to skip"):
        await room.ask("skip_marker")
    await room.advance(40)
    told = await room.ask("skip_marker")
    assert told["kind"] == "intro"
    assert output.position == told["end"]
    await room.advance(60)
    with pytest.raises(ServiceValidationError, match="nothing to skip"):
        await room.ask("skip_marker")


async def test_intros_and_credits_are_skipped_by_themselves(
    hass: HomeAssistant, server: Shelf, output: Output, freezer: FrozenDateTimeFactory
) -> None:
    room = await add_room(hass, output, skip_intro=True, skip_credits=True)
    _, episodes = await server.show()
    output.length = episodes[0].seconds
    await room.play(episodes[0].place)
    await pass_time(hass, freezer, 45)
    (skipped,) = [command[1] for command in output.commands if command[0] == "seek"]
    assert skipped > 60
    # Who goes back wants to see it.
    await room.call("media_seek", seek_position=40)
    await pass_time(hass, freezer, 5)
    assert output.position == 40
    await room.call("media_seek", seek_position=episodes[0].seconds - 10)
    await room.settle()
    assert room.title == episodes[1].title


async def test_credits_that_nothing_follows_are_left_unless_somebody_skips_them(
    hass: HomeAssistant, den: Shelf, output: Output
) -> None:
    room = await add_room(hass, output, skip_credits=True, next_episode=False)
    _, episodes = await den.show()
    output.length = episodes[0].seconds
    await room.play(episodes[0].place)
    await room.advance(episodes[0].seconds - 20)
    assert (room.title, "seek" in [name for name, *_ in output.commands]) == (episodes[0].title, False)
    told = await room.ask("skip_marker")
    assert (told["kind"], output.position) == ("credits", episodes[0].seconds)


async def test_nothing_is_skipped_unless_that_is_wanted(
    hass: HomeAssistant, den: Shelf, output: Output, freezer: FrozenDateTimeFactory
) -> None:
    room = await add_room(hass, output)
    _, episodes = await den.show()
    await room.play(episodes[0].place)
    await pass_time(hass, freezer, 45)
    assert "seek" not in [name for name, *_ in output.commands]


# By voice


async def test_an_assistant_plays_what_is_said_in_a_room(
    hass: HomeAssistant, den: Shelf, output: Output, speaker: Output
) -> None:
    areas, entities = ar.async_get(hass), er.async_get(hass)
    room, other = await add_room(hass, output), await add_room(hass, speaker, "Kitchen")
    for each, name in ((output, "Living room"), (speaker, "Kitchen")):
        device = entities.entities[each.entity_id].device_id
        assert device is not None
        dr.async_get(hass).async_update_device(device, area_id=areas.async_create(name).id)
    film, (show, episodes) = await den.film(), await den.show()
    await _say(hass, search_query=film.title, area="Living room")
    assert (room.title, other.state.state) == (film.title, "idle")
    await _say(hass, search_query=show.title, media_class="tv_show", area="Kitchen")
    assert (other.title, other.queue) == (episodes[0].title, (1, len(episodes)))
    assert room.title == film.title
    await _say(hass, search_query=film.title, name=other.state.name)
    assert other.title == film.title


async def _say(hass: HomeAssistant, **slots: str) -> None:
    """Let an assistant do what it understood."""
    said = {name: {"value": value} for name, value in slots.items()}
    await intent.async_handle(hass, "test", "HassMediaSearchAndPlay", said)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_all_sources_are_looked_around_in_and_searched(
    hass: HomeAssistant, den: Shelf, output: Output, hass_ws_client: WebSocketGenerator
) -> None:
    room, (show, _) = await add_room(hass, output), await den.show()
    page = await hass_ws_client()

    async def ask_page(**message: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever the command takes
        await page.send_json_auto_id({"entity_id": room.entity_id, **message})
        answer: dict[str, Any] = await page.receive_json()
        assert answer["success"], answer
        result: dict[str, Any] = answer["result"]
        return result

    root = await ask_page(type="media_player/browse_media")
    assert "Den" in [each["title"] for each in root["children"]]
    found = await ask_page(type="media_player/search_media", search_query=show.title)
    (first, *_) = found["result"]
    assert (first["can_play"], first["media_content_id"]) == (True, show.place)
