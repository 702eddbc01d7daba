"""Row G: how soon does a media player show what its server says, and what is the server asked for that?"""

import json
from subprocess import run
import sys
from typing import Final

from .bars import Bar, Row

KINDS: Final = {"plex": "Plex", "jellyfin": "Jellyfin"}
# As long as nobody notices.
AT_ONCE_MS: Final = 200


def measure_push() -> Row:
    """Let screens of either kind of server play, halt, and play on."""
    found = {name: _measure(kind) for kind, name in KINDS.items()}
    return Row(
        numbers={},
        bars={
            bar: each
            for name, told in found.items()
            for bar, each in (
                (f"G {name}, beginning shown p95 ms", Bar(told["begun"], AT_ONCE_MS)),
                (f"G {name}, change shown p95 ms", Bar(told["changed"], AT_ONCE_MS)),
                (f"G {name}, requests while two play", Bar(told["asked"], 0)),
            )
        },
    )


def _measure(kind: str) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.bench.push_process", kind)
    found: dict[str, float] = json.loads(run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    return found
