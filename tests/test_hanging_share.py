"""A network share that hangs holds nobody up but whoever wants something of it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
import os
from pathlib import Path
from threading import Event
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.reel.coordinator import ReelData
from custom_components.reel.storage import STORAGE

from .house import add_folder
from .test_init import pass_time, state, turn

# What takes as long as this was held up: the share hangs for longer.
PROMPT = 2.0


class Share:
    """What lies at a path, which answers nothing while it hangs."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self._path = path
        self._answers = Event()
        self._answers.set()
        self._scan = os.scandir
        monkeypatch.setattr(os, "scandir", self._scandir)

    def hang(self) -> None:
        """Answer nothing from now on."""
        self._answers.clear()

    def answer(self) -> None:
        """Answer, also those who wait already."""
        self._answers.set()

    def _scandir(self, path: Any = ".") -> Any:  # noqa: ANN401  # as wide as what it stands in for
        if str(path) == str(self._path):
            self.asked += 1
            self._answers.wait()
        return self._scan(path)


@pytest.fixture
def share(films: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Share]:
    """Return the share that the films lie on; nobody hangs in it when the test is over."""
    share = Share(films, monkeypatch)
    yield share
    share.answer()


@pytest.fixture
async def account(hass: HomeAssistant, films: Path, share: Share) -> ConfigEntry[ReelData]:
    """Return an account whose share worked before a restart, and hangs now."""
    entry: ConfigEntry[ReelData] = (await add_folder(hass, films))["result"]
    assert state(hass, "sensor.films_status") == "connected"
    assert await hass.config_entries.async_unload(entry.entry_id)
    # What a new process knows is what the file tells.
    hass.data.pop(STORAGE)
    share.hang()
    share.asked = 0
    return entry


async def set_up(hass: HomeAssistant, account: ConfigEntry[ReelData], share: Share) -> None:
    """Set the account up, and let its first check begin to hang."""
    async with asyncio.timeout(PROMPT):
        assert await hass.config_entries.async_setup(account.entry_id)
        while not share.asked:  # noqa: ASYNC110  # nothing tells of a thread that hangs but its trace
            await asyncio.sleep(0)


async def test_an_account_loads_while_its_share_hangs_and_is_connected_once_it_answers(
    hass: HomeAssistant, account: ConfigEntry[ReelData], share: Share, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, account, share)
    assert (account.state, state(hass, "sensor.films_status")) == (ConfigEntryState.LOADED, "offline")
    # A race, and then some patience: whoever is asked waits for the answer to the first question.
    for _ in range(6):
        await turn()
        freezer.tick(timedelta(seconds=11))
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (state(hass, "sensor.films_status"), state(hass, "binary_sensor.films_connectivity")) == ("offline", "off")
    assert share.asked == 1
    share.answer()
    await pass_time(hass, freezer, 601)
    assert state(hass, "sensor.films_status") == "connected"


async def test_an_account_unloads_while_its_share_hangs(
    hass: HomeAssistant, account: ConfigEntry[ReelData], share: Share
) -> None:
    await set_up(hass, account, share)
    async with asyncio.timeout(PROMPT):
        assert await hass.config_entries.async_unload(account.entry_id)
    assert state(hass, "sensor.films_status") == "unavailable"


async def test_home_assistant_stops_while_a_share_hangs(
    hass: HomeAssistant, account: ConfigEntry[ReelData], share: Share
) -> None:
    await set_up(hass, account, share)
    async with asyncio.timeout(PROMPT):
        await hass.async_stop(force=True)
    assert hass.state is CoreState.stopped
