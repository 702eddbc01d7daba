"""A Plex server in a process of its own, so that it does not slow down who asks it.

`python -m tests.bench.plex_process 100000` prints where it is and what opens it, and serves until its input ends. A
line of input changes one film.
"""

import asyncio
import json
import sys

from ..servers.library import make_library
from ..servers.plex import PlexServer, PlexTv


async def serve(count: int) -> None:
    """Serve a library of so many films."""
    library = make_library(1, movies=count, shows=0, artists=0)
    async with PlexTv() as tv, PlexServer("Bench", library=library) as server:
        token = tv.give(server, tv.add_user("ada@example.com", username="ada"), owned=True)
        print(json.dumps({"uri": server.url(), "token": token}), flush=True)
        number = min(library.titles)
        while await asyncio.to_thread(sys.stdin.readline):
            server.traffic.clear()
            server.change(number, name="Changed")
            print("changed", flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
