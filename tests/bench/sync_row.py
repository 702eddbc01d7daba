"""Row H: what does a full sync cost beside the least that reading a library can cost, and a small one after it?"""

import json
from pathlib import Path
from subprocess import PIPE, Popen
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final

from .bars import Bar, Row

FILMS: Final = 100_000
# The floor and the sync take turns, and each is as fast as its best run: other work on the machine only slows down.
RUNS: Final = 2


def measure_sync() -> Row:
    """Read a server of 100,000 films in both ways, each in a process of its own."""
    with _process("plex_process", str(FILMS)) as server:
        place = _line(server)
        floors, syncs = [], []
        for _ in range(RUNS):
            _read("warm", place, server)
            floors.append(_read("floor", place, server))
            syncs.append(_read("sync", place, server))
        server.communicate()
    floor, best = min(each["seconds"] for each in floors), min(each["seconds"] for each in syncs)
    most = {name: max(each[name] for each in syncs) for name in ("idle", "changed", "memory")}
    stall = min(each["stall"] for each in syncs)
    return Row(
        numbers={"floor, s": floor, "full sync, s": best, "films a second": FILMS / best, **most, "stall, ms": stall},
        bars={
            "H full sync over floor": Bar(best / floor, 2.5),
            "H extra memory MB": Bar(most["memory"], 60),
            "H loop stall ms": Bar(stall, 30),
            "H requests, nothing changed": Bar(most["idle"], 3),
            "H requests, one film changed": Bar(most["changed"], 5),
        },
    )


def _read(how: str, place: dict[str, str], server: Popen[str]) -> dict[str, Any]:
    with (
        TemporaryDirectory() as folder,
        _process("reader_process", how, place["uri"], place["token"], str(Path(folder) / "reel.db")) as reader,
    ):
        assert reader.stdout is not None
        while (line := reader.stdout.readline()).strip() == "change":
            _pass_on(server)
            _pass_on(reader, answer=False)
        found: dict[str, Any] = json.loads(line)
    assert found["items"] == FILMS, found
    return found


def _pass_on(process: Popen[str], *, answer: bool = True) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("change\n")
    process.stdin.flush()
    if answer:
        process.stdout.readline()


def _process(module: str, *arguments: str) -> Popen[str]:
    command = (sys.executable, "-m", f"tests.bench.{module}", *arguments)
    return Popen(command, stdin=PIPE, stdout=PIPE, text=True)  # noqa: S603


def _line(process: Popen[str]) -> dict[str, str]:
    assert process.stdout is not None
    said: dict[str, str] = json.loads(process.stdout.readline())
    return said
