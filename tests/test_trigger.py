"""Automations start with what happens to a source, chosen by entity, device or area."""

from collections.abc import Callable
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.const import DOMAIN as AUTOMATION_DOMAIN
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.reel.const import DOMAIN
from custom_components.reel.sync.model import Mode

from .house import PlexHouse
from .servers.library import Kind
from .steps import add_quiet_plex, turn

type Find = Callable[[], dr.DeviceEntry]

KINDS = (
    "connection_changed",
    "better_connection_found",
    "source_lost",
    "source_restored",
    "sign_in_needed",
    "item_added",
    "sync_failed",
)


async def automate(
    hass: HomeAssistant,
    kind: str,
    target: dict[str, str],
    options: dict[str, Any] | None = None,
    tell: tuple[str, ...] = ("source", "old_quality", "new_quality", "reason"),
) -> list[Event]:
    """Set up an automation with one of Reel's triggers, and return what it will be told."""
    heard: list[Event] = async_capture_events(hass, "heard")
    trigger: dict[str, Any] = {"trigger": f"reel.{kind}", "target": target}
    told = {key: f"{{{{ trigger.{key} }}}}" for key in tell}
    config = {
        "triggers": trigger | ({"options": options} if options is not None else {}),
        "actions": {"event": "heard", "event_data": told},
    }
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {AUTOMATION_DOMAIN: config})
    return heard


@pytest.fixture
def den(hass: HomeAssistant, device_registry: dr.DeviceRegistry) -> Find:
    """Return how to find the device of the source, once it is there."""

    def find() -> dr.DeviceEntry:
        devices = dr.async_entries_for_config_entry(
            device_registry, hass.config_entries.async_entries(DOMAIN)[0].entry_id
        )
        return next(device for device in devices if device.name == "Den")

    return find


@pytest.mark.parametrize("by", ["entity", "device", "area", "account"])
async def test_a_source_is_chosen_by_any_of_its_entities_its_device_its_area_or_its_account(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    device_registry: dr.DeviceRegistry,
    area_registry: ar.AreaRegistry,
    den: Find,
    by: str,
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    device = den()
    area = area_registry.async_create("Cellar")
    device_registry.async_update_device(device.id, area_id=area.id)
    targets: dict[str, dict[str, str]] = {
        "entity": {"entity_id": "sensor.den_connection_quality"},
        "device": {"device_id": device.id},
        "area": {"area_id": area.id},
        "account": {"device_id": str(device.via_device_id)},
    }
    heard = await automate(hass, "connection_changed", targets[by])
    await turn(hass, plex, freezer, "local")
    assert [event.data for event in heard] == [
        {"source": "Den", "old_quality": "local", "new_quality": "remote", "reason": "failover"}
    ]


async def test_a_trigger_of_another_target_stays_silent(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    area_registry: ar.AreaRegistry,
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, "connection_changed", {"area_id": area_registry.async_create("Roof").id})
    await turn(hass, plex, freezer, "local")
    assert heard == []


async def test_an_automation_that_is_there_before_the_account_hears_of_it(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    heard = await automate(hass, "source_lost", {"entity_id": "event.den_connection"})
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "relay", "remote", "local")
    assert [event.data["source"] for event in heard] == ["Den"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["failover", "failover", "restored", "upgrade"]),
        ({"to": "relay"}, ["failover", "restored"]),
        ({"from": ["local", "remote"]}, ["failover", "failover"]),
        ({"reasons": ["upgrade", "restored"]}, ["restored", "upgrade"]),
        ({"from": "relay", "to": "local"}, ["upgrade"]),
        ({"reasons": "initial"}, []),
    ],
)
async def test_changes_are_chosen_by_their_qualities_and_reasons(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    options: dict[str, Any],
    expected: list[str],
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, "connection_changed", {"entity_id": "sensor.den_status"}, options)
    await turn(hass, plex, freezer, "local", "remote", "relay", "relay", "local")
    assert [event.data["reason"] for event in heard] == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("source_lost", [("local", "None")]),
        ("source_restored", [("local", "relay")]),
        ("better_connection_found", [("relay", "local")]),
        ("sign_in_needed", []),
    ],
)
async def test_each_trigger_hears_of_its_own_kind_alone(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    kind: str,
    expected: list[tuple[str, str]],
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, kind, {"entity_id": "sensor.den_status"})
    await turn(hass, plex, freezer, "remote", "relay", "local", "relay", "local")
    assert [(event.data["old_quality"], str(event.data["new_quality"])) for event in heard] == expected


async def test_a_sign_in_that_is_refused_starts_an_automation(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, "sign_in_needed", {"entity_id": "sensor.den_status"})
    plex.server.revoke(plex.token)
    await turn(hass, plex, freezer, "local")
    assert [event.data["source"] for event in heard] == ["Den"]


@pytest.mark.parametrize(
    ("options", "target"),
    [({"to": "excellent"}, {"entity_id": "sensor.den_status"}), ({"reasons": "boredom"}, {"entity_id": "sensor.a"})],
)
async def test_an_option_that_means_nothing_is_refused(
    hass: HomeAssistant, options: dict[str, Any], target: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    await automate(hass, "connection_changed", target, options)
    assert hass.states.async_entity_ids(AUTOMATION_DOMAIN) == ["automation.automation_0"]
    assert "expected" in caplog.text.lower()
    assert hass.states.get("automation.automation_0").state == "unavailable"  # type: ignore[union-attr]


async def test_the_editor_offers_the_triggers_for_the_entities_the_device_and_the_area_of_a_source(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    device_registry: dr.DeviceRegistry,
    area_registry: ar.AreaRegistry,
    hass_ws_client: WebSocketGenerator,
    den: Find,
) -> None:
    assert await async_setup_component(hass, AUTOMATION_DOMAIN, {})
    await add_quiet_plex(hass, plex, monkeypatch)
    area = area_registry.async_create("Cellar")
    device_registry.async_update_device(den().id, area_id=area.id)
    client = await hass_ws_client(hass)
    for target in (
        {"entity_id": ["event.den_connection"]},
        {"entity_id": ["sensor.den_connection_quality"]},
        {"device_id": [den().id]},
        {"area_id": [area.id]},
    ):
        await client.send_json_auto_id({"type": "get_triggers_for_target", "target": target})
        answer = await client.receive_json()
        assert {f"reel.{kind}" for kind in KINDS} <= set(answer["result"]), target


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["Dune", "Pilot"]),
        ({"kinds": "movie"}, ["Dune"]),
        ({"kinds": ["episode", "album"]}, ["Pilot"]),
        ({"library": "tv shows"}, ["Pilot"]),
        ({"kinds": ["episode"], "library": "Movies"}, []),
    ],
)
async def test_newcomers_are_told_by_kind_and_library(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    options: dict[str, Any],
    expected: list[str],
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, "item_added", {"entity_id": "sensor.den_movies"}, options, ("title",))
    season = next(title for title in plex.server.titles.values() if title.kind is Kind.SEASON and title.index)
    plex.server.add_movie("Dune")
    plex.server.add_episode(season.number, "Pilot")
    (den,) = entry.runtime_data.coordinators.values()
    await den.catalog.sync(Mode.INCREMENTAL)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert sorted(event.data["title"] for event in heard) == expected


async def test_a_sync_that_fails_is_told_with_its_reason(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    heard = await automate(hass, "sync_failed", {"entity_id": "sensor.den_status"}, tell=("source", "mode", "reason"))
    for door in ("local", "remote", "relay"):
        await plex.server.shut(door)
    (den,) = entry.runtime_data.coordinators.values()
    await den.catalog.sync(Mode.FULL)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [event.data for event in heard] == [{"source": "Den", "mode": "full", "reason": "offline"}]
