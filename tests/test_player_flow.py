"""A Reel player is added, changed and removed like anything else, one per output."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import get_diagnostics_for_config_entry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel import async_remove_config_entry_device
from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, add_jellyfin, start
from .output import Output, add_output
from .reel_player import Room, add_room


@pytest.fixture(autouse=True)
async def own_place(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Keep what is stored where nobody else finds it."""
    assert hass_storage is not None
    for each in ("media_source", "diagnostics", "system_health", DOMAIN):
        assert await async_setup_component(hass, each, {})


@pytest.fixture
async def output(hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator) -> Output:
    """Add the player of somebody else."""
    return await add_output(hass, hass_client_no_auth)


async def reconfigure(hass: HomeAssistant, entry: ConfigEntry[Any]) -> ConfigFlowResult:
    """Begin to change a Reel player."""
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)  # type: ignore[arg-type]  # as it is


async def test_it_is_named_and_plays_on_the_output(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    registered = er.async_get(hass).async_get(output.entity_id)
    assert registered is not None
    assert room.entry.title == "Living room"
    assert dict(room.entry.data) == {"kind": "player", "output": registered.id}
    assert room.entry.unique_id == registered.id
    assert room.entry.state is ConfigEntryState.LOADED
    assert not room.entry.supported_subentry_types
    assert room.state.name == "TV Living room"


async def test_an_output_has_one_reel_player(
    hass: HomeAssistant, output: Output, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await add_room(hass, output)
    form = await start(hass, "player")
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"name": "Again", "output": output.entity_id}
    )
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    other = await add_output(hass, hass_client_no_auth, "Speaker")
    room = await add_room(hass, other, "Kitchen")
    form = await reconfigure(hass, room.entry)
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"output": output.entity_id})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")


async def test_a_reel_player_plays_on_none_of_its_kind(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    form = await start(hass, "player")
    with pytest.raises(InvalidData):
        await hass.config_entries.flow.async_configure(form["flow_id"], {"name": "Loop", "output": room.entity_id})
    hass.config_entries.flow.async_abort(form["flow_id"])


async def test_it_may_play_on_another_output_later(
    hass: HomeAssistant, output: Output, hass_client_no_auth: ClientSessionGenerator
) -> None:
    room = await add_room(hass, output)
    other = await add_output(hass, hass_client_no_auth, "Speaker")
    entity = room.entity_id
    form = await reconfigure(hass, room.entry)
    assert form["step_id"] == "player_output"
    result = await hass.config_entries.flow.async_configure(form["flow_id"], {"output": other.entity_id})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await room.settle()
    assert room.entity_id == entity
    await room.call("volume_set", volume_level=0.1)
    assert other.commands == [("volume", 0.1)]
    assert not output.commands
    registry = er.async_get(hass)
    assert registry.entities[entity].device_id == registry.entities[other.entity_id].device_id


async def test_what_it_does_by_itself_is_decided_later(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    form = await hass.config_entries.options.async_init(room.entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    decided = {"resume": False, "next_episode": False, "skip_intro": True, "skip_credits": True}
    await hass.config_entries.options.async_configure(form["flow_id"], decided)
    await room.settle()
    assert dict(room.entry.options) == decided
    options = room.entry.runtime_data.options
    assert (options.resume, options.next_episode, options.skip_intro, options.skip_credits) == (
        False, False, True, True,
    )  # fmt: skip


async def test_accounts_have_nothing_to_decide_and_go_on_beside_it(
    hass: HomeAssistant, output: Output, jellyfin: JellyfinHouse
) -> None:
    room = await add_room(hass, output)
    account = await add_jellyfin(hass, jellyfin)
    assert not account.supports_options
    assert room.entry.supports_options
    assert account.supported_subentry_types
    await hass.services.async_call(DOMAIN, "get_connections", {}, blocking=True, return_response=True)
    assert await hass.config_entries.async_unload(account.entry_id)
    assert room.state.state == "idle"
    assert await hass.config_entries.async_unload(room.entry.entry_id)
    assert await hass.config_entries.async_setup(account.entry_id)
    assert await hass.config_entries.async_setup(room.entry.entry_id)
    await room.settle()


async def test_it_follows_an_output_that_gets_another_name(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    er.async_get(hass).async_update_entity(output.entity_id, new_entity_id="media_player.big_one")
    await room.settle()
    assert room.entry.state is ConfigEntryState.LOADED
    await room.call("volume_set", volume_level=0.2)
    assert output.commands == [("volume", 0.2)]


async def test_it_says_so_when_its_output_is_gone(hass: HomeAssistant, output: Output) -> None:
    room = await add_room(hass, output)
    er.async_get(hass).async_remove(output.entity_id)
    await room.settle()
    assert room.entry.state is ConfigEntryState.SETUP_ERROR
    assert room.entry.error_reason_translation_key == "output_gone"


async def test_an_output_without_any_record_will_do(hass: HomeAssistant, output: Output) -> None:
    hass.states.async_set("media_player.old", "idle", {"supported_features": 512})
    form = await start(hass, "player")
    result = await hass.config_entries.flow.async_configure(
        form["flow_id"], {"name": "Old", "output": "media_player.old"}
    )
    await hass.async_block_till_done()
    entry = result["result"]
    assert (entry.unique_id, entry.state) == ("media_player.old", ConfigEntryState.LOADED)
    room = Room(hass, entry, output)
    assert room.state.state == "idle"
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert (device.name, device.model) == ("Old", "Reel player")
    assert not await async_remove_config_entry_device(hass, entry, device)
    hass.states.async_remove("media_player.old")
    await hass.async_block_till_done()
    assert room.state.state == "unavailable"


async def test_it_is_where_its_output_is(
    hass: HomeAssistant, output: Output, hass_client_no_auth: ClientSessionGenerator
) -> None:
    areas, devices, entities = ar.async_get(hass), dr.async_get(hass), er.async_get(hass)
    kitchen, bath = areas.async_create("Kitchen").id, areas.async_create("Bath").id
    alone = await add_output(hass, hass_client_no_auth, "Radio", has_device=False)
    entities.async_update_entity(alone.entity_id, area_id=kitchen)
    room = await add_room(hass, alone, "Cook")

    def area() -> str | None:
        (device,) = dr.async_entries_for_config_entry(devices, room.entry.entry_id)
        return device.area_id

    assert area() == kitchen
    entities.async_update_entity(alone.entity_id, area_id=bath)
    await room.settle()
    assert area() == bath
    (device,) = dr.async_entries_for_config_entry(devices, room.entry.entry_id)
    devices.async_update_device(device.id, area_id=None)
    entities.async_update_entity(alone.entity_id, area_id=kitchen)
    await room.settle()
    assert area() is None
    with_device = await add_room(hass, output)
    assert entities.entities[with_device.entity_id].device_id == entities.entities[output.entity_id].device_id


async def test_its_story_is_told_without_what_it_plays(
    hass: HomeAssistant, output: Output, hass_client: ClientSessionGenerator
) -> None:
    room = await add_room(hass, output)
    told = await get_diagnostics_for_config_entry(hass, hass_client, room.entry)
    assert told["player"]["output"] == {
        "integration": "test", "state": "idle", "features": int(output.supported_features),
    }  # fmt: skip
    assert told["player"]["queue"]["size"] == 0
    assert (await get_system_health_info(hass, DOMAIN))["players"] == 1
