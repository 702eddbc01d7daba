"""What must outlive the demo's servers? Jellyfin's tokens: Home Assistant keeps them. Plex's follow from names."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
import json
from pathlib import Path

from tests.servers.jellyfin import JellyfinServer
from tests.servers.jellyfin.accounts import Device


@contextmanager
def remembering(server: JellyfinServer, file: Path) -> Iterator[None]:
    """Let everybody back in who was signed in the last time, and write down who is in the end."""
    if file.exists():
        _recall(server, file)
    try:
        yield
    finally:
        _write_down(server, file)


def _write_down(server: JellyfinServer, file: Path) -> None:
    accounts = server.state.accounts
    devices = [
        {**asdict(device), "user": device.user.name if device.user else None} for device in accounts.devices.values()
    ]
    file.write_text(json.dumps({"made": accounts.made, "devices": devices}, indent=1))


def _recall(server: JellyfinServer, file: Path) -> None:
    written, accounts = json.loads(file.read_text()), server.state.accounts
    accounts.made = written["made"]
    for words in written["devices"]:
        device = Device(**{**words, "user": accounts.named(words["user"] or "")})
        accounts.devices[device.token] = device
