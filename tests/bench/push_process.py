"""A house whose screens play, in a process of its own: Home Assistant, a server, and two apps.

`python -m tests.bench.push_process plex` tells how soon the players of Home Assistant show what the apps do, and how
often the server is asked for that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
import json
import logging
from statistics import quantiles
import sys
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.const import CONF_TOKEN, EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.loader import DATA_CUSTOM_COMPONENTS
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_test_home_assistant

from custom_components.reel.account import server_subentry
from custom_components.reel.backends.model import Server
from custom_components.reel.connection.model import Connection, Origin
from custom_components.reel.const import CONF_CLIENT_ID, CONF_KIND, CONF_USER_ID, DOMAIN
from custom_components.reel.migration import MINOR_VERSION, VERSION
from custom_components.reel.sync.news import COLLECT

from ..house import JellyfinHouse, PlexHouse
from ..screens import PLAYER, Screen, jellyfin_screen, plex_screen, until
from ..servers.jellyfin import JellyfinServer
from ..servers.library import Kind, Title, make_library
from ..servers.plex import PlexServer, PlexTv

CLIENT: Final = "5c1f8a7b-6e5d-4c3b-2a19-0817263544f0"
KITCHEN: Final = "media_player.kitchen"
# How often a film is begun, halted, and gone on with.
TIMES: Final = 100
# Players say every ten seconds how far they are.
MINUTES: Final = 30
WORDS_A_MINUTE: Final = 6


class _House:
    """A server with two screens, whose account Home Assistant has."""

    def __init__(self, hass: HomeAssistant, house: PlexHouse | JellyfinHouse) -> None:
        self.hass = hass
        self.house = house
        is_plex = isinstance(house, PlexHouse)
        self.screens: list[Screen] = [
            plex_screen(house, name) if isinstance(house, PlexHouse) else jellyfin_screen(house, name)
            for name in ("Living Room", "Kitchen")
        ]
        titles = house.server.titles if is_plex else house.server.state.shelf.titles  # type: ignore[union-attr]
        self.films: list[Title] = [title for title in titles.values() if title.kind is Kind.MOVIE]

    async def seconds_until(self, wanted: str, act: Callable[[], None]) -> float:
        """Return after how many seconds a player shows what a screen does."""
        seen = asyncio.Event()

        @callback
        def note(event: Event[EventStateChangedData]) -> None:
            state = event.data["new_state"]
            if event.data["entity_id"] == PLAYER and state is not None and state.state == wanted:
                seen.set()

        stop = self.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
        began = perf_counter()
        act()
        async with asyncio.timeout(10):
            await seen.wait()
        stop()
        return perf_counter() - began

    async def delays(self) -> tuple[list[float], list[float]]:
        """Return how long it takes until beginnings are shown, and until all else is."""
        screen, begun, changed = self.screens[0], [], []
        for time in range(TIMES):
            film = self.films[time % len(self.films)]
            begun.append(await self.seconds_until("playing", lambda film=film: screen.play(film, 60_000)))  # type: ignore[misc]
            changed.append(await self.seconds_until("paused", lambda: screen.pause(120_000)))
            changed.append(await self.seconds_until("playing", lambda: screen.resume(120_000)))
            changed.append(await self.seconds_until("idle", screen.stop))
        return begun, changed

    async def requests(self) -> int:
        """Return how many requests there are while both play for a while."""
        for screen, film in zip(self.screens, self.films, strict=False):
            screen.play(film)
        await until(lambda: all(self._shows(each, "playing") for each in (PLAYER, KITCHEN)))
        # What was stopped before is read anew, all of it together and a little later.
        await asyncio.sleep(2 * COLLECT)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        self.house.server.traffic.clear()
        for word in range(MINUTES * WORDS_A_MINUTE):
            for screen in self.screens:
                screen.resume(word * 10_000)
            await asyncio.sleep(0.005)
        return len(self.house.server.traffic.requests)

    def _shows(self, entity_id: str, wanted: str) -> bool:
        state = self.hass.states.get(entity_id)
        return state is not None and state.state == wanted


async def measure(kind: str) -> dict[str, float]:
    """Return what was found out about a kind of server."""
    opened = {"plex": _plex, "jellyfin": _jellyfin}[kind]
    with TemporaryDirectory() as config:
        async with async_test_home_assistant(config_dir=config) as hass:
            asyncio.get_running_loop().set_debug(False)
            hass.data.pop(DATA_CUSTOM_COMPONENTS)
            assert await async_setup_component(hass, "network", {})
            async with asynccontextmanager(opened)(hass) as house:
                begun, changed = await house.delays()
                asked = await house.requests()
                await hass.async_stop(force=True)
    return {"begun": _p95(begun), "changed": _p95(changed), "asked": asked}


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1000


async def _plex(hass: HomeAssistant) -> AsyncIterator[_House]:
    async with PlexTv() as tv, PlexServer("Den", library=make_library(1)) as server:
        user = tv.add_user("ada@example.com", username="ada")
        token = tv.give(server, user, owned=True)
        house = _House(hass, PlexHouse(tv, server, user, token))
        await _add(hass, "plex", Server(server.identifier, "Den", server.version), server.url(), token, "")
        await server.heard()
        yield house


async def _jellyfin(hass: HomeAssistant) -> AsyncIterator[_House]:
    async with JellyfinServer(name="Attic", library=make_library(2)) as server:
        user = server.add_user("ada", "correct horse")
        house = _House(hass, JellyfinHouse(server, user))
        token = server.sign_in(user, CLIENT)
        await _add(hass, "jellyfin", Server(server.server_id, "Attic", "10.11.11"), server.url(), token, user.id)
        await until(lambda: bool(server.state.sockets))
        yield house


async def _add(hass: HomeAssistant, kind: str, server: Server, uri: str, token: str, user_id: str) -> None:
    connection = Connection.at(uri, local=True, origin=Origin.DISCOVERED)
    source = server_subentry(server, (connection,), token)
    data = {CONF_KIND: kind, CONF_CLIENT_ID: CLIENT, CONF_TOKEN: token}
    entry = MockConfigEntry(
        domain=DOMAIN,
        data=data | {CONF_USER_ID: user_id} if user_id else data,
        subentries_data=[ConfigSubentryDataWithId(**source, subentry_id="01JD4M7K2N8P3Q5R6S7T8V9W0X")],
        version=VERSION,
        minor_version=MINOR_VERSION,
        unique_id=f"bench {kind}",
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))
