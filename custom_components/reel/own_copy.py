"""Which item of a source is meant by a place in the tree? Its own, or its copy of what another source has."""

from homeassistant.components.media_source.error import Unresolvable
from homeassistant.exceptions import ServiceValidationError

from .catalog import query
from .catalog_reading import Reading, read
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .copies import ranked
from .targeting import loaded_sources
from .tree_spot import Spot


async def own_copy(source: ReelCoordinator, spot: Spot) -> str:
    """Return what an item is called by a source; raises `HomeAssistantError` where the source does not have it."""
    if spot.source is None or spot.item is None:
        raise Unresolvable(translation_domain=DOMAIN, translation_key="not_playable")
    key, item = spot.source, spot.item
    if key == source.source.key:
        return item

    def work(reading: Reading) -> list[str]:
        found = [each for each in query.copies(reading.database, key, item) if each.source == source.source.key]
        return [copy.item.identity for copy in ranked(found, {})]

    copies = await read(source.hass, loaded_sources(source.hass), work)
    if not copies:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_copy_there",
            translation_placeholders={"source": source.name},
        )
    return copies[0]
