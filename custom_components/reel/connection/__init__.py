"""Which way in? Everything about reaching a source, with nothing but the standard library.

Reading order: `model` (what a connection is), `score` (which is better), `probe` and `race` (which answers), `find`
(race, then one by one), `schedule`, `backoff` and `rival` (when to look again, when to stop, when to switch), `metrics`
and `predict` (what history tells), `state` (all of it as one value, and how it changes), `cache` (where that value
lives) and `record` (how it survives), `connector` (the one that does it), `notice` and `history` (what is told of it),
`discovery` and `merge` (when to ask for connections anew, and what becomes of the old ones), `address` (what people
type).

No clock and no chance of its own: both come as arguments.
"""
