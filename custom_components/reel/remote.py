"""Remote controls: the keys of clients that let themselves be navigated."""

import asyncio
from collections.abc import Iterable
from typing import Any, override

from homeassistant.components.remote import RemoteEntity
from homeassistant.components.remote.const import (
    ATTR_DELAY_SECS,
    ATTR_NUM_REPEATS,
    DEFAULT_DELAY_SECS,
    DEFAULT_NUM_REPEATS,
    DOMAIN as REMOTE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .backends.clients import Client, Command, Order
from .client_entity import ClientEntity
from .client_keys import key_of, not_switchable
from .client_roll import async_follow_clients
from .coordinator import ReelConfigEntry, ReelCoordinator

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: ReelConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a remote control for every client of an account that has keys, as soon as it is seen."""
    async_follow_clients(entry, REMOTE, async_add_entities, _remote)


def _remote(coordinator: ReelCoordinator, client: Client) -> ClientRemote | None:
    return ClientRemote(coordinator, client) if Order.NAVIGATE in client.orders else None


class ClientRemote(ClientEntity, RemoteEntity):
    """The keys of a client."""

    @override
    def show(self) -> None:
        """Show whether the client is there to take keys."""
        present = self.present
        self._attr_is_on = present is not None and Order.NAVIGATE in present.orders

    @override
    async def async_send_command(self, command: Iterable[str], **kwargs: Any) -> None:
        """Press keys, one after the other, as often as wanted."""
        keys = [key_of(self.client, each) for each in command]
        delay = kwargs.get(ATTR_DELAY_SECS, DEFAULT_DELAY_SECS)
        presses = keys * kwargs.get(ATTR_NUM_REPEATS, DEFAULT_NUM_REPEATS)
        for number, key in enumerate(presses):
            if number:
                await asyncio.sleep(delay)
            await self.order(Command(order=Order.NAVIGATE, key=key))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Raise `HomeAssistantError`: an app cannot be opened from here."""
        raise not_switchable(self.client)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Raise `HomeAssistantError`: an app cannot be closed from here."""
        raise not_switchable(self.client)
