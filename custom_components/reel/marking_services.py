"""Actions that tell sources what somebody did with their items."""

from collections.abc import Sequence
import sqlite3
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
import probatio as vol

from .backends.errors import Missing
from .backends.item import LISTS
from .catalog.reports import Subject
from .catalog_reading import Reading, read, unavailable
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .outbox import Delivery
from .targeting import called_source

SERVICE_MARK_WATCHED: Final = "mark_watched"
SERVICE_MARK_UNWATCHED: Final = "mark_unwatched"
SERVICE_SET_FAVORITE: Final = "set_favorite"

_ITEMS: Final = vol.All(cv.ensure_list, [cv.string], vol.Length(min=1, max=1000))
MARK: Final = vol.Schema({**cv.TARGET_SERVICE_FIELDS, vol.Required("item"): _ITEMS})
SET_FAVORITE: Final = MARK.extend({vol.Optional("favorite", default=True): cv.boolean})


@callback
def async_setup_marking_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action, schema in (
        (SERVICE_MARK_WATCHED, _mark_watched, MARK),
        (SERVICE_MARK_UNWATCHED, _mark_unwatched, MARK),
        (SERVICE_SET_FAVORITE, _set_favorite, SET_FAVORITE),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, SupportsResponse.OPTIONAL)


async def _mark_watched(call: ServiceCall) -> ServiceResponse:
    return await _mark(call, watched=True)


async def _mark_unwatched(call: ServiceCall) -> ServiceResponse:
    return await _mark(call, watched=False)


async def _mark(call: ServiceCall, *, watched: bool) -> ServiceResponse:
    """Mark items as watched or not, unless one of them is none that can be."""
    source, identities = called_source(call), call.data["item"]
    kinds = await read(
        call.hass,
        [source],
        lambda reading: {reading.item(source.source.key, each).item.kind for each in identities},
    )
    if kinds & LISTS:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_markable")
    return await _say(source, Subject.WATCHED, identities, value=watched)


async def _set_favorite(call: ServiceCall) -> ServiceResponse:
    """Put items among the favourites, or take them out."""
    source, identities = called_source(call), call.data["item"]

    def work(reading: Reading) -> None:
        for each in identities:
            reading.item(source.source.key, each)

    await read(call.hass, [source], work)
    return await _say(source, Subject.FAVORITE, identities, value=call.data["favorite"])


async def _say(source: ReelCoordinator, subject: Subject, identities: Sequence[str], *, value: bool) -> ServiceResponse:
    try:
        delivery = await source.catalog.outbox.say(subject, identities, value=value)
        await source.catalog.refresh()
    except sqlite3.Error as error:
        raise unavailable() from error
    if delivery.refused:
        # It knows something that the catalog does not.
        source.catalog.look_around()
        raise _refusal(source, delivery)
    waiting = [each for each in identities if each in delivery.waiting]
    return {"source": source.name, "device_id": source.device_id, "items": [*identities], "waiting": [*waiting]}


def _refusal(source: ReelCoordinator, delivery: Delivery) -> HomeAssistantError:
    """Return the error of what a server did not take; the rest was done."""
    placeholders = {"source": source.name}
    if all(isinstance(error, Missing) for error in delivery.refused.values()):
        return HomeAssistantError(
            translation_domain=DOMAIN, translation_key="item_gone", translation_placeholders=placeholders
        )
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key="refused_by_source", translation_placeholders=placeholders
    )
