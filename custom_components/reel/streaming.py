"""How does a player get what a source has? Over a connection that works, or over another one if that fails."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from .backends.errors import Unreachable
from .backends.playing import Player, Stream
from .connection.model import Connection
from .coordinator import ReelCoordinator
from .wires import player


async def address(source: ReelCoordinator, path: str) -> str | None:
    """Return where a player gets a file without us, None if it has to come through us; raises `SourceError`.

    It is asked for the file first: who is led on there finds nobody who would look for another way in.
    """

    async def ask(connection: Connection) -> str | None:
        speaker = player(source.hass, source.source, connection)
        found = speaker.address(path)
        if found is not None:
            async with speaker.fetch(path, {}, "HEAD"):
                pass
        return found

    return await source.connector.run(ask)


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
