"""Which servers stand in the demo's house, and how are they reached?"""

from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import time
from typing import Final, Self

from tests.servers.folder import make_folder
from tests.servers.jellyfin import JellyfinServer
from tests.servers.library import Library
from tests.servers.plex import PlexServer, PlexTv
from tests.servers.server import FakeServer

from .errors import DemoError
from .ports import Ports
from .shelves import (
    MS,
    TICKS,
    attic,
    cabin,
    den,
    play_in_attic,
    play_in_den,
    shelf,
    watch_in_attic,
    watch_in_den,
)
from .stock import Film, film_called
from .ways import Disk, DoorWay, State, Way

USER: Final = "dev"
PASSWORD: Final = "dev"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that some screen shows and that waits for its user."""

    where: str
    code: str
    approve: Callable[[], None]


class House:
    """A Plex server of one's own and one of a friend's, a Jellyfin server, and a folder of files."""

    def __init__(self, ports: Ports, media: Path) -> None:
        self._ports = ports
        self._stack = AsyncExitStack()
        self.folder = media / "Shelf"
        self.tv = PlexTv()
        self.den = PlexServer("Den", library=den())
        self.cabin = PlexServer("Cabin", library=cabin())
        self.attic = JellyfinServer("Attic", library=attic())
        self._plex_user = self.tv.add_user("dev@example.com", username=USER)
        self._jellyfin_user = self.attic.add_user(USER, PASSWORD)
        self.ways: dict[str, dict[str, Way]] = {}

    async def __aenter__(self) -> Self:
        """Open every door; raises OSError if a port is taken."""
        disk = Disk(self.folder)
        await disk.put(State.UP)
        if not self.folder.exists():
            make_folder(self.folder, shelf())
        async with AsyncExitStack() as stack:
            await self._open(stack, "plex.tv", self.tv, {"internet": (self._ports.plex_tv, 0.05)})
            door = self._ports.door
            local, remote, relay = 0.005, 0.06, 0.25
            ways = {"local": (door(0), local), "remote": (door(1), remote), "relay": (door(2), relay)}
            await self._open(stack, "den", self.den, ways)
            await self._open(stack, "cabin", self.cabin, {"remote": (door(3), remote), "relay": (door(4), relay)})
            await self._open(stack, "attic", self.attic, {"wired": (door(5), local), "wireless": (door(6), local * 4)})
            self._stack = stack.pop_all()
        self.ways["shelf"] = {"disk": disk}
        self._list()
        watch_in_den(self.den, self._plex_user)
        watch_in_attic(self.attic, self._jellyfin_user)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Shut everything and wait until nothing is left."""
        await self._stack.aclose()

    @property
    def codes(self) -> list[Code]:
        """The codes that wait to be approved."""
        pins = (pin.code for pin in self.tv.pins.pins.values() if pin.user is None and self.tv.pins.find(pin.code))
        attempts = (each.code for each in self.attic.state.accounts.attempts.values() if each.user is None)
        return [
            *(Code("plex.tv", code, partial(self.tv.approve, code, self._plex_user)) for code in pins),
            *(Code("Attic", code, partial(self.attic.approve, code, self._jellyfin_user)) for code in attempts),
        ]

    def turn_on(self) -> None:
        """Turn on the screens of the house that are apps of a server."""
        play_in_den(self.den, self._plex_user)
        play_in_attic(self.attic, self._jellyfin_user)

    def add(self, source: str, name: str) -> Film:
        """Let a source have a film that it did not have before; raises `DemoError` for a source that takes none."""
        film = film_called(name)
        title = film.title(time())
        match source:
            case "den" | "cabin":
                server = self.den if source == "den" else self.cabin
                server.add(replace(title, number=server.machine.shelves.next_number()))
            case "attic":
                self.attic.add(replace(title, number=1))
            case "shelf":
                # Of a film with this number the folder says all that is known.
                make_folder(self.folder, Library(0, {1: replace(title, number=1)}, {}))
            case _:
                raise DemoError(f"There is no shelf at {source}: choose den, cabin, attic or shelf.")
        return film

    def places(self, source: str) -> dict[str, float]:
        """Return how far the user got, in seconds by name; raises `DemoError` for a source that does not remember."""
        match source:
            case "den" | "cabin":
                server = self.den if source == "den" else self.cabin
                marks = ((title, server.mark(self._plex_user, title.number)) for title in server.titles.values())
                return {title.name: mark.offset / MS for title, mark in marks if mark.offset}
            case "attic":
                titles, known = self.attic.state.shelf.titles, self._jellyfin_user.data.items()
                return {titles[number].name: each.position / TICKS for number, each in known if each.position}
            case _:
                raise DemoError(f"Nobody remembers places at {source}: choose den, cabin or attic.")

    async def _open(
        self, stack: AsyncExitStack, name: str, server: FakeServer, doors: Mapping[str, tuple[int, float]]
    ) -> None:
        """Open the doors of a server at their ports, each as slow as it is far."""
        stack.push_async_callback(server.stop)
        for door, (port, latency) in doors.items():
            await server.open(door, port=port, latency=latency)
        self.ways[name] = {door: DoorWay(server, server.doors[door]) for door in doors}

    def _list(self) -> None:
        """Let plex.tv know whose the servers are and how they are reached."""
        self.tv.give(self.cabin, self.tv.add_user("friend@example.com", username="friend"), owned=True)
        self.tv.give(self.cabin, self._plex_user)
        self.tv.give(self.den, self._plex_user, owned=True)
        self.tv.advertise(self.den, "local", local=True)
        for server in (self.den, self.cabin):
            self.tv.advertise(server, "remote")
            self.tv.advertise(server, "relay", relay=True)
