"""Home Assistant's view of one source: a snapshot that follows its connection and its catalog, on a schedule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event as BusEvent, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .account import Source
from .backends.transport import Json
from .catalog_notice import CatalogNotice
from .catalog_sync import CatalogSync
from .catalog_view import CatalogView
from .client_watch import ClientWatch
from .connection.change import Event
from .connection.connector import Connector
from .connection.discovery import Trigger
from .connection.history import History
from .connection.metrics import Record
from .connection.model import Quality, Status
from .connection.notice import Happening, Notice, notices
from .connection.probe import Attempt
from .connection.state import SourceState
from .const import DOMAIN, EVENT_REEL
from .item_answer import Place
from .push_channel import PushChannel
from .server_list import ServerList
from .storage import storage_of
from .wires import clock, prober

_LOGGER = logging.getLogger(__name__)

# Checks that are due at once are still not run in a tight loop.
SHORTEST_PAUSE: Final = 1.0


type ReelConfigEntry = ConfigEntry[ReelData]
type AnyNotice = Notice | CatalogNotice


@dataclass(frozen=True, kw_only=True, slots=True)
class ReelData:
    """What a loaded account holds: its device, and a coordinator per source by the source's key."""

    device_id: str
    coordinators: dict[str, ReelCoordinator]
    servers: ServerList | None
    """Where to ask for the account's servers, None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a source is doing, as its entities show it."""

    status: Status
    quality: Quality | None
    response_ms: float | None
    p95_ms: float | None
    success_rate: float | None
    """Of the connection in use, from 0 to 1."""
    uri: str | None
    checked_at: float | None
    next_check: float
    """Both as seconds since 1970."""
    catalog: CatalogView
    sessions: int | None
    """How many clients play something, None where nobody knows."""
    bandwidth: int | None
    """Kilobits a second that go to them, as far as they tell."""

    @classmethod
    def of(cls, connector: Connector, catalog: CatalogView, clients: ClientWatch) -> Snapshot:
        """Return what entities show of a source."""
        state = connector.state
        used = state.current if state.is_reached else None
        record = state.records.get(used.uri, Record()) if used else Record()
        return cls(
            status=state.status,
            quality=state.quality,
            response_ms=state.response_ms,
            p95_ms=record.percentile(95),
            success_rate=record.success_rate,
            uri=used.uri if used else None,
            checked_at=state.checked_at,
            next_check=connector.next_check(),
            catalog=catalog,
            sessions=clients.sessions,
            bandwidth=clients.bandwidth,
        )


class ReelCoordinator(DataUpdateCoordinator[Snapshot]):
    """Keeps one source connected, its entities informed, and tells what happens to it.

    A source that cannot be reached is a state, not a failed update: automations must be able to see it.
    """

    config_entry: ReelConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ReelConfigEntry, source: Source, servers: ServerList | None = None
    ) -> None:
        super().__init__(hass, _LOGGER, config_entry=entry, name=source.name, always_update=False)
        self.source = source
        self._servers = servers
        self._clock = clock(hass)
        self._storage = storage_of(hass)
        self.connector = Connector(
            source.target, prober(hass, source), self._storage.connections.cache, self._clock, self._stepped
        )
        self.catalog = CatalogSync(hass, source, self.connector, self._tell, self._catalog_changed)
        self.clients = ClientWatch(hass, source, self.connector, self._show, lambda: self._push.is_alive)
        self._push = PushChannel(hass, source, self.connector, self._hear, self.clients.channel_changed)
        self.data = Snapshot.of(self.connector, self.catalog.view, self.clients)
        self._former = self.connector.state
        self.history = History()
        self._notice_listeners: list[Callable[[AnyNotice], None]] = []

    @property
    def device_id(self) -> str | None:
        """The device that stands for the source, once it has one."""
        registry = dr.async_get(self.hass)
        device = registry.async_get_device_by_identifier((DOMAIN, self.source.unique_id), self.config_entry.entry_id)
        return device.id if device else None

    @property
    def now(self) -> float:
        """The time as the source counts it, in seconds since 1970."""
        return self._clock.wall()

    @property
    def is_discovered(self) -> bool:
        """Whether there is somebody to ask for the connections of the source."""
        return self._servers is not None

    def start(self) -> None:
        """Look after the source from now on, in the background and even if nobody listens."""
        if self.connector.state.is_reached:
            # An account may be loaded anew because its credentials changed.
            self.connector.forget_proof()
        self.config_entry.async_on_unload(self.async_add_listener(lambda: None))
        # Home Assistant does not unload its entries when it stops, and the file is closed then.
        stopping = self.hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, self._stopping)
        self.config_entry.async_on_unload(stopping)
        self.config_entry.async_create_background_task(self.hass, self.async_refresh(), f"{self.name}: first check")
        self.catalog.start()
        self.clients.follow()
        self._push.start()

    def place(self) -> Place:
        """Return what answers tell of where the items of the source are."""
        return replace(self.catalog.place(), device_id=self.device_id)

    async def test(self) -> tuple[Attempt, ...]:
        """Try every connection now, and tell how each of them did."""
        return await self.connector.test()

    async def async_refresh_servers(self) -> bool:
        """Ask for the account's servers and their connections now; tell whether there was an answer."""
        return self._servers is not None and await self._servers.refresh(Trigger.MANUAL)

    async def retarget(self, source: Source) -> None:
        """Go on with other connections or another policy; anything else about a source takes a reload."""
        self.source = source
        self.async_update_listeners()
        await self.connector.retarget(source.target)

    @callback
    def async_add_notice_listener(self, listener: Callable[[AnyNotice], None]) -> CALLBACK_TYPE:
        """Call the listener for everything that happens to the source; returns how to stop that."""
        self._notice_listeners.append(listener)
        return lambda: self._notice_listeners.remove(listener)

    async def _stopping(self, _: BusEvent) -> None:
        await self.clients.close()
        await self.catalog.close()

    @override
    async def async_shutdown(self) -> None:
        """Stop looking after the source and wait until nothing is under way."""
        await super().async_shutdown()
        await self._push.close()
        await self.clients.close()
        await self.catalog.close()
        await self.connector.close()

    @override
    async def _async_update_data(self) -> Snapshot:
        """Check the connection if that is due; requests that were answered meanwhile may have postponed it."""
        if self.connector.next_check() <= self._clock.wall() + SHORTEST_PAUSE:
            await self._check()
            await self._ask_for_servers()
            self.catalog.sync_if_due()
        elif self._looks_at_its_own_time:
            await self.catalog.look_if_due()
        self._plan()
        return self._snapshot()

    async def _check(self) -> None:
        """Look after the connection, if only in passing."""
        if await self._is_checked_in_passing():
            return
        await self.connector.check()
        if not self.connector.is_content:
            # Where every check asks all connections, one request more is none too many.
            await self.clients.read_if_due()
            if self._push.is_retry_due:
                await self._push.try_again()

    async def _is_checked_in_passing(self) -> bool:
        """Tell whether something took the place of a question: any answer over the connection is worth one now."""
        connection = self.connector.beyond_doubt
        if connection is None:
            return False
        if self.clients.is_busy:
            await self.clients.read_if_due(connection)
        if await self.catalog.look_instead_of_check(connection):
            return True
        if self._push.is_alive:
            self.connector.heard(connection)
            return True
        if self._push.is_retry_due:
            return await self._push.try_again()
        return await self.clients.read_if_due(connection)

    async def _ask_for_servers(self) -> None:
        """Ask for other ways in when there are none left, and for what is new once a day."""
        if self._servers is None:
            return
        if self.connector.state.status is Status.OFFLINE:
            await self._servers.refresh(Trigger.ALL_CONNECTIONS_FAILED)
        else:
            await self._servers.bore_fruit()
            await self._servers.refresh(Trigger.STALE)

    @callback
    def _stepped(self, state: SourceState, event: Event | None) -> None:
        """Tell the entities what changed, tell what happened, and check sooner if something is in doubt."""
        former, self._former = self._former, state
        self._storage.connections.changed(self.source.key)
        self._log(former, state)
        self._push.follow()
        self.catalog.follow()
        self.clients.follow()
        self._show()
        for notice in notices(former.status, state, event):
            self._tell(notice)

    @callback
    def _catalog_changed(self) -> None:
        self._show()

    @callback
    def _hear(self, message: Mapping[str, Json]) -> None:
        self.catalog.hear(message)
        self.clients.hear(message)

    def _snapshot(self) -> Snapshot:
        return Snapshot.of(self.connector, self.catalog.view, self.clients)

    @callback
    def _show(self) -> None:
        """Tell the entities, if anything is different."""
        snapshot = self._snapshot()
        if snapshot != self.data:
            self._plan()
            self.async_set_updated_data(snapshot)

    @property
    def _looks_at_its_own_time(self) -> bool:
        """Whether looks need not wait to take the place of a check: where there are none, or where each is wanted."""
        is_connected = self.connector.state.status is Status.CONNECTED
        return is_connected and (self._push.is_alive or not self.connector.is_content)

    def _plan(self) -> None:
        due = self.connector.next_check()
        if self._looks_at_its_own_time:
            due = min(due, self.catalog.next_look())
        self.update_interval = timedelta(seconds=max(due - self._clock.wall(), SHORTEST_PAUSE))

    @callback
    def _tell(self, notice: AnyNotice) -> None:
        if notice.happening is Happening.SIGN_IN_NEEDED:
            self.config_entry.async_create_background_task(
                self.hass, self._confirm_sign_in(), f"{self.name}: is it the sign-in?"
            )
        told = {"type": notice.happening, "source": self.name, "device_id": self.device_id}
        if isinstance(notice, Notice):
            self.history.note(notice, self.connector, self.now)
            self.hass.bus.async_fire(EVENT_REEL, told | notice.attributes())
        else:
            for event in notice.events:
                self.hass.bus.async_fire(event, told | notice.attributes())
        for listener in list(self._notice_listeners):
            listener(notice)

    async def _confirm_sign_in(self) -> None:
        """Ask the place that knows whether credentials are dead; a Plex server itself only knows its own tokens."""
        if self._servers is not None:
            await self._servers.confirm_sign_in()
        else:
            self.config_entry.async_start_reauth(self.hass)

    def _log(self, former: SourceState, state: SourceState) -> None:
        """Say once that the source is gone and once that it is back, however long it took."""
        if state.breaker.failures and not former.breaker.failures:
            _LOGGER.warning("%s cannot be reached over any of its connections", self.name)
        elif former.breaker.failures and not state.breaker.failures:
            _LOGGER.info("%s is reached again", self.name)
