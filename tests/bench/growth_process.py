"""Searches and opens folders in a process of its own: `python -m tests.bench.growth_process FILE`."""

import json
from pathlib import Path
import resource
import sys

from .search_row import measure_file


def main() -> None:
    """Print how long that took, and how much memory."""
    path = Path(sys.argv[1])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    typing, first_page = measure_file(path)
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"search p95 ms": typing, "first page ms": first_page, "memory MB": memory}))


if __name__ == "__main__":
    main()
