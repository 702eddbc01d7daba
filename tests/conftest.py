"""What every test may count on, with Home Assistant installed and without."""

from importlib.util import find_spec
from pathlib import Path
import sys
from types import ModuleType

from hypothesis import HealthCheck, settings
import pytest

# How fast made-up data is made up says something about the machine, and nothing about Reel.
settings.register_profile("reel", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("reel")

INTEGRATION = Path(__file__).parent.parent / "custom_components" / "reel"
HOME_ASSISTANT = find_spec("homeassistant") is not None

# scripts/e2e runs those in a browser.
collect_ignore_glob = ["e2e"]
if HOME_ASSISTANT:
    # Before Home Assistant looks for it: its test harness brings a package of the same name that would win.
    import custom_components.reel  # noqa: F401

    from .house import films, freezer, jellyfin, plex  # noqa: F401  # fixtures
    from .screens import room  # noqa: F401
    from .viewing import attic, den, folder, media, page, server, shelf  # noqa: F401  # fixtures
else:
    # The root of the integration needs Home Assistant, its folders do not: they get a bare parent of the same name.
    bare = ModuleType("custom_components.reel")
    bare.__path__ = [str(INTEGRATION)]
    sys.modules[bare.__name__] = bare
    # Whatever lies directly in tests/ speaks Home Assistant.
    collect_ignore_glob.append("test_*.py")


@pytest.fixture(autouse=True)
def loopback(socket_enabled: None) -> None:
    """Let tests reach the fake servers; the harness still refuses every other host."""


@pytest.fixture(autouse=HOME_ASSISTANT)
def custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant load Reel, in the tests that ask for a Home Assistant."""
    if "hass" in request.fixturenames:
        request.getfixturevalue("enable_custom_integrations")
        monkeypatch = request.getfixturevalue("monkeypatch")
        # Tests that look around on the LAN say where.
        monkeypatch.setattr("custom_components.reel.lan_search.calls", tuple)
        # All tests share one configuration folder.
        monkeypatch.setattr("custom_components.reel.storage.FILE", str(request.getfixturevalue("tmp_path") / "reel.db"))
