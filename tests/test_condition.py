"""Automations go on only while a source is reached, or reached in a certain way."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition, device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import probatio as vol
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .house import PlexHouse
from .steps import add_quiet_plex, turn
from .test_init import pass_time


async def holds(
    hass: HomeAssistant, kind: str, target: dict[str, Any], options: dict[str, Any] | None = None
) -> bool | None:
    """Tell whether a condition holds now."""
    config = {"condition": f"reel.{kind}", "target": target, "options": options or {}}
    checker = await condition.async_from_config(hass, await condition.async_validate_condition_config(hass, config))
    try:
        return checker.async_check()
    finally:
        checker.async_unload()


def device_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device of an entity."""
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.device_id is not None
    return entry.device_id


async def test_a_source_is_connected_until_its_last_door_is_shut(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    seen = []
    for door in "local", "remote", "relay":
        seen.append(await holds(hass, "source_is_connected", {"entity_id": "sensor.den_status"}))
        await turn(hass, plex, freezer, door)
    seen.append(await holds(hass, "source_is_connected", {"entity_id": "sensor.den_status"}))
    assert seen == [True, True, True, False]


@pytest.mark.parametrize(
    ("quality", "expected"), [("local", False), ("remote", True), (["local", "remote"], True), (["relay"], False)]
)
async def test_the_connection_is_what_it_is(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    quality: str | list[str],
    *,
    expected: bool,
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "local")
    target = {"device_id": device_of(hass, "sensor.den_status")}
    assert await holds(hass, "connection_is", target, {"quality": quality}) is expected


@pytest.mark.parametrize("entity", ["sensor.den_status", "sensor.den_connection_quality", "event.den_connection"])
async def test_any_entity_of_a_source_stands_for_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, entity: str
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    assert await holds(hass, "connection_is", {"entity_id": entity}, {"quality": "local"})
    assert await holds(hass, "source_is_connected", {"entity_id": entity})


async def test_sensors_of_other_integrations_never_count(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    entity_registry: er.EntityRegistry,
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("other", "1")})
    other = entity_registry.async_get_or_create(
        "sensor", "other", "1", device_id=device.id, translation_key="connection_quality", original_name="Other"
    )
    hass.states.async_set(other.entity_id, "relay")
    assert not await holds(hass, "connection_is", {"entity_id": other.entity_id}, {"quality": "relay"})
    assert not await holds(hass, "connection_is", {"device_id": device.id}, {"quality": "relay"})


async def test_a_condition_can_want_a_state_to_last(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    target, options = {"entity_id": "event.den_connection"}, {"for": {"minutes": 5}}
    assert not await holds(hass, "source_is_connected", target, options)
    await pass_time(hass, freezer, 301)
    assert await holds(hass, "source_is_connected", target, options)


@pytest.mark.parametrize("options", [{}, {"quality": []}, {"quality": "excellent"}])
async def test_a_quality_that_means_nothing_is_refused(hass: HomeAssistant, options: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        await holds(hass, "connection_is", {"entity_id": "sensor.den_status"}, options)


async def test_the_editor_offers_the_conditions_and_watches_them(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    assert await async_setup_component(hass, "automation", {})
    await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass)
    target = {"entity_id": "event.den_connection"}
    await client.send_json_auto_id({"type": "get_conditions_for_target", "target": {"entity_id": [*target.values()]}})
    answer = await client.receive_json()
    assert {"reel.source_is_connected", "reel.connection_is"} <= set(answer["result"])

    watched = {"condition": "reel.connection_is", "target": target, "options": {"quality": "local"}}
    await client.send_json_auto_id({"type": "subscribe_condition", "condition": watched})
    await client.receive_json()
    first = await client.receive_json()
    await turn(hass, plex, freezer, "local")
    second = await client.receive_json()
    assert [first["event"]["result"], second["event"]["result"]] == [True, False]
