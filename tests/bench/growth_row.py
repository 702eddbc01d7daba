"""Row L: what becomes of searches, folders and memory when there is fifty times as much?"""

import json
from pathlib import Path
from subprocess import run
import sys
from tempfile import TemporaryDirectory
from typing import Final

from .bars import Bar, Row
from .made_up import build

SIZES: Final = (20_000, 100_000, 1_000_000)
# Under so many milliseconds the clock and whatever else the machine does count for more than how much there is.
NOTICEABLE: Final = 1.0


def measure_growth() -> Row:
    """Search and open folders in catalogs of each size, each in a process of its own."""
    found = {size: _measure(size) for size in SIZES}
    small, large = found[SIZES[0]], found[SIZES[-1]]
    numbers = {f"{name} at {size:,}": value for size, each in found.items() for name, value in each.items()}
    return Row(
        numbers=numbers,
        bars={
            "L search grows": Bar(_growth(small["search p95 ms"], large["search p95 ms"]), 3),
            "L first page grows": Bar(_growth(small["first page ms"], large["first page ms"]), 3),
            "L memory grows MB": Bar(large["memory MB"] - small["memory MB"], 10),
        },
    )


def _growth(small: float, large: float) -> float:
    return max(large, NOTICEABLE) / max(small, NOTICEABLE)


def _measure(size: int) -> dict[str, float]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reel.db"
        build(path, size)
        command = (sys.executable, "-m", "tests.bench.growth_process", str(path))
        told = run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    numbers: dict[str, float] = json.loads(told)
    return numbers
