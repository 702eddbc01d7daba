"""Row E: how long does somebody wait who types, or opens a folder?"""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from custom_components.reel.catalog.database import open_reader
from custom_components.reel.catalog.query import Query, Sort, items
from custom_components.reel.catalog.search import search

from .bars import Bar, Row
from .load import measure_load
from .made_up import LIBRARY, SOURCE, build, titles

ITEMS: Final = 100_000
TYPED: Final = 60
# Catalogs of all sizes begin with the same titles.
AMONG: Final = 20_000


def measure_search() -> Row:
    """Type titles letter by letter, open folders, and load an account, over 100,000 items."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "reel.db"
        build(path, ITEMS)
        typing, first_page = measure_file(path)
        load = measure_load(path)
    return Row(
        numbers={"search, p95 as you type, ms": typing, "first page, slowest folder, ms": first_page, "load, ms": load},
        bars={
            "E search p95 ms": Bar(typing, 15),
            "E first page ms": Bar(first_page, 20),
            "E entry load ms": Bar(load, 300),
        },
    )


def measure_file(path: Path) -> tuple[float, float]:
    """Return the 95th percentile of searches as somebody types, and the slowest first page, in milliseconds."""
    with closing(open_reader(path)) as reader:
        typed = _typed()
        # What was never read comes from a disk, and how fast that is is not the question.
        for text in typed:
            search(reader, text)
        times = [_timed(search, reader, text) for text in typed]
        pages = [min(_timed(items, reader, query) for _ in range(3)) for query in _folders()]
    return quantiles(times, n=20)[-1], max(pages)


def _typed() -> list[str]:
    """Return what stands in the field while some titles are typed, some of them with a slip of the finger."""
    chosen = Random(7).sample(list(titles(AMONG)), TYPED)
    slipped = [title[:3] + title[4:] for title in chosen[::10] if len(title) > 8]
    return [title[:length] for title in (*chosen, *slipped) for length in range(1, len(title) + 1)]


def _folders() -> list[Query]:
    """Return every folder there is, sorted in every way."""
    places: list[dict[str, object]] = [
        {"libraries": ((SOURCE, LIBRARY.identity),)},
        {"sources": (SOURCE,)},
        {"kinds": LIBRARY.kinds},
    ]
    sorts = (Sort.TITLE, Sort.ADDED, Sort.YEAR, Sort.RATING, Sort.AIRED)
    return [
        Query(**place, sort=sort, descending=descending)  # type: ignore[arg-type]
        for place in places
        for sort in sorts
        for descending in (False, True)
    ]


def _timed[**P](work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> float:
    began = perf_counter()
    work(*args, **kwargs)
    return (perf_counter() - began) * 1000
