"""Home Assistant with Reel, which passes films on, in a process of its own: that is whose work is measured.

`python -m tests.bench.proxy_process PLACE FOLDER FILE` prints where Reel has the film of a server and the one of a
folder, serves both until its input ends, and tells for every line of it what that cost.
"""

import asyncio
import json
import logging
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from aiohttp import web
from homeassistant.config_entries import ConfigSubentryData, ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.reel.account import folder_subentry, server_subentry
from custom_components.reel.backends.item import Item, ItemKind
from custom_components.reel.backends.local.folder import Folder
from custom_components.reel.backends.model import Server
from custom_components.reel.backends.playing import Delivery, Way
from custom_components.reel.connection.model import Connection, Origin
from custom_components.reel.const import CONF_CLIENT_ID, CONF_KIND, DOMAIN
from custom_components.reel.links import links
from custom_components.reel.migration import MINOR_VERSION, VERSION

from .costs import tell_costs

FILM, FOLDER = "01JD4M7K2N8P3Q5R6S7T8V9W0X", "01JD4M7K2N8P3Q5R6S7T8V9W0Y"


async def serve(place: dict[str, str], folder: Path, file: str) -> None:
    """Serve both films, and tell what that costs."""
    with TemporaryDirectory() as config:
        async with async_test_home_assistant(config_dir=config) as hass:
            asyncio.get_running_loop().set_debug(False)
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            for component in "network", "http", "media_source":
                assert await async_setup_component(hass, component, {})
            await _add(hass, "plex", FILM, _server(place))
            await _add(hass, "local", FOLDER, folder_subentry(Folder(folder)))
            runner, home = await _listen(hass)
            urls = {"film": home + await _link(hass, FILM, place["path"])}
            urls["folder"] = home + await _link(hass, FOLDER, f"/{file}")
            print(json.dumps(urls), flush=True)
            await tell_costs()
            await runner.cleanup()
            await hass.async_stop(force=True)


def _server(place: dict[str, str]) -> ConfigSubentryData:
    connection = Connection.at(place["uri"], local=True, origin=Origin.DISCOVERED)
    return server_subentry(Server(place["machine"], "Bench", "1"), (connection,), place["token"])


async def _add(hass: HomeAssistant, kind: str, key: str, source: ConfigSubentryData) -> None:
    subentry = ConfigSubentryDataWithId(**source, subentry_id=key)
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_KIND: kind, CONF_CLIENT_ID: "5c1f8a7b-6e5d-4c3b-2a19-0817263544f0"},
        subentries_data=[subentry],
        version=VERSION,
        minor_version=MINOR_VERSION,
        unique_id=f"bench {kind}",
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def _listen(hass: HomeAssistant) -> tuple[web.AppRunner, str]:
    """Serve as Home Assistant does, at a port that is free."""
    runner = web.AppRunner(hass.http.app, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def _link(hass: HomeAssistant, source: str, path: str) -> str:
    way = Way(delivery=Delivery.FILE, path=path, mime_type="video/mp4")
    return (await links(hass)).stream(source, Item(identity="1", kind=ItemKind.MOVIE, library="1", title="Film"), way)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(serve(json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
