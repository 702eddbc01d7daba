"""A title on its way through a media player: told to play from a moment on, followed, and mended if it breaks."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
import logging
import sqlite3
from typing import Any, Final

from homeassistant.components.media_player.const import MediaPlayerEntityFeature as Feature
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, Context, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .backends.item import Item, Marker, MarkerKind
from .backends.playing import Delivery, PlayState
from .catalog.query import ItemKey
from .catalog_reading import read
from .item_detail import detail_of
from .play_plan import Title, title
from .play_tracker import Played, play_tracker
from .player.ending import is_over, tries_left_off
from .player.markers import is_ending
from .player_doubt import went_away
from .player_output import PlayerOutput
from .player_skips import PlayerSkips
from .targeting import loaded_sources

_LOGGER = logging.getLogger(__name__)

# A player that does not play by then does not do what it was told.
START_SECONDS: Final = 30.0
# A place that far from where a stream begins is worth a jump.
_NEAR_MS: Final = 2_000


@dataclass(slots=True, kw_only=True)
class Play:
    """One title, from when it is told to play until something else is."""

    title: Title
    begin_ms: int
    tries: int = 0
    """How often it was begun again."""
    has_started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the player was seen playing it."""
    source: str | None = None
    """The key of the source that it comes from, None until the player was seen playing it."""
    markers: tuple[Marker, ...] | None = None
    """None until they are known."""

    @property
    def sources(self) -> set[str]:
        """From where it comes, as far as anybody saw; all that it may come from before."""
        return {source for source, _ in self.title.copies} if self.source is None else {self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who wants something played, and what is asked of them."""

    changed: Callable[[], None]
    """Called when there is something else to show."""
    next: Callable[[Play], Awaitable[bool]]
    """Called to play what comes after a play; tells whether anything does."""
    wants: Callable[[Title], bool]
    """Asked whether what a player turns out to play is what is to be played now."""


class Playback:
    """Plays one title after the other on a media player. Whatever changes what is played holds `lock` meanwhile."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], output: PlayerOutput, owner: Owner) -> None:
        self.hass = hass
        self.output = output
        self.lock = asyncio.Lock()
        self.play: Play | None = None
        """What was told to play and is followed, None if nothing."""
        self._shown: Title | None = None
        self._entry = entry
        self._owner = owner
        self._tracker = play_tracker(hass)
        self._skips = PlayerSkips(hass, self._skip_by_itself)
        self._overdue: CALLBACK_TYPE | None = None

    @callback
    def start(self, skipped: frozenset[MarkerKind]) -> None:
        """Follow the player, which may be playing already; skip markers of these kinds."""
        self._skips.kinds = skipped
        self._entry.async_on_unload(self._tracker.async_add_listener(self.output.entity_id, self._heard))
        self._entry.async_on_unload(self._leave)
        self.look()

    # What it plays

    @property
    def played(self) -> Played | None:
        """What the player plays of ours, whoever told it to; None if nothing."""
        return self._tracker.played(self.output.entity_id)

    @property
    def shown(self) -> Title | None:
        """What that is, None if it is nothing, or nobody knows it yet."""
        played, shown = self.played, self._shown
        return shown if played and shown and (played.source, played.item) in shown.copies else None

    @property
    def item(self) -> Item | None:
        """The copy of that which is played."""
        played, shown = self.played, self.shown
        return shown.copies[played.source, played.item] if played and shown else None

    @property
    def position_ms(self) -> int | None:
        """Where in the item the player is by now, None if it plays nothing of ours."""
        played = self.played
        return played.position_at(_now()) if played else None

    # What it is told

    async def begin(self, found: Title, at_ms: int, *, tries: int = 0, context: Context | None = None) -> None:
        """Play a title from a moment on; raises `HomeAssistantError`."""
        self._leave()
        play = self.play = Play(title=found, begin_ms=at_ms, tries=tries)
        self._owner.changed()
        before = self.played
        try:
            await self.output.play(found.key, found.item, at_ms, context)
        except BaseException:
            if self.play is play:
                self.let_go()
            raise
        if self.play is play and not play.has_started.is_set() and self.played != before:
            # Of what it played before it may not have let go yet.
            self.look()
        if self.play is play and not play.has_started.is_set():
            late = HassJob(self._is_overdue, "a player that does not play", cancel_on_shutdown=True)
            self._overdue = async_call_later(self.hass, START_SECONDS, late)

    @callback
    def let_go(self) -> None:
        """Stop following what the player does."""
        self._leave()
        self._owner.changed()

    async def jump(self, position_ms: int, context: Context | None) -> bool:
        """Jump to a moment of what is played, if its stream leads there; raises `HomeAssistantError`."""
        played = self.played
        start_ms = played.start_ms if played else 0
        if played is not None and not (self._can_jump(played) and position_ms >= start_ms):
            return False
        await self.output.seek(position_ms - start_ms, context)
        return True

    def _can_jump(self, played: Played) -> bool:
        return Feature.SEEK in self.output.features and played.delivery is not Delivery.STREAM

    async def skip(self, play: Play, marker: Marker, context: Context | None) -> None:
        """Jump over a stretch; over credits with nothing after them to what comes next, if anything does."""
        if await self._goes_on_after(play, marker):
            return
        if not await self.jump(marker.end_ms, context):
            async with self.lock:
                if self.play is play:
                    # A conversion may lead nowhere, but another one begins there.
                    await self.begin(play.title, marker.end_ms, context=context)

    async def _goes_on_after(self, play: Play, marker: Marker) -> bool:
        return is_ending(marker, play.title.item.duration_ms) and await self._owner.next(play)

    async def markers(self, play: Play) -> tuple[Marker, ...]:
        """Return the stretches of what is played, as far as its source tells."""
        source = next((each for each in loaded_sources(self.hass) if each.source.key == play.source), None)
        if play.markers is None and source is not None:
            identity = next(item for key, item in play.title.copies if key == source.source.key)
            try:
                detail, _ = await detail_of(source, identity)
            except sqlite3.Error:
                return ()
            play.markers = detail.markers if detail else ()
        return play.markers or ()

    async def wait_until_played(self) -> bool:
        """Wait until what was told to play does; tell whether it does."""
        play = self.play
        if play is None:
            return False
        try:
            async with asyncio.timeout(START_SECONDS):
                await play.has_started.wait()
        except TimeoutError:
            return False
        return True

    # What the player does

    @callback
    def look(self) -> None:
        """Take what the player plays now."""
        if (played := self.played) is not None:
            self._heard(played)

    @callback
    def _heard(self, played: Played) -> None:
        """Follow a change of what the player plays of ours."""
        play = self.play
        is_mine = play is not None and (played.source, played.item) in play.title.copies
        if played.state is PlayState.STOPPED:
            self._skips.halt()
            if play is not None and is_mine and play.has_started.is_set():
                self._ended(play, played)
        elif play is not None and is_mine:
            self._see(play, played)
        elif play is None:
            self._run(self._recognise(played), "what it plays")
        self._owner.changed()

    @callback
    def _see(self, play: Play, played: Played) -> None:
        play.source = played.source
        if not play.has_started.is_set():
            play.has_started.set()
            self._shown = play.title
            self._forget_overdue()
            self._run(self._settle(play, played), "where to begin, and what to skip")
        self._follow(played)

    @callback
    def _follow(self, played: Played) -> None:
        if played.state is PlayState.PLAYING:
            self._skips.follow(played.position_at(_now()))
        else:
            self._skips.halt()

    async def _settle(self, play: Play, played: Played) -> None:
        """Jump to where a play is to begin, and find out what may be skipped of it."""
        if play.begin_ms - played.position_ms > _NEAR_MS and self._can_jump(played):
            try:
                await self.output.seek(play.begin_ms - played.start_ms, None)
            except HomeAssistantError as error:
                _LOGGER.debug("%s begins at the beginning: %s", self._entry.title, error)
        if not self._skips.kinds:
            return
        found = await self.markers(play)
        if self.play is play and (now := self.played):
            self._skips.begin(found)
            self._follow(now)

    @callback
    def _ended(self, play: Play, played: Played) -> None:
        """Go on after the end of a title; find out why where it ended early."""
        item = play.title.item
        if not self.output.rests:
            # It is off, gone, or plays something else.
            self._leave()
        elif is_over(item.kind, played.position_ms, played.duration_ms or item.duration_ms):
            self._run(self._go_on(play), "what comes next")
        else:
            self._run(self._mend(play, played.position_ms), "why it stopped")

    async def _go_on(self, play: Play) -> None:
        if not await self._owner.next(play) and self.play is play:
            self.let_go()

    async def _mend(self, play: Play, position_ms: int) -> None:
        """Play on over another way where the source of a play went away; else leave it, since its user stopped it."""
        tries = tries_left_off(play.tries, play.begin_ms, position_ms)
        went = tries < len(play.title.copies) and await went_away(self.hass, play.sources)
        async with self.lock:
            if self.play is not play:
                return
            if not went:
                self.let_go()
                return
            try:
                await self.begin(play.title, position_ms, tries=tries + 1)
            except HomeAssistantError as error:
                _LOGGER.debug("%s cannot go on: %s", self._entry.title, error)

    async def _recognise(self, played: Played) -> None:
        """Find out what the player plays that it was not told just now; it is followed if it is what is wanted."""
        key = (played.source, played.item)
        try:
            found = await self.title(key)
        except HomeAssistantError:
            return
        now = self.played
        if now is None or (now.source, now.item) != key or self.play is not None:
            return
        self._shown = found
        if found is not None and self._owner.wants(found):
            self.play = Play(title=found, begin_ms=now.position_ms)
            self._see(self.play, now)
        self._owner.changed()

    async def title(self, key: ItemKey) -> Title | None:
        """Return what is played as an item, None where it is not there; raises `HomeAssistantError`."""
        return await read(self.hass, loaded_sources(self.hass), lambda reading: title(reading, *key))

    @callback
    def _is_overdue(self, _: object) -> None:
        self._overdue = None
        if (play := self.play) is not None:
            self._run(self._mend(play, play.begin_ms), "why it does not play")

    @callback
    def _skip_by_itself(self, marker: Marker) -> None:
        if (play := self.play) is not None:
            self._run(self._skip_quietly(play, marker), "skip a marker")

    async def _skip_quietly(self, play: Play, marker: Marker) -> None:
        try:
            if is_ending(marker, play.title.item.duration_ms):
                # Without anything that follows, credits are not worth a jump.
                await self._owner.next(play)
            else:
                await self.skip(play, marker, None)
        except HomeAssistantError as error:
            _LOGGER.debug("%s cannot skip: %s", self._entry.title, error)

    # What it owns

    @callback
    def _leave(self) -> None:
        self.play = None
        self._skips.begin()
        self._forget_overdue()

    @callback
    def _forget_overdue(self) -> None:
        if self._overdue is not None:
            self._overdue()
            self._overdue = None

    def _run(self, work: Coroutine[Any, Any, None], what: str) -> None:
        self._entry.async_create_background_task(self.hass, work, f"{self._entry.title}: {what}")


def _now() -> float:
    return dt_util.utcnow().timestamp()
