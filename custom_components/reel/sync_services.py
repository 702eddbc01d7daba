"""Actions that bring the catalog in step with its sources."""

import asyncio
from typing import Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import probatio as vol

from .catalog_reading import Reading, read
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .sync.model import Failed, Mode, Outcome
from .sync_answer import outcome
from .targeting import called_sources

SERVICE_SYNC: Final = "sync"
SERVICE_CANCEL_SYNC: Final = "cancel_sync"

SYNC: Final = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Optional("mode", default=Mode.INCREMENTAL): vol.All(
            vol.In([Mode.FULL, Mode.INCREMENTAL]), vol.Coerce(Mode)
        ),
        vol.Optional("library"): cv.string,
    }
)


@callback
def async_setup_sync_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    hass.services.async_register(DOMAIN, SERVICE_SYNC, _sync, SYNC, SupportsResponse.OPTIONAL)
    hass.services.async_register(DOMAIN, SERVICE_CANCEL_SYNC, _cancel, vol.Schema(cv.TARGET_SERVICE_FIELDS))


async def _sync(call: ServiceCall) -> ServiceResponse:
    """Sync sources side by side, or the one library that is asked for wherever it is."""
    sources = {source.source.key: source for source in called_sources(call)}
    name = call.data.get("library")

    def work(reading: Reading) -> list[tuple[str, str | None]]:
        libraries = reading.libraries([name]) if name else None
        return [*libraries] if libraries else [(key, None) for key in sources]

    wanted = await read(call.hass, sources.values(), work)
    ended = await asyncio.gather(*(_sync_one(sources[key], call.data["mode"], library) for key, library in wanted))
    for (key, _), each in zip(wanted, ended, strict=True):
        if isinstance(each, Failed) and len(wanted) == 1:
            raise _failed(sources[key], each)
    return {
        "sources": [
            _told(sources[key]) | outcome(each, sources[key].catalog.view.names)
            for (key, _), each in zip(wanted, ended, strict=True)
        ]
    }


async def _sync_one(source: ReelCoordinator, mode: Mode, library: str | None) -> Outcome:
    return await source.catalog.sync(Mode.LIBRARY if library else mode, library)


def _told(source: ReelCoordinator) -> JsonObjectType:
    return {"source": source.name, "device_id": source.device_id}


async def _cancel(call: ServiceCall) -> None:
    """End the syncs of sources; where none is under way, there is nothing to do."""
    for source in called_sources(call):
        await source.catalog.cancel()


async def sync_now(source: ReelCoordinator) -> None:
    """Look for what changed at a source; raises `HomeAssistantError` when that fails."""
    ended = await source.catalog.sync(Mode.INCREMENTAL)
    if isinstance(ended, Failed):
        raise _failed(source, ended)


def _failed(source: ReelCoordinator, ended: Failed) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="sync_failed",
        translation_placeholders={"source": source.name, "reason": ended.reason},
    )
