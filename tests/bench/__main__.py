"""Runs the benchmark: `scripts/bench [--only H,E] [--json FILE]`. Ends with 1 when a bar is missed."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
import json
from pathlib import Path
import sys
from typing import Final

from .bars import Row
from .growth_row import measure_growth
from .push_row import measure_push
from .search_row import measure_search
from .stream_row import measure_streams
from .sync_row import measure_sync

# Letters are never given to another row.
ROWS: Final[Mapping[str, tuple[str, Callable[[], Row]]]] = {
    "E": ("search and lists over 100,000 items", measure_search),
    "G": ("how soon a player shows what its server says", measure_push),
    "H": ("a full sync of 100,000 films, and small ones after it", measure_sync),
    "I": ("a film of a gigabyte that comes through Home Assistant, and many at once", measure_streams),
    "L": ("how it grows from 20,000 to 1,000,000 items", measure_growth),
}


def main() -> int:
    """Run the rows, print what they found, and tell whether all bars hold."""
    parser = ArgumentParser(prog="scripts/bench")
    parser.add_argument("--only", default=",".join(ROWS), help="the letters of the rows to run")
    parser.add_argument("--json", type=Path, help="where to write the results")
    arguments = parser.parse_args()
    found: dict[str, Row] = {}
    for letter in arguments.only.split(","):
        title, measure = ROWS[letter]
        print(f"{letter}  {title}", flush=True)
        found[letter] = measure()
        _show(found[letter])
    bars = {name: bar for row in found.values() for name, bar in row.bars.items()}
    if arguments.json:
        results = {
            "bars": {name: bar.told() for name, bar in bars.items()},
            "rows": {letter: dict(row.numbers) for letter, row in found.items()},
        }
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0 if all(bar.ok for bar in bars.values()) else 1


def _show(row: Row) -> None:
    for name, number in row.numbers.items():
        print(f"   {name:<46}{number:>14,.3f}")
    for name, bar in row.bars.items():
        print(f"   {'ok    ' if bar.ok else 'MISSED'} {name:<39}{bar.value:>14,.3f}  at most {bar.limit:g}")


if __name__ == "__main__":
    sys.exit(main())
