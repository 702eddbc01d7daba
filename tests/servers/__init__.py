"""The servers Reel is tested and shown with: real HTTP on loopback, real state, and every way to go wrong.

Read `library` (what there is to watch), `server` (ports, traffic and faults that all of them share), then `plex` and
`jellyfin`. Nothing here imports Reel or Home Assistant: a fake that shares code with what it tests proves nothing.
"""
