"""Plain folders that Home Assistant may read: no server, but the same questions."""
