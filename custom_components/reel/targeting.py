"""Which sources does a target of Home Assistant mean? Those of its devices, areas and entities, in all registries."""

from collections.abc import Iterator

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .const import DOMAIN
from .coordinator import ReelConfigEntry, ReelCoordinator, ReelData


@callback
def targeted_devices(hass: HomeAssistant, target: TargetSelection) -> set[str]:
    """Return the ids of the devices that a target means: any entity stands for its device, an account for its sources.

    Entities that are disabled do not matter: a device is asked for, not what it shows.
    """
    found = async_extract_referenced_entity_ids(hass, target, primary_entities_only=False)
    entities, devices = er.async_get(hass), dr.async_get(hass)
    entries = (entities.async_get(entity) for entity in found.referenced | found.indirectly_referenced)
    meant = found.referenced_devices | {entry.device_id for entry in entries if entry and entry.device_id}
    behind = {
        device.id
        for account in hass.config_entries.async_entries(DOMAIN)
        for device in dr.async_entries_for_config_entry(devices, account.entry_id)
        if device.via_device_id in meant
    }
    return meant | behind


@callback
def targeted_sources(hass: HomeAssistant, target: TargetSelection) -> list[ReelCoordinator]:
    """Return the loaded sources that a target means; all of them for no target at all."""
    if not target.has_any_target:
        return list(loaded_sources(hass))
    devices = targeted_devices(hass, target)
    return [source for source in loaded_sources(hass) if source.device_id in devices]


@callback
def loaded_sources(hass: HomeAssistant) -> Iterator[ReelCoordinator]:
    """Return the sources of all accounts that are loaded."""
    entries: list[ReelConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    for entry in entries:
        # Reel players are entries, too, and have none.
        if entry.state is ConfigEntryState.LOADED and isinstance(entry.runtime_data, ReelData):
            yield from entry.runtime_data.coordinators.values()


@callback
def called_sources(call: ServiceCall) -> list[ReelCoordinator]:
    """Return the sources that an action is aimed at, at least one; raises `ServiceValidationError`."""
    sources = targeted_sources(call.hass, TargetSelection(call.data))
    if not sources:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_source")
    return sources


@callback
def called_source(call: ServiceCall) -> ReelCoordinator:
    """Return the one source that an action is aimed at; raises `ServiceValidationError`."""
    source, *others = called_sources(call)
    if others:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="one_source")
    return source
