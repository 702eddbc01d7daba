"""Catalogs for syncs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .house import House
from .store import ThreadStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ThreadStore]:
    """Return a catalog."""
    store = ThreadStore(tmp_path / "reel.db")
    yield store
    store.close()


@pytest.fixture
def house(store: ThreadStore) -> House:
    """Return a source with an empty catalog."""
    return House(store)
