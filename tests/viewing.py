"""What do tests share of those who look around and play? A page of the frontend, and a shelf of films of every kind."""

import asyncio
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from custom_components.reel.backends.abilities import ABILITIES, Target
from custom_components.reel.capability import Grant, Use, read, sign
from custom_components.reel.const import DOMAIN
from custom_components.reel.links import links

from .backends.playback import PICKY
from .house import JellyfinHouse, PlexHouse, add_folder
from .page import Page, source_key
from .test_catalog_services import add_read_jellyfin, add_read_plex, ask

FOREVER = 2**40


@pytest.fixture
async def media(
    hass: HomeAssistant, tmp_path: Path, hass_storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up what plays media, and keep what is stored where nobody else finds it."""
    assert hass_storage is not None
    monkeypatch.setattr(hass.config, "cache_path", lambda *parts: str(tmp_path.joinpath("cache", *parts)))
    # The routes of a test's web server are fixed when its client comes.
    for component in "media_player", "media_source", DOMAIN:
        assert await async_setup_component(hass, component, {})


@pytest.fixture
async def page(
    media: None,  # noqa: ARG001  # comes first
    hass_ws_client: WebSocketGenerator,
    hass_client_no_auth: ClientSessionGenerator,
) -> Page:
    """Open a page of the frontend."""
    return await Page.open(hass_ws_client, hass_client_no_auth)


@pytest.fixture
async def den(hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch) -> str:
    """Add a Plex server, and return the way to its films."""
    await add_read_plex(hass, plex, monkeypatch)
    return "Den Movies"


@pytest.fixture
async def attic(hass: HomeAssistant, jellyfin: JellyfinHouse) -> str:
    """Add a Jellyfin server, and return the way to its films."""
    await add_read_jellyfin(hass, jellyfin)
    return "Attic Movies"


@pytest.fixture
async def folder(hass: HomeAssistant, films: Path) -> str:
    """Add a folder, and return the way to its films."""
    await add_folder(hass, films)
    await ask(hass, "sync", mode="full")
    return "films films"


@pytest.fixture(params=["den", "attic", "folder"])
def shelf(request: pytest.FixtureRequest) -> str:
    """Return the way to the films of a source, of each kind in turn."""
    way: str = request.getfixturevalue(request.param)
    return way


@pytest.fixture(params=["den", "attic"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the way to the films of a server that has to convert them."""
    monkeypatch.setitem(ABILITIES, Target.BROWSER, PICKY)
    way: str = request.getfixturevalue(request.param)
    return way


async def film_of(page: Page, shelf: str, place: int = 0) -> dict[str, Any]:
    """Return a film of a shelf, as the media browser shows it."""
    film: dict[str, Any] = (await page.walk(*shelf.split()))["children"][place]
    return film


async def first_film(page: Page, shelf: str) -> str:
    """Return where the first film of a shelf plays."""
    return (await page.resolve((await film_of(page, shelf))["media_content_id"]))[0]


async def decide(hass: HomeAssistant, source: str, **settings: object) -> None:
    """Let a user decide something about a source."""
    for entry in hass.config_entries.async_entries(DOMAIN):
        for subentry in entry.subentries.values():
            if subentry.title == source:
                hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **settings})
    await hass.async_block_till_done(wait_background_tasks=True)


async def granted(hass: HomeAssistant, url: str) -> Grant:
    """Return what an address allows."""
    grant = (await links(hass)).read(url.split("/")[4], *Use)
    assert grant is not None
    return grant


async def signed(hass: HomeAssistant, source: str, path: str, use: Use = Use.STREAM) -> str:
    """Return an address of ours for a path of a source, whatever that is; ours are never given out for all of them."""
    secret = (await links(hass))._secret
    grant = Grant(use=use, source=source_key(hass, source), item="2", path=path, expires=FOREVER)
    assert read(secret, sign(secret, grant), 0) == grant
    return f"/api/reel/{use}/{sign(secret, grant)}/{'400' if use is Use.IMAGE else 'film.mp4'}"


async def ask_raw(page: Page, target: str, method: str = "GET", more: str = "") -> tuple[int, bytes]:
    """Return the status of an answer and its body, for a target that no client would send as it is."""
    reader, writer = await asyncio.open_connection(page.client.host, page.client.port)
    writer.write(f"{method} {target} HTTP/1.1\r\nHost: home\r\n{more}Connection: close\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return int(head.split()[1]), body
