"""Diagnostics: the whole story of how each source is reached, with nothing that is secret or personal.

What is told is listed here, rather than what is left out: addresses tell where somebody lives, and identifiers who they
are to plex.tv. Ports and qualities tell enough.
"""

from dataclasses import asdict
from typing import Any

from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import AnyDeviceEntry

from .catalog_view import CatalogView
from .connection.history import Chapter
from .connection.metrics import Record, Usage
from .connection.model import Connection, Quality
from .connection.predict import predict
from .connection.score import priority, score
from .const import CONF_KIND
from .coordinator import ReelConfigEntry, ReelCoordinator
from .player_diagnostics import player_diagnostics
from .player_entry import is_player
from .sync_answer import progress


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: ReelConfigEntry) -> dict[str, Any]:
    """Return what is known about every source of an account, or about a Reel player."""
    if is_player(entry):
        return player_diagnostics(hass, entry)
    return {
        "account": {"kind": entry.data[CONF_KIND], "signed_in": CONF_TOKEN in entry.data, "version": entry.version},
        "sources": [_source(coordinator) for coordinator in entry.runtime_data.coordinators.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: ReelConfigEntry, device: AnyDeviceEntry
) -> dict[str, Any]:
    """Return what is known about the source that a device is, or about all of them for the account itself."""
    if is_player(entry):
        return player_diagnostics(hass, entry)
    for coordinator in entry.runtime_data.coordinators.values():
        if coordinator.device_id == device.id:
            return _source(coordinator)
    return await async_get_config_entry_diagnostics(hass, entry)


def _source(coordinator: ReelCoordinator) -> dict[str, Any]:
    connector, source = coordinator.connector, coordinator.source
    state, connections = connector.state, connector.target.connections
    return {
        "kind": source.kind,
        "status": state.status,
        "trouble": state.trouble,
        "since": state.since,
        "quality": state.quality,
        "checked_at": state.checked_at,
        "next_check": connector.next_check(),
        "policy": {
            "pinned": next((index for index, each in enumerate(connections) if each.uri == source.policy.pinned), None),
            "refuse_relay": source.policy.refuse_relay,
            "trust_cached_checks": source.policy.trust_cached_checks,
            "intervals": dict(source.policy.intervals),
        },
        "breaker": {
            "state": state.breaker.state(coordinator.now),
            "failed_rounds": state.breaker.failures,
            "retry_at": state.breaker.retry_at,
        },
        "rival_wins": state.rival.wins,
        "usage": _usage(state.usage),
        "connection_in_use": connections.index(state.current) if state.current in connections else None,
        "connections": [_connection(coordinator, connection) for connection in connections],
        "story": [_chapter(chapter) for chapter in coordinator.history.chapters],
        "catalog": _catalog(coordinator.data.catalog),
    }


def _catalog(view: CatalogView) -> dict[str, Any]:
    """Return how much there is and how far it is in step; what libraries are called is their owner's business."""
    return {
        "items": [
            {str(kind): view.counts.get((library.identity, kind), 0) for kind in library.kinds}
            for library in view.libraries
        ],
        "marks": {look: mark.at for look, mark in view.marks.items()},
        "held": view.held,
        "reports_waiting": view.reports,
        "sync": progress(view.step, {}),
    }


def _connection(coordinator: ReelCoordinator, connection: Connection) -> dict[str, Any]:
    """Return how a connection did, without its address."""
    state, policy = coordinator.connector.state, coordinator.connector.target.policy
    health, record = state.health_of(connection), state.records.get(connection.uri, Record())
    return {
        "protocol": connection.protocol,
        "port": connection.port,
        "quality": connection.quality,
        "relay": connection.relay,
        "origin": connection.origin,
        "allowed": policy.allows(connection),
        "available": health.available,
        "cause": health.cause,
        "response_ms": health.response_ms,
        "failures": health.failures,
        "last_tested": health.last_tested,
        "priority": priority(connection),
        "rank": policy.rank(connection),
        "score": score(connection, health),
        "tries": record.tries,
        "success_rate": record.success_rate,
        "p50_ms": record.percentile(50),
        "p95_ms": record.percentile(95),
        "prediction": asdict(predict(connection, record, policy.rank)),
    }


def _usage(usage: Usage) -> dict[str, Any]:
    """Return the share of time at each quality, and how often the connection changed per day since 1970."""
    shares = {str(quality): usage.share(quality) for quality in Quality}
    return {"shares": shares | {"offline": usage.share(None)}, "changes_per_day": dict(usage.changes)}


def _chapter(chapter: Chapter) -> dict[str, Any]:
    """Return what happened and how the connections stood then: that is why it happened."""
    return {
        "at": chapter.at,
        "what": chapter.notice.happening,
        **chapter.notice.attributes(),
        "standings": [asdict(standing) for standing in chapter.standings],
    }
