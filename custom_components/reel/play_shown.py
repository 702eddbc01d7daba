"""What does a media player show? Its state as far as it tells what is played, and whether that is something new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Final, Self

from homeassistant.components.media_player.const import MediaPlayerEntityStateAttribute as Attribute, MediaPlayerState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from .backends.playing import PlayState

_DOING: Final[Mapping[str, PlayState]] = {
    MediaPlayerState.PLAYING: PlayState.PLAYING,
    MediaPlayerState.PAUSED: PlayState.PAUSED,
}
_LOST: Final = {STATE_UNAVAILABLE, STATE_UNKNOWN}
# Positions of one and the same play go back by less, as when a player corrects itself.
_BACK_MS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A moment of a player."""

    doing: PlayState | None
    """None where it does not play."""
    waits: bool = False
    """Whether it waits for more to play."""
    lost: bool = False
    """Whether nobody knows what it does."""
    content: str | None = None
    title: str | None = None
    duration_ms: int | None = None
    position_ms: int | None = None
    updated_at: float | None = None

    @classmethod
    def of(cls, state: State | None) -> Self:
        """Return what a state shows, of an entity that may be gone."""
        if state is None or state.state in _LOST:
            return cls(doing=None, lost=True)
        said = state.attributes
        content, title = said.get(Attribute.MEDIA_CONTENT_ID), said.get(Attribute.MEDIA_TITLE)
        return cls(
            doing=_DOING.get(state.state),
            waits=state.state == MediaPlayerState.BUFFERING,
            content=content if isinstance(content, str) else None,
            title=title if isinstance(title, str) else None,
            duration_ms=_milliseconds(said.get(Attribute.MEDIA_DURATION)) or None,
            position_ms=_milliseconds(said.get(Attribute.MEDIA_POSITION)),
            updated_at=_moment(said.get(Attribute.MEDIA_POSITION_UPDATED_AT)),
        )

    def begins_anew(self, before: Shown) -> bool:
        """Tell whether something else is played than before."""
        if before.doing is None and not before.waits:
            return True
        if (self.content, self.title, self.duration_ms) != (before.content, before.title, before.duration_ms):
            return True
        return self._falls_back(before)

    def _falls_back(self, before: Shown) -> bool:
        return self.position_ms is not None and self.position_ms < (before.position_ms or 0) - _BACK_MS

    def goes_on(self, before: Shown) -> bool:
        """Tell whether this is still what was played before, by all that a player says who tells little."""
        told = ((before.content, self.content), (before.title, self.title))
        if all(old == new for old, new in told):
            return True
        # Some say only after a while what they play, and do not begin anew with it.
        return all(old in {None, new} for old, new in told) and not self._falls_back(before)

    @property
    def is_explained(self) -> bool:
        """Whether it says what it plays in words that others know, rather than by a number of its own."""
        return self.content is not None and ":" in self.content


def _milliseconds(value: object) -> int | None:
    if not isinstance(value, int | float) or not isfinite(value) or value < 0:
        return None
    return round(value * 1000)


def _moment(value: object) -> float | None:
    moment = dt_util.parse_datetime(value) if isinstance(value, str) else value
    return moment.timestamp() if isinstance(moment, datetime) else None
