"""Lets the test harness made for 2026.10 run on 2026.11: `pytest -p tests.early`, before any other plugin.

The harness imports httpx and a private name of the logger component; 2026.11 wants to alias the first before anyone
imports it, and has moved the second. To be dropped with the first harness made for 2026.11.
"""

import homeassistant  # noqa: F401  # sets the alias
from homeassistant.components import logger
from homeassistant.components.logger import helpers

logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
