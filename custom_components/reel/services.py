"""Actions: what automations and people may ask of sources, and the answers they get."""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import probatio as vol

from .backends.naming import host_of
from .catalog_services import async_setup_catalog_services
from .connection.errors import Cause
from .connection.model import Connection
from .connection.probe import Attempt
from .connection.score import score
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .message_services import async_setup_message_services
from .player_services import async_setup_player_services
from .targeting import called_sources

SERVICE_GET_CONNECTIONS: Final = "get_connections"
SERVICE_REFRESH_SERVERS: Final = "refresh_servers"
SERVICE_TEST_CONNECTIONS: Final = "test_connections"

# No target means every source.
SCHEMA: Final = vol.Schema(cv.TARGET_SERVICE_FIELDS)

type Action = Callable[[list[ReelCoordinator]], Coroutine[Any, Any, list[JsonObjectType]]]


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register Reel's actions."""
    for name, action, response in (
        (SERVICE_GET_CONNECTIONS, _get_connections, SupportsResponse.ONLY),
        (SERVICE_REFRESH_SERVERS, _refresh_servers, SupportsResponse.OPTIONAL),
        (SERVICE_TEST_CONNECTIONS, _test_connections, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, _service(action), SCHEMA, response)
    async_setup_catalog_services(hass)
    async_setup_message_services(hass)
    async_setup_player_services(hass)


def _service(action: Action) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return a service that performs the action on the sources it is aimed at."""

    async def serve(call: ServiceCall) -> ServiceResponse:
        return {"sources": [*await action(called_sources(call))]}

    return serve


async def refresh_servers(source: ReelCoordinator) -> None:
    """Ask for the servers of a source's account; raises `HomeAssistantError` when nobody answers."""
    if not await source.async_refresh_servers():
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="servers_not_refreshed")


async def _get_connections(sources: list[ReelCoordinator]) -> list[JsonObjectType]:
    """Tell what is known, without asking anybody."""
    return [
        _source(source, (_known(source, each) for each in source.connector.target.connections)) for source in sources
    ]


async def _refresh_servers(sources: list[ReelCoordinator]) -> list[JsonObjectType]:
    """Ask for the connections anew, once per account, where there is somebody to ask."""
    accounts = {source.config_entry.entry_id: source for source in sources if source.is_discovered}
    if not accounts:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_discovered")
    for source in accounts.values():
        await refresh_servers(source)
    return await _get_connections(sources)


async def _test_connections(sources: list[ReelCoordinator]) -> list[JsonObjectType]:
    """Try every connection, of one source after the other, and tell how each of them did."""
    answers = []
    for source in sources:
        attempts = await source.test()
        answers.append(_source(source, (_tried(source, attempt) for attempt in attempts)))
    return answers


def _source(source: ReelCoordinator, connections: Iterable[JsonObjectType]) -> JsonObjectType:
    return {
        "source": source.name,
        "device_id": source.device_id,
        "status": source.data.status,
        "quality": source.data.quality,
        "connections": [*connections],
    }


def _tried(source: ReelCoordinator, attempt: Attempt) -> JsonObjectType:
    result = "answered" if attempt.succeeded else "failed"
    return _connection(source, attempt.connection, result, attempt.response_ms, attempt.cause)


def _known(source: ReelCoordinator, connection: Connection) -> JsonObjectType:
    health = source.connector.state.health_of(connection)
    result = {True: "answered", False: "failed", None: "untested"}[health.available]
    return _connection(source, connection, result, health.response_ms, health.cause)


def _connection(
    source: ReelCoordinator, connection: Connection, result: str, response_ms: float | None, reason: Cause | None
) -> JsonObjectType:
    state = source.connector.state
    return {
        "quality": connection.quality,
        "host": host_of(connection),
        "port": connection.port,
        "protocol": connection.protocol,
        "result": result,
        "response_ms": None if response_ms is None else round(response_ms, 1),
        "reason": reason,
        "in_use": state.is_reached and connection == state.current,
        "score": score(connection, state.health_of(connection)),
    }
