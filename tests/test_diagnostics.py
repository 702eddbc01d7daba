"""Diagnostics tell the whole story of a choice, and nothing that is secret or personal."""

import json
import logging
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.const import EVENT_REEL

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex, turn


@pytest.fixture(autouse=True)
async def diagnostics(hass: HomeAssistant) -> None:
    """Load the component that offers diagnostics."""
    assert await async_setup_component(hass, "diagnostics", {})


async def test_the_story_tells_what_happened_and_how_the_candidates_stood(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "local")
    told: Any = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    (den,) = told["sources"]
    assert [(each["what"], each["old_quality"], each["new_quality"], each["reason"]) for each in den["story"]] == [
        ("connection_changed", None, "local", "initial"),
        ("connection_changed", "local", "remote", "failover"),
    ]
    # A busy machine answers in more than 100 ms, and each of them counts.
    standings = [
        (each["quality"], each["score"] // 100 * 100, each["in_use"]) for each in den["story"][-1]["standings"]
    ]
    assert standings == [
        ("local", 9000, False),
        ("remote", 0, True),
        ("relay", 500, False),
    ]
    assert (den["status"], den["quality"], den["connection_in_use"]) == ("connected", "remote", 1)
    local = den["connections"][0]
    assert (local["cause"], local["available"]) == ("refused", False)
    assert set(den["usage"]["shares"]) == {"local", "remote", "relay", "offline"}
    assert den["breaker"] == {"state": "closed", "failed_rounds": 0, "retry_at": 0.0}
    assert {each["prediction"]["rank"] for each in den["connections"]} == {0, 1, 2}


async def test_a_device_tells_its_own_story_and_the_account_that_of_all(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    hass_client: ClientSessionGenerator,
    device_registry: dr.DeviceRegistry,
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    devices = {each.name: each for each in dr.async_entries_for_config_entry(device_registry, entry.entry_id)}
    den: Any = await get_diagnostics_for_device(hass, hass_client, entry, devices.pop("Den"))
    (account,) = devices.values()
    whole: Any = await get_diagnostics_for_device(hass, hass_client, entry, account)
    assert (den["status"], len(whole["sources"])) == ("connected", 1)


async def test_nothing_secret_or_personal_is_told(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    hass_client: ClientSessionGenerator,
) -> None:
    home = "https://192-168-77-88.feedfacefeedfacefeedfacefeedface.plex.direct:32400"
    plex.tv.advertise(plex.server, "relay", relay=True, uri="http://ada:sesame@localhost:1/base?key=sesame")
    plex.tv.advertise(plex.server, "remote", uri=home)
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "local")
    text = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    secrets = [
        plex.token,
        plex.user.uuid,
        plex.user.username,
        plex.user.email,
        plex.server.identifier,
        entry.data["client_id"],
        entry.data["token"],
        entry.title,
        "127.0.0.1",
        "192-168-77-88",
        "192.168.77.88",
        "feedface",
        "sesame",
        "localhost",
        "plex.direct",
    ]
    assert [secret for secret in secrets if str(secret) in text] == []


async def test_nothing_secret_is_in_states_events_or_the_most_talkative_log(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)
    events: list[Event] = async_capture_events(hass, EVENT_REEL)
    with caplog.at_level(logging.DEBUG, "custom_components.reel"):
        entry = await add_quiet_plex(hass, plex, monkeypatch)
        await turn(hass, plex, freezer, "local", "remote", "relay", "local")
    told = [json.dumps([each.as_dict() for each in hass.states.async_all()], default=str)]
    told += [json.dumps(event.data) for event in events]
    told += [record.getMessage() for record in caplog.records if record.name.startswith("custom_components.reel")]
    secrets = [plex.token, plex.server.identifier, plex.user.uuid, entry.data["client_id"], entry.data["token"]]
    assert len(events) >= 5
    assert [secret for secret in secrets for text in told if secret in text] == []


async def test_the_path_of_a_folder_is_not_told(
    hass: HomeAssistant, films: Path, hass_client: ClientSessionGenerator
) -> None:
    entry = (await add_folder(hass, films))["result"]
    text = json.dumps(await get_diagnostics_for_config_entry(hass, hass_client, entry))
    assert str(films) not in text
