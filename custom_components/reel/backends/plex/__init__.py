"""Plex: `wire` makes every request, `parse` reads what comes back, `tv` is plex.tv, `server` a media server."""
