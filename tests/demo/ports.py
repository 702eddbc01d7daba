"""Where does everything listen? On a row of fixed ports: Home Assistant stores addresses, so they have to last."""

from dataclasses import dataclass
import socket

from .errors import DemoError

HOST = "127.0.0.1"
COUNT = 11


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of a demo, counted from Home Assistant's own."""

    home_assistant: int = 8123

    @property
    def control(self) -> int:
        """Where the control page is."""
        return self.home_assistant + 1

    @property
    def plex_tv(self) -> int:
        """Where plex.tv is."""
        return self.home_assistant + 2

    def door(self, number: int) -> int:
        """Return the port of a server's door, counted from 0."""
        return self.home_assistant + 3 + number

    def require_free(self) -> None:
        """Raise `DemoError` if somebody listens on one of the ports."""
        for port in range(self.home_assistant, self.home_assistant + COUNT):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((HOST, port))
                except OSError as error:
                    raise DemoError(f"Port {port} is in use: stop what listens there, or choose a --port.") from error
