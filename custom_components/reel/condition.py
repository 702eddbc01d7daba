"""Purpose conditions: automations that go on only while a source is reached, or reached in a certain way."""

from collections.abc import Callable
from types import MappingProxyType
from typing import ClassVar, Final, override

from homeassistant.const import CONF_OPTIONS, Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import (
    ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL,
    Condition,
    ConditionConfig,
    EntityStateConditionBase,
)
from homeassistant.helpers.target import async_track_target_selector_state_change_event
import probatio as vol

from .connection.model import Quality, Status
from .const import DOMAIN

CONF_QUALITY: Final = "quality"

QUALITY_SCHEMA: Final = ENTITY_STATE_CONDITION_SCHEMA_ANY_ALL.extend(
    {
        vol.Required(CONF_OPTIONS): {
            vol.Required(CONF_QUALITY): vol.All(cv.ensure_list, vol.Length(min=1), [vol.Coerce(Quality)])
        }
    }
)


class SourceCondition(EntityStateConditionBase):
    """Holds by the state of one sensor of each source; any entity of a source stands for it."""

    _domain_specs = MappingProxyType({Platform.SENSOR: DomainSpec()})
    _primary_entities_only = False
    sensor: ClassVar[str]
    """The translation key of the sensor."""

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the sensors that tell about the sources that these entities belong to."""
        registry = er.async_get(self._hass)
        entries = (registry.async_get(entity) for entity in entities)
        devices = {entry.device_id for entry in entries if entry and entry.platform == DOMAIN and entry.device_id}
        return {
            entry.entity_id
            for device in devices
            for entry in er.async_entries_for_device(registry, device)
            if entry.platform == DOMAIN and entry.translation_key == self.sensor
        }

    @override
    async def _async_track_changes(self, action: Callable[[], None]) -> CALLBACK_TYPE:
        """Follow the sensors that tell, also where other entities of their sources are named."""
        return await async_track_target_selector_state_change_event(
            self._hass, self._target, lambda _: action(), self.entity_filter, primary_entities_only=False
        )


class SourceIsConnected(SourceCondition):
    """Holds while a source can be used."""

    sensor = "status"
    _states = {Status.CONNECTED}  # noqa: RUF012  # Home Assistant declares it so


class ConnectionIs(SourceCondition):
    """Holds while a source is reached at one of some qualities."""

    sensor = "connection_quality"
    _schema = QUALITY_SCHEMA

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._states = set((config.options or {})[CONF_QUALITY])


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "source_is_connected": SourceIsConnected,
    "connection_is": ConnectionIs,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions, by the name that follows the domain."""
    return CONDITIONS
