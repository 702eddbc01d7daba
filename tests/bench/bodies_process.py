"""A Plex server with a long film, in a process of its own, so that it does not slow down who passes that on.

`python -m tests.bench.bodies_process FILE` prints where the film is and what opens it, serves until its input ends, and
tells for every line of it what that cost.
"""

import asyncio
import json
import logging
from pathlib import Path
import sys

from ..servers.library import make_library
from ..servers.media import LongFilm
from ..servers.plex import PlexServer, PlexTv
from ..servers.plex.files import part_key
from .costs import tell_costs


async def serve(file: Path, size: int) -> None:
    """Serve films that are all the same file."""
    library = make_library(1, movies=1, shows=0, artists=0)
    async with PlexTv() as tv, PlexServer("Bench", library=library) as server:
        server.behaviour.film = LongFilm(size, file)
        token = tv.give(server, tv.add_user("ada@example.com", username="ada"), owned=True)
        (film,) = library.titles.values()
        place = {"uri": server.url(), "token": token, "path": part_key(film), "machine": server.identifier}
        print(json.dumps(place), flush=True)
        await tell_costs()


if __name__ == "__main__":
    # Those who measure leave when they know enough.
    logging.disable(logging.ERROR)
    asyncio.run(serve(path := Path(sys.argv[1]), path.stat().st_size))
