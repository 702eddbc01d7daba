"""Home Assistant's clock for what a Reel player skips by itself: the moment at which a marker is due."""

from collections.abc import Callable, Collection
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .backends.item import Marker, MarkerKind
from .player.markers import due, next_due_ms, worth_skipping


class PlayerSkips:
    """Calls `skip` with each marker of some kinds as soon as a play gets into it, once per play."""

    def __init__(self, hass: HomeAssistant, skip: Callable[[Marker], None]) -> None:
        self._hass = hass
        self.kinds = frozenset[MarkerKind]()
        self._skip = skip
        self._wanted: tuple[Marker, ...] = ()
        self._skipped = set[Marker]()
        self._cancel: CALLBACK_TYPE | None = None

    @callback
    def begin(self, markers: Collection[Marker] = ()) -> None:
        """Begin with another play, and with its markers once they are known."""
        self.halt()
        self._wanted = worth_skipping(markers, self.kinds)
        self._skipped.clear()

    @callback
    def follow(self, position_ms: int) -> None:
        """Take note that it plays on from a position."""
        self.halt()
        if marker := due(self._wanted, self._skipped, position_ms):
            self._skipped.add(marker)
            self._skip(marker)
        elif (start_ms := next_due_ms(self._wanted, self._skipped, position_ms)) is not None:
            wake = HassJob(partial(self._follow_at, start_ms), "skip a marker", cancel_on_shutdown=True)
            self._cancel = async_call_later(self._hass, (start_ms - position_ms) / 1000, wake)

    @callback
    def halt(self) -> None:
        """Take note that it does not play on for now."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _follow_at(self, position_ms: int, _: object) -> None:
        self._cancel = None
        self.follow(position_ms)
