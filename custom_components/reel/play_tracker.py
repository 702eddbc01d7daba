"""Home Assistant's media players, as far as they play something of Reel: followed, however that was started.

Nobody has to say so. What a player shows tells what it plays, also after a restart; where it shows nothing, what it was
given last does.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
import logging
from typing import Any, Final

from homeassistant.components.media_player.const import (
    DOMAIN as MEDIA_PLAYER,
    MediaPlayerEntityStateAttribute as Attribute,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    EVENT_HOMEASSISTANT_STOP,
    EVENT_STATE_CHANGED,
    SERVICE_MEDIA_STOP,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    State,
    callback,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.singleton import singleton
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .backends.playing import PlayState
from .capability import Use
from .const import DOMAIN
from .links import Links, links
from .play_follow import Follow, Played, Tale, is_plain
from .play_recognition import Recognition, Recognized
from .play_reports import Known, Telling
from .play_shown import Shown
from .play_sight import Sight
from .player import play as steps
from .player.play import EVERY, Play, Seen, Step

__all__ = ["SILENCE", "PlayTracker", "Played", "play_tracker"]

_LOGGER = logging.getLogger(__name__)

# A page that says nothing for so long was closed.
SILENCE: Final = 30.0
# How long Home Assistant waits in the end, until servers know where everybody is.
_LAST_WORDS: Final = 5.0
_MOST_STRAYS: Final = 100
_PREFIX: Final = f"{MEDIA_PLAYER}."


type Listener = Callable[[Played], None]


class PlayTracker:
    """Follows whatever plays something of Reel, keeps its place, and tells its server."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._links: Links | None = None
        # Addresses tell the second only in which they were made.
        self._begun_at = int(_now())
        self._recognition = Recognition(self._is_shown_by_us)
        self._follows: dict[str, Follow] = {}
        self._tales: dict[str, Tale] = {}
        self._strays: dict[str, bool] = {}
        """Plays that were lost sight of, with whether they were watched: they may go on."""
        self._met: set[str] = set()
        """What is older than we are, and was seen to be played."""
        self._stop_listening: CALLBACK_TYPE | None = None
        self._listeners: dict[str, list[Listener]] = {}

    # For others

    @callback
    def start(self) -> None:
        """Follow all players from now on, until Home Assistant stops."""
        self._stop_listening = self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed, event_filter=_is_player)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._stop)
        for state in self._hass.states.async_all(MEDIA_PLAYER):
            self._observe(state.entity_id, state)

    @callback
    def handed_out(self, entity_id: str, url: str) -> None:
        """Take note of what a player was given to play."""
        self._recognition.give(entity_id, url, _now(), Shown.of(self._hass.states.get(entity_id)))

    @callback
    def played(self, entity_id: str) -> Played | None:
        """Return what is played on an entity, None for nothing of ours."""
        follow = self._follows.get(entity_id)
        return None if follow is None else follow.played

    @callback
    def async_add_listener(self, entity_id: str, listener: Listener) -> CALLBACK_TYPE:
        """Call the listener whenever something else is to say of what an entity plays; the last time it has stopped."""
        listeners = self._listeners.setdefault(entity_id, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    async def browser_report(self, capability: str, page: str, state: PlayState, position_ms: int) -> None:
        """Take what a page of the frontend plays; one that says nothing any more has stopped where it was."""
        makes = await self._load()
        player, now = f"page {page}", _now()
        follow = self._follows.get(player)
        if follow is not None and follow.sight.key != capability:
            self._end(follow, follow.play.at)
            follow = None
        if follow is None:
            grant = makes.read(capability, Use.STREAM, Use.HLS)
            if grant is None or state is PlayState.STOPPED:
                return
            follow = self._begin(player, Sight.of(capability, grant), Shown(doing=state), now)
        doing = follow.play.state if state is PlayState.STOPPED else state
        self._see(follow, Seen(state=doing, position_ms=follow.sight.start_ms + position_ms, updated_at=now), now)
        if state is PlayState.STOPPED:
            self._end(follow, now)
        else:
            self._step(follow, steps.tick(follow.play, now))
            self._wait(follow, SILENCE, self._fall_silent)

    # What players show

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._observe(event.data["entity_id"], event.data["new_state"])

    @callback
    def _observe(self, player: str, state: State | None) -> None:
        follow = self._follows.get(player)
        content = None if state is None else state.attributes.get(Attribute.MEDIA_CONTENT_ID)
        if (follow is None and not self._recognition.may_be_ours(player, content)) or self._is_ours(player):
            return
        if self._links is None:
            self._hass.async_create_background_task(self._observe_later(player), "Reel: read what a player shows")
            return
        shown, now = Shown.of(state), _now()
        if shown.doing is not None:
            self._plays(player, follow, shown, self._links, now)
        elif not (shown.waits and follow is not None):
            self._recognition.rest(player, shown)
            if follow is not None:
                self._end(follow, now, is_lost=shown.lost)

    def _plays(self, player: str, follow: Follow | None, shown: Shown, makes: Links, now: float) -> None:
        former = None if follow is None else Recognized(follow.sight, follow.shown)
        sight = self._recognition.see(player, shown, former, makes, now)
        if follow is not None and (sight is None or sight.key != follow.sight.key):
            self._end(follow, now)
            follow = None
        if sight is None or shown.doing is None:
            return
        follow = follow or self._begin(player, sight, shown, now)
        follow.shown = shown
        if follow.tale.known.duration_ms is None and shown.duration_ms is not None:
            length = sight.start_ms + shown.duration_ms
            self._step(follow, steps.learn(follow.play, length, watched=False, now=now))
        position = None if shown.position_ms is None else sight.start_ms + shown.position_ms
        self._see(follow, Seen(state=shown.doing, position_ms=position, updated_at=shown.updated_at), now)
        self._plan(follow)

    async def _observe_later(self, player: str) -> None:
        await self._load()
        self._observe(player, self._hass.states.get(player))

    async def _load(self) -> Links:
        self._links = await links(self._hass)
        return self._links

    @callback
    def _is_ours(self, player: str) -> bool:
        entry = er.async_get(self._hass).async_get(player)
        return entry is not None and entry.platform == DOMAIN

    @callback
    def _is_shown_by_us(self, content: str) -> bool:
        return any(
            state.attributes.get(Attribute.MEDIA_CONTENT_ID) == content and self._is_ours(state.entity_id)
            for state in self._hass.states.async_all(MEDIA_PLAYER)
        )

    # What becomes of it

    def _begin(self, player: str, sight: Sight, shown: Shown, now: float) -> Follow:
        former = self._tales.get(sight.key)
        watched = self._strays.pop(sight.key, None)
        since = self._since(sight, shown, now) if watched is None else sight.made_at or 0.0
        tale = former or self._tales.setdefault(sight.key, self._tale(sight, since))
        tale.players.append(player)
        play = Play(
            at=now,
            position_ms=sight.start_ms,
            duration_ms=tale.known.duration_ms,
            watched=tale.known.watched or bool(watched),
        )
        follow = self._follows[player] = Follow(player, sight, shown, tale, play)
        if former is None:
            tale.telling.start()
        return follow

    def _tale(self, sight: Sight, since: float | None) -> Tale:
        known, dismissed = partial(self._learn, sight.key), partial(self._dismiss, sight.key)
        return Tale(Telling(self._hass, sight, since=since, known=known, dismissed=dismissed))

    def _since(self, sight: Sight, shown: Shown, now: float) -> float | None:
        """Return when a play may have begun that is older than we are, None for one that begins now."""
        if sight.key in self._met or (sight.made_at or 0.0) >= self._begun_at:
            return None
        self._met.add(sight.key)
        if sight.made_at is not None:
            return sight.made_at
        return None if not shown.position_ms else now - shown.position_ms / 1000

    def _see(self, follow: Follow, seen: Seen, now: float) -> None:
        self._step(follow, steps.see(follow.play, seen, now))

    def _step(self, follow: Follow, step: Step) -> None:
        former, (follow.play, report) = follow.play, step
        if report is None:
            return
        if follow.is_told:
            follow.tale.telling.put(report)
        if not is_plain(former, report):
            self._tell_listeners(follow)

    def _end(self, follow: Follow, now: float, *, is_lost: bool = False) -> None:
        """End a play where it is; what others show goes on as theirs."""
        if follow.cancel is not None:
            follow.cancel()
        del self._follows[follow.player]
        follow.play, report = steps.end(follow.play, now)
        tale = follow.tale
        tale.players.remove(follow.player)
        if not tale.players:
            del self._tales[follow.sight.key]
            if is_lost:
                tale.telling.leave_conversion()
                self._remember(follow)
            if report is not None:
                tale.telling.put(report)
        self._tell_listeners(follow)

    def _remember(self, follow: Follow) -> None:
        """Take note of a play that was lost sight of."""
        self._strays[follow.sight.key] = follow.play.watched
        for forgotten in list(self._strays)[:-_MOST_STRAYS]:
            del self._strays[forgotten]

    def _tell_listeners(self, follow: Follow) -> None:
        played = follow.played
        for listener in list(self._listeners.get(follow.player, ())):
            listener(played)

    # Time

    def _plan(self, follow: Follow) -> None:
        now = _now()
        if steps.goes_on(follow.play, now):
            self._wait(follow, max(follow.play.reported_at + EVERY - now, 0.0), self._tick)
        elif follow.cancel is not None:
            follow.cancel()
            follow.cancel = None

    def _wait(self, follow: Follow, seconds: float, then: Callable[[Follow], None]) -> None:
        if follow.cancel is not None:
            follow.cancel()

        @callback
        def act(_: object) -> None:
            follow.cancel = None
            then(follow)

        follow.cancel = async_call_later(self._hass, seconds, HassJob(act, cancel_on_shutdown=True))

    @callback
    def _tick(self, follow: Follow) -> None:
        self._step(follow, steps.tick(follow.play, _now()))
        self._plan(follow)

    @callback
    def _fall_silent(self, follow: Follow) -> None:
        self._end(follow, follow.play.at, is_lost=True)

    # What is heard of it

    @callback
    def _learn(self, key: str, known: Known) -> None:
        tale = self._tales.get(key)
        if tale is None:
            return
        tale.known = known
        for player in tale.players:
            follow = self._follows[player]
            duration = known.duration_ms or follow.play.duration_ms
            self._step(follow, steps.learn(follow.play, duration, watched=known.watched, now=_now()))
            self._tell_listeners(follow)

    @callback
    def _dismiss(self, key: str) -> None:
        """Stop what its server ended."""
        tale = self._tales.get(key)
        players = [] if tale is None else [each for each in tale.players if each.startswith(_PREFIX)]
        if players:
            self._hass.async_create_background_task(self._stop_players(players), "Reel: stop what a server ended")

    async def _stop_players(self, players: list[str]) -> None:
        try:
            await self._hass.services.async_call(
                MEDIA_PLAYER, SERVICE_MEDIA_STOP, {ATTR_ENTITY_ID: players}, blocking=True
            )
        except HomeAssistantError as error:
            _LOGGER.debug("What a server ended cannot be stopped: %s", error)

    async def _stop(self, _: Event) -> None:
        """Keep where everybody is; whoever plays on is followed again after the restart."""
        if self._stop_listening is not None:
            self._stop_listening()
        tellings = [tale.telling for tale in self._tales.values()]
        for follow in list(self._follows.values()):
            self._end(follow, _now(), is_lost=True)
        try:
            async with asyncio.timeout(_LAST_WORDS):
                await asyncio.gather(*(telling.wait() for telling in tellings))
        except TimeoutError:
            _LOGGER.debug("Not all servers could be told in time how far everything is played")
        await asyncio.gather(*(telling.abandon() for telling in tellings))


@callback
def _is_player(data: Mapping[str, Any]) -> bool:
    """Tell whether a change of a state is that of a player; asked for every state in the house."""
    player: str = data["entity_id"]
    return player.startswith(_PREFIX)


def _now() -> float:
    return dt_util.utcnow().timestamp()


@callback
@singleton(HassKey[PlayTracker](f"{DOMAIN}.play_tracker"))
def play_tracker(hass: HomeAssistant) -> PlayTracker:
    """Return who follows the players of this Home Assistant."""
    return PlayTracker(hass)
