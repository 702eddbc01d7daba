"""Row I: what does it cost that films come through Home Assistant, beside coming from their server?

With a processor each for whoever sends, passes on and takes, a film comes as fast as the busiest of them works. So that
is compared: it is the same however many processors there are, and whatever else they do.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
import sys
from tempfile import TemporaryDirectory
from typing import Final

from .bars import Bar, Row
from .taker import first_byte, many, take

GIGABYTE: Final = 1_000_000_000
# They take turns, and what ran in the same turn is compared: other work on the machine slows all of it down. Numbers
# are those of the best turn.
RUNS: Final = 15
TRIES: Final = 50
STREAMS: Final = 20
# How much each of the streams takes where nobody waits, and where everybody does.
FAST: Final = 20_000_000
SLOW: Final = 1_000_000

DIRECT: Final = "direct"


def measure_streams() -> Row:
    """Take a film of a gigabyte from its server, through Home Assistant, and through it from a folder."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        film = Path(folder) / "film.mp4"
        film.touch()
        os.truncate(film, GIGABYTE)
        server = stack.enter_context(_process("bodies_process", str(film)))
        place = server.line()
        proxy = stack.enter_context(_process("proxy_process", json.dumps(place), folder, film.name))
        urls = {DIRECT: f"{place['uri']}{place['path']}?X-Plex-Token={place['token']}", **proxy.line()}
        return _measured(urls, server, proxy)


def _measured(urls: Mapping[str, str], server: _Process, proxy: _Process) -> Row:
    runs = [{name: _take(url, server, proxy) for name, url in urls.items()} for _ in range(RUNS)]
    taken = {name: min((run[name] for run in runs), key=lambda each: each.busiest) for name in urls}
    first = {name: median(first_byte(url) for _ in range(TRIES)) * 1000 for name, url in urls.items()}
    ways = [name for name in urls if name != DIRECT]
    memory = {
        f"{name}, {how}": _growth(urls[name], proxy, most)
        for name in ways
        for how, most in (("fast", FAST), ("slow", SLOW))
    }
    return Row(
        numbers={
            **{f"{name}, MB a second": GIGABYTE / each.seconds / 1e6 for name, each in taken.items()},
            **{f"{name}, MB a second, a core each": GIGABYTE / each.busiest / 1e6 for name, each in taken.items()},
            "direct, CPU seconds a GB to send": taken[DIRECT].sent,
            "direct, CPU seconds a GB to take": taken[DIRECT].taken,
            **{f"{name}, CPU seconds a GB to pass on": taken[name].passed_on for name in ways},
            **{f"{name}, first byte, ms": value for name, value in first.items()},
            **{f"{name}, memory of {STREAMS}, MB": value for name, value in memory.items()},
        },
        bars={
            **{f"I direct over {name}": Bar(_loss(runs, name), 2) for name in ways},
            **{f"I {name}, first byte added ms": Bar(first[name] - first[DIRECT], 5) for name in ways},
            f"I memory of {STREAMS} MB": Bar(max(memory.values()), STREAMS),
        },
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """How many seconds a film took, and how many of a processor to send it, to pass it on and to take it."""

    seconds: float
    sent: float
    passed_on: float
    taken: float

    @property
    def busiest(self) -> float:
        """How many seconds a film takes where everybody has a processor."""
        return max(self.sent, self.passed_on, self.taken)


def _loss(runs: Iterable[Mapping[str, _Taken]], name: str) -> float:
    """Return how many times as fast a film comes without us."""
    return median(run[name].busiest / run[DIRECT].busiest for run in runs)


def _take(url: str, server: _Process, proxy: _Process) -> _Taken:
    before = server.told()["cpu"], proxy.told()["cpu"]
    seconds, taken = take(url)
    return _Taken(seconds, server.told()["cpu"] - before[0], proxy.told()["cpu"] - before[1], taken)


def _growth(url: str, proxy: _Process, most: int) -> float:
    """Return how many megabytes more are in use while many take a film, so much each, than after they did."""
    with many(url, STREAMS) as takers:
        takers.take(most)
    before = proxy.told()["memory"]
    with many(url, STREAMS) as takers:
        takers.take(most)
        return proxy.told()["memory"] - before


@dataclass(frozen=True, slots=True)
class _Process:
    """A process that is told lines, and says some."""

    process: Popen[str]

    def line(self) -> dict[str, str]:
        """Return what it says next."""
        assert self.process.stdout is not None
        said: dict[str, str] = json.loads(self.process.stdout.readline())
        return said

    def told(self) -> dict[str, float]:
        """Return what it says when it is asked."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return {name: float(value) for name, value in self.line().items()}


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[_Process]:
    command = (sys.executable, "-m", f"tests.bench.{module}", *arguments)
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603
        yield _Process(process)
        # It ends with its input.
        process.communicate()
