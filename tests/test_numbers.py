"""What does being connected cost, and how long does it take? The promises that are numbers, counted.

`tests/connection/test_failover_numbers.py` holds the two of time to the millisecond, on a clock that stands still.
"""

from asyncio import Handle
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Final

from aiohttp import ClientTimeout
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.reel.account import Source
from custom_components.reel.backends.jellyfin.server import who_am_i
from custom_components.reel.backends.plex.server import open_server
from custom_components.reel.connection.model import Connection
from custom_components.reel.coordinator import ReelCoordinator, ReelData
from custom_components.reel.storage import STORAGE
from custom_components.reel.wires import jellyfin_wire, plex_wire

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_jellyfin, add_plex
from .servers.faults import Failure, Fault, Hang, HangUp, Status
from .servers.server import FakeServer
from .test_init import pass_time, state

HOUR: Final = 3600
SILENT: Final = Fault(Hang())


def quicken(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time jump by hours: a jump is no silence, and no callback that took so long."""
    monkeypatch.setattr("custom_components.reel.backends.push.HEARTBEAT", 1e9)
    hass.loop.set_debug(False)


type Operation = Callable[[Connection], Awaitable[str]]


def only(entry: ConfigEntry[ReelData]) -> ReelCoordinator:
    """Return the source of an account that has one."""
    (coordinator,) = entry.runtime_data.coordinators.values()
    return coordinator


def ask_plex(hass: HomeAssistant, source: Source) -> Operation:
    """Return an operation that takes a token and one request; it tells over which connection it was answered."""

    async def ask(connection: Connection) -> str:
        await open_server(plex_wire(hass, source.client_id), connection.uri, source.token)
        return connection.uri

    return ask


def ask_jellyfin(hass: HomeAssistant, source: Source) -> Operation:
    """Return the same for Jellyfin."""

    async def ask(connection: Connection) -> str:
        await who_am_i(jellyfin_wire(hass, source.client_id), connection.uri, source.token)
        return connection.uri

    return ask


# An operation


async def test_an_operation_of_plex_is_one_request_while_the_last_answer_is_fresh(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    plex.server.fault = NO_PUSH
    coordinator = only(await add_plex(hass, plex, monkeypatch))
    plex.server.traffic.clear()
    for _ in range(30):
        await coordinator.connector.run(ask_plex(hass, coordinator.source))
        await pass_time(hass, freezer, 120)
    assert [(seen.door, seen.path) for seen in plex.server.traffic.requests] == [("local", "/")] * 30


async def test_an_operation_of_jellyfin_is_one_request_while_the_last_answer_is_fresh(
    hass: HomeAssistant, jellyfin: JellyfinHouse, freezer: FrozenDateTimeFactory
) -> None:
    jellyfin.server.fault = NO_PUSH
    coordinator = only(await add_jellyfin(hass, jellyfin))
    jellyfin.server.traffic.clear()
    for _ in range(30):
        await coordinator.connector.run(ask_jellyfin(hass, coordinator.source))
        await pass_time(hass, freezer, 120)
    assert [seen.path for seen in jellyfin.server.traffic.requests] == ["/Users/Me"] * 30


# A source that nobody uses

NO_CHANNEL: Final = {
    "push": None,
    "a user who is told nothing": Status(403),
    "a token that opens no channel": Status(401),
    "a proxy that knows no websockets": Status(404),
    "a proxy that reaches nobody": Status(502),
    "a proxy that swallows websockets": Hang(),
    "a proxy that hangs up on websockets": HangUp(),
}


@pytest.mark.parametrize("failure", NO_CHANNEL.values(), ids=NO_CHANNEL)
async def test_an_idle_local_source_is_asked_twelve_times_an_hour_at_most_however_often_its_channel_is_tried(
    hass: HomeAssistant,
    plex: PlexHouse,
    jellyfin: JellyfinHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    failure: Failure | None,
) -> None:
    quicken(hass, monkeypatch)
    # Nobody waits here for as long as in a house, nor for days.
    monkeypatch.setattr("custom_components.reel.backends.push.TIMEOUT", ClientTimeout(total=0.1))
    monkeypatch.setattr("custom_components.reel.push_channel.LONGEST_PAUSE", 1200.0)
    servers: list[FakeServer] = [plex.server, jellyfin.server]
    for server in servers:
        server.fault = Fault(failure, paths="*socket*") if failure else None
    await add_plex(hass, plex, monkeypatch)
    await add_jellyfin(hass, jellyfin)
    # What being connected costs is asked here, not what connecting costs.
    for _ in range(2):
        await pass_time(hass, freezer, 60)
    asked, tried = [], []
    for _ in range(3):
        for server in servers:
            server.traffic.clear()
        for _ in range(60):
            await pass_time(hass, freezer, 60)
        asked += [len(server.traffic.requests) for server in servers]
        tried += [len(server.traffic.to("*socket*")) for server in servers]
    assert max(asked) <= 12
    assert min(tried) >= 1 or failure is None
    assert (state(hass, "sensor.den_status"), state(hass, "sensor.attic_status")) == ("connected", "connected")


@pytest.mark.parametrize("minutes", [2, 6, 11])
async def test_a_channel_that_breaks_again_and_again_costs_no_more_than_checks_would(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    freezer: FrozenDateTimeFactory,
    minutes: int,
) -> None:
    quicken(hass, monkeypatch)
    # What looks for new items in the libraries cost is another matter.
    monkeypatch.setattr("custom_components.reel.sync.schedule.LOOK_EVERY", {})
    monkeypatch.setattr("custom_components.reel.push_channel.LONGEST_PAUSE", 1200.0)
    await add_plex(hass, plex, monkeypatch)
    await plex.server.heard()
    asked, tried = [], []
    for minute in range(181):
        if minute % 60 == 1:
            plex.server.traffic.clear()
        if minute % minutes == 0:
            plex.server.machine.wire.hang_up()
        await pass_time(hass, freezer, 60)
        if minute and minute % 60 == 0:
            asked.append(len(plex.server.traffic.requests))
            tried.append(len(plex.server.traffic.to("*socket*")))
    assert max(asked) <= 12
    assert min(tried) >= 1


async def test_plex_tv_is_asked_once_a_day_at_most(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch, freezer: FrozenDateTimeFactory
) -> None:
    quicken(hass, monkeypatch)
    await add_plex(hass, plex, monkeypatch)
    a_day = []
    for _ in range(3):
        plex.tv.traffic.clear()
        for _ in range(24):
            await pass_time(hass, freezer, HOUR)
        a_day.append(len(plex.tv.traffic.requests))
    assert max(a_day) <= 1


# A connection that fails


async def test_a_refused_operation_answers_over_the_next_connection_within_300_ms(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.server.fault = NO_PUSH
    coordinator = only(await add_plex(hass, plex, monkeypatch))
    took = []
    for _ in range(3):
        await plex.server.shut("local")
        plex.server.traffic.clear()
        began = perf_counter()
        assert await coordinator.connector.run(ask_plex(hass, coordinator.source)) == plex.server.url("remote")
        took.append(perf_counter() - began)
        # Who is there, is the token good, and the operation itself.
        assert asked_over(plex, "remote") == ["/identity", "/", "/"]
        await plex.server.open("local")
        await coordinator.test()
    # What a busy machine adds, it does not add every time.
    assert min(took) < 0.3


async def test_an_operation_that_meets_silence_answers_over_the_next_connection_within_2_s(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    plex.server.fault = NO_PUSH
    coordinator = only(await add_plex(hass, plex, monkeypatch))
    plex.server.doors["local"].fault = SILENT
    plex.server.traffic.clear()
    began = perf_counter()
    assert await coordinator.connector.run(ask_plex(hass, coordinator.source)) == plex.server.url("remote")
    assert perf_counter() - began < 2
    assert asked_over(plex, "local") == ["/", "/identity"]
    assert asked_over(plex, "remote") == ["/identity", "/", "/"]


# A start


@pytest.fixture
async def silent_accounts(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, monkeypatch: pytest.MonkeyPatch
) -> list[ConfigEntry[ReelData]]:
    """Return accounts that worked before a restart, and whose servers now accept connections but never answer."""
    accounts = [await add_plex(hass, plex, monkeypatch), await add_jellyfin(hass, jellyfin)]
    await end_the_run(hass, accounts)
    for server in (plex.tv, plex.server, jellyfin.server):
        server.fault = SILENT
        server.traffic.clear()
    return accounts


async def end_the_run(hass: HomeAssistant, accounts: list[ConfigEntry[ReelData]]) -> None:
    """Unload accounts; what a new process knows of them is what the file tells."""
    for account in accounts:
        assert await hass.config_entries.async_unload(account.entry_id)
    hass.data.pop(STORAGE)


async def test_accounts_load_within_half_a_second_while_every_server_is_silent(
    hass: HomeAssistant, plex: PlexHouse, jellyfin: JellyfinHouse, silent_accounts: list[ConfigEntry[ReelData]]
) -> None:
    for account in silent_accounts:
        began = perf_counter()
        assert await hass.config_entries.async_setup(account.entry_id)
        assert perf_counter() - began < 0.5
        assert account.state is ConfigEntryState.LOADED
    assert (state(hass, "sensor.den_status"), state(hass, "sensor.attic_status")) == ("offline", "offline")
    # Where they were reached last is known from the file, and asked first.
    states = [only(account).connector.state for account in silent_accounts]
    assert [(each.current and each.current.uri, each.resumed) for each in states] == [
        (plex.server.url(), True),
        (jellyfin.server.url(), True),
    ]
    assert plex.tv.traffic.requests == []


async def test_no_callback_of_a_start_holds_the_loop_up_for_20_ms(
    hass: HomeAssistant, silent_accounts: list[ConfigEntry[ReelData]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hass.loop.set_debug(False)
    longest = []
    for _ in range(5):
        with monkeypatch.context() as watched:
            took = watch_callbacks(watched)
            for account in silent_accounts:
                assert await hass.config_entries.async_setup(account.entry_id)
            await hass.async_block_till_done()
        longest.append(max(took))
        await end_the_run(hass, silent_accounts)
    # What a busy machine and the garbage of other tests add, they do not add every time.
    assert min(longest) < 0.02


def asked_over(house: PlexHouse, door: str) -> list[str]:
    """Return what was asked of a server through one of its doors, without its push channel."""
    seen = [each.path for each in house.server.traffic.requests if each.door == door]
    return [path for path in seen if "websockets" not in path]


def watch_callbacks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a list that grows by the seconds that each callback of the event loop takes from now on."""
    took: list[float] = []
    run = Handle._run

    def timed(handle: Handle) -> None:
        began = perf_counter()
        try:
            run(handle)
        finally:
            took.append(perf_counter() - began)

    monkeypatch.setattr(Handle, "_run", timed)
    return took
