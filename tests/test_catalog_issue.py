"""A catalog that cannot be kept is an issue for as long as that lasts."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import sqlite3

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.reel.const import DOMAIN
from custom_components.reel.storage import Storage, storage_of
from custom_components.reel.storage_trouble import StorageTrouble

from .test_storage import DEN, add_account, fill, limit

TEXTS = Path(__file__).parents[1] / "custom_components" / "reel" / "translations" / "en.json"


@pytest.fixture
async def storage(hass: HomeAssistant) -> AsyncIterator[Storage]:
    """Return the storage of an integration that is set up."""
    assert await async_setup_component(hass, DOMAIN, {})
    add_account(hass, DEN)
    storage = storage_of(hass)
    await storage.open()
    await hass.async_block_till_done(wait_background_tasks=True)
    yield storage
    await storage.close()


def issues(hass: HomeAssistant) -> list[str | None]:
    """Return what the issues of Reel are about."""
    return [issue.translation_key for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN]


async def test_a_full_disk_is_an_issue_until_something_was_written(hass: HomeAssistant, storage: Storage) -> None:
    await storage.write(lambda database: limit(database, room=5))
    with pytest.raises(sqlite3.OperationalError):
        await storage.write(fill)
    assert issues(hass) == ["catalog_disk_full"]
    (issue,) = ir.async_get(hass).issues.values()
    assert (issue.is_fixable, issue.learn_more_url) == (False, "https://github.com/reel-ha/reel#catalog")
    await storage.write(lambda database: limit(database, room=10**6))
    assert issues(hass) == ["catalog_disk_full"]
    await storage.write(fill)
    assert issues(hass) == []


async def test_the_issue_goes_with_the_last_account(hass: HomeAssistant, storage: Storage) -> None:
    await storage.write(lambda database: limit(database, room=5))
    with pytest.raises(sqlite3.OperationalError):
        await storage.write(fill)
    await storage.close()
    assert issues(hass) == []
    await storage.open()


def test_every_trouble_tells_what_to_do() -> None:
    texts = json.loads(TEXTS.read_text())["issues"]
    for trouble in StorageTrouble:
        assert set(texts[f"catalog_{trouble}"]) == {"title", "description"}
