"""Are our scripts given to the pages of the frontend? Once, as they are now, and only where there is a frontend."""

from http import HTTPStatus
from pathlib import Path
import re
import shutil
import subprocess
from typing import Final

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, UrlManager
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.reel.const import DOMAIN
from custom_components.reel.dashboard_files import FOLDER, SCRIPTS, version

FILES: Final = sorted(FOLDER.rglob("*.js"))


@pytest.fixture
def pages(hass: HomeAssistant) -> set[str]:
    """Return what every page loads, in a house that has a frontend."""
    urls: set[str] = set()

    def changed(change: str, url: str) -> None:
        assert change == "added"
        assert url not in urls
        urls.add(url)

    hass.data[DATA_EXTRA_MODULE_URL] = UrlManager(changed, [])
    return urls


async def test_pages_load_every_script_once_and_get_it_as_it_is(
    hass: HomeAssistant, pages: set[str], hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()

    assert len(pages) == len(SCRIPTS)
    for url in pages:
        answer = await client.get(url)
        assert answer.status == HTTPStatus.OK
        assert answer.content_type == "text/javascript"
        assert "max-age" in answer.headers["Cache-Control"]
        assert await answer.read() == (FOLDER / url.rpartition("/")[2]).read_bytes()


async def test_the_address_says_the_version_of_what_is_there(hass: HomeAssistant, pages: set[str]) -> None:
    assert await async_setup_component(hass, DOMAIN, {})

    assert {url.rsplit("/", 1)[0] for url in pages} == {f"/reel_dashboard/{version(FOLDER)}"}


def test_another_content_is_another_version(tmp_path: Path) -> None:
    (tmp_path / "one.js").write_text("1")
    before = version(tmp_path)

    assert version(tmp_path) == before
    (tmp_path / "one.js").write_text("2")
    assert version(tmp_path) != before


async def test_nothing_outside_the_folder_is_served(
    hass: HomeAssistant, pages: set[str], hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    folder = pages.pop().rsplit("/", 1)[0]

    for path in ("/%2e%2e/manifest.json", "/..%2fmanifest.json", "/", "/none.js"):
        assert (await client.get(folder + path)).status in {
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
        }


async def test_a_house_without_a_frontend_has_reel_all_the_same(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})

    assert DATA_EXTRA_MODULE_URL not in hass.data


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_script_loads_nothing_from_elsewhere_and_runs_no_text(file: Path) -> None:
    text = file.read_text()

    assert re.findall(r"https?://[\w.]", text) == []
    assert re.findall(r"\b(?:eval|Function|innerHTML|document\.write|localStorage)\b", text) == []


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_script_is_a_module_that_can_be_read(file: Path, tmp_path: Path) -> None:
    module = tmp_path / f"{file.stem}.mjs"
    module.write_bytes(file.read_bytes())

    checked = subprocess.run(  # noqa: S603  # our own file
        ("node", "--check", str(module)),  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stderr == ""
    assert checked.returncode == 0
