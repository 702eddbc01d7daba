"""How an account that an older version of Reel stored becomes one that this version reads; Home Assistant asks once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

type Data = Mapping[str, Any]
type Version = tuple[int, int]
"""Major and minor. An older Reel reads a higher minor, and refuses a higher major."""


def _same(data: Data) -> Data:
    return data


@dataclass(frozen=True, slots=True)
class Step:
    """How the data of one version become those of another: of the account, and of each of its sources."""

    to: Version
    account: Callable[[Data], Data] = _same
    source: Callable[[Data], Data] = _same


VERSION: Final = 1
MINOR_VERSION: Final = 1

# From each version that anybody may still have, one step further.
STEPS: Final[dict[Version, Step]] = {}


def migrate(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Go every step there is, and tell whether that is far enough; a newer minor is left as it is."""
    while step := STEPS.get((entry.version, entry.minor_version)):
        for subentry in tuple(entry.subentries.values()):
            hass.config_entries.async_update_subentry(entry, subentry, data=step.source(subentry.data))
        version, minor = step.to
        hass.config_entries.async_update_entry(
            entry, data=step.account(entry.data), version=version, minor_version=minor
        )
    return entry.version == VERSION
