"""Frontend: gives our scripts to every page of it, where there is one."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL, add_extra_js_url
from homeassistant.components.http.server import StaticPathConfig
from homeassistant.core import HomeAssistant

from .const import DOMAIN

FOLDER: Final = Path(__file__).with_name("dashboard")
# Every page loads these; they load others of the folder by paths relative to themselves.
SCRIPTS: Final = ("keep_place.js",)

_VERSION_LENGTH: Final = 12


async def async_setup_dashboard(hass: HomeAssistant) -> None:
    """Serve the scripts, and have pages load them; does nothing in a Home Assistant without a frontend."""
    if DATA_EXTRA_MODULE_URL not in hass.data:
        return
    # Browsers keep what they got for a month: what changes must have another address.
    url = f"/{DOMAIN}_dashboard/{await hass.async_add_executor_job(version, FOLDER)}"
    await hass.http.async_register_static_paths([StaticPathConfig(url, str(FOLDER))])
    for script in SCRIPTS:
        add_extra_js_url(hass, f"{url}/{script}")


def version(folder: Path) -> str:
    """Return a text that differs as soon as anything in a folder does."""
    digest = sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:_VERSION_LENGTH]
