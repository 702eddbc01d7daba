"""Who may import what: a table, held against every file of the folders that run without Home Assistant."""

import ast
from collections.abc import Iterator
from pathlib import Path
import sys

import pytest

ROOT = Path(__file__).parents[2] / "custom_components" / "reel"
REEL = "custom_components.reel"

# What each folder may import besides the standard library and itself.
ALLOWED = {
    "connection": set[str](),
    "backends": {"aiohttp", "orjson", "yarl", f"{REEL}.connection"},
    "catalog": {f"{REEL}.backends.item", f"{REEL}.backends.listing", f"{REEL}.backends.model"},
    "player": {f"{REEL}.backends.{name}" for name in ("item", "playing")},
    "sync": {f"{REEL}.backends.{name}" for name in ("errors", "item", "listing", "model")} | {f"{REEL}.catalog"},
}


def imports(source: str, file: Path) -> Iterator[str]:
    """Yield the full names of what a file imports; absolute imports of the integration itself stay recognizable."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names):
                yield from (f"absolute {alias.name}" if alias.name.startswith(REEL) else alias.name for alias in names)
            case ast.ImportFrom(module, names, 0):
                yield f"absolute {module}" if module and module.startswith(REEL) else str(module)
            case ast.ImportFrom(module, names, int(level)):
                above = [*REEL.split("."), *file.parts][:-level]
                yield from (".".join([*above, *([module] if module else []), alias.name]) for alias in names)


def violations(source: str, file: Path) -> list[str]:
    """Return the imports of a file that its layer forbids; `file` is relative to the integration."""
    layer = file.parts[0]
    allowed = {*ALLOWED[layer], f"{REEL}.{layer}", *sys.stdlib_module_names}
    return [name for name in imports(source, file) if not any(f"{name}.".startswith(f"{each}.") for each in allowed)]


def test_the_layers_import_only_what_they_may() -> None:
    files = [file for layer in ALLOWED for file in sorted((ROOT / layer).rglob("*.py"))]
    assert len(files) > 30
    found = {file.relative_to(ROOT): violations(file.read_text(), file.relative_to(ROOT)) for file in files}
    assert {str(file): names for file, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("connection/race.py", "import homeassistant"),
        ("connection/race.py", "import asyncio, homeassistant.core"),
        ("connection/race.py", "from homeassistant.core import HomeAssistant"),
        ("connection/race.py", "def late():\n    import voluptuous"),
        ("connection/race.py", "if TYPE_CHECKING:\n    from aiohttp import ClientSession"),
        ("connection/race.py", "from ..backends.errors import Busy"),
        ("connection/race.py", "from .. import const"),
        ("connection/race.py", "from ..const import DOMAIN"),
        ("connection/race.py", "from ... import json"),
        ("connection/race.py", "from custom_components.reel.connection.model import Clock"),
        ("connection/race.py", "import custom_components.reel.connection.model"),
        ("backends/transport.py", "import requests"),
        ("backends/plex/tv.py", "from ...catalog.model import Item"),
        ("backends/plex/tv.py", "from ...const import DOMAIN"),
        ("backends/plex/tv.py", "from ... import errors"),
        ("catalog/sync.py", "import aiohttp"),
        ("catalog/sync.py", "from ..backends.transport import send"),
        ("catalog/sync.py", "from ..connection.race import race"),
        ("catalog/sync.py", "from ..coordinator import Coordinator"),
        ("player/play.py", "from ..catalog.place import keep_place"),
        ("player/play.py", "from ..backends.errors import Missing"),
        ("player/play.py", "import homeassistant"),
    ],
)
def test_a_planted_violation_is_found(file: str, line: str) -> None:
    assert len(violations(line, Path(file))) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("connection/race.py", "import asyncio\nfrom collections.abc import Callable\nfrom .model import Clock"),
        ("connection/race.py", "from . import model"),
        ("backends/plex/tv.py", "import aiohttp.abc\nfrom yarl import URL\nfrom ...connection.model import Clock"),
        ("backends/plex/tv.py", "from ..errors import Missing\nfrom .. import retry\nfrom .wire import Wire"),
        ("catalog/sync.py", "import sqlite3\nfrom ..backends.model import Kind\nfrom ..backends import model"),
        ("player/play.py", "from ..backends.playing import PlayState\nfrom .place import is_watched"),
    ],
)
def test_what_a_layer_may_import_is_no_violation(file: str, line: str) -> None:
    assert violations(line, Path(file)) == []
