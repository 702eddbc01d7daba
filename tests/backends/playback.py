"""What do tests of playing share? Somebody who reads what a source sends, as a player would."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

from custom_components.reel.backends.abilities import Ability
from custom_components.reel.backends.playing import Player, Stream

# A player that takes nothing as it is.
PICKY = Ability(containers=frozenset({"none"}), sounds=frozenset({"none"}), audio=frozenset({"aac"}), vtt=True)


@dataclass(frozen=True, slots=True)
class Got:
    """What came, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def lines(self) -> list[str]:
        """The lines of a playlist."""
        return self.body.decode().splitlines()


async def read(stream: Stream) -> Got:
    """Read to the end."""
    body = b"".join([piece async for piece in stream.chunks])
    return Got(stream.status, stream.headers, body)


async def get(player: Player, path: str, method: str = "GET", **headers: str) -> Got:
    """Return what lies at a path; names of headers have underscores for their dashes."""
    said = {name.replace("_", "-").title(): value for name, value in headers.items()}
    async with player.fetch(path, said, method) as stream:
        return await read(stream)


async def leaves(player: Player, path: str) -> list[str]:
    """Return all paths that a playlist leads to, through the playlists that it names, without fetching the pieces."""
    found = []
    for line in (await get(player, path)).lines:
        uris = [line] if line and not line.startswith("#") else line.split('URI="')[1:]
        for uri in uris:
            inner = urljoin(path, uri.partition('"')[0])
            found += await leaves(player, inner) if ".m3u8" in inner else [inner]
    return found
