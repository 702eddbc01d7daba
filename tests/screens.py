"""Screens in a house: apps of either kind of server on televisions and phones, that play, obey, or do not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
import pytest

from custom_components.reel.coordinator import ReelCoordinator, ReelData

from .house import NO_PUSH, JellyfinHouse, PlexHouse, add_jellyfin, add_plex
from .servers.jellyfin import TICKS, App, JellyfinServer, User as JellyfinUser
from .servers.library import Kind, Title
from .servers.plex import Client, PlexServer, User as PlexUser

PLAYER = "media_player.living_room"
REMOTE = "remote.living_room"
TICKS_A_MILLISECOND = TICKS // 1000


class Screen(Protocol):
    """An app that somebody uses, or that obeys."""

    def play(self, title: Title, at_ms: int = 0, *, converted: bool = False) -> None:
        """Play something, as somebody chose it there."""

    def pause(self, at_ms: int) -> None:
        """Halt."""

    def resume(self, at_ms: int) -> None:
        """Go on, or say how far it got."""

    def stop(self) -> None:
        """Stop."""

    def close(self) -> None:
        """Close the app: its server does not know of it any more."""

    def ignore(self) -> None:
        """Do nothing any more of what it is told."""

    @property
    def played(self) -> str | None:
        """What it plays, by name."""

    @property
    def position_ms(self) -> int:
        """Where it is."""

    @property
    def told(self) -> list[str]:
        """What it was told."""


@dataclass(slots=True)
class PlexScreen:
    """An app of Plex."""

    server: PlexServer
    user: PlexUser
    client: Client

    def play(self, title: Title, at_ms: int = 0, *, converted: bool = False) -> None:
        self.server.play(self.client, self.user, title.number, at_ms, transcode=converted)

    def pause(self, at_ms: int) -> None:
        self.server.pause(self.client, at_ms)

    def resume(self, at_ms: int) -> None:
        self.server.resume(self.client, at_ms)

    def stop(self) -> None:
        self.server.finish(self.client)

    def close(self) -> None:
        self.server.finish(self.client)
        self.client.announces = False

    def ignore(self) -> None:
        self.server.behaviour.commands_without_effect = True

    @property
    def played(self) -> str | None:
        playback = self.server.machine.players.of(self.client)
        return playback.title.name if playback else None

    @property
    def position_ms(self) -> int:
        playback = self.server.machine.players.of(self.client)
        assert playback is not None
        return playback.offset

    @property
    def told(self) -> list[str]:
        return [command.name for command in self.client.commands]


@dataclass(slots=True)
class JellyfinScreen:
    """An app of Jellyfin."""

    server: JellyfinServer
    app: App

    def play(self, title: Title, at_ms: int = 0, *, converted: bool = False) -> None:
        self.app.play(title, at_ms * TICKS_A_MILLISECOND, method="Transcode" if converted else "DirectPlay")

    def pause(self, at_ms: int) -> None:
        self.app.seek(at_ms * TICKS_A_MILLISECOND)
        self.app.pause()

    def resume(self, at_ms: int) -> None:
        self.app.seek(at_ms * TICKS_A_MILLISECOND)
        self.app.resume()

    def stop(self) -> None:
        self.app.stop()

    def close(self) -> None:
        self.app.close()
        self.server.state.sessions.by_id.pop(self.app.id)
        self.server.state.sessions.changed()

    def ignore(self) -> None:
        self.app.asleep = True

    @property
    def played(self) -> str | None:
        playing = self.app.session.playing
        return playing.title.name if playing else None

    @property
    def position_ms(self) -> int:
        playing = self.app.session.playing
        assert playing is not None
        return playing.at(self.server.state.now()) // TICKS_A_MILLISECOND

    @property
    def told(self) -> list[str]:
        return [
            str(data.get("Command") or data.get("Name") or data.get("PlayCommand")) for _, data in self.app.received
        ]


@dataclass(slots=True)
class Room:
    """A room with a screen, and the account of its server in Home Assistant."""

    hass: HomeAssistant
    house: PlexHouse | JellyfinHouse
    screen: Screen
    titles: dict[int, Title]
    add: Callable[[], Any]
    entry: ConfigEntry[ReelData] | None = field(default=None)

    @property
    def server(self) -> PlexServer | JellyfinServer:
        """The server."""
        return self.house.server

    @property
    def source(self) -> ReelCoordinator:
        """The source in Home Assistant."""
        assert self.entry is not None
        (source,) = self.entry.runtime_data.coordinators.values()
        return source

    @property
    def player(self) -> State:
        """The state of its player."""
        return shown(self.hass, PLAYER)

    def of(self, kind: Kind) -> list[Title]:
        """Return all titles of a kind."""
        return [title for title in self.titles.values() if title.kind is kind]

    async def begin(self) -> None:
        """Add the account, and wait until the server is heard and read."""
        self.entry = await self.add()
        await until(self.is_heard)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def read(self) -> None:
        """Read all that the server has."""
        await self.hass.services.async_call("reel", "sync", {"mode": "full"}, blocking=True, return_response=True)

    async def begin_without_push(self) -> None:
        """Add the account of a server that says nothing by itself."""
        self.server.fault = NO_PUSH
        self.entry = await self.add()
        await self.hass.async_block_till_done(wait_background_tasks=True)

    def is_heard(self) -> bool:
        """Tell whether the server has somebody to tell what happens: no state of Home Assistant shows that."""
        return self.source._push.is_alive

    async def becomes(self, wanted: str, **attributes: object) -> State:
        """Wait until the player shows that, and return its state."""

        def is_there() -> bool:
            state = self.hass.states.get(PLAYER)
            if state is None or state.state != wanted:
                return False
            return all(state.attributes.get(name) == value for name, value in attributes.items())

        await until(is_there)
        return self.player

    async def call(self, action: str, **data: object) -> None:
        """Let somebody use the player."""
        await self.hass.services.async_call("media_player", action, {"entity_id": PLAYER, **data}, blocking=True)


@pytest.fixture(params=["plex", "jellyfin"])
def room(request: pytest.FixtureRequest, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> Room:
    """Return a room with a screen of either kind, whose account is not added yet."""
    house: PlexHouse | JellyfinHouse = request.getfixturevalue(request.param)
    if isinstance(house, PlexHouse):
        return Room(hass, house, plex_screen(house), house.server.titles, lambda: add_plex(hass, house, monkeypatch))
    titles = house.server.state.shelf.titles
    return Room(hass, house, jellyfin_screen(house), titles, lambda: add_jellyfin(hass, house))


def plex_screen(
    house: PlexHouse, name: str = "Living Room", user: PlexUser | None = None, product: str = "Plex for Android (TV)"
) -> PlexScreen:
    """Open an app of Plex."""
    return PlexScreen(house.server, user or house.user, house.server.add_client(name, product=product))


def jellyfin_screen(
    house: JellyfinHouse, name: str = "Living Room", user: JellyfinUser | None = None, client: str = "Android TV"
) -> JellyfinScreen:
    """Open an app of Jellyfin."""
    return JellyfinScreen(house.server, house.server.open_app(user or house.user, name, client=client))


def shown(hass: HomeAssistant, entity_id: str) -> State:
    """Return a state that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state


async def until(is_true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so, as long as a test may take."""
    async with asyncio.timeout(seconds):
        while not is_true():  # noqa: ASYNC110  # what is awaited is no event but a state
            await asyncio.sleep(0.001)
