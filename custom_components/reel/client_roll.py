"""Which clients have an entity? All that were ever seen, but for those that the user does not want to see."""

from collections.abc import Callable, Iterator

from homeassistant.core import callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.entity_registry import RegistryEntry

from .backends.clients import Client
from .client_entity import ClientEntity, identity_of, remembered, remembered_kinds
from .coordinator import ReelConfigEntry, ReelCoordinator

type Make = Callable[[ReelCoordinator, Client], ClientEntity | None]


@callback
def async_follow_clients(entry: ReelConfigEntry, domain: str, add: AddConfigEntryEntitiesCallback, make: Make) -> None:
    """Have an entity of a platform for every client of an account; `make` returns None for those that have none."""
    for coordinator in entry.runtime_data.coordinators.values():
        roll = ClientRoll(coordinator, domain, add, make)
        roll.begin()
        entry.async_on_unload(coordinator.clients.async_add_listener(roll.follow))


class ClientRoll:
    """Keeps the entities of one platform for the clients of one source."""

    def __init__(
        self, coordinator: ReelCoordinator, domain: str, add: AddConfigEntryEntitiesCallback, make: Make
    ) -> None:
        self._coordinator = coordinator
        self._domain = domain
        self._add_entities = add
        self._make = make
        self._entities: dict[str, ClientEntity] = {}
        self._removed: dict[str, str | None] = {}
        """The clients that a user removed though they are there, and what they played then."""

    @callback
    def begin(self) -> None:
        """Bring back the entities of all clients that were known, and remove those that are not wanted any more."""
        self._forget_ignored()
        self._add(client for each in self._entries() if (client := remembered(self._coordinator, each)))
        self.follow()

    @callback
    def follow(self) -> None:
        """Add the entities of clients that were never seen before."""
        self._notice_removed()
        listed = self._coordinator.clients.listed
        self._add(
            client for identity, client in listed.items() if identity not in self._entities.keys() | self._removed
        )

    def _add(self, clients: Iterator[Client]) -> None:
        made = {client.identity: entity for client in clients if (entity := self._make(self._coordinator, client))}
        if made:
            self._entities |= made
            self._add_entities(made.values(), config_subentry_id=self._coordinator.source.key)

    def _notice_removed(self) -> None:
        """Let clients whose entities were removed come back once they are seen anew."""
        listed = self._coordinator.clients.listed
        for identity in [key for key, entity in self._entities.items() if entity.was_removed]:
            played = _played(self._entities.pop(identity).client)
            self._removed[identity] = played
        self._removed = {
            identity: played
            for identity, played in self._removed.items()
            if identity in listed and _played(listed[identity]) in {None, played}
        }

    def _forget_ignored(self) -> None:
        ignored, devices = self._coordinator.source.ignored_clients, dr.async_get(self._coordinator.hass)
        for each in self._entries():
            if remembered_kinds(each) & ignored:
                er.async_get(self._coordinator.hass).async_remove(each.entity_id)
                if each.device_id and devices.async_get(each.device_id):
                    devices.async_remove_device(each.device_id)

    def _entries(self) -> list[RegistryEntry]:
        source = self._coordinator
        known = er.async_entries_for_config_entry(er.async_get(source.hass), source.config_entry.entry_id)
        return [each for each in known if each.domain == self._domain and identity_of(source, each.unique_id)]


def _played(client: Client) -> str | None:
    return client.playing.item.identity if client.playing else None
