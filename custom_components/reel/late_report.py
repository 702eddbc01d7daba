"""What is a server told later of a play that it could not be told of? Where it ended, unless it knows something newer.

Time decides: a user who went on elsewhere meanwhile means that, however far they got here.
"""

from dataclasses import dataclass
import json
from typing import Final

from .backends.errors import Missing
from .backends.item import UserState
from .backends.listing import Backend
from .backends.playing import Delivery, Player, PlayReport, PlayState
from .catalog.reports import Report

# Clocks of servers are a little off, and some tell whole seconds only.
SLACK: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LateReport:
    """Where a play is, or was left."""

    report: PlayReport
    watched: bool
    """Whether the item was watched in this play, and the server does not know."""
    play: str
    """What tells this play from others of the same item."""
    heard_ms: int | None = None
    """Where the server believes it to be, as far as it was told."""


def written(late: LateReport) -> str:
    """Return a late report as a text."""
    report = late.report
    told = {
        "position": report.position_ms,
        "duration": report.duration_ms,
        "session": report.play_session,
        "delivery": report.delivery.value,
        "file": report.file,
        "begins": report.begins,
        "watched": late.watched,
        "play": late.play,
        "heard": late.heard_ms,
    }
    return json.dumps(told)


def read(waiting: Report) -> LateReport:
    """Return the late report that waits."""
    told = json.loads(waiting.content)
    report = PlayReport(
        identity=waiting.identity,
        state=PlayState.STOPPED,
        position_ms=told["position"],
        duration_ms=told["duration"],
        play_session=told["session"],
        delivery=Delivery(told["delivery"]),
        file=told["file"],
        begins=told["begins"],
    )
    return LateReport(report=report, watched=told["watched"], play=told["play"], heard_ms=told["heard"])


class LateTelling:
    """Tells one server of one play, once, however often it has to be tried."""

    def __init__(self, waiting: Report, *, trusts_time: bool) -> None:
        """Prepare it; `trusts_time` is False where we changed the item a moment ago ourselves."""
        self._waiting = waiting
        self._late = read(waiting)
        self._trusts_time = trusts_time
        self._before: UserState | None = None
        self.believed: UserState | None = None
        """What the server knows better, or heard from us after all."""

    async def tell(self, server: Backend, speaker: Player) -> None:
        """Tell it, unless the server knows something newer; raises `SourceError`, `Missing` without such an item."""
        state = await _state(server, self._waiting.identity)
        if self._before not in {None, state} or (self._trusts_time and self._is_newer(state)):
            self.believed = state
            return
        # If this fails on the way, the state tells whether it arrived.
        self._before = state
        await speaker.report(self._late.report)

    def _is_newer(self, state: UserState) -> bool:
        """Tell whether the user did something with the item later than here."""
        # A server whose clock is ahead tells a later time of what we told it ourselves.
        is_ours = self._late.heard_ms is not None and state.position_ms == self._late.heard_ms
        return not is_ours and state.viewed_at is not None and state.viewed_at > self._waiting.at + SLACK


async def _state(server: Backend, identity: str) -> UserState:
    for item in await server.items([identity]):
        return item.state or UserState()
    raise Missing
