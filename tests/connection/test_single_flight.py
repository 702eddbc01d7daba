"""Many callers share one round, and nobody's impatience ends it for the others."""

import asyncio

import pytest

from custom_components.reel.connection.single_flight import SingleFlight

from .simulation import Simulation


async def test_a_round_of_its_own_waits_for_the_one_under_way(simulation: Simulation) -> None:
    flight, done = SingleFlight(), []

    async def round_of(name: str) -> None:
        await simulation.sleep(1)
        done.append(name)

    first = asyncio.ensure_future(flight.join(lambda: round_of("first")))
    await simulation.settle()
    shared = asyncio.ensure_future(flight.join(lambda: round_of("never")))
    own = asyncio.ensure_future(flight.alone(lambda: round_of("own")))
    await simulation.pass_time(3)
    await asyncio.gather(first, shared, own)
    assert done == ["first", "own"]


async def test_closing_before_the_first_round_hinders_no_later_one(simulation: Simulation) -> None:
    flight, done = SingleFlight(), []

    async def work() -> None:
        done.append("worked")

    await flight.close()
    await flight.join(work)
    await simulation.settle()
    assert done == ["worked"]


async def test_a_bug_in_a_round_reaches_everybody_who_waits(simulation: Simulation) -> None:
    async def broken() -> None:
        await simulation.sleep(1)
        raise ZeroDivisionError

    flight = SingleFlight()
    waiting = [asyncio.ensure_future(flight.join(broken)) for _ in range(2)]
    await simulation.pass_time(2)
    for each in waiting:
        with pytest.raises(ZeroDivisionError):
            await each
