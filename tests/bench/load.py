"""How long does it take to load an account whose catalog is large, while its server is silent?"""

import asyncio
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.reel.account import written
from custom_components.reel.connection.model import Connection, Origin
from custom_components.reel.const import (
    CONF_CLIENT_ID,
    CONF_CONNECTIONS,
    CONF_IDENTITY,
    CONF_KIND,
    DOMAIN,
    SUBENTRY_SOURCE,
)
from custom_components.reel.migration import MINOR_VERSION, VERSION
from custom_components.reel.storage import FILE

from .made_up import SOURCE

MACHINE: Final = "2d9c1f8a7b6e5d4c3b2a190817263544f0e1d2c3"
# The first time, Python reads the code of the integration: that is not what grows with a catalog.
RUNS: Final = 3


def measure_load(path: Path) -> float:
    """Return how many milliseconds the set-up of an account takes with a catalog at a path."""
    with TemporaryDirectory() as folder:
        storage = Path(folder) / FILE
        storage.parent.mkdir()
        copyfile(path, storage)
        return asyncio.run(_load(folder)) * 1000


async def _load(folder: str) -> float:
    async with async_test_home_assistant(config_dir=folder) as hass:
        hass.data.pop(DATA_CUSTOM_COMPONENTS)
        assert await async_setup_component(hass, "network", {})
        entry = _account()
        entry.add_to_hass(hass)
        times = [await _set_up(hass, entry) for _ in range(RUNS)]
        await hass.async_stop(force=True)
    return min(times[1:])


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> float:
    began = perf_counter()
    assert await hass.config_entries.async_setup(entry.entry_id)
    seconds = perf_counter() - began
    await hass.async_block_till_done()
    assert await hass.config_entries.async_unload(entry.entry_id)
    return seconds


def _account() -> MockConfigEntry:
    # Nobody answers there.
    connections = written([Connection.at("http://127.0.0.1:9", local=True, origin=Origin.DISCOVERED)])
    subentry = ConfigSubentryDataWithId(
        data={
            CONF_NAME: "Den",
            CONF_IDENTITY: MACHINE,
            CONF_CONNECTIONS: connections,
            CONF_TOKEN: "yNqTvHbxFqbJzQnPTmKs",
        },
        subentry_id=SOURCE,
        subentry_type=SUBENTRY_SOURCE,
        title="Den",
        unique_id=MACHINE,
    )
    return MockConfigEntry(
        domain=DOMAIN,
        data={
            CONF_KIND: "plex",
            CONF_CLIENT_ID: "5c1f8a7b-6e5d-4c3b-2a19-0817263544f0",
            CONF_TOKEN: "kPzLxWvUtSrQpOnMlKji",
        },
        subentries_data=[subentry],
        version=VERSION,
        minor_version=MINOR_VERSION,
        title="ada",
        unique_id="b9e4f6a0-1c2d-4e3f-8a7b-6c5d4e3f2a1b",
    )
