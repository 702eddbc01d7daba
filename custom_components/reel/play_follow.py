"""What is known of a play that is under way? Which player shows what, how far it is, and who tells of it."""

from dataclasses import dataclass, field

from homeassistant.core import CALLBACK_TYPE

from .backends.playing import Delivery, PlayState
from .play_reports import Known, Telling
from .play_shown import Shown
from .play_sight import Sight
from .player.play import Play, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What a player of Home Assistant plays of Reel."""

    source: str
    item: str
    file: str | None
    play_session: str | None
    start_ms: int
    """Where in the item the stream begins: what is 0 to the player."""
    delivery: Delivery
    transcodes: bool
    state: PlayState
    position_ms: int
    """In the item, at `at`."""
    at: float
    """In seconds since 1970."""
    duration_ms: int | None
    """Of the item."""

    def position_at(self, now: float) -> int:
        """Return how far it is at a moment, in the item."""
        passed = max(now - self.at, 0.0) if self.state is PlayState.PLAYING else 0.0
        position = self.position_ms + round(passed * 1000)
        return min(position, self.duration_ms) if self.duration_ms else position


@dataclass(slots=True, eq=False)
class Tale:
    """A play, and who shows it: a player, and those that mirror it. The first of them is believed."""

    telling: Telling
    players: list[str] = field(default_factory=list)
    known: Known = field(default_factory=lambda: Known(None, watched=False))


@dataclass(slots=True, eq=False)
class Follow:
    """A player that plays something."""

    player: str
    sight: Sight
    shown: Shown
    tale: Tale
    play: Play
    cancel: CALLBACK_TYPE | None = None
    """Ends the waiting for the next moment of interest."""

    @property
    def is_told(self) -> bool:
        """Whether what it shows is told, rather than what another one does that shows the same."""
        return self.tale.players[:1] == [self.player]

    @property
    def played(self) -> Played:
        """What others may know of it."""
        sight, play = self.sight, self.play
        return Played(
            source=sight.source,
            item=sight.item,
            file=sight.file,
            play_session=sight.play_session,
            start_ms=sight.start_ms,
            delivery=sight.delivery,
            transcodes=sight.transcodes,
            state=play.state,
            position_ms=play.position_ms,
            at=play.at,
            duration_ms=play.duration_ms,
        )


def is_plain(former: Play, report: Report) -> bool:
    """Tell whether a report says nothing that could not be reckoned."""
    is_moved = report.position_ms != former.position_at(report.at)
    return not report.begins and report.state is former.state and not is_moved
