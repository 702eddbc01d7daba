"""A sync can be asked for, tells what it did, and can be ended."""

import asyncio
from pathlib import Path

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.reel.const import DOMAIN, EVENT_REEL_SYNC

from .house import PlexHouse, add_folder
from .servers.faults import Fault, Hang, Status
from .steps import add_quiet_plex
from .test_catalog_services import ask, titles


async def test_a_sync_tells_what_it_added_updated_and_removed(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    plex.server.add_movie("Brand New")
    plex.server.change(1, name="Another Name")
    plex.server.remove(2)
    (den,) = (await ask(hass, "sync", mode="full"))["sources"]
    assert (den["source"], den["result"], den["mode"]) == ("Den", "completed", "full")
    assert (den["added"], den["updated"], den["removed"]) == (1, 1, 1)
    assert den["partial"] == []
    assert den["seconds"] >= 0


async def test_a_small_sync_finds_what_is_new(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    plex.server.add_movie("Brand New")
    (den,) = (await ask(hass, "sync"))["sources"]
    assert (den["mode"], den["added"]) == ("incremental", 1)
    assert titles(await ask(hass, "search", query="brand new"))[0] == "Brand New"


async def test_one_library_can_be_read_alone(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    plex.server.add_movie("Brand New")
    plex.server.traffic.clear()
    (den,) = (await ask(hass, "sync", library="movies"))["sources"]
    assert (den["mode"], den["library"], den["added"]) == ("library", "Movies", 1)
    assert {seen.path for seen in plex.server.traffic.to("/library/sections/*/all")} == {"/library/sections/1/all"}


async def test_all_sources_are_read_without_a_target(
    hass: HomeAssistant, plex: PlexHouse, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await add_folder(hass, films)
    answer = await ask(hass, "sync", mode="full")
    assert [(each["source"], each["result"]) for each in answer["sources"]] == [
        ("Den", "completed"),
        ("films", "completed"),
    ]


async def test_a_library_that_cannot_be_read_is_told_and_the_others_are_read(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    plex.server.fault = Fault(Status(500), paths="/library/sections/1/all")
    (den,) = (await ask(hass, "sync", mode="full"))["sources"]
    assert den["result"] == "partial"
    assert [each["library"] for each in den["partial"]] == ["Movies"]
    assert (await ask(hass, "get_items", kinds="show"))["total"] == 3


async def test_a_source_that_is_away_makes_its_sync_fail(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await plex.server.stop()
    await ask(hass, "test_connections")
    with pytest.raises(HomeAssistantError, match="Den could not be synchronized"):
        await ask(hass, "sync")


async def test_a_source_that_is_away_does_not_spoil_the_sync_of_others(
    hass: HomeAssistant, plex: PlexHouse, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await add_folder(hass, films)
    await plex.server.stop()
    await ask(hass, "test_connections")
    answer = await ask(hass, "sync", mode="full")
    assert [(each["result"], each.get("reason")) for each in answer["sources"]] == [
        ("failed", "offline"),
        ("completed", None),
    ]


async def test_a_sync_can_be_ended(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    plex.server.fault = Fault(Hang(), paths="/library/sections/*/all")
    begun = asyncio.Event()
    hass.bus.async_listen_once(EVENT_REEL_SYNC, callback(lambda _: begun.set()))
    syncing = asyncio.create_task(ask(hass, "sync", mode="full"))
    await begun.wait()
    await hass.services.async_call(DOMAIN, "cancel_sync", {"entity_id": "sensor.den_status"}, blocking=True)
    (den,) = (await syncing)["sources"]
    assert den["result"] == "cancelled"


async def test_ending_a_sync_where_there_is_none_does_nothing(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    events = async_capture_events(hass, EVENT_REEL_SYNC)
    await hass.services.async_call(DOMAIN, "cancel_sync", {}, blocking=True)
    assert events == []


async def test_a_library_that_nobody_has_is_refused(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    await ask(hass, "sync", mode="full")
    with pytest.raises(ServiceValidationError, match="has a library Nowhere"):
        await ask(hass, "sync", library="Nowhere")


@pytest.mark.parametrize("action", ["sync", "cancel_sync"])
async def test_a_target_that_is_no_source_is_refused(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    await add_quiet_plex(hass, plex, monkeypatch)
    with pytest.raises(ServiceValidationError, match="None of the targets"):
        await hass.services.async_call(DOMAIN, action, {"entity_id": "light.kitchen"}, blocking=True)
