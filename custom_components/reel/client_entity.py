"""What do the entities of a client have in common? A device of its own, which stays known when the client is gone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, override

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_registry import RegistryEntry
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .backends.clients import Client, ClientKind, Command, Order
from .client_orders import order
from .client_place import Place
from .connection.model import Status
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .entity import unique_id

# What is kept of a client in the registry, beside what its device tells.
_KINDS: Final = "kinds"
_ORDERS: Final = "orders"
_KEYS: Final = "keys"

type _Shown = tuple[bool, Client | None, Place | None]


def client_id(source: ReelCoordinator, identity: str) -> str:
    """Return what a client of a source and its entities are known by."""
    return unique_id(source.source, f"client:{identity}")


def identity_of(source: ReelCoordinator, known_by: str) -> str | None:
    """Return which client of a source is known by that, None for what is no client of it."""
    prefix = client_id(source, "")
    return known_by.removeprefix(prefix) if known_by.startswith(prefix) else None


def remembered(source: ReelCoordinator, entry: RegistryEntry) -> Client | None:
    """Return a client as it was last seen, as far as the registries keep it."""
    identity, device = identity_of(source, entry.unique_id), _device(source, entry.device_id)
    if identity is None or device is None:
        return None
    known = _kept(entry)
    return Client(
        identity=identity,
        name=device.name or "",
        product=device.model or "",
        version=device.sw_version,
        kinds=remembered_kinds(entry),
        orders=frozenset(each for each in Order if each in known.get(_ORDERS, ())),
        keys=tuple(known.get(_KEYS, ())),
    )


def remembered_kinds(entry: RegistryEntry) -> frozenset[ClientKind]:
    """Return what kinds of client the one behind an entity was when it was last seen."""
    known = _kept(entry).get(_KINDS, ())
    return frozenset(each for each in ClientKind if each in known)


def _kept(entry: RegistryEntry) -> Mapping[str, list[str]]:
    return entry.options.get(DOMAIN) or {}


def _device(source: ReelCoordinator, device_id: str | None) -> dr.DeviceEntry | None:
    found = dr.async_get(source.hass).async_get(device_id) if device_id else None
    return found if isinstance(found, dr.DeviceEntry) else None


class ClientEntity(CoordinatorEntity[ReelCoordinator]):
    """Something about one client of a source."""

    _attr_has_entity_name = True
    _attr_name = None

    def __init__(self, coordinator: ReelCoordinator, client: Client) -> None:
        super().__init__(coordinator)
        self.client = client
        """As it was last seen."""
        self.was_removed = False
        """Whether a user removed it from the registry."""
        self._written: _Shown | None = None
        known_by = client_id(coordinator, client.identity)
        self._attr_unique_id = known_by
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, known_by)},
            model=client.product,
            name=client.name,
            sw_version=client.version,
        )
        if (server := coordinator.device_id) is not None:
            self._attr_device_info["via_device_id"] = server

    @property
    @override
    def available(self) -> bool:
        """Return whether anybody knows what the client does; one that is gone is known to do nothing."""
        return self.coordinator.data.status is Status.CONNECTED and self.coordinator.clients.is_known

    @property
    def present(self) -> Client | None:
        """The client as it is now, None while it is not there."""
        return self.coordinator.clients.listed.get(self.client.identity)

    async def order(self, command: Command) -> None:
        """Tell the client something; raises `HomeAssistantError` if it does not follow."""
        await order(self.coordinator, self.client, command)

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the client from now on."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.clients.async_add_listener(self._handle_coordinator_update))
        self._keep()
        self.show()

    def show(self) -> None:
        """Make attributes of what the client does now."""

    @override
    async def async_removed_from_registry(self) -> None:
        """Take note that a user wants it to be gone."""
        self.was_removed = True

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it is another one."""
        present = self.present
        if present is not None:
            self.client = present
            self._keep()
        shown = (self.available, _still(present), self.coordinator.clients.place(self.client.identity))
        if shown != self._written:
            self._written = shown
            self.show()
            super()._handle_coordinator_update()

    def _keep(self) -> None:
        """Keep what is known of the client for the time when it is gone."""
        if self.registry_entry is None:
            return
        known = _known(self.client)
        if self.registry_entry.options.get(DOMAIN) != known:
            er.async_get(self.hass).async_update_entity_options(self.entity_id, DOMAIN, known)
        device, client = _device(self.coordinator, self.registry_entry.device_id), self.client
        facts = (client.name, client.product, client.version)
        if device is not None and (device.name, device.model, device.sw_version) != facts:
            dr.async_get(self.hass).async_update_device(
                device.id, name=client.name, model=client.product, sw_version=client.version
            )


def _still(client: Client | None) -> Client | None:
    """Return a client without what moves while it plays."""
    if client is None or client.playing is None:
        return client
    return replace(client, playing=replace(client.playing, position_ms=None))


def _known(client: Client) -> Mapping[str, list[str]]:
    return {_KINDS: sorted(client.kinds), _ORDERS: sorted(client.orders), _KEYS: [*client.keys]}
