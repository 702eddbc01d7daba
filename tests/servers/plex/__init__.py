"""plex.tv and Plex Media Servers, as clients meet them: stateful, on loopback, with every quirk behind a switch.

`async with PlexTv() as tv, PlexServer("Den") as plex` starts both. `tv.add_user`, `tv.give` and `tv.advertise` connect
them; `plex.add_movie`, `plex.play` and their like change what clients see; `plex.behaviour` and `tv.behaviour` hold the
switches, and `doors`, `fault` and `traffic` come from `FakeServer`.
"""

from .behaviour import Behaviour, TvBehaviour
from .media_server import PlexServer
from .people import User
from .players import Client, Playback
from .plex_tv import PlexTv

__all__ = ["Behaviour", "Client", "Playback", "PlexServer", "PlexTv", "TvBehaviour", "User"]
