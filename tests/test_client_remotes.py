"""Clients that let themselves be navigated have a remote control, and some show messages."""

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from .screens import PLAYER, REMOTE, JellyfinScreen, PlexScreen, Room, shown, until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait no longer for clients than they take here."""
    monkeypatch.setattr("custom_components.reel.client_orders.PATIENCE", 1.0)


async def press(room: Room, *keys: str, **data: object) -> None:
    """Let somebody press keys of the remote control."""
    words = {"entity_id": REMOTE, "command": [*keys], "delay_secs": 0, **data}
    await room.hass.services.async_call("remote", "send_command", words, blocking=True)


async def send(room: Room, **data: object) -> None:
    """Let somebody send a message."""
    await room.hass.services.async_call(
        "reel", "send_message", {"entity_id": PLAYER, "message": "Dinner is ready", **data}, blocking=True
    )


# Remote controls


async def test_keys_are_pressed_by_their_usual_names_and_by_those_of_the_server(room: Room) -> None:
    await room.begin()
    assert shown(room.hass, REMOTE).state == "on"
    await press(room, "up", "Select", "HOME")
    await press(room, "moveLeft", num_repeats=3)
    told = [each.lower() for each in room.screen.told]
    assert [each.removeprefix("go") for each in told] == ["moveup", "select", "home", *["moveleft"] * 3]


async def test_a_key_that_a_client_does_not_have_is_an_error_that_names_those_it_has(room: Room) -> None:
    await room.begin()
    with pytest.raises(
        ServiceValidationError, match=r"(?i)has no key teleport\. It has these: moveUp, moveDown"
    ) as raised:
        await press(room, "up", "teleport")
    assert raised.value.translation_key == "unknown_key"
    assert room.screen.told == []


async def test_a_remote_control_is_off_while_its_client_is_gone_and_cannot_switch_it_on(room: Room) -> None:
    await room.begin()
    room.screen.close()
    await room.source.clients.read()
    await until(lambda: shown(room.hass, REMOTE).state == "off")
    with pytest.raises(HomeAssistantError, match="is not there"):
        await press(room, "up")
    for action in ("turn_on", "turn_off"):
        with pytest.raises(HomeAssistantError, match="cannot be opened or closed"):
            await room.hass.services.async_call("remote", action, {"entity_id": REMOTE}, blocking=True)


async def test_a_remote_control_and_its_player_are_one_device(room: Room) -> None:
    await room.begin()
    registry = er.async_get(room.hass)
    entries = [registry.async_get(each) for each in (PLAYER, REMOTE)]
    assert len({entry.device_id for entry in entries if entry}) == 1


async def test_a_client_without_keys_has_no_remote_control(room: Room) -> None:
    if isinstance(room.screen, PlexScreen):
        room.screen.client.capabilities = ("timeline", "playback")
    elif isinstance(room.screen, JellyfinScreen):
        room.screen.app.session.commands = ["DisplayMessage"]
    await room.begin()
    assert room.player.state == "idle"
    assert room.hass.states.get(REMOTE) is None


# Messages


@pytest.mark.parametrize("room", ["jellyfin"], indirect=True)
async def test_a_message_is_shown_with_its_title_for_so_long(room: Room) -> None:
    assert isinstance(room.screen, JellyfinScreen)
    await room.begin()
    await send(room)
    await send(room, title="Kitchen", seconds=20)
    arguments = [data["Arguments"] for _, data in room.screen.app.received]
    assert arguments == [
        {"Text": "Dinner is ready", "TimeoutMs": "5000"},
        {"Header": "Kitchen", "Text": "Dinner is ready", "TimeoutMs": "20000"},
    ]


@pytest.mark.parametrize("room", ["plex"], indirect=True)
async def test_a_client_that_shows_no_messages_is_an_error(room: Room) -> None:
    await room.begin()
    with pytest.raises(ServiceValidationError, match=f"{PLAYER} cannot show messages"):
        await send(room)


async def test_a_message_is_for_players_of_reel_and_says_something(room: Room) -> None:
    await room.begin()
    for data in ({"message": ""}, {"seconds": 0}, {"seconds": "soon"}):
        with pytest.raises(Exception, match=r"length|at least|expected"):
            await send(room, **data)
    assert room.screen.told == []
