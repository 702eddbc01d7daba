"""A push channel is a check that costs nothing, and the fastest way to notice that a connection died."""

import asyncio
from typing import Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from .house import JellyfinHouse, PlexHouse, add_jellyfin, add_plex
from .servers.faults import Fault, Status
from .test_init import pass_time, state

# A check is due after 300 s and missed after 330: in the middle, a busy machine does no harm.
A_CHECK: Final = 315


@pytest.fixture(autouse=True)
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody look for what is new in the libraries, nor who plays, which takes the place of checks, too."""
    monkeypatch.setattr("custom_components.reel.sync.schedule.LOOK_EVERY", {})
    monkeypatch.setattr("custom_components.reel.client_watch.CHECKS", 1_000_000)


def quicken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time jump, which is no silence, and a channel that is refused for good be tried every 20 minutes."""
    monkeypatch.setattr("custom_components.reel.backends.push.HEARTBEAT", 1e9)
    monkeypatch.setattr("custom_components.reel.push_channel.LONGEST_PAUSE", 1200.0)


async def asked_per_check(
    hass: HomeAssistant, house: PlexHouse, freezer: FrozenDateTimeFactory, checks: int
) -> list[str]:
    """Return what the server was asked in each of so many checks: nothing, or an identity, a channel, a proof."""
    names = {"/identity": "who", "/:/websockets/notifications": "channel", "/": "proof"}
    seen = []
    for _ in range(checks):
        house.server.traffic.clear()
        await pass_time(hass, freezer, A_CHECK)
        seen.append(" ".join(names[each.path] for each in house.server.traffic.requests))
    return seen


async def add_plex_without_channel(
    hass: HomeAssistant, house: PlexHouse, monkeypatch: pytest.MonkeyPatch, status: int = 403
) -> None:
    """Add a server that opens no channel, and wait until that was found out."""
    house.server.fault = Fault(Status(status), paths="*socket*")
    await add_plex(hass, house, monkeypatch)
    async with asyncio.timeout(5):
        while not house.server.traffic.to("*socket*"):  # noqa: ASYNC110  # nothing tells of a request but its trace
            await asyncio.sleep(0)


async def until_told(hass: HomeAssistant, entity: str, wanted: str) -> None:
    """Wait until a state is what it should be, as long as the test may take."""
    async with asyncio.timeout(5):
        while state(hass, entity) != wanted:  # noqa: ASYNC110  # what is awaited is no event but a state
            await asyncio.sleep(0)


async def test_an_idle_plex_server_with_a_push_channel_is_not_asked_at_all(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    await pass_time(hass, freezer, A_CHECK)
    plex.server.traffic.clear()
    for _ in range(24):
        await pass_time(hass, freezer, A_CHECK)
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
        await pass_time(hass, freezer, A_CHECK)
    assert 11 <= len(plex.server.traffic.to("/identity")) <= 12
    assert len(plex.server.traffic.to("/:/websockets/*")) <= 1
    assert state(hass, "sensor.den_status") == "connected"


async def test_a_channel_that_is_refused_is_tried_again_in_place_of_a_check(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    await add_plex_without_channel(hass, plex, monkeypatch)
    asked = await asked_per_check(hass, plex, freezer, 8)
    assert asked == ["who", "who", "who", "channel", "who", "who", "who", "channel"]


async def test_a_channel_that_opens_late_saves_all_further_checks(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    await add_plex_without_channel(hass, plex, monkeypatch)
    await asked_per_check(hass, plex, freezer, 3)
    plex.server.fault = None
    assert await asked_per_check(hass, plex, freezer, 4) == ["channel", "", "", ""]
    assert state(hass, "sensor.den_status") == "connected"


async def test_whoever_has_the_address_is_asked_who_they_are_between_two_tries(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    monkeypatch.setattr("custom_components.reel.push_channel.FIRST_PAUSE", 0.0)
    await add_plex_without_channel(hass, plex, monkeypatch, status=404)
    assert await asked_per_check(hass, plex, freezer, 5) == ["who", "channel", "who", "channel", "who"]


async def test_silence_where_a_channel_was_refused_so_far_takes_a_check_and_then_is_no_news(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    await add_plex_without_channel(hass, plex, monkeypatch)
    plex.server.fault = Fault(Status(502), paths="*socket*")
    asked = await asked_per_check(hass, plex, freezer, 9)
    assert asked[:4] == ["who", "who", "who", "channel who"]
    assert asked[4:].count("channel") == 1
    assert set(asked[4:]) == {"who", "channel"}


async def test_a_channel_that_lived_and_broke_is_opened_again_at_once_and_that_is_all(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    plex.server.traffic.clear()
    plex.server.machine.wire.hang_up()
    await plex.server.heard(0)
    await plex.server.heard()
    assert [seen.path for seen in plex.server.traffic.requests] == ["/:/websockets/notifications"]
    assert state(hass, "sensor.den_status") == "connected"


async def test_a_token_that_dies_together_with_its_channel_is_found_out_at_once(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    plex.server.revoke(plex.token)
    plex.server.machine.wire.hang_up()
    await until_told(hass, "sensor.den_status", "needs_auth")


async def test_a_jellyfin_token_that_dies_together_with_its_channel_is_found_out_at_once(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    async with asyncio.timeout(5):
        while not jellyfin.server.state.sockets:  # noqa: ASYNC110  # nothing tells of a socket but itself
            await asyncio.sleep(0)
    jellyfin.server.revoke(entry.data["token"])
    jellyfin.server.restart()
    await until_told(hass, "sensor.attic_status", "needs_auth")


async def test_a_channel_over_a_remote_connection_is_tried_again_beside_a_check(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(monkeypatch)
    await plex.server.shut("local")
    await add_plex_without_channel(hass, plex, monkeypatch)
    assert state(hass, "sensor.den_connection_quality") == "remote"
    plex.server.fault = None
    for _ in range(5):
        await pass_time(hass, freezer, A_CHECK)
    await plex.server.heard()
    assert {seen.door for seen in plex.server.traffic.to("*socket*")} == {"remote"}
