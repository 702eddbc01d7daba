"""A push channel is a check that costs nothing, and the fastest way to notice that a connection died."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .house import JellyfinHouse, PlexHouse, add_jellyfin, add_plex
from .servers.faults import Fault, Status
from .test_init import pass_time, state


async def until_told(hass: HomeAssistant, entity: str, wanted: str) -> None:
    """Wait until a state is what it should be, as long as the test may take."""
    async with asyncio.timeout(5):
        while state(hass, entity) != wanted:  # noqa: ASYNC110  # what is awaited is no event but a state
            await asyncio.sleep(0)


async def test_an_idle_plex_server_with_a_push_channel_is_not_asked_at_all(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    # Time jumps here, and a jump is no silence.
    monkeypatch.setattr("custom_components.reel.backends.push.HEARTBEAT", 1e9)
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    await pass_time(hass, freezer, 300)
    plex.server.traffic.clear()
    for _ in range(24):
        await pass_time(hass, freezer, 300)
    # But for the question, once an hour, whether we are still welcome.
    assert [seen.path for seen in plex.server.traffic.requests] in (["/"], ["/", "/"])
    assert state(hass, "sensor.den_status") == "connected"


async def test_a_channel_that_breaks_moves_the_source_without_waiting_for_the_schedule(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    await plex.server.shut("local")
    await until_told(hass, "sensor.den_connection_quality", "remote")
    await plex.server.heard()
    assert {seen.door for seen in plex.server.traffic.to("/:/websockets/*")} == {"local", "remote"}


async def test_a_jellyfin_server_hears_that_we_are_there(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    await add_jellyfin(hass, jellyfin)
    async with asyncio.timeout(5):
        while not jellyfin.server.traffic.to("/socket"):  # noqa: ASYNC110  # nothing tells of a request but its trace
            await asyncio.sleep(0)
    (seen,) = jellyfin.server.traffic.to("/socket")
    assert seen.token
    assert "token" not in str(seen.query).lower()


async def test_users_to_whom_a_server_tells_nothing_keep_to_the_schedule(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    plex.server.fault = Fault(Status(403), paths="/:/websockets/*")
    await add_plex(hass, plex, monkeypatch)
    plex.server.traffic.clear()
    for _ in range(12):
        await pass_time(hass, freezer, 300)
    assert 11 <= len(plex.server.traffic.to("/identity")) <= 12
    assert len(plex.server.traffic.to("/:/websockets/*")) <= 1
    assert state(hass, "sensor.den_status") == "connected"
