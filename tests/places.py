"""Where does what Reel knows become readable? All those places of a running Home Assistant, by name, as text."""

from collections.abc import Iterable, Iterator, Mapping
import json
import logging
from pathlib import Path
from typing import Any, Final

from homeassistant.components.media_source import async_resolve_media
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.json import json_dumps
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
    get_diagnostics_for_device,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.reel import storage
from custom_components.reel.capability import Use
from custom_components.reel.const import DOMAIN, EVENT_REEL, EVENT_REEL_SYNC
from custom_components.reel.links import links
from custom_components.reel.websocket_api import SUBSCRIBE

from .page import Page
from .test_logbook import describe

COMPONENTS: Final = (
    "config", "diagnostics", "logbook", "media_player", "media_source", "repairs", "system_health", "websocket_api",
)  # fmt: skip
ACTIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    "get_connections": {},
    "test_connections": {},
    "refresh_servers": {},
    "sync": {"mode": "full"},
    "search": {"query": "a", "limit": 100},
    "get_items": {"limit": 1000},
    "get_home": {},
}
LISTS: Final = (
    "config/device_registry/list",
    "config/entity_registry/list",
    "config_entries/flow/progress",
    "config_entries/get",
    "get_states",
    "repairs/list_issues",
)
# Stands for the disk, and logs what it is given to write. That is looked at as what is stored.
DISK: Final = "pytest_homeassistant_custom_component"
ENTRIES: Final = "storage core.config_entries"
PLAYED: Final = "addresses, headers and playlists"
LED_ON: Final = "answers that lead on"
LED_ON_TO: Final = "where they lead on to"
# Home Assistant keeps none, unless somebody wants to see every request.
ACCESS_LOG: Final = "access log"
# To whose players nothing is said to be fit as it is.
PICKY_PLATFORM: Final = "cast"


async def prepare(hass: HomeAssistant) -> None:
    """Set up what tells of integrations."""
    # The logbook needs no more of them than that they are there.
    hass.config.components |= {"frontend", "recorder"}
    for component in COMPONENTS:
        assert await async_setup_component(hass, component, {})


async def act(hass: HomeAssistant) -> dict[str, str]:
    """Return what every action answers."""
    told: dict[str, str] = {}
    for action, data in ACTIONS.items():
        try:
            answer = await hass.services.async_call(DOMAIN, action, dict(data), blocking=True, return_response=True)
            told[f"action {action}"] = json_dumps(answer)
        except HomeAssistantError as error:
            told[f"action {action}"] = str(error)
    return told


async def diagnose(hass: HomeAssistant, client: ClientSessionGenerator) -> dict[str, str]:
    """Return the diagnostics of every account and of every device."""
    devices = dr.async_get(hass)
    told: dict[str, str] = {}
    for entry in hass.config_entries.async_entries(DOMAIN):
        told[f"diagnostics of {entry.title}"] = json_dumps(await get_diagnostics_for_config_entry(hass, client, entry))
        for device in dr.async_entries_for_config_entry(devices, entry.entry_id):
            name = f"diagnostics of {entry.title}, {device.name}"
            told[name] = json_dumps(await get_diagnostics_for_device(hass, client, entry, device))
    return told


async def list_all(client: WebSocketGenerator) -> dict[str, str]:
    """Return what the frontend lists."""
    socket = await client()
    told: dict[str, str] = {}
    for command in LISTS:
        await socket.send_json_auto_id({"type": command})
        told[command] = (await socket.receive()).data
    await socket.send_json_auto_id({"type": SUBSCRIBE})
    told[SUBSCRIBE] = f"{(await socket.receive()).data}{(await socket.receive()).data}"
    return told


async def play(hass: HomeAssistant, page: Page) -> dict[str, str]:
    """Return what a page is told that looks around everywhere, plays some of that, and shows pictures."""
    makes, told = await links(hass), list[str]()
    picky = er.async_get(hass).async_get_or_create("media_player", PICKY_PLATFORM, "picky").entity_id
    for source in (await page.browse())["children"]:
        for film in await _some(page, source["media_content_id"]):
            for entity in None, picky:
                url = (await async_resolve_media(hass, film["media_content_id"], entity)).url
                told += [url, repr(makes.read(url.split("/")[4], *Use))]
                await (page.pieces if "/hls/" in url else page.get)(url)
            if film["thumbnail"]:
                told.append(repr(makes.read(film["thumbnail"].split("/")[4], Use.IMAGE)))
                await page.get(film["thumbnail"])
    answers = [text for text in page.seen if text.startswith("{")]
    rest = [text for text in page.seen if not text.startswith("{")]
    return {"media browser": "\n".join(answers), PLAYED: "\n".join([*told, *rest])}


async def lead_on(hass: HomeAssistant, page: Page) -> dict[str, str]:
    """Return what a page is told whose user wants files straight from their servers, and where it is led on to."""
    found: dict[str, list[str]] = {LED_ON: [], LED_ON_TO: []}
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in entry.subentries.values():
            hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, "delivery": "direct"})
    await hass.async_block_till_done(wait_background_tasks=True)
    for source in (await page.browse())["children"]:
        for film in await _some(page, source["media_content_id"]):
            url, _ = await page.resolve(film["media_content_id"])
            got = await page.get(url)
            found[LED_ON] += [url, *(f"{name}: {value}" for name, value in got.headers.items() if name != "Location")]
            found[LED_ON_TO].append(got.headers.get("Location", ""))
    return {name: "\n".join(texts) for name, texts in found.items()}


async def _some(page: Page, place: str, most: int | None = None) -> list[dict[str, Any]]:
    """Return one of what can be played of every library below a place."""
    found = list[dict[str, Any]]()
    for child in (await page.browse(place))["children"][:most]:
        found += [child] if child["can_play"] else await _some(page, child["media_content_id"], 1)
    return found


async def examine(hass: HomeAssistant) -> dict[str, str]:
    """Return what system health shows."""
    info = await get_system_health_info(hass, DOMAIN)
    shown = {name: await value if hasattr(value, "__await__") else value for name, value in info.items()}
    return {"system health": json_dumps(shown)}


async def happened(hass: HomeAssistant, events: Iterable[Event[Any]]) -> dict[str, str]:
    """Return every event there was, of Home Assistant and of Reel, and what the logbook says."""
    reel = [event for event in events if event.event_type in {EVENT_REEL, EVENT_REEL_SYNC}]
    return {
        "events": "\n".join(json.dumps(event.as_dict(), default=repr) for event in events),
        "events of Reel": "\n".join(json_dumps(event.data) for event in reel),
        "logbook": json_dumps([await describe(hass, each.data) for each in reel if each.event_type == EVENT_REEL]),
    }


async def stored(hass: HomeAssistant, disk: dict[str, Any]) -> dict[str, str]:
    """Return every file, with all that waits to be written."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    files = {f"storage {name}": json_dumps(data) for name, data in disk.items()}
    return files | {"catalog": "".join(_read(hass.config.path(storage.FILE)))}


def _read(path: str) -> Iterator[str]:
    for suffix in ("", "-wal"):
        file = Path(path + suffix)
        if file.exists():
            yield file.read_bytes().decode("latin-1")


def logged(records: Iterable[logging.LogRecord]) -> dict[str, str]:
    """Return the log as a file would have it, with every traceback, and what Reel itself has to say in it."""
    formatter = logging.Formatter("%(levelname)s %(name)s %(message)s")
    lines = [(record.name, formatter.format(record)) for record in records if not record.name.startswith(DISK)]
    access = [line for name, line in lines if name == "aiohttp.access"]
    return {
        ACCESS_LOG: "\n".join(access),
        "log": "\n".join(line for name, line in lines if name != "aiohttp.access"),
        "log of Reel": "\n".join(line for name, line in lines if name.startswith("custom_components.reel")),
    }
