"""Folders are added: offered where Home Assistant may read, refused where it may not, all in one account."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
import os
from pathlib import Path
import threading

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.reel.backends.errors import Cause, Unreachable
from custom_components.reel.const import DOMAIN
from custom_components.reel.folders import MOST, offered_folders, open_allowed_folder

from .house import add_folder, fill_in, start


async def test_folders_are_offered_two_levels_deep_without_what_is_hidden(hass: HomeAssistant, films: Path) -> None:
    (films / "Movies" / "deep" / "deeper").mkdir(parents=True)
    (films.parent / ".trash").mkdir()
    (films.parent / "@eaDir").mkdir()
    share = films.parent / "network share"
    share.mkdir()
    hass.config.allowlist_external_dirs = {str(films.parent / "gone"), hass.config.path("www")}
    result = await start(hass, "local")
    schema = result["data_schema"]
    assert schema is not None
    offered = [films.parent, films, *(films / name for name in ("Movies", "Music", "TV")), share]
    assert schema.schema["path"].config["options"] == [str(folder) for folder in offered]


async def test_ever_so_many_folders_do_not_flood_the_form(hass: HomeAssistant, films: Path) -> None:
    for number in range(MOST):
        (films / f"Season {number}").mkdir()
    assert len(await offered_folders(hass)) == MOST


async def test_a_share_that_hangs_holds_nobody_up(
    hass: HomeAssistant, films: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    scandir = os.scandir

    def hang(path: Path) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if path == films:
            goes_on.wait(10)
        return scandir(path)

    monkeypatch.setattr("custom_components.reel.folders.os.scandir", hang)
    monkeypatch.setattr("custom_components.reel.backends.local.folder.os.scandir", hang)
    assert await offered_folders(hass, patience=0.05) == [str(films.parent)]
    with pytest.raises(Unreachable) as raised:
        await open_allowed_folder(hass, str(films), patience=0.05)
    assert raised.value.cause is Cause.SILENT
    goes_on.set()
    await hass.async_block_till_done()


async def test_a_folder_becomes_a_source_of_the_account_of_folders(hass: HomeAssistant, films: Path) -> None:
    entry = (await add_folder(hass, films))["result"]
    assert (entry.title, entry.unique_id, entry.state) == ("Folders", "local", ConfigEntryState.LOADED)
    assert [subentry.unique_id for subentry in entry.subentries.values()] == [str(films)]


async def test_a_second_folder_joins_the_first(hass: HomeAssistant, films: Path) -> None:
    await add_folder(hass, films / "TV")
    result = await add_folder(hass, films / "Movies")
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "folder_added")
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert [subentry.title for subentry in entry.subentries.values()] == ["TV", "Movies"]


async def test_everything_wrong_about_a_folder_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_folder(hass, films / "TV")
    outside = tmp_path / "outside"
    outside.mkdir()
    (films / "link").symlink_to(outside)
    locked = films / "locked"
    scandir = os.scandir

    def refuse(path: Path) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if path == locked:
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr("custom_components.reel.backends.local.folder.os.scandir", refuse)
    result = await start(hass, "local")
    for path, errors in (
        ("media/films", {"path": "path_not_absolute"}),
        (films / "nothing", {"base": "folder_missing"}),
        (locked, {"base": "folder_unreadable"}),
        (outside, {"path": "folder_not_allowed"}),
        (films / "link", {"path": "folder_not_allowed"}),
        (hass.config.path(), {"path": "folder_in_config"}),
        ("/", {"path": "folder_in_config"}),
        (films / "TV", {"path": "already_configured"}),
    ):
        result = await fill_in(hass, result, {"path": str(path)})
        assert (result["step_id"], result["errors"]) == ("local", errors)
    result = await fill_in(hass, result, {"path": str(films / "Movies")})
    assert result["reason"] == "folder_added"
