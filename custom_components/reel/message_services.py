"""The action that shows people a message where they watch."""

from typing import Final

from homeassistant.components.media_player.const import DOMAIN as MEDIA_PLAYER
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.service import async_register_platform_entity_service
from homeassistant.helpers.typing import VolDictType
import probatio as vol

from .backends.clients import Command, Order
from .client_entity import ClientEntity
from .const import DOMAIN

SERVICE_SEND_MESSAGE: Final = "send_message"

SCHEMA: Final[VolDictType] = {
    vol.Required("message"): vol.All(cv.string, vol.Length(min=1)),
    vol.Optional("title", default=""): cv.string,
    vol.Optional("seconds", default=5): vol.All(vol.Coerce(float), vol.Range(min=1, max=600)),
}


@callback
def async_setup_message_services(hass: HomeAssistant) -> None:
    """Register the action."""
    async_register_platform_entity_service(
        hass, DOMAIN, SERVICE_SEND_MESSAGE, entity_domain=MEDIA_PLAYER, func=_send, schema=SCHEMA
    )


async def _send(entity: Entity, call: ServiceCall) -> None:
    """Show a message on a client; raises `HomeAssistantError` for a player that shows none."""
    if not isinstance(entity, ClientEntity) or Order.MESSAGE not in entity.client.orders:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_messages",
            translation_placeholders={"entity": entity.entity_id},
        )
    data = call.data
    await entity.order(Command(order=Order.MESSAGE, text=data["message"], title=data["title"], seconds=data["seconds"]))
