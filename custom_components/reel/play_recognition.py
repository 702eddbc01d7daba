"""Which item of Reel does a player play? By the address that it shows, by a name, or by what it was given last."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from .capability import Use
from .links import Links
from .play_shown import Shown
from .play_sight import Sight, capability_in, named_in

# Whoever was switched on for it, and fetches a whole app first, still begins within that many seconds.
_PATIENCE: Final = 120.0
_NOTHING: Final = Shown(doing=None)


@dataclass(slots=True)
class _Given:
    """An address that a player was given, which it may not have begun to play."""

    capability: str
    at: float
    before: Shown
    """What it showed before it did."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """What a player was last seen to play, and how that looked."""

    sight: Sight
    shown: Shown


class Recognition:
    """Remembers what players were given, and reads what they show.

    `is_ours` tells whether one of our own players, whose plays are told otherwise, shows the same: then it is a mirror
    of that.
    """

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._given: dict[str, _Given] = {}

    def give(self, player: str, url: str, now: float, shown: Shown) -> None:
        """Take note of what a player was given."""
        if (capability := capability_in(url)) is not None:
            self._given[player] = _Given(capability, now, shown)

    def may_be_ours(self, player: str, content: object) -> bool:
        """Tell whether it is worth looking at what a player shows; cheap."""
        return player in self._given or (isinstance(content, str) and "reel" in content)

    def rest(self, player: str, shown: Shown) -> None:
        """Take note that a player plays nothing: whatever it plays next is something new."""
        if (given := self._given.get(player)) is not None:
            given.before = shown

    def see(self, player: str, shown: Shown, former: Recognized | None, makes: Links, now: float) -> Sight | None:
        """Return what a player plays, None for nothing of ours."""
        if (capability := capability_in(shown.content)) is not None:
            self._given.pop(player, None)
            return former.sight if former and former.sight.key == capability else _read(makes, capability)
        given = self._taken(player, shown, makes, now)
        named = named_in(shown.content, player)
        if named is None and shown.is_explained:
            return None
        if given is not None or former is None:
            return given or (named and self._own(named, shown))
        is_same = former.shown.content == shown.content if named else shown.goes_on(former.shown)
        # What was known by its address and shows none any more is nothing of the kind.
        if is_same and capability_in(former.shown.content) is None:
            return former.sight
        return named and self._own(named, shown)

    def _taken(self, player: str, shown: Shown, makes: Links, now: float) -> Sight | None:
        """Return what a player was given, if that is what it plays now."""
        given = self._given.get(player)
        if given is None:
            return None
        if now - given.at > _PATIENCE:
            del self._given[player]
            return None
        if not shown.begins_anew(given.before):
            given.before = shown
            return None
        del self._given[player]
        return _read(makes, given.capability)

    def _own(self, named: Sight, shown: Shown) -> Sight | None:
        return None if shown.content is None or self._is_ours(shown.content) else named


def _read(makes: Links, capability: str) -> Sight | None:
    grant = makes.read(capability, Use.STREAM, Use.HLS)
    return None if grant is None else Sight.of(capability, grant)
