"""What of Reel does a player show? What our address says that it fetches, or what it was told to play."""

from dataclasses import dataclass
import re
from typing import Final, Self
from urllib.parse import unquote

from .backends.playing import Delivery
from .capability import STREAM_LASTS, Grant, Use
from .player_browse import ROOT
from .tree_spot import spot

# Under any base, with whatever else players add.
_OURS: Final = re.compile(r"/api/reel/(?:stream|hls)/([\w-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An item on its way to a player."""

    key: str
    """What tells it from all others: the capability, or the player with what it says that it plays."""
    source: str
    item: str
    file: str | None = None
    play_session: str | None = None
    start_ms: int = 0
    delivery: Delivery = Delivery.FILE
    transcodes: bool = False
    made_at: float | None = None
    """When the address was made, in seconds since 1970."""

    @classmethod
    def of(cls, capability: str, grant: Grant) -> Self:
        """Return what is played by an address of ours."""
        by_file = Delivery.STREAM if grant.transcodes else Delivery.FILE
        return cls(
            key=capability,
            source=grant.source,
            item=grant.item,
            file=grant.file,
            play_session=grant.play_session,
            start_ms=grant.start_ms,
            delivery=Delivery.HLS if grant.use is Use.HLS else by_file,
            transcodes=grant.transcodes,
            made_at=grant.expires - STREAM_LASTS,
        )

    @property
    def play(self) -> str:
        """What this play is called, over any restart."""
        return self.play_session or f"{self.made_at or self.key}"


def capability_in(content: object) -> str | None:
    """Return the capability in an address of ours, None in all else."""
    if not isinstance(content, str) or "reel" not in content:
        return None
    found = _OURS.search(unquote(content) if "%2F" in content.upper() else content)
    return found[1] if found else None


def named_in(content: object, player: str) -> Sight | None:
    """Return what a player says that it plays, None if that is nothing of ours."""
    if not isinstance(content, str) or not content.startswith(f"{ROOT}/"):
        return None
    try:
        place = spot(content.removeprefix(f"{ROOT}/"))
    except ValueError:
        return None
    if place.source is None or place.item is None:
        return None
    return Sight(key=f"{player} {content}", source=place.source, item=place.item)
