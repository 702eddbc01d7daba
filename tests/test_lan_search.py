"""Servers on the LAN are offered, and the ones we know gain their address there."""

from collections.abc import AsyncIterator
from pathlib import Path

from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.backends.jellyfin.broadcast import broadcast_call
from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, add_folder, add_jellyfin


@pytest.fixture
async def announced(jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[JellyfinHouse]:
    """Let the Jellyfin server answer broadcasts, with another door than the one that is typed."""
    await jellyfin.server.open("lan")
    responder = await jellyfin.server.announce(0, address=jellyfin.server.url("lan"))
    call = broadcast_call(("127.0.0.1", responder.port))
    monkeypatch.setattr("custom_components.reel.lan_search.calls", lambda: (call,))
    monkeypatch.setattr("custom_components.reel.lan_search.SECONDS", 0.05)
    yield jellyfin
    responder.close()


@pytest.mark.usefixtures("announced")
async def test_a_server_nobody_added_is_offered_once(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films)
    await hass.async_block_till_done(wait_background_tasks=True)
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["title_placeholders"] for flow in flows] == [{"name": "Attic"}]


async def test_a_server_we_know_gains_its_address_on_the_lan(hass: HomeAssistant, announced: JellyfinHouse) -> None:
    entry = await add_jellyfin(hass, announced)
    await hass.async_block_till_done(wait_background_tasks=True)
    (subentry,) = entry.subentries.values()
    origins = {each["uri"]: each["origin"] for each in subentry.data["connections"]}
    assert origins == {announced.server.url(): "user", announced.server.url("lan"): "lan"}
    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []


async def test_an_address_where_somebody_else_answers_is_not_added(
    hass: HomeAssistant, announced: JellyfinHouse
) -> None:
    announced.server.pretend("lan", "0" * 32)
    entry = await add_jellyfin(hass, announced)
    await hass.async_block_till_done(wait_background_tasks=True)
    (subentry,) = entry.subentries.values()
    assert [each["uri"] for each in subentry.data["connections"]] == [announced.server.url()]
