"""The issue for Home Assistant's repairs while the catalog cannot be kept. It goes when something was written again."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_loaded_integration

from .const import DOMAIN
from .storage import storage_of

ISSUE: Final = "catalog"


@callback
def watch_catalog(hass: HomeAssistant) -> None:
    """Keep the issue in step with the file from now on."""
    storage = storage_of(hass)

    @callback
    def review() -> None:
        if storage.trouble is None:
            ir.async_delete_issue(hass, DOMAIN, ISSUE)
            return
        ir.async_create_issue(
            hass,
            DOMAIN,
            ISSUE,
            is_fixable=False,
            learn_more_url=f"{async_get_loaded_integration(hass, DOMAIN).documentation}#catalog",
            severity=ir.IssueSeverity.ERROR,
            translation_key=f"catalog_{storage.trouble}",
        )

    storage.on_trouble(review)
