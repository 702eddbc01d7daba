"""Home Assistant's view of one source: a snapshot that follows its connection, on the schedule of its quality."""

from dataclasses import dataclass
from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util.hass_dict import HassKey

from .account import Source
from .connection.cache import ConnectionCache
from .connection.change import Event
from .connection.connector import Connector
from .connection.model import Quality, Status
from .connection.probe import Attempt
from .connection.rounds import Target
from .connection.state import SourceState
from .const import DOMAIN
from .remote import clock, prober

_LOGGER = logging.getLogger(__name__)

# One for all accounts: it outlives a reload of an entry, so that a reload costs no race.
CACHE: Final[HassKey[ConnectionCache]] = HassKey(DOMAIN)

# Checks that are due at once are still not run in a tight loop.
SHORTEST_PAUSE: Final = 1.0


type ReelConfigEntry = ConfigEntry[ReelData]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReelData:
    """What a loaded account holds: its device, and a coordinator per source by the source's key."""

    device_id: str
    coordinators: dict[str, ReelCoordinator]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a source is doing, as its entities show it."""

    status: Status
    quality: Quality | None
    response_ms: float | None

    @classmethod
    def of(cls, state: SourceState) -> Snapshot:
        """Return what entities show of a state."""
        return cls(state.status, state.quality, state.response_ms)


class ReelCoordinator(DataUpdateCoordinator[Snapshot]):
    """Keeps one source connected and its entities told.

    A source that cannot be reached is a state, not a failed update: automations must be able to see it.
    """

    config_entry: ReelConfigEntry

    def __init__(self, hass: HomeAssistant, entry: ReelConfigEntry, source: Source) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=source.name, always_update=False)
        self.source = source
        self._clock = clock(hass)
        cache = hass.data.setdefault(CACHE, ConnectionCache())
        target = Target(source.key, source.identity, source.connections)
        self.connector = Connector(target, prober(hass, source), cache, self._clock, self._stepped)
        self.data = Snapshot.of(self.connector.state)
        self._next_check = 0.0
        self._was_reached = self.connector.state.breaker.failures == 0

    def start(self) -> None:
        """Look after the source from now on, in the background and even if nobody listens."""
        self.config_entry.async_on_unload(self.async_add_listener(lambda: None))
        self.config_entry.async_create_background_task(self.hass, self.async_refresh(), f"{self.name}: first check")

    async def test(self) -> tuple[Attempt, ...]:
        """Try every connection now, and tell how each of them did."""
        return await self.connector.test()

    @override
    async def async_shutdown(self) -> None:
        """Stop looking after the source and wait until nothing is under way."""
        await super().async_shutdown()
        await self.connector.close()

    @override
    async def _async_update_data(self) -> Snapshot:
        """Check the connection if that is due; requests that were answered meanwhile may have postponed it."""
        if self.connector.next_check() <= self._clock.wall() + SHORTEST_PAUSE:
            await self.connector.check()
        self._plan()
        return Snapshot.of(self.connector.state)

    @callback
    def _stepped(self, state: SourceState, event: Event | None) -> None:
        """Tell the entities what changed, and check sooner if something is in doubt."""
        self._log(state)
        snapshot, former_plan = Snapshot.of(state), self._next_check
        self._plan()
        if snapshot != self.data or self._next_check < former_plan:
            self.async_set_updated_data(snapshot)

    def _plan(self) -> None:
        self._next_check = self.connector.next_check()
        self.update_interval = timedelta(seconds=max(self._next_check - self._clock.wall(), SHORTEST_PAUSE))

    def _log(self, state: SourceState) -> None:
        """Say once that the source is gone and once that it is back, however long it took."""
        reached = state.breaker.failures == 0
        if self._was_reached and not reached:
            _LOGGER.warning("%s cannot be reached over any of its connections", self.name)
        elif reached and not self._was_reached:
            _LOGGER.info("%s is reached again", self.name)
        self._was_reached = reached
