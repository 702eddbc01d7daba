"""The folders that Home Assistant may read: which of them are offered, and whether one may be added."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
import os
from pathlib import Path
from typing import Final

from homeassistant.const import CONF_PATH
from homeassistant.core import HomeAssistant

from .backends.errors import Cause, Unreachable
from .backends.local.folder import Folder, open_folder
from .errors import InvalidInput

DEEPEST: Final = 2
MOST: Final = 300
# A share whose server is gone may keep a thread for minutes; nobody waits that long in front of a form.
PATIENCE: Final = 5.0


async def open_allowed_folder(hass: HomeAssistant, path: str, patience: float = PATIENCE) -> Folder:
    """Return a folder that may be added; raises `Unreachable` or `InvalidInput`."""
    try:
        async with asyncio.timeout(patience):
            return await hass.async_add_executor_job(_allowed_folder, hass, Path(path))
    except TimeoutError as error:
        raise Unreachable(Cause.SILENT) from error


async def offered_folders(hass: HomeAssistant, patience: float = PATIENCE) -> list[str]:
    """Return folders that may be added, as many as are found in time; network storage is mounted among them."""
    found: list[str] = []
    roots = [Path(each) for each in (*hass.config.media_dirs.values(), *sorted(hass.config.allowlist_external_dirs))]
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            await hass.async_add_executor_job(_find, hass, roots, found)
    return sorted(set(found))


def _allowed_folder(hass: HomeAssistant, path: Path) -> Folder:
    """Return a folder that may be read and is none of Home Assistant's own. Blocks."""
    if not path.is_absolute():
        raise InvalidInput(CONF_PATH, "path_not_absolute")
    folder = open_folder(path)
    if refusal := _refusal(hass, folder.path):
        raise InvalidInput(CONF_PATH, refusal)
    return folder


def _refusal(hass: HomeAssistant, path: Path) -> str | None:
    """Return why a folder may not be added, None if it may. Blocks."""
    config = Path(hass.config.config_dir).resolve()
    media = [Path(each).resolve() for each in hass.config.media_dirs.values()]
    in_media = any(path.is_relative_to(each) for each in media)
    if (path.is_relative_to(config) and not in_media) or config.is_relative_to(path):
        return "folder_in_config"
    return None if in_media or hass.config.is_allowed_path(str(path)) else "folder_not_allowed"


def _find(hass: HomeAssistant, roots: list[Path], found: list[str]) -> None:
    """Add what may be offered below some folders, as it is found. Blocks."""
    for root in roots:
        for folder in _walk(root, DEEPEST):
            if len(found) == MOST:
                return
            if _refusal(hass, folder.resolve()) is None:
                found.append(str(folder))


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    """Yield a folder and those below it, without what is hidden or cannot be read."""
    try:
        with os.scandir(folder) as entries:
            below = sorted(Path(each) for each in entries if each.name[0] not in ".@#" and each.is_dir())
    except OSError:
        return
    yield folder
    if depth:
        for each in below:
            yield from _walk(each, depth - 1)
