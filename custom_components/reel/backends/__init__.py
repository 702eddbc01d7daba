"""Who is there, and what do they say? One folder per kind of source, and what all of them share.

Reading order: `model` (what they tell), `errors` (what can go wrong), `transport` (one HTTP request), `retry`, `push`
and `lan` (what they say unasked), `naming` (what people see of it), then `plex`, `jellyfin` and `local`. In each kind
one file owns every request, and parsers are plain functions from what a server really sends to our own values.
"""
