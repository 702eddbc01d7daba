"""How does Home Assistant come to believe the demo's plex.tv? A few names are changed before it starts.

Usage: python home_assistant.py CONFIG PORT PLEX_TV LINK; it ends when its standard input does.
"""

import os
import signal
import sys
from threading import Thread


def main() -> int:
    """Run Home Assistant, on loopback only, until the standard input ends."""
    config, port, plex_tv, link = sys.argv[1:]
    sys.argv[1:] = ["--config", config, "--skip-pip", "--log-no-color"]
    # Reel is found where Home Assistant itself will look for it, and not beside this file.
    sys.path[0] = config
    _listen_at(int(port))
    _use_plex_tv(plex_tv, link)
    Thread(target=_end_with_input, daemon=True).start()
    from homeassistant.__main__ import main as run  # noqa: PLC0415  # what it imports had to be changed first

    return run()


def _listen_at(port: int) -> None:
    """Change the default port and host: others on the network know the password of the demo, too."""
    import homeassistant.const  # noqa: PLC0415

    homeassistant.const.SERVER_PORT = port  # type: ignore[misc]
    from homeassistant.components.http import server  # noqa: PLC0415

    server.DEFAULT_BIND[:] = ["127.0.0.1"]


def _use_plex_tv(url: str, link: str) -> None:
    from custom_components.reel.backends.plex import tv  # noqa: PLC0415

    vars(tv).update(PLEX_TV=url, LINK=link)


def _end_with_input() -> None:
    """Wait until whoever started this is gone or closes our input, then end as Home Assistant wants to be ended."""
    # Not `sys.stdin`: its lock would be missed when the interpreter shuts down first.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
