"""Jellyfin 10.9 to 12: `wire` makes every request, `parse` reads what comes back, `server` is what we ask."""
