"""Diagnostics: the whole story of how each source is reached, with nothing that is secret or personal."""

from typing import Any, Final

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant

from .connection.metrics import Record
from .connection.model import Connection
from .connection.score import priority, score
from .const import CONF_CLIENT_ID, CONF_CONNECTIONS, CONF_IDENTITY, CONF_USER_ID
from .coordinator import ReelConfigEntry, ReelCoordinator

# Addresses tell where somebody lives, and identifiers who they are to plex.tv: ports and qualities tell enough.
TO_REDACT: Final = {CONF_CLIENT_ID, CONF_CONNECTIONS, CONF_IDENTITY, CONF_TOKEN, CONF_USER_ID}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: ReelConfigEntry) -> dict[str, Any]:
    """Return what is known about every source of an account."""
    return {
        "account": async_redact_data(dict(entry.data), TO_REDACT),
        "sources": [_source(coordinator) for coordinator in entry.runtime_data.coordinators.values()],
    }


def _source(coordinator: ReelCoordinator) -> dict[str, Any]:
    state, connections = coordinator.connector.state, coordinator.connector.target.connections
    return {
        "kind": coordinator.source.kind,
        "status": state.status,
        "quality": state.quality,
        "checked_at": state.checked_at,
        "failed_rounds": state.breaker.failures,
        "retry_at": state.breaker.retry_at,
        "connection_in_use": connections.index(state.current) if state.current in connections else None,
        "connections": [_connection(coordinator, connection) for connection in connections],
    }


def _connection(coordinator: ReelCoordinator, connection: Connection) -> dict[str, Any]:
    """Return how a connection did, without its address."""
    state = coordinator.connector.state
    health, record = state.health_of(connection), state.records.get(connection.uri, Record())
    return {
        "protocol": connection.protocol,
        "port": connection.port,
        "quality": connection.quality,
        "origin": connection.origin,
        "available": health.available,
        "response_ms": health.response_ms,
        "failures": health.failures,
        "last_tested": health.last_tested,
        "priority": priority(connection),
        "score": score(connection, health),
        "tries": record.tries,
        "success_rate": record.success_rate,
        "p50_ms": record.percentile(50),
        "p95_ms": record.percentile(95),
    }
