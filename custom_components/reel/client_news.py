"""What did a server push of clients in the last seconds?

It is believed more than what the server answers, since the list of who plays may be seconds behind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from .backends.clients import Client, ClientChange, ClientNews, follow

RECENT: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Heard:
    change: ClientChange
    at: float


class LatestNews:
    """The last word on each client. Times are by the clock of the event loop."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}
        self._never_clear: set[tuple[str, str]] = set()
        """Clients and what they play, where the server pushes what it does not answer."""

    def hear(self, changes: Iterable[ClientChange], now: float) -> None:
        """Take what was pushed."""
        self._heard |= {change.client: _Heard(change, now) for change in changes}

    def since(self, asked_at: float) -> ClientNews:
        """Return what an answer may not know yet; positions only from after the question, which answers all others."""
        self._heard = {key: each for key, each in self._heard.items() if asked_at - each.at < RECENT}
        return ClientNews(
            changes=tuple(
                each.change if each.at >= asked_at else replace(each.change, position_ms=None)
                for each in self._heard.values()
            )
        )

    def is_unclear(self, known: Mapping[str, Client], now: float) -> bool:
        """Tell whether something was pushed that only the server can explain, as far as it does."""
        return bool(self._unclear(known, now) - self._never_clear)

    def give_up(self, known: Mapping[str, Client], now: float) -> None:
        """Believe that the server will not explain what is unclear now, however often it pushes that."""
        self._never_clear |= self._unclear(known, now)

    def forget(self) -> None:
        """Begin anew."""
        self._heard.clear()
        self._never_clear.clear()

    def _unclear(self, known: Mapping[str, Client], now: float) -> set[tuple[str, str]]:
        changes = self.since(now).changes
        return {(each.client, each.item) for each in changes if follow(known, ClientNews(changes=(each,)))[1]}
