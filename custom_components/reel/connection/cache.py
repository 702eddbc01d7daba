"""Where does what we know about connections live? Here, and nowhere else in memory."""

from collections import OrderedDict
from typing import Final

from .state import SourceState

MOST_SOURCES: Final = 100


class ConnectionCache:
    """The states of the sources used last.

    What falls out is learnt anew, not lost: the connections themselves are kept elsewhere.
    """

    def __init__(self, limit: int = MOST_SOURCES) -> None:
        self._limit = limit
        self._states: OrderedDict[str, SourceState] = OrderedDict()

    def get(self, source: str) -> SourceState:
        """Return the state of a source, a blank one for a stranger."""
        if source in self._states:
            self._states.move_to_end(source)
        return self._states.get(source, SourceState())

    def put(self, source: str, state: SourceState) -> None:
        """Keep a state, and let go of the one that was not used for the longest time if there are too many."""
        self._states[source] = state
        self._states.move_to_end(source)
        if len(self._states) > self._limit:
            self._states.popitem(last=False)

    def forget(self, source: str) -> None:
        """Let go of a source that was removed."""
        self._states.pop(source, None)
