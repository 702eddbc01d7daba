"""Where a client is counts from the last jump, and what it must have done to have obeyed is seen in what it does."""

from dataclasses import replace

import pytest

from custom_components.reel.backends.clients import Activity, Client, Command, Order, Playing, Repeat
from custom_components.reel.backends.item import Item, ItemKind
from custom_components.reel.client_obedience import is_excused, is_obeyed
from custom_components.reel.client_place import LAG_MS, Place, place

FILM = Item(identity="1", kind=ItemKind.MOVIE, library="1", title="A Film", duration_ms=600_000)
EPISODE = Item(identity="7", kind=ItemKind.EPISODE, library="2", title="An Episode", parent="6", grandparent="5")
AT_A_MINUTE = Playing(item=FILM, activity=Activity.PLAYING, position_ms=60_000, session="a")
SINCE = Place(60_000, 1000.0)


def after(seconds: float, position_ms: int | None, **changes: object) -> Place | None:
    """Return the place of a client that says where it is so many seconds after it was at a minute."""
    now = replace(AT_A_MINUTE, position_ms=position_ms, **changes)  # type: ignore[arg-type]
    return place(SINCE, AT_A_MINUTE, now, 1000.0 + seconds)


@pytest.mark.parametrize("position_ms", [67_500, 70_000, 72_500, 60_000])
def test_what_was_to_be_expected_is_no_other_place(position_ms: int) -> None:
    assert after(10, position_ms) is SINCE


@pytest.mark.parametrize("position_ms", [0, 50_000, 62_000, 80_000])
def test_a_jump_is_another_place(position_ms: int) -> None:
    assert after(10, position_ms) == Place(position_ms, 1010.0)


def test_what_a_server_answers_may_be_as_old_as_the_last_report() -> None:
    old = replace(AT_A_MINUTE, position_ms=61_000)
    assert place(SINCE, AT_A_MINUTE, old, 1010.0, lag_ms=LAG_MS) is SINCE
    assert place(SINCE, AT_A_MINUTE, replace(old, position_ms=50_000), 1010.0, lag_ms=LAG_MS) == Place(50_000, 1010.0)


def test_a_pause_is_where_it_is_or_where_it_must_be_if_that_is_not_said() -> None:
    assert after(10, 69_000, activity=Activity.PAUSED) == Place(69_000, 1010.0)
    assert after(10, 60_000, activity=Activity.PAUSED) == Place(70_000, 1010.0)
    assert after(1000, 60_000, activity=Activity.PAUSED) == Place(600_000, 2000.0)


def test_nothing_moves_in_a_pause() -> None:
    halted = replace(AT_A_MINUTE, activity=Activity.PAUSED)
    later = replace(halted, position_ms=60_500)
    assert place(SINCE, halted, later, 2000.0) is SINCE


def test_another_play_is_another_place() -> None:
    assert after(10, 70_000, session="b") == Place(70_000, 1010.0)
    assert after(10, 70_000, item=EPISODE) == Place(70_000, 1010.0)
    assert place(None, None, AT_A_MINUTE, 5.0) == Place(60_000, 5.0)


def test_a_client_that_does_not_tell_is_nowhere() -> None:
    assert after(10, None) is None


# Obedience

IDLE = Client(identity="c", name="Living Room", product="App")
CLIENT = replace(IDLE, playing=AT_A_MINUTE)


def doing(**changes: object) -> Client:
    """Return the client as it does something else."""
    return replace(CLIENT, playing=replace(AT_A_MINUTE, **changes))  # type: ignore[arg-type]


OBEYED = [
    (Command(order=Order.PAUSE), doing(activity=Activity.PAUSED)),
    (Command(order=Order.STOP), IDLE),
    (Command(order=Order.STOP), None),
    (Command(order=Order.SEEK, position_ms=300_000), doing(position_ms=295_000)),
    (Command(order=Order.SEEK, position_ms=300_000), doing(position_ms=None)),
    (Command(order=Order.NEXT), doing(item=EPISODE)),
    (Command(order=Order.NEXT), doing(session="b")),
    (Command(order=Order.PREVIOUS), doing(position_ms=0)),
    (Command(order=Order.VOLUME, level=0.5), doing(volume=0.51)),
    (Command(order=Order.VOLUME, level=0.5), IDLE),
    (Command(order=Order.MUTE, on=True), doing(muted=True)),
    (Command(order=Order.SHUFFLE, on=True), doing(shuffled=True)),
    (Command(order=Order.REPEAT, repeat=Repeat.ALL), doing(repeat=Repeat.ALL)),
    (Command(order=Order.PLAY_ITEMS, items=("7",)), doing(item=EPISODE)),
    (Command(order=Order.PLAY_ITEMS, items=("5",)), doing(item=EPISODE)),
    (Command(order=Order.PLAY_ITEMS, items=("1",)), doing(session="b")),
    (Command(order=Order.PLAY_ITEMS, items=("1",), position_ms=300_000), doing(position_ms=300_000)),
]
NOT_OBEYED = [
    (Command(order=Order.PAUSE), CLIENT),
    (Command(order=Order.PAUSE), IDLE),
    (Command(order=Order.STOP), CLIENT),
    (Command(order=Order.SEEK, position_ms=300_000), CLIENT),
    (Command(order=Order.NEXT), CLIENT),
    (Command(order=Order.NEXT), IDLE),
    (Command(order=Order.PREVIOUS), CLIENT),
    (Command(order=Order.VOLUME, level=0.5), doing(volume=0.8)),
    (Command(order=Order.MUTE, on=True), doing(muted=False)),
    (Command(order=Order.SHUFFLE, on=True), doing(shuffled=False)),
    (Command(order=Order.REPEAT, repeat=Repeat.ALL), doing(repeat=Repeat.OFF)),
    (Command(order=Order.PLAY_ITEMS, items=("7",)), CLIENT),
    (Command(order=Order.PLAY_ITEMS, items=("7",)), IDLE),
]


@pytest.mark.parametrize(("command", "now"), OBEYED)
def test_what_shows_that_a_client_obeyed(command: Command, now: Client | None) -> None:
    assert is_obeyed(command, CLIENT, now)


@pytest.mark.parametrize(("command", "now"), NOT_OBEYED)
def test_what_does_not_show_that_a_client_obeyed(command: Command, now: Client | None) -> None:
    assert not is_obeyed(command, CLIENT, now)


@pytest.mark.parametrize("order", [Order.MESSAGE, Order.NAVIGATE, Order.PLAY_NEXT, Order.PLAY_LAST])
def test_what_never_shows_is_believed(order: Order) -> None:
    assert is_obeyed(Command(order=order), CLIENT, CLIENT)


def test_who_is_at_the_end_of_a_queue_is_excused() -> None:
    assert is_excused(Command(order=Order.NEXT), IDLE)
    assert is_excused(Command(order=Order.PREVIOUS), doing(position_ms=500))
    assert is_excused(Command(order=Order.PLAY_ITEMS, items=("1",)), CLIENT)
    assert not is_excused(Command(order=Order.NEXT), CLIENT)
    assert not is_excused(Command(order=Order.PREVIOUS), CLIENT)
    assert not is_excused(Command(order=Order.PAUSE), IDLE)
    assert not is_excused(Command(order=Order.PLAY_ITEMS, items=("7",)), CLIENT)
