"""Websocket commands: what a page that is open hears at once.

Whoever may see the sensors of sources may hear this, since those tell the same.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util.json import JsonObjectType
import probatio as vol

from .const import DOMAIN
from .coordinator import ReelCoordinator
from .sync_answer import progress
from .targeting import loaded_sources

SUBSCRIBE: Final = f"{DOMAIN}/sync/subscribe"


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register Reel's commands."""
    async_register_command(hass, _subscribe)


@websocket_command({vol.Required("type"): SUBSCRIBE})
@callback
def _subscribe(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Tell how far the catalog of every source is, and whatever changes about that."""
    number = message["id"]
    watch = SyncWatch(hass, lambda told: connection.send_message(event_message(number, told)))
    connection.subscriptions[number] = watch.close
    connection.send_result(number)
    watch.start()


class SyncWatch:
    """Follows the syncs of all sources, also of those that are loaded later; a source that goes is told as gone.

    Every message has the same form: `sources` whose state is new, and `gone`, the devices of those that are no more.
    """

    def __init__(self, hass: HomeAssistant, tell: Callable[[JsonObjectType], None]) -> None:
        self._hass = hass
        self._tell = tell
        self._stops: dict[ReelCoordinator, CALLBACK_TYPE] = {}
        self._told: dict[ReelCoordinator, JsonObjectType] = {}
        self._stop_looking: CALLBACK_TYPE | None = None

    @callback
    def start(self) -> None:
        """Tell how things stand, and follow them."""
        self._stop_looking = async_dispatcher_connect(self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed)
        self._send(self._follow(), [])

    @callback
    def close(self) -> None:
        """Follow nothing any more."""
        if self._stop_looking is not None:
            self._stop_looking()
        for stop in self._stops.values():
            stop()
        self._stops.clear()

    @callback
    def _entry_changed(self, _: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if entry.domain != DOMAIN:
            return
        gone, new = self._leave(), self._follow()
        if gone or new:
            self._send(new, gone)

    def _follow(self) -> list[JsonObjectType]:
        """Follow the sources that are new, and return how they stand."""
        new = [source for source in loaded_sources(self._hass) if source not in self._stops]
        for source in new:
            self._stops[source] = source.catalog.async_add_listener(partial(self._changed, source))
            self._told[source] = sync_state(source)
        return [self._told[source] for source in new]

    def _leave(self) -> list[str]:
        """Follow the sources that are no more no longer, and return their devices."""
        loaded = set(loaded_sources(self._hass))
        gone = [source for source in self._stops if source not in loaded]
        for source in gone:
            self._stops.pop(source)()
        return [str(self._told.pop(source)["device_id"]) for source in gone]

    @callback
    def _changed(self, source: ReelCoordinator) -> None:
        state = sync_state(source)
        if state != self._told[source]:
            self._told[source] = state
            self._send([state], [])

    def _send(self, sources: list[JsonObjectType], gone: list[str]) -> None:
        self._tell({"sources": [*sources], "gone": [*gone]})


def sync_state(source: ReelCoordinator) -> JsonObjectType:
    """Return how far the catalog of a source is, or how its last sync ended."""
    return {
        "source": source.name,
        "device_id": source.device_id,
        **progress(source.catalog.progress, source.catalog.view.names),
    }
