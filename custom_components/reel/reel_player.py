"""A Reel player: a queue of anything that the sources have, played on a media player that is somebody else's."""

from collections.abc import Callable
import logging
from random import randrange
from typing import Final

from homeassistant.components.media_player.const import MediaPlayerEnqueue, MediaPlayerEntityFeature as Feature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import (
    SERVICE_MEDIA_NEXT_TRACK,
    SERVICE_MEDIA_PAUSE,
    SERVICE_MEDIA_PLAY,
    SERVICE_MEDIA_PREVIOUS_TRACK,
    SERVICE_MEDIA_STOP,
    STATE_OFF,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import CALLBACK_TYPE, Context, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.event import async_track_state_change_event

from .backends.item import Marker
from .catalog.query import ItemKey
from .catalog_reading import read
from .const import DOMAIN
from .play_plan import Plan, Title, after
from .player.markers import marker_at
from .player.queue import Queue, Repeat
from .player_options import PlayerOptions
from .player_output import PlayerOutput
from .player_playback import Owner, Play, Playback
from .targeting import loaded_sources

_LOGGER = logging.getLogger(__name__)

type PlayerEntry = ConfigEntry[ReelPlayer]

# Who goes back within that time means what was before, later the beginning.
BACK_MS: Final = 5_000
# Of a queue whose items are gone, so many are tried.
_MOST_FAILURES: Final = 3


class ReelPlayer:
    """Plays a queue on a media player. What it is told may raise `HomeAssistantError`."""

    def __init__(self, hass: HomeAssistant, entry: PlayerEntry, output: PlayerOutput) -> None:
        self.hass = hass
        self.entry = entry
        self.output = output
        self.options = PlayerOptions.of(entry)
        self.queue = Queue[ItemKey]()
        self.goes_on = False
        """Whether the last item is an episode that others of its show may follow."""
        self.playback = Playback(hass, entry, output, Owner(changed=self._tell, next=self._go_on, wants=self._wants))
        self._listeners: list[Callable[[], None]] = []

    @callback
    def start(self) -> None:
        """Follow the player, which may be playing already."""

        @callback
        def changed(event: Event[EventStateChangedData]) -> None:
            if not _is_awake(event.data["old_state"]) and _is_awake(event.data["new_state"]):
                # Whoever switches it on is about to choose something.
                for source in loaded_sources(self.hass):
                    source.connector.warm_up()
            self._tell()

        self.entry.async_on_unload(async_track_state_change_event(self.hass, self.output.entity_id, changed))
        self.playback.start(self.options.skipped)

    @callback
    def async_add_listener(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Call the listener whenever there is something else to show; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    @property
    def is_following(self) -> bool:
        """Whether what is played is of the queue."""
        return self.playback.play is not None

    # What it plays

    async def play(
        self,
        plan: Plan,
        how: MediaPlayerEnqueue = MediaPlayerEnqueue.REPLACE,
        *,
        at_ms: int | None = None,
        resume: bool | None = None,
        context: Context | None = None,
    ) -> None:
        """Put something into the queue, and play it unless it is to wait."""
        async with self.playback.lock:
            self.queue = self._queued(plan, how)
            if self.queue.in_order[-1] == plan.items[-1]:
                self.goes_on = plan.goes_on
            self._tell()
            if how in {MediaPlayerEnqueue.PLAY, MediaPlayerEnqueue.REPLACE}:
                await self._begin(at_ms, resume=resume, context=context)

    def _queued(self, plan: Plan, how: MediaPlayerEnqueue) -> Queue[ItemKey]:
        queue = self.queue
        match how:
            case MediaPlayerEnqueue.ADD:
                return queue.added(plan.items, _roll)
            case MediaPlayerEnqueue.NEXT:
                return queue.interposed(plan.items)
            case MediaPlayerEnqueue.PLAY if queue.items:
                return queue.interposed(plan.items).after_skip() or queue
            case _:
                first = _roll(len(plan.items)) if queue.shuffled else 0
                return queue.filled(plan.items, first, _roll)

    async def take(self, queue: Queue[ItemKey], at_ms: int, *, goes_on: bool, context: Context | None) -> None:
        """Go on with the queue of another player, from a moment of its current item on."""
        async with self.playback.lock:
            self.queue, self.goes_on = queue, goes_on
            await self._begin(at_ms, context=context)

    @callback
    def restore(self, queue: Queue[ItemKey], *, goes_on: bool) -> None:
        """Go on with a queue of before a restart; what the player still plays of it goes on."""
        self.queue, self.goes_on = queue, goes_on
        self.playback.look()

    async def _begin(
        self, at_ms: int | None = None, *, resume: bool | None = None, context: Context | None = None
    ) -> None:
        """Play the current item of the queue from a moment on, or where its user left it."""
        if (key := self.queue.current) is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="queue_empty")
        title = await self.playback.title(key)
        if title is None:
            self.playback.let_go()
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="not_in_catalog")
        resumes = self.options.resume if resume is None else resume
        if at_ms is None:
            at_ms = title.place_ms if resumes else 0
        await self.playback.begin(title, at_ms, context=context)

    async def _following(self, queue: Queue[ItemKey] | None) -> Queue[ItemKey] | None:
        """Return where the queue goes on; where it ends with an episode, with the next one if that is wanted."""
        current = self.queue.current
        if queue is not None or current is None or not (self.goes_on and self.options.next_episode):
            return queue
        found = await read(self.hass, loaded_sources(self.hass), lambda reading: after(reading, *current))
        return None if found is None else self.queue.added((found,), _roll).after_skip()

    async def _go_on(self, play: Play) -> bool:
        """Play what comes after a play; tell whether anything does."""
        async with self.playback.lock:
            if self.playback.play is not play:
                return True
            for _ in range(_MOST_FAILURES):
                following = await self._following(self.queue.after_end())
                if following is None:
                    break
                self.queue = following
                try:
                    await self._begin()
                except HomeAssistantError as error:
                    _LOGGER.debug("%s goes on with what comes after: %s", self.entry.title, error)
                else:
                    return True
            return False

    def _wants(self, title: Title) -> bool:
        return self.queue.current in title.copies

    # What it is told

    async def resume(self, context: Context | None) -> None:
        """Go on where it paused, or else with the queue."""
        if self.output.is_busy or not self.queue.items:
            await self.output.tell(SERVICE_MEDIA_PLAY, context)
            return
        async with self.playback.lock:
            await self._begin(context=context)

    async def pause(self, context: Context | None) -> None:
        """Pause."""
        await self.output.tell(SERVICE_MEDIA_PAUSE, context)

    async def stop(self, context: Context | None) -> None:
        """Stop; the queue stays as it is."""
        self.playback.let_go()
        await self.output.tell(SERVICE_MEDIA_STOP, context)

    async def skip(self, context: Context | None) -> None:
        """Go on with what comes next in the queue."""
        if self._plays_foreign(Feature.NEXT_TRACK):
            await self.output.tell(SERVICE_MEDIA_NEXT_TRACK, context)
            return
        async with self.playback.lock:
            following = await self._following(self.queue.after_skip())
            if following is None:
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="queue_ends")
            self.queue = following
            await self._begin(context=context)

    async def back(self, context: Context | None) -> None:
        """Go back to the beginning of what is played or, right after it, to what was before."""
        if self._plays_foreign(Feature.PREVIOUS_TRACK):
            await self.output.tell(SERVICE_MEDIA_PREVIOUS_TRACK, context)
            return
        if self.is_following and (self.playback.position_ms or 0) > BACK_MS:
            await self.seek(0, context)
            return
        async with self.playback.lock:
            self.queue = self.queue.before()
            await self._begin(0, context=context)

    def _plays_foreign(self, feature: Feature) -> bool:
        return self.output.is_busy and not self.is_following and feature in self.output.features

    async def seek(self, position_ms: int, context: Context | None) -> None:
        """Jump to a moment of what is played."""
        if await self.playback.jump(position_ms, context):
            return
        async with self.playback.lock:
            if not self.is_following:
                raise ServiceValidationError(translation_domain=DOMAIN, translation_key="cannot_seek")
            # A conversion goes forward only, but another one may begin there.
            await self._begin(position_ms, context=context)

    async def skip_marker(self, context: Context | None) -> Marker:
        """Jump over the stretch that is played, and return which one that was."""
        play, position_ms = self.playback.play, self.playback.position_ms
        if play is None or position_ms is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_played")
        marker = marker_at(await self.playback.markers(play), position_ms)
        if marker is None:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_marker")
        await self.playback.skip(play, marker, context)
        return marker

    async def clear(self) -> None:
        """Empty the queue; what is played goes on to its end."""
        async with self.playback.lock:
            current = self.queue.current if self.is_following else None
            self.queue = self.queue.emptied() if current is None else self.queue.filled((current,), 0, _roll)
            self.goes_on = False
            self._tell()

    @callback
    def set_shuffle(self, shuffled: bool) -> None:  # noqa: FBT001  # as Home Assistant has it
        """Shuffle what is still to come, or play all as it was added."""
        self.queue = self.queue.with_shuffle(_roll) if shuffled else self.queue.in_sequence()
        self._tell()

    @callback
    def set_repeat(self, repeat: Repeat) -> None:
        """Repeat so."""
        self.queue = self.queue.with_repeat(repeat)
        self._tell()


def _is_awake(state: State | None) -> bool:
    return state is not None and state.state not in {STATE_OFF, STATE_UNAVAILABLE, STATE_UNKNOWN}


def _roll(count: int) -> int:
    return randrange(count)  # noqa: S311  # nobody gains anything by knowing the next song
