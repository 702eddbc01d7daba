"""Searches and opens folders in a process of its own: `python -m tests.bench.growth_process FILE`."""

import json
from pathlib import Path
from resource import getpagesize
import sys

from .search_row import measure_file


def main() -> None:
    """Print how long that took, and how much memory it holds afterwards."""
    path = Path(sys.argv[1])
    before = _memory()
    typing, first_page = measure_file(path)
    print(json.dumps({"search p95 ms": typing, "first page ms": first_page, "memory MB": _memory() - before}))


def _memory() -> float:
    """Return how much memory is in use, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize() / 1024**2


if __name__ == "__main__":
    main()
