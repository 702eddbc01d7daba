"""A world whose time stands still, and proof that nothing is left in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from .simulation import Simulation, World


@pytest.fixture
async def simulation() -> AsyncIterator[Simulation]:
    """Return a clock that a test moves; afterwards no task but the test's own may be left."""
    before = asyncio.all_tasks()
    simulation = Simulation()
    yield simulation
    await simulation.settle()
    assert asyncio.all_tasks() <= before | {asyncio.current_task()}


@pytest.fixture
def world(simulation: Simulation) -> World:
    """Return a world in which nobody answers yet."""
    return World(simulation)
