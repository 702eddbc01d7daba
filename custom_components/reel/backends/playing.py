"""How does a source play something? It says in what way, hands out the bytes, and is told how far it got."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from .abilities import ABILITIES, Ability, Target

__all__ = [
    "ABILITIES",
    "HLS_TYPE",
    "Ability",
    "Delivery",
    "PlayReport",
    "PlayState",
    "Player",
    "Question",
    "Stream",
    "Target",
    "Way",
]

# The one spelling that the frontend of Home Assistant takes for a playlist.
HLS_TYPE: Final = "application/x-mpegURL"


class Delivery(StrEnum):
    """How the bytes come."""

    FILE = "file"
    """The file itself, any part of it."""
    HLS = "hls"
    """A playlist, which names others and segments by paths relative to its own."""
    STREAM = "stream"
    """What a transcoder makes, from its beginning to its end: no part of it can be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be played, and by whom."""

    identity: str
    file: str | None = None
    """Which version, as `File.identity` has it; None leaves the choice to the source."""
    ability: Ability = ABILITIES[Target.GENERIC]
    most_kbits: int | None = None
    """What the connection carries."""
    start_ms: int = 0
    """Where to begin; a conversion may begin there (see `Way.start_ms`), a file never does."""
    force_transcode: bool = False
    """Convert also what could be played as it is, for a player that turned out to fail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How something is played."""

    delivery: Delivery
    path: str
    """For `Player.fetch`: below the source's address, with its query, never with a token."""
    mime_type: str
    file: str | None = None
    """The version that was chosen."""
    play_session: str | None = None
    """By what name its playing is reported, and a conversion stopped."""
    transcodes: bool = False
    """Whether the server converts, so that it has to be stopped in the end."""
    bitrate: int | None = None
    """Kilobits a second."""
    start_ms: int = 0
    """Where in the item the stream begins: what is 0 to the player."""


class PlayState(StrEnum):
    """What a player does."""

    PLAYING = "playing"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayReport:
    """How far a player got."""

    identity: str
    state: PlayState
    position_ms: int
    """In the item, not in the stream: with `Way.start_ms`."""
    duration_ms: int | None = None
    play_session: str | None = None
    delivery: Delivery = Delivery.FILE
    file: str | None = None
    begins: bool = False
    """Whether this is the first report of a play: Jellyfin counts plays by it."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that is still under way."""

    status: int
    """200, 206, 304, 412 or 416; all else is raised as the error it means."""
    headers: Mapping[str, str]
    """In small letters, and only those that say something of the body."""
    chunks: AsyncIterator[bytes]
    """Pulled one by one: nothing is read before somebody wants it. Raises `Unreachable` when the source dies."""


class Player(Protocol):
    """Plays what one source has, over one connection; cannot remember anything. All raise `SourceError`."""

    async def way(self, question: Question) -> Way:
        """Return how something is played; raises `CannotPlay` with the reason, `Missing`.

        Nothing is counted as played by asking, and nothing is converted before somebody fetches.
        """

    async def stop(self, play_session: str) -> None:
        """End the conversion of a play; nothing happens if there is none."""

    async def report(self, report: PlayReport) -> bool:
        """Tell how far a player got; return whether it may go on: servers can end a play from their side."""

    def image_path(self, reference: str, width: int, height: int) -> str:
        """Return where a picture is that fills a frame of that size, as far as the source makes sizes."""

    def address(self, path: str) -> str | None:
        """Return where a player gets a file without us, None for what comes through us only.

        The token stands in it: it is for the player alone. Raises `Missing` for a path that leads elsewhere.
        """

    def fetch(self, path: str, headers: Mapping[str, str], method: str = "GET") -> AbstractAsyncContextManager[Stream]:
        """Return what lies at a path of a `Way`, of a playlist or of an image; leaving the context ends the request.

        Of `headers` only those count that ask for a part or for a newer version. Raises `Missing` for a path that is
        none of this source.
        """
