"""A client is one device for ever: it stays when its app is closed and over restarts, until a user removes it."""

from functools import partial

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.reel.const import CONF_IGNORED_CLIENTS, DOMAIN

from .house import PlexHouse, add_plex
from .screens import PLAYER, JellyfinScreen, PlexScreen, Room, Screen, jellyfin_screen, plex_screen, shown, until
from .servers.library import Kind, make_library
from .servers.plex import PlexServer


def players(hass: HomeAssistant) -> list[str]:
    """Return the players there are, by their entities."""
    return sorted(hass.states.async_entity_ids("media_player"))


def shows(hass: HomeAssistant, wanted: list[str]) -> bool:
    """Tell whether there are these players and no others."""
    return players(hass) == wanted


def device_of(hass: HomeAssistant, entity_id: str) -> dr.DeviceEntry:
    """Return the device of an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    device = dr.async_get(hass).async_get(entry.device_id or "")
    assert isinstance(device, dr.DeviceEntry)
    return device


async def reload(room: Room) -> None:
    """Load the account anew, as a restart does."""
    assert room.entry is not None
    await room.hass.config_entries.async_reload(room.entry.entry_id)
    await room.hass.async_block_till_done(wait_background_tasks=True)


async def ignore(room: Room, *kinds: str) -> None:
    """Decide that some kinds of clients are not wanted."""
    assert room.entry is not None
    (subentry,) = room.entry.subentries.values()
    room.hass.config_entries.async_update_subentry(
        room.entry, subentry, data={**subentry.data, CONF_IGNORED_CLIENTS: list(kinds)}
    )
    await room.hass.async_block_till_done(wait_background_tasks=True)


# Who it is


async def test_a_client_is_a_device_of_its_source_with_its_app_and_version(room: Room) -> None:
    await room.begin()
    device, source = device_of(room.hass, PLAYER), room.source
    assert device.name == "Living Room"
    assert (device.model, device.sw_version) in {
        ("Plex for Android (TV)", "10.26.0.2578"),
        ("Android TV", "0.19.0"),
    }
    assert device.via_device_id == source.device_id
    entry = er.async_get(room.hass).async_get(PLAYER)
    assert entry is not None
    assert entry.config_subentry_id == source.source.key
    assert entry.unique_id.startswith(f"{source.source.unique_id}:client:")
    assert device.identifiers == {(DOMAIN, entry.unique_id)}


async def test_a_client_keeps_its_entity_from_play_to_play(room: Room) -> None:
    await room.begin()
    for film in room.of(Kind.MOVIE)[:3]:
        room.screen.play(film)
        await room.becomes("playing", media_title=film.name)
        room.screen.stop()
        await room.becomes("idle")
    assert players(room.hass) == [PLAYER]


async def test_a_client_that_gets_another_name_or_version_is_the_same(room: Room) -> None:
    await room.begin()
    if isinstance(room.screen, PlexScreen):
        room.screen.client.name, room.screen.client.version = "Cinema", "11.0"
    elif isinstance(room.screen, JellyfinScreen):
        room.screen.app.session.device_name, room.screen.app.session.version = "Cinema", "11.0"
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    device = device_of(room.hass, PLAYER)
    assert (device.name, device.sw_version) == ("Cinema", "11.0")
    assert players(room.hass) == [PLAYER]


async def test_an_app_that_is_opened_later_appears_when_it_plays(room: Room) -> None:
    await room.begin()
    screen = (
        plex_screen(room.house, "Kitchen")
        if isinstance(room.house, PlexHouse)
        else jellyfin_screen(room.house, "Kitchen")
    )
    screen.play(room.of(Kind.MOVIE)[0])
    await until(lambda: len(players(room.hass)) == 2)
    assert shown(room.hass, "media_player.kitchen").state == "playing"
    assert room.player.state == "idle"


async def test_one_app_at_two_servers_with_the_same_keys_is_two_players(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with PlexServer("Cabin", library=make_library(1)) as cabin:
        plex.tv.give(cabin, plex.user, owned=True)
        plex.tv.advertise(cabin, "local", local=True)
        den, other = plex_screen(plex), cabin.add_client("Living Room")
        entry = await add_plex(hass, plex, monkeypatch)
        assert len(entry.runtime_data.coordinators) == 1
        second = await hass.config_entries.subentries.async_init((entry.entry_id, "source"), context={"source": "user"})
        await hass.config_entries.subentries.async_configure(second["flow_id"], {"servers": [cabin.identifier]})
        await hass.async_block_till_done(wait_background_tasks=True)
        film, *_ = cabin.titles.values()
        cabin.play(other, plex.user, film.number)
        await until(lambda: len(players(hass)) == 2)
        await until(lambda: sorted(shown(hass, each).state for each in players(hass)) == ["idle", "playing"])
        assert den.played is None


# It stays


async def test_a_client_whose_app_is_closed_is_off(room: Room) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    room.screen.close()
    if isinstance(room.house, PlexHouse):
        await room.becomes("idle")
        await room.source.clients.read()
    await room.becomes("off")


async def test_a_client_that_is_gone_is_known_over_a_restart_and_comes_back(room: Room) -> None:
    await room.begin()
    before = er.async_get(room.hass).async_get(PLAYER)
    features = room.player.attributes["supported_features"]
    room.screen.close()
    await reload(room)
    state = await room.becomes("off")
    # It can be asked to play: whether it is back is seen then.
    assert state.attributes["supported_features"] & features == state.attributes["supported_features"] != 0
    assert device_of(room.hass, PLAYER).name == "Living Room"
    if isinstance(room.screen, PlexScreen):
        room.screen.client.announces = True
    elif isinstance(room.screen, JellyfinScreen):
        room.screen = jellyfin_screen(room.house)  # type: ignore[arg-type]
    await until(room.is_heard)
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    assert er.async_get(room.hass).async_get(PLAYER) is not None
    assert before is not None
    assert players(room.hass) == [PLAYER]


async def test_clients_of_a_source_that_is_offline_are_unavailable_until_it_is_back(room: Room) -> None:
    await room.begin()
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")
    for door in room.server.doors:
        await room.server.shut(door)
    await until(lambda: room.player.state == "unavailable")
    for door in room.server.doors:
        await room.server.open(door)
    await room.source.test()
    await room.becomes("playing")


# A user removes it


async def remove(hass: HomeAssistant, sockets: WebSocketGenerator, device_id: str) -> None:
    """Remove a device on its page."""
    assert await async_setup_component(hass, "config", {})
    device = dr.async_get(hass).async_get(device_id)
    assert isinstance(device, dr.DeviceEntry)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    socket = await sockets(hass)
    await socket.send_json_auto_id(
        {
            "type": "config/device_registry/remove_config_entry",
            "config_entry_id": entry.entry_id,
            "device_id": device_id,
        }
    )
    assert (await socket.receive_json())["success"]
    await hass.async_block_till_done()


async def test_a_client_that_was_removed_comes_back_when_it_plays(
    room: Room, hass_ws_client: WebSocketGenerator
) -> None:
    await room.begin()
    await remove(room.hass, hass_ws_client, device_of(room.hass, PLAYER).id)
    assert players(room.hass) == []
    # That it is still there is no reason to bring it back.
    await room.source.clients.read()
    await room.hass.async_block_till_done()
    assert players(room.hass) == []
    room.screen.play(room.of(Kind.MOVIE)[0])
    await room.becomes("playing")


# Those that nobody wants


def open_strangers(room: Room) -> list[str]:
    """Open what some do not want to see: a browser, a phone, and a television of somebody else."""
    house, screens = room.house, list[Screen]()
    if isinstance(house, PlexHouse):
        screens.append(plex_screen(house, "Firefox", product="Plex Web"))
        screens.append(plex_screen(house, "Pixel", product="Plex for Android (Mobile)"))
        screens.append(plex_screen(house, "Guest Room", user=house.tv.add_user("bob@example.com", username="bob")))
    else:
        house.user.admin = True
        screens.append(jellyfin_screen(house, "Firefox", client="Jellyfin Web"))
        screens.append(jellyfin_screen(house, "Pixel", client="Jellyfin Android"))
        screens.append(jellyfin_screen(house, "Guest Room", user=house.server.add_user("bob")))
    for screen, film in zip(screens, room.of(Kind.MOVIE), strict=False):
        screen.play(film)
    return ["media_player.firefox", "media_player.guest_room", PLAYER, "media_player.pixel"]


async def test_kinds_of_clients_that_are_ignored_have_no_player(room: Room) -> None:
    everybody = open_strangers(room)
    await room.begin()
    assert players(room.hass) == everybody
    for kinds, gone in (
        (["web"], {"media_player.firefox"}),
        (["mobile"], {"media_player.pixel"}),
        (["shared"], {"media_player.guest_room"}),
        (["web", "mobile", "shared"], {"media_player.firefox", "media_player.pixel", "media_player.guest_room"}),
        ([], set()),
    ):
        await ignore(room, *kinds)
        left = [each for each in everybody if each not in gone]
        await until(partial(shows, room.hass, left))
        names = {device.name for device in dr.async_get(room.hass).devices}
        assert ("Firefox" in names) is ("web" not in kinds)


async def test_sessions_of_clients_that_are_ignored_count_all_the_same(room: Room) -> None:
    open_strangers(room)
    await room.begin()
    await ignore(room, "web", "mobile", "shared")
    await until(lambda: players(room.hass) == [PLAYER])
    await until(lambda: shown(room.hass, f"sensor.{room.source.name.lower()}_active_sessions").state == "3")
