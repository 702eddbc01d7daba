"""What is remembered on disk: one SQLite file, owned by one thread.

`database` opens it, brings it to the newest shape and sets a damaged one aside; `connections` keeps how sources were
reached. Everything here is synchronous: the root takes it to its thread.
"""
