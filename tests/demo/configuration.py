"""How is the demo's Home Assistant configured? Every component is named: it needs nothing but what is pinned."""

import json
from pathlib import Path
from typing import Final

INTEGRATIONS: Final = (
    Path(__file__).parents[2] / "custom_components" / "reel",
    Path(__file__).with_name("screen"),
)

# No `http:`, whose options Home Assistant wants confirmed in its interface, and no `default_config:`.
CONFIGURATION: Final = """\
# Written anew at every start.
homeassistant:
  name: Demo
  country: GB
  media_dirs:
    media: {media}
frontend:
api:
automation: !include automations.yaml
config:
diagnostics:
history:
logbook:
media_player:
  - platform: screen
media_source:
my:
person:
recorder:
repairs:
scene: !include scenes.yaml
script: !include scripts.yaml
search:
sun:
system_health:
system_log:
logger:
  default: warning
  logs:
    custom_components.reel: debug
"""
# The step of onboarding that adds a radio, a shopping list and the like: this house is about media.
ONBOARDED: Final = {"version": 4, "minor_version": 1, "key": "onboarding", "data": {"done": ["core_config"]}}
INCLUDED: Final = ("automations.yaml", "scenes.yaml", "scripts.yaml")


def write_configuration(config: Path, media: Path) -> None:
    """Write the configuration, and link Reel into it, with a screen to play on."""
    custom = config / "custom_components"
    custom.mkdir(parents=True, exist_ok=True)
    for integration in INTEGRATIONS:
        link = custom / integration.name
        link.unlink(missing_ok=True)
        link.symlink_to(integration, target_is_directory=True)
    onboarding = config / ".storage" / "onboarding"
    if not onboarding.exists():
        onboarding.parent.mkdir(exist_ok=True)
        onboarding.write_text(json.dumps(ONBOARDED))
    (config / "configuration.yaml").write_text(CONFIGURATION.format(media=media))
    for name in INCLUDED:
        (config / name).touch()
