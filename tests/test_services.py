"""Actions ask sources and answer in plain JSON, with nothing that opens a door."""

import json
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.const import DOMAIN

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex, turn
from .test_init import state


async def call(hass: HomeAssistant, action: str, **target: str) -> list[dict[str, Any]]:
    """Call an action and return what it says of each source."""
    answer = await hass.services.async_call(DOMAIN, action, target, blocking=True, return_response=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    sources: Any = json.loads(json.dumps(answer))["sources"]
    return list(sources)


async def test_a_test_tells_how_every_connection_did_and_settles_on_the_best(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await turn(hass, plex, freezer, "local")
    await plex.server.open("local")
    await plex.server.shut("relay")
    (den,) = await call(hass, "test_connections", entity_id="sensor.den_status")
    told = {each["quality"]: (each["result"], each["reason"], each["in_use"]) for each in den["connections"]}
    assert told == {
        "local": ("answered", None, True),
        "remote": ("answered", None, False),
        "relay": ("failed", "refused", False),
    }
    assert state(hass, "sensor.den_connection_quality") == "local"


async def test_an_answer_holds_what_a_connection_is_and_no_more(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, entity_registry: er.EntityRegistry
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    entity = entity_registry.async_get("sensor.den_status")
    assert entity is not None
    (den,) = await call(hass, "get_connections")
    (local, *_) = den.pop("connections")
    assert den == {"source": "Den", "device_id": entity.device_id, "status": "connected", "quality": "local"}
    assert local.pop("response_ms") >= 0
    # A busy machine answers in more than 100 ms, and each of them counts.
    assert local.pop("score") // 100 == -10
    assert local == {
        "quality": "local",
        "host": "127.0.0.1",
        "port": plex.server.doors["local"].port,
        "protocol": "http",
        "result": "answered",
        "reason": None,
        "in_use": True,
    }


async def test_what_is_known_is_told_without_asking_anybody(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.traffic.clear()
    plex.tv.traffic.clear()
    await call(hass, "get_connections")
    assert plex.server.traffic.requests == plex.tv.traffic.requests == []


async def test_refreshing_finds_a_connection_that_is_new_at_plex_tv(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.server.open("garage")
    plex.tv.advertise(plex.server, "garage", local=True)
    await call(hass, "refresh_servers", entity_id="event.den_connection")
    (den,) = await call(hass, "get_connections")
    assert plex.server.doors["garage"].port in {each["port"] for each in den["connections"]}


async def test_a_plex_tv_that_is_gone_is_told_and_changes_nothing(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    before = await call(hass, "get_connections")
    await plex.tv.stop()
    with pytest.raises(HomeAssistantError, match=r"plex\.tv did not answer"):
        await call(hass, "refresh_servers")
    assert await call(hass, "get_connections") == before


async def test_without_a_target_all_sources_answer(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, films: Path
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await add_folder(hass, films)
    assert [each["source"] for each in await call(hass, "test_connections")] == ["Den", "films"]
    assert [each["source"] for each in await call(hass, "get_connections", entity_id="sensor.films_status")] == [
        "films"
    ]


async def test_a_folder_has_nobody_to_ask_for_connections(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    with pytest.raises(ServiceValidationError, match="nobody to ask"):
        await call(hass, "refresh_servers", entity_id="sensor.films_status")


@pytest.mark.parametrize("action", ["get_connections", "refresh_servers", "test_connections"])
async def test_a_target_that_is_no_source_is_refused(hass: HomeAssistant, action: str) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError, match="None of the targets"):
        await call(hass, action, entity_id="light.kitchen")


async def test_no_answer_holds_a_token_or_an_identifier(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    text = json.dumps(
        [await call(hass, action) for action in ("get_connections", "test_connections", "refresh_servers")]
    )
    secrets = [plex.token, plex.server.identifier, plex.user.uuid, *map(str, entry.data.values())]
    assert [secret for secret in secrets if secret not in {"plex", "True", "False"} and secret in text] == []
