"""A world whose time stands still, what is connected in it, and proof that nothing is left in it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from custom_components.reel.connection.cache import ConnectionCache
from custom_components.reel.connection.change import Event
from custom_components.reel.connection.connector import Connector
from custom_components.reel.connection.model import Connection
from custom_components.reel.connection.policy import Policy
from custom_components.reel.connection.rounds import Target

from .connectors import ALL, MakeConnector
from .simulation import IDENTITY, Simulation, World


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


@pytest.fixture
def events() -> list[Event]:
    """Return what the connectors of this test told."""
    return []


@pytest.fixture
async def make_connector(world: World, events: list[Event]) -> MakeConnector:
    """Return a maker of connectors for the world of this test."""
    cache = ConnectionCache()

    def make(*connections: Connection, policy: Policy | None = None) -> Connector:
        target = Target("plex:1", IDENTITY, connections or ALL, policy or Policy())
        return Connector(
            target, world, cache, world.simulation.clock, lambda _, event: events.append(event) if event else None
        )

    return make


@pytest.fixture
def connector(make_connector: MakeConnector) -> Connector:
    """Return a connector for a local, a remote and a relayed connection."""
    return make_connector()
