"""The servers that tests of the Home Assistant level look into, and how they are added through the real flows."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigFlowResult
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.const import DOMAIN
from custom_components.reel.coordinator import ReelData

from .servers.faults import Fault, Status
from .servers.folder import make_folder
from .servers.jellyfin import JellyfinServer, User as JellyfinUser
from .servers.library import make_library
from .servers.plex import PlexServer, PlexTv, User as PlexUser

# Servers that tell nothing by themselves are looked after by the schedule alone.
NO_PUSH = Fault(Status(403), paths="*socket*")


@dataclass(slots=True)
class PlexHouse:
    """A plex.tv and a server of its user, reached by a local, a remote and a relayed door."""

    tv: PlexTv
    server: PlexServer
    user: PlexUser
    token: str
    """What opens the server for the user."""


@dataclass(slots=True)
class JellyfinHouse:
    """A Jellyfin server and one of its users."""

    server: JellyfinServer
    user: JellyfinUser
    password: str = "correct horse"


@pytest.fixture
def freezer() -> Iterator[FrozenDateTimeFactory]:
    """Let time run as it does, and jump when a test says so.

    Frozen, it would stop the event loop's own timers, too, and with them every grace window and retry.
    """
    with freeze_time(tick=True) as factory:
        yield cast("FrozenDateTimeFactory", factory)


@pytest.fixture
async def plex(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PlexHouse]:
    """Start a plex.tv and a Plex server."""
    async with PlexTv() as tv, PlexServer("Den", library=make_library(1)) as server:
        monkeypatch.setattr("custom_components.reel.backends.plex.tv.PLEX_TV", tv.url())
        user = tv.add_user("ada@example.com", username="ada")
        token = tv.give(server, user, owned=True)
        await server.open("remote")
        await server.open("relay")
        tv.advertise(server, "local", local=True)
        tv.advertise(server, "remote")
        tv.advertise(server, "relay", relay=True)
        yield PlexHouse(tv, server, user, token)


@pytest.fixture
async def jellyfin() -> AsyncIterator[JellyfinHouse]:
    """Start a Jellyfin server."""
    async with JellyfinServer(name="Attic", library=make_library(2)) as server:
        yield JellyfinHouse(server, server.add_user("ada", "correct horse"))


@pytest.fixture
def films(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Lay out a folder of media that Home Assistant may read."""
    folder = tmp_path / "media" / "films"
    make_folder(folder, make_library(3, movies=4, shows=1, artists=1))
    hass.config.media_dirs = {"local": str(tmp_path / "media")}
    return folder


async def start(hass: HomeAssistant, step: str) -> ConfigFlowResult:
    """Start adding an account of a kind."""
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    return await choose(hass, result, step)


async def choose(hass: HomeAssistant, result: ConfigFlowResult, step: str) -> ConfigFlowResult:
    """Choose an entry of the menu a flow shows."""
    return await hass.config_entries.flow.async_configure(result["flow_id"], {"next_step_id": step})


async def fill_in(hass: HomeAssistant, result: ConfigFlowResult, values: dict[str, Any]) -> ConfigFlowResult:
    """Fill in the form a flow shows, and let everything settle."""
    result = await hass.config_entries.flow.async_configure(result["flow_id"], values)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def sign_in_to_plex(hass: HomeAssistant, house: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> ConfigFlowResult:
    """Go through the PIN sign-in, approved at once, up to the choice of servers."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)
    result = await start(hass, "plex")
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    house.tv.approve(placeholders["code"], house.user)
    await hass.async_block_till_done(wait_background_tasks=True)
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def add_plex(hass: HomeAssistant, house: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> ConfigEntry[ReelData]:
    """Add the Plex account through the flow and wait for its first check."""
    result = await sign_in_to_plex(hass, house, monkeypatch)
    result = await fill_in(hass, result, {"servers": [house.server.identifier]})
    return result["result"]


async def add_folder(hass: HomeAssistant, path: Path) -> ConfigFlowResult:
    """Add a folder through the flow and wait for its first check."""
    return await fill_in(hass, await start(hass, "local"), {"path": str(path)})


async def add_jellyfin(hass: HomeAssistant, house: JellyfinHouse) -> ConfigEntry[ReelData]:
    """Add the Jellyfin account through the flow and wait for its first check."""
    result = await meet_jellyfin(hass, house)
    result = await choose(hass, result, "jellyfin_password")
    result = await fill_in(hass, result, {"username": house.user.name, "password": house.password})
    return result["result"]


async def meet_jellyfin(hass: HomeAssistant, house: JellyfinHouse) -> ConfigFlowResult:
    """Go through adding a Jellyfin account up to the choice how to sign in."""
    return await fill_in(hass, await start(hass, "jellyfin"), {"url": house.server.url()})
