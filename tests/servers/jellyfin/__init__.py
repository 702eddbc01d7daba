"""A fake Jellyfin server, 10.8 to 12: `JellyfinServer`, its switches, and what its state is made of."""

from .accounts import User
from .apps import App
from .behaviour import Behaviour
from .server import JellyfinServer
from .wire import TICKS

__all__ = ["TICKS", "App", "Behaviour", "JellyfinServer", "User"]
