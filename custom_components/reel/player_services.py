"""Actions of Reel players: play something by its name, look at the queue, and take what is played to another player."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_CONTROL
from homeassistant.components.media_player.const import (
    ATTR_MEDIA_ENQUEUE,
    DOMAIN as MEDIA_PLAYER,
    MediaPlayerEnqueue,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.util.json import JsonObjectType
import probatio as vol

from .backends.item import ItemKind
from .catalog import query
from .catalog.query import ItemKey
from .catalog_reading import Reading, read
from .const import DOMAIN
from .play_asked import asked, meant
from .play_elsewhere import play_there
from .player_entry import is_player
from .reel_player import ReelPlayer
from .targeting import loaded_sources

SERVICE_PLAY: Final = "play"
SERVICE_GET_QUEUE: Final = "get_queue"
SERVICE_TRANSFER: Final = "transfer"
SERVICE_SKIP_MARKER: Final = "skip_marker"

_TARGET: Final = cv.TARGET_SERVICE_FIELDS
PLAY: Final = vol.All(
    vol.Schema(
        {
            **_TARGET,
            vol.Exclusive("item", "what"): cv.string,
            vol.Exclusive("query", "what"): cv.string,
            vol.Optional("kinds", default=list): vol.All(cv.ensure_list, [vol.Coerce(ItemKind)]),
            vol.Optional("resume"): cv.boolean,
            vol.Optional(ATTR_MEDIA_ENQUEUE, default=MediaPlayerEnqueue.REPLACE): vol.Coerce(MediaPlayerEnqueue),
        }
    ),
    cv.has_at_least_one_key("item", "query"),
)
GET_QUEUE: Final = vol.Schema(
    {
        **_TARGET,
        vol.Optional("start", default=0): vol.All(vol.Coerce(int), vol.Range(min=0)),
        vol.Optional("limit", default=100): vol.All(vol.Coerce(int), vol.Range(min=1, max=1000)),
    }
)
TRANSFER: Final = vol.Schema({**_TARGET, vol.Required("to"): cv.entity_domain(MEDIA_PLAYER)})
SKIP_MARKER: Final = vol.Schema(_TARGET)

type Act = Callable[[ServiceCall, ReelPlayer], Awaitable[JsonObjectType]]


@callback
def async_setup_player_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, act, schema, response in (
        (SERVICE_PLAY, _play, PLAY, SupportsResponse.OPTIONAL),
        (SERVICE_GET_QUEUE, _get_queue, GET_QUEUE, SupportsResponse.ONLY),
        (SERVICE_TRANSFER, _transfer, TRANSFER, SupportsResponse.NONE),
        (SERVICE_SKIP_MARKER, _skip_marker, SKIP_MARKER, SupportsResponse.OPTIONAL),
    ):
        hass.services.async_register(DOMAIN, name, _service(act), schema, response)


def _service(act: Act) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return a service that does something with each Reel player that it is aimed at."""

    async def serve(call: ServiceCall) -> ServiceResponse:
        return {entity_id: await act(call, player) for entity_id, player in (await _called_players(call)).items()}

    return serve


async def _play(call: ServiceCall, player: ReelPlayer) -> JsonObjectType:
    """Play something, or put it into the queue; tell what that is."""
    data = call.data
    if "item" in data:
        wanted = await asked(call.hass, data["item"])
    else:
        wanted = await meant(call.hass, data["query"], data["kinds"])
    await player.play(
        wanted.plan, data[ATTR_MEDIA_ENQUEUE], at_ms=wanted.at_ms, resume=data.get("resume"), context=call.context
    )
    return {"added": len(wanted.plan.items), **await _queue(player, wanted.plan.items[:1])}


async def _get_queue(call: ServiceCall, player: ReelPlayer) -> JsonObjectType:
    """Tell what is in the queue, in the order in which it plays."""
    start, queue = call.data["start"], player.queue
    told = await _queue(player, queue.in_order[start : start + call.data["limit"]])
    return {"start": start, "shuffle": queue.shuffled, "repeat": queue.repeat, **told}


async def _queue(player: ReelPlayer, keys: tuple[ItemKey, ...]) -> JsonObjectType:
    """Return how far a queue is, with some of its items; those that are gone are left out."""

    def work(reading: Reading) -> list[JsonObjectType]:
        found = (query.item(reading.database, *key) for key in keys)
        return reading.brief(entry for entry in found if entry is not None)

    items = await read(player.hass, loaded_sources(player.hass), work)
    size = len(player.queue.items)
    return {"position": player.queue.at + 1 if size else 0, "size": size, "items": [*items]}


async def _transfer(call: ServiceCall, player: ReelPlayer) -> JsonObjectType:
    """Play what is played on another player from the same second on, and then no longer here."""
    to, shown, position_ms = call.data["to"], player.playback.shown, player.playback.position_ms
    await _allow(call, to)
    if shown is None or position_ms is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="nothing_played")
    if to in {player.output.entity_id, *(entity for entity, each in _players(call.hass).items() if each is player)}:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="plays_there")
    other = _players(call.hass).get(to)
    if other is None:
        is_there = await play_there(call.hass, to, shown, position_ms, call.context)
    else:
        queue = player.queue if player.is_following else player.queue.filled((shown.key,), 0, lambda _: 0)
        await other.take(queue, position_ms, goes_on=player.goes_on, context=call.context)
        is_there = await other.playback.wait_until_played()
    if not is_there:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="transfer_failed")
    await player.stop(call.context)
    return {}


async def _skip_marker(call: ServiceCall, player: ReelPlayer) -> JsonObjectType:
    """Jump over what is played: an intro, credits, a break; tell what that was."""
    marker = await player.skip_marker(call.context)
    return {"kind": marker.kind, "start": marker.start_ms / 1000, "end": marker.end_ms / 1000}


# Which players are meant


async def _called_players(call: ServiceCall) -> dict[str, ReelPlayer]:
    """Return the Reel players that an action is aimed at, at least one; raises `ServiceValidationError`."""
    found = async_extract_referenced_entity_ids(call.hass, TargetSelection(call.data))
    known = _players(call.hass)
    if strangers := found.referenced - known.keys():
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_reel_player",
            translation_placeholders={"entity": min(strangers)},
        )
    meant_here = sorted((found.referenced | found.indirectly_referenced) & known.keys())
    if not meant_here:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_player_there")
    for entity_id in meant_here:
        await _allow(call, entity_id)
    return {entity_id: known[entity_id] for entity_id in meant_here}


@callback
def _players(hass: HomeAssistant) -> dict[str, ReelPlayer]:
    """Return all Reel players that are loaded, by their entities."""
    registry = er.async_get(hass)
    return {
        entity.entity_id: entry.runtime_data
        for entry in hass.config_entries.async_entries(DOMAIN)
        if is_player(entry) and entry.state is ConfigEntryState.LOADED
        for entity in er.async_entries_for_config_entry(registry, entry.entry_id)
    }


async def _allow(call: ServiceCall, entity_id: str) -> None:
    """Raise `Unauthorized` for somebody who may not control an entity."""
    user_id = call.context.user_id
    if user_id is None:
        return
    user = await call.hass.auth.async_get_user(user_id)
    if user is None:
        raise UnknownUser(context=call.context, entity_id=entity_id, permission=POLICY_CONTROL)
    if not user.permissions.check_entity(entity_id, POLICY_CONTROL):
        raise Unauthorized(context=call.context, entity_id=entity_id, permission=POLICY_CONTROL)
