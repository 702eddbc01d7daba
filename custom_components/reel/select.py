"""Selects: which connection of a source the user prefers."""

from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .backends.model import Kind
from .backends.naming import labels
from .const import CONF_PREFERRED
from .coordinator import ReelConfigEntry
from .entity import ReelEntity

PARALLEL_UPDATES = 0

AUTOMATIC: Final = "automatic"
PREFERRED_CONNECTION: Final = SelectEntityDescription(
    key="preferred_connection", translation_key="preferred_connection", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the choice for every server of an account; there is only one way to a folder."""
    for key, coordinator in entry.runtime_data.coordinators.items():
        if coordinator.source.kind is not Kind.LOCAL:
            async_add_entities([ReelPreferredConnection(coordinator, PREFERRED_CONNECTION)], config_subentry_id=key)


class ReelPreferredConnection(ReelEntity, SelectEntity):
    """The connection that is used whenever it works, also one that does not work now."""

    @property
    @override
    def options(self) -> list[str]:
        """Return the connections as people know them, and no preference at all."""
        return [AUTOMATIC, *self._uris]

    @property
    @override
    def current_option(self) -> str:
        """Return what is preferred; a connection that is not known any more has no say."""
        pinned = self.coordinator.source.policy.pinned
        return next((label for label, uri in self._uris.items() if uri == pinned), AUTOMATIC)

    @override
    async def async_select_option(self, option: str) -> None:
        """Keep the choice with the source, which follows it at once."""
        entry = self.coordinator.config_entry
        subentry = entry.subentries[self.coordinator.source.key]
        data = {key: value for key, value in subentry.data.items() if key != CONF_PREFERRED}
        if option != AUTOMATIC:
            data[CONF_PREFERRED] = self._uris[option]
        self.hass.config_entries.async_update_subentry(entry, subentry, data=data)

    @property
    def _uris(self) -> dict[str, str]:
        return labels(self.coordinator.source.target.candidates())
