"""Actions on the catalog: what there is to watch and to hear, told whether or not the sources are online."""

from collections.abc import Callable, Coroutine
import sqlite3
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonObjectType
import probatio as vol

from .backends.item import LISTS, Detail, ItemKind
from .catalog import home, query
from .catalog.entry import Entry
from .catalog.query import Filters, ItemKey, Listing, Query, Sort
from .catalog.search import search
from .catalog_reading import Reading, read, unavailable
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .copies import ranked
from .item_answer import full
from .item_detail import Freshness, detail_of
from .marking_services import async_setup_marking_services
from .sync_services import async_setup_sync_services
from .targeting import called_source, called_sources, loaded_sources

type Action = Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]

SERVICE_SEARCH: Final = "search"
SERVICE_GET_ITEMS: Final = "get_items"
SERVICE_GET_ITEM: Final = "get_item"
SERVICE_GET_HOME: Final = "get_home"

_KINDS: Final = vol.All(cv.ensure_list, [vol.Coerce(ItemKind)])
_NAMES: Final = vol.All(cv.ensure_list, [cv.string])
_FILTERS: Final = {
    vol.Optional("library", default=list): _NAMES,
    vol.Optional("kinds", default=list): _KINDS,
    vol.Optional("genre"): cv.string,
    vol.Optional("year_from"): vol.Coerce(int),
    vol.Optional("year_to"): vol.Coerce(int),
    vol.Optional("unwatched", default=False): cv.boolean,
}
# More than anybody looks at as they type.
_LIMIT: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=100))
# What can be told at once without anybody noticing.
_LONG_LIMIT: Final = vol.All(vol.Coerce(int), vol.Range(min=1, max=1000))

SEARCH: Final = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        **_FILTERS,
        vol.Required("query"): cv.string,
        vol.Optional("limit", default=20): _LIMIT,
    }
)
GET_ITEMS: Final = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        **_FILTERS,
        vol.Optional("parent"): cv.string,
        vol.Optional("favorite", default=False): cv.boolean,
        vol.Optional("sort"): vol.Coerce(Sort),
        vol.Optional("descending", default=False): cv.boolean,
        vol.Optional("start", default=0): vol.All(vol.Coerce(int), vol.Range(min=0)),
        vol.Optional("limit", default=100): _LONG_LIMIT,
    }
)
GET_ITEM: Final = vol.Schema({**cv.TARGET_SERVICE_FIELDS, vol.Required("item"): cv.string})
GET_HOME: Final = vol.Schema(
    {
        **cv.TARGET_SERVICE_FIELDS,
        vol.Optional("library", default=list): _NAMES,
        vol.Optional("limit", default=20): _LIMIT,
    }
)


@callback
def async_setup_catalog_services(hass: HomeAssistant) -> None:
    """Register the actions on the catalog."""
    for name, action, schema in (
        (SERVICE_SEARCH, _search, SEARCH),
        (SERVICE_GET_ITEMS, _get_items, GET_ITEMS),
        (SERVICE_GET_ITEM, _get_item, GET_ITEM),
        (SERVICE_GET_HOME, _get_home, GET_HOME),
    ):
        hass.services.async_register(DOMAIN, name, action, schema, SupportsResponse.ONLY)
    async_setup_sync_services(hass)
    async_setup_marking_services(hass)


async def _search(call: ServiceCall) -> ServiceResponse:
    """Return what is called like this."""
    data = call.data

    def work(reading: Reading) -> JsonObjectType:
        found = search(
            reading.database,
            data["query"],
            sources=reading.sources,
            libraries=reading.libraries(data["library"]),
            kinds=data["kinds"] or None,
            filters=_filters(data),
            limit=data["limit"],
        )
        return {"items": [*reading.brief(found)]}

    return await read(call.hass, called_sources(call), work)


async def _get_items(call: ServiceCall) -> ServiceResponse:
    """Return a stretch of a list, or of what an item holds."""
    data = call.data
    sources = [called_source(call)] if "parent" in data else called_sources(call)
    for source in sources:
        # Somebody is looking around, and may want to play something next.
        source.connector.warm_up()

    def work(reading: Reading) -> JsonObjectType:
        listing = _list(reading, data)
        return {"total": listing.total, "start": data["start"], "items": [*reading.brief(listing.entries)]}

    return await read(call.hass, sources, work)


def _list(reading: Reading, data: dict[str, Any]) -> Listing:
    start, limit = data["start"], data["limit"]
    where: dict[str, ItemKey] = {}
    if "parent" in data:
        (source,) = reading.sources
        holder = reading.item(source, data["parent"]).item
        if holder.kind in LISTS:
            return query.members(reading.database, source, holder.identity, start=start, limit=limit)
        where = {_relation(holder.kind, data["kinds"]): (source, holder.identity)}
    return query.items(
        reading.database,
        Query(
            sources=reading.sources,
            libraries=reading.libraries(data["library"]),
            kinds=tuple(data["kinds"]) or None,
            filters=_filters(data),
            sort=data.get("sort"),
            descending=data["descending"],
            start=start,
            limit=limit,
            **where,
        ),
    )


def _relation(holder: ItemKind, kinds: list[ItemKind]) -> str:
    """Return how what is asked for hangs on what holds it: a show has episodes, too, though it has them in seasons."""
    grandchild = {ItemKind.SHOW: ItemKind.EPISODE, ItemKind.ARTIST: ItemKind.TRACK}.get(holder)
    return "below" if kinds == [grandchild] else "parent"


def _filters(data: dict[str, Any]) -> Filters:
    return Filters(
        genre=data.get("genre"),
        year_from=data.get("year_from"),
        year_to=data.get("year_to"),
        unwatched=data["unwatched"],
        favorite=data.get("favorite", False),
    )


async def _get_item(call: ServiceCall) -> ServiceResponse:
    """Return all that is known of an item, after a look at it if nobody looked before."""
    source, identity = called_source(call), call.data["item"]
    key = source.source.key
    entry = await read(call.hass, [source], lambda reading: reading.item(key, identity))
    detail, freshness = await _detail(source, entry)

    def work(reading: Reading) -> JsonObjectType:
        entry = reading.item(key, identity)
        known = (each for each in query.copies(reading.database, key, identity) if each.source in reading.places)
        ways = {each: place.way for each, place in reading.places.items()}
        copies = [(each, reading.places[each.source]) for each in ranked(known, ways)]
        return full(entry, reading.places[key], detail, copies) | {"detail": freshness}

    return await read(call.hass, loaded_sources(call.hass), work)


async def _detail(source: ReelCoordinator, entry: Entry) -> tuple[Detail | None, Freshness]:
    if entry.item.kind in LISTS:
        # There is nothing more to know.
        return None, Freshness.FRESH
    try:
        return await detail_of(source, entry.item.identity)
    except sqlite3.Error as error:
        raise unavailable() from error


async def _get_home(call: ServiceCall) -> ServiceResponse:
    """Return the rows of a home page."""
    data, sources = call.data, called_sources(call)
    for source in sources:
        source.connector.warm_up()

    def work(reading: Reading) -> JsonObjectType:
        libraries = reading.libraries(data["library"])
        return {
            name: [*reading.brief(row(reading.database, reading.sources, libraries=libraries, limit=data["limit"]))]
            for name, row in (
                ("continue_watching", home.continue_watching),
                ("next_up", home.next_up),
                ("recently_added", home.recently_added),
            )
        }

    return await read(call.hass, sources, work)
