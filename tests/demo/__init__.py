"""The demo: a made-up house with media servers, and a Home Assistant in it that has them all.

`scripts/develop` starts it. Read `house` (which servers there are), `control` (how their ways in are shut and opened),
`launch` (how Home Assistant runs here), `accounts` (how it is told of them, through its own HTTP API) and `screen`
(what it plays on).
"""
