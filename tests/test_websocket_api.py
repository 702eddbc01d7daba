"""A page that is open sees how far every sync is, from the first message to the last."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from .house import PlexHouse, add_folder
from .steps import add_quiet_plex
from .test_catalog_services import ask


async def subscribe(client: MockHAClientWebSocket) -> int:
    """Subscribe to all syncs, and return the number of the subscription."""
    await client.send_json_auto_id({"type": "reel/sync/subscribe"})
    answer = await client.receive_json()
    assert answer["success"]
    return int(answer["id"])


async def hear(client: MockHAClientWebSocket, until: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return what is told until a message like that."""
    told: list[dict[str, Any]] = []
    while not told or not until(told[-1]):
        message = await client.receive_json()
        assert message["type"] == "event"
        told.append(message["event"])
    return told


def has_ended(event: dict[str, Any]) -> bool:
    """Tell whether a sync came to its end."""
    return any(each["state"] == "idle" and "last" in each for each in event["sources"])


async def test_a_subscriber_hears_how_things_stand_and_every_step_of_a_sync(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, hass_ws_client: WebSocketGenerator
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    client = await hass_ws_client(hass)
    await subscribe(client)
    (first,) = await hear(client, lambda _: True)
    (den,) = first["sources"]
    assert (den["source"], den["state"], den["last"]["result"]) == ("Den", "idle", "completed")
    assert first["gone"] == []
    await ask(hass, "sync", mode="full")
    *steps, last = await hear(client, has_ended)
    running = [each for event in steps for each in event["sources"]]
    assert {each["state"] for each in running} == {"running"}
    assert "Movies" in {each["library"] for each in running}
    percents = [each["percent"] for each in running]
    assert percents == sorted(percents)
    assert (running[-1]["done"], running[-1]["total"]) == (running[-1]["total"], len(plex.server.titles))
    assert set(running[-1]) == {
        "source", "device_id", "state", "mode", "library", "done", "total", "percent", "rate",
    }  # fmt: skip
    assert last["sources"][0]["last"]["mode"] == "full"


async def test_a_source_that_appears_later_is_heard_of_and_so_is_one_that_goes(
    hass: HomeAssistant,
    plex: PlexHouse,
    films: Path,
    monkeypatch: pytest.MonkeyPatch,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass)
    await subscribe(client)
    (first,) = await hear(client, lambda _: True)
    await add_folder(hass, films)
    appeared = (await hear(client, lambda event: event["sources"][0]["source"] == "films"))[-1]
    assert appeared["sources"][0]["device_id"]
    await hass.config_entries.async_unload(entry.entry_id)
    gone = (await hear(client, lambda event: bool(event["gone"])))[-1]
    assert gone["gone"] == [first["sources"][0]["device_id"]]


async def test_after_a_reload_the_same_source_goes_on_being_told(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass)
    await subscribe(client)
    await hear(client, lambda _: True)
    await hass.config_entries.async_reload(entry.entry_id)
    await ask(hass, "sync", mode="full")
    told = await hear(client, has_ended)
    assert {each["source"] for event in told for each in event["sources"]} == {"Den"}


async def test_who_has_unsubscribed_hears_nothing_more(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, hass_ws_client: WebSocketGenerator
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass)
    number = await subscribe(client)
    await hear(client, lambda _: True)
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": number})
    while (await client.receive_json())["type"] == "event":
        pass
    await ask(hass, "sync", mode="full")
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_users_who_are_no_administrators_may_listen(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass, hass_read_only_access_token)
    await subscribe(client)
    (first,) = await hear(client, lambda _: True)
    assert [each["source"] for each in first["sources"]] == ["Den"]


async def test_nothing_that_opens_a_door_is_told(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, hass_ws_client: WebSocketGenerator
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    client = await hass_ws_client(hass)
    await subscribe(client)
    await hear(client, lambda _: True)
    await ask(hass, "sync", mode="full")
    text = str(await hear(client, has_ended))
    assert [each for each in (plex.token, plex.server.identifier, "127.0.0.1", "http") if each in text] == []
