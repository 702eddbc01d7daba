"""Telling connections anew loses nothing that a person or the LAN told."""

from dataclasses import replace

from custom_components.reel.connection.merge import connection_added, connections_merged
from custom_components.reel.connection.model import Origin

from .simulation import LOCAL, OTHER_LOCAL, OTHER_REMOTE, RELAY, REMOTE

TYPED = replace(OTHER_REMOTE, origin=Origin.USER)
FOUND = replace(OTHER_LOCAL, origin=Origin.LAN)


def test_what_is_not_listed_any_more_is_gone_but_for_what_others_told() -> None:
    assert connections_merged([LOCAL, REMOTE, TYPED, FOUND], [REMOTE, RELAY]) == (REMOTE, RELAY, TYPED, FOUND)


def test_a_listed_address_that_a_person_typed_stays_theirs() -> None:
    assert connections_merged([TYPED], [replace(TYPED, origin=Origin.DISCOVERED), LOCAL]) == (TYPED, LOCAL)


def test_listing_the_same_changes_nothing() -> None:
    assert connections_merged((LOCAL, REMOTE, FOUND), [LOCAL, REMOTE]) == (LOCAL, REMOTE, FOUND)


def test_a_known_address_is_not_added_twice() -> None:
    assert connection_added([LOCAL], FOUND) == (LOCAL, FOUND)
    assert connection_added([FOUND], replace(FOUND, origin=Origin.DISCOVERED)) == (FOUND,)
