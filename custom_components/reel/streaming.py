"""How does a player get what a source has? Over a connection that works, or over another one if that fails."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from .account import Source, folder_of
from .backends.errors import Unreachable
from .backends.jellyfin.playing import JellyfinPlaying
from .backends.local.playing import FolderPlaying
from .backends.model import Kind
from .backends.playing import Player, Stream
from .backends.plex.playing import PlexPlaying
from .connection.model import Connection, Quality
from .coordinator import ReelCoordinator
from .wires import jellyfin_wire, plex_wire


def player(hass: HomeAssistant, source: Source, connection: Connection) -> Player:
    """Return who plays what a source has over one of its connections; takes no time and asks nobody."""
    match source.kind:
        case Kind.PLEX:
            wire = plex_wire(hass, source.client_id, verify_ssl=source.verify_ssl)
            is_local = connection.quality is Quality.LOCAL
            return PlexPlaying(wire, connection.uri, source.token, is_local)
        case Kind.JELLYFIN:
            return JellyfinPlaying(
                jellyfin_wire(hass, source.client_id, verify_ssl=source.verify_ssl),
                connection.uri,
                source.token,
                source.user_id,
                source.by_api_key,
            )
        case Kind.LOCAL:
            return FolderPlaying(folder_of(source))


@dataclass(frozen=True, slots=True)
class _Opened:
    stream: Stream
    over: Connection


@asynccontextmanager
async def opened(
    source: ReelCoordinator, path: Callable[[Player], str], headers: Mapping[str, str], method: str = "GET"
) -> AsyncIterator[Stream]:
    """Return what lies where the player of a source says; leaving the context ends the request. Raises `SourceError`.

    Until the first byte, another connection may take over. After that whoever reads has to ask for the rest, and the
    connection that broke is looked at before anybody uses it again.
    """
    async with AsyncExitStack() as stack:

        async def begin(connection: Connection) -> _Opened:
            speaker = player(source.hass, source.source, connection)
            return _Opened(await stack.enter_async_context(speaker.fetch(path(speaker), headers, method)), connection)

        found = await source.connector.run(begin)
        try:
            yield found.stream
        except Unreachable:
            source.connector.distrust(found.over)
            raise
