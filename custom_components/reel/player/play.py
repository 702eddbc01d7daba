"""What is there to tell of a play? From what a player shows now and then to what others want to hear.

A step is a function from one `Play` to the next, with the report that it makes, if any.
"""

from dataclasses import dataclass, replace
from typing import Final

from ..backends.playing import PlayState
from .place import is_watched

# Seconds between reports while nothing happens.
EVERY: Final = 10.0
# A server that hears nothing of a pause takes it for an end after some minutes, and ends its conversion. Whoever is
# away for longer has left it.
LONGEST_PAUSE: Final = 3600.0
# A timer may be a little early.
_EARLY: Final = 1.0
# Players count in whole seconds, and some tell late: only what is off by more was a jump.
_JUMP_MS: Final = 4_000

type Step = tuple[Play, Report | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a player shows."""

    state: PlayState
    position_ms: int | None = None
    """In the item; None for players that do not tell."""
    updated_at: float | None = None
    """When it was there, in seconds since 1970; None for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far a play is, for whoever wants to know."""

    state: PlayState
    position_ms: int
    at: float
    """Since when it is there, in seconds since 1970: a pause that goes on is told again as what it was."""
    duration_ms: int | None = None
    begins: bool = False
    """Whether this is the first one of a play."""
    watched: bool = False
    """Whether the item was watched in this play by now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One item on one player, from when it begins until something else does."""

    at: float
    """The moment of the position below, in seconds since 1970."""
    position_ms: int = 0
    state: PlayState = PlayState.PAUSED
    duration_ms: int | None = None
    begun: bool = False
    watched: bool = False
    reported_at: float = 0.0
    said: tuple[int, float | None] | None = None
    """The player's last word on its position: the same word again is no news."""

    def position_at(self, now: float) -> int:
        """Return how far it is at a moment."""
        passed = max(now - self.at, 0.0) if self.state is PlayState.PLAYING else 0.0
        return self.within(self.position_ms + round(passed * 1000))

    def within(self, position_ms: int) -> int:
        """Return a position, or the next one that the item has."""
        return max(min(position_ms, self.duration_ms) if self.duration_ms else position_ms, 0)


def see(play: Play, seen: Seen, now: float) -> Step:
    """Take what a player shows; a report is due when it does something else, or is elsewhere than expected."""
    if play.state is PlayState.STOPPED:
        return play, None
    if seen.state is PlayState.STOPPED:
        return end(play, now)
    expected = play.position_at(now)
    position = play.within(_position(play, seen, now, expected))
    # What is paused when it is first seen may have been left so days ago.
    begins = not play.begun and seen.state is PlayState.PLAYING
    changed = play.begun and (seen.state is not play.state or abs(position - expected) > _JUMP_MS)
    said = play.said if seen.position_ms is None else (seen.position_ms, seen.updated_at)
    return _step(replace(play, state=seen.state, position_ms=position, at=now, said=said), now, due=begins or changed)


def _position(play: Play, seen: Seen, now: float, expected: int) -> int:
    if seen.position_ms is None or (seen.position_ms, seen.updated_at) == play.said:
        return expected
    since = now if seen.updated_at is None else seen.updated_at
    passed = max(now - since, 0.0) if seen.state is PlayState.PLAYING else 0.0
    return seen.position_ms + round(passed * 1000)


def tick(play: Play, now: float) -> Step:
    """Let time pass: a report is due every ten seconds."""
    if not goes_on(play, now):
        return play, None
    if play.state is PlayState.PLAYING:
        play = replace(play, position_ms=play.position_at(now), at=now)
    return _step(play, now, due=now - play.reported_at >= EVERY - _EARLY)


def goes_on(play: Play, now: float) -> bool:
    """Tell whether there will be something to tell though nothing happens."""
    match play.state:
        case PlayState.PLAYING:
            return play.begun
        case PlayState.PAUSED:
            return play.begun and now - play.at < LONGEST_PAUSE
        case PlayState.STOPPED:
            return False


def learn(play: Play, duration_ms: int | None, *, watched: bool, now: float) -> Step:
    """Take how long the item is, and whether it was watched in this play before anybody looked."""
    if play.state is PlayState.STOPPED:
        return play, None
    known = replace(play, duration_ms=duration_ms or play.duration_ms, watched=play.watched or watched)
    moved, report = _step(replace(known, position_ms=known.position_at(now), at=now), now, due=False)
    # To know more of an item is no word of its player.
    return (known, None) if report is None else (moved, report)


def end(play: Play, now: float) -> Step:
    """End a play where it is at a moment; what never began ends without a word."""
    position = play.position_at(now)
    ended = replace(play, state=PlayState.STOPPED, position_ms=position, at=now)
    if play.state is PlayState.STOPPED:
        return play, None
    return _step(ended, now, due=True) if play.begun else (ended, None)


def _step(play: Play, now: float, *, due: bool) -> Step:
    """Return a play as it is after a step, with the report if one is due, or the item is watched just now."""
    watched = play.watched or is_watched(play.position_ms, play.duration_ms)
    if not due and (watched == play.watched or not play.begun):
        return play, None
    report = Report(
        state=play.state,
        position_ms=play.position_ms,
        at=play.at,
        duration_ms=play.duration_ms,
        begins=not play.begun,
        watched=watched,
    )
    return replace(play, begun=True, watched=watched, reported_at=now), report
