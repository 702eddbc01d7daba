"""Did a client obey? Nobody says so: it shows in what the client does then, or not at all."""

from collections.abc import Callable, Mapping
from typing import Final

from .backends.clients import Activity, Client, Command, Order, Playing

# A client may begin at the scene before what it was told.
_NEAR_MS: Final = 10_000
# Some count in steps.
_NEAR_LEVEL: Final = 0.02

type _Sign = Callable[[Command, Playing, Playing | None], bool]


def is_obeyed(command: Command, before: Client, now: Client | None) -> bool:
    """Tell whether what a client does looks as if it did what it was told; what shows nowhere is believed."""
    sign, playing = _SIGNS.get(command.order), now.playing if now else None
    if sign is None:
        return True
    if playing is None:
        # How loud an idle client is shows nowhere.
        return command.order is Order.STOP or command.order in _SETTINGS
    return sign(command, playing, before.playing)


def is_excused(command: Command, now: Client | None) -> bool:
    """Tell whether a client may have obeyed without that being seen, or had nothing that it could have done."""
    playing = now.playing if now else None
    match command.order:
        case Order.NEXT | Order.PREVIOUS if playing is None:
            return True
        case Order.PREVIOUS if playing is not None:
            return (playing.position_ms or 0) < _NEAR_MS
        case Order.PLAY_ITEMS if playing is not None:
            return _belongs(playing, command)
    return False


def _is_going(_: Command, now: Playing, __: Playing | None) -> bool:
    return now.activity is not Activity.PAUSED


def _is_paused(_: Command, now: Playing, __: Playing | None) -> bool:
    return now.activity is Activity.PAUSED


def _is_near(command: Command, now: Playing, _: Playing | None) -> bool:
    return now.position_ms is None or abs(now.position_ms - command.position_ms) <= _NEAR_MS


def _is_another(_: Command, now: Playing, before: Playing | None) -> bool:
    """Tell whether something else is played, or the same anew."""
    if before is None or (now.item.identity, now.session) != (before.item.identity, before.session):
        return True
    return (now.position_ms or 0) < (before.position_ms or 0)


def _is_wanted(command: Command, now: Playing, before: Playing | None) -> bool:
    """Tell whether what is played is wanted or a part of that; of what lists hold, only that it is something else."""
    if before is None or before.item.identity != now.item.identity:
        return True
    moved = _is_near(command, now, None) and not _is_near(command, before, None)
    return _belongs(now, command) and (moved or _is_another(command, now, before))


def _belongs(playing: Playing, command: Command) -> bool:
    item = playing.item
    return not {item.identity, item.parent, item.grandparent}.isdisjoint(command.items)


def _is_as_loud(command: Command, now: Playing, _: Playing | None) -> bool:
    return now.volume is None or abs(now.volume - command.level) <= _NEAR_LEVEL


def _is_muted(command: Command, now: Playing, _: Playing | None) -> bool:
    return now.muted in {None, command.on}


def _is_shuffled(command: Command, now: Playing, _: Playing | None) -> bool:
    return now.shuffled in {None, command.on}


def _is_repeated(command: Command, now: Playing, _: Playing | None) -> bool:
    return now.repeat in {None, command.repeat}


_SETTINGS: Final[Mapping[Order, _Sign]] = {
    Order.VOLUME: _is_as_loud,
    Order.MUTE: _is_muted,
    Order.SHUFFLE: _is_shuffled,
    Order.REPEAT: _is_repeated,
}
_SIGNS: Final[Mapping[Order, _Sign]] = {
    Order.PLAY: _is_going,
    Order.PAUSE: _is_paused,
    Order.STOP: lambda *_: False,
    Order.SEEK: _is_near,
    Order.NEXT: _is_another,
    Order.PREVIOUS: _is_another,
    Order.PLAY_ITEMS: _is_wanted,
    **_SETTINGS,
}
