"""Logbook: what happened to a source, as a sentence that follows its name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.components.logbook.const import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import CONF_TYPE
from homeassistant.core import Event, HomeAssistant, callback

from .catalog_notice import CatalogHappening
from .connection.change import Reason
from .connection.model import Quality
from .connection.notice import Happening
from .const import DOMAIN, EVENT_REEL

type Told = Mapping[str, Any]

_WAYS: Final = {
    Quality.LOCAL: "its local connection",
    Quality.REMOTE: "its remote connection",
    Quality.RELAY: "a relay",
}
_OTHER_WAYS: Final = {
    Quality.LOCAL: "another local connection",
    Quality.REMOTE: "another remote connection",
    Quality.RELAY: "another relay",
}


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Callable[[Event[Told]], dict[str, str]]], None]
) -> None:
    """Describe Reel's events."""

    @callback
    def describe(event: Event[Told]) -> dict[str, str]:
        # No entity: the frontend would put its name in the place of the source's.
        return {LOGBOOK_ENTRY_NAME: str(event.data["source"]), LOGBOOK_ENTRY_MESSAGE: sentence(event.data)}

    async_describe_event(DOMAIN, EVENT_REEL, describe)


def sentence(told: Told) -> str:  # noqa: PLR0911  # a sentence for each thing that happens
    """Return what happened, without the name of the source that stands before it."""
    match told[CONF_TYPE]:
        case Happening.SOURCE_LOST:
            return "cannot be reached any more"
        case Happening.SOURCE_RESTORED:
            return f"is back, over {_WAYS[told['new_quality']]}"
        case Happening.SIGN_IN_NEEDED:
            return "does not accept the sign-in any more"
        case Happening.BETTER_CONNECTION_FOUND if told["old_quality"] != told["new_quality"]:
            return f"found something better than {_WAYS[told['old_quality']]}"
        case Happening.BETTER_CONNECTION_FOUND:
            return "found something faster"
        case CatalogHappening.ITEM_ADDED:
            return f"has something new: {_title(told)}"
        case CatalogHappening.SYNC_FAILED:
            return "could not be read to its end"
        case _:
            return _change(told["old_quality"], told["new_quality"], told["reason"])


def _change(old: Quality | None, new: Quality, reason: Reason) -> str:
    if old is None:
        return f"is reached over {_WAYS[new]}"
    same = old == new
    now = f"is now reached over {_OTHER_WAYS[new] if same else _WAYS[new]}"
    match reason:
        case Reason.FAILOVER:
            return f"{now}, because {'the one before' if same else _WAYS[old]} failed"
        case Reason.UPGRADE if same:
            return f"{now}, because that is faster"
        case Reason.PREFERENCE:
            return f"{now}, because its settings say so"
        case Reason.REDISCOVERY:
            return f"{now}, because its connections are not what they were"
        case _:
            return now


def _title(told: Told) -> str:
    """Return what people call an item."""
    within = told.get("show") or told.get("artist")
    year = f" ({told['year']})" if "year" in told and not within else ""
    return f"{within}: {told['title']}" if within else f"{told['title']}{year}"
