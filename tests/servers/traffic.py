"""What did the server see? Tests count it: requests, bytes, connections, tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived; `token` is whatever credential it carried, wherever it carried it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    token: str | None
    door: str
    body: bytes = b""


@dataclass(slots=True)
class Traffic:
    """Everything one server saw since it was made or cleared."""

    requests: list[Seen] = field(default_factory=list)
    bytes_sent: int = 0
    connections: int = 0

    def to(self, pattern: str) -> list[Seen]:
        """Return the requests whose path fits a pattern such as `/library/*`, whatever its case."""
        return [seen for seen in self.requests if fnmatchcase(seen.path.lower(), pattern.lower())]

    @property
    def tokens(self) -> set[str]:
        """Every credential that was ever sent here."""
        return {seen.token for seen in self.requests if seen.token}

    def clear(self) -> None:
        """Forget everything, so that a test can count from here."""
        self.requests.clear()
        self.bytes_sent = 0
        self.connections = 0
