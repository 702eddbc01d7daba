"""What does somebody want to hear or to see who names a place of the media browser, or says some words?"""

from collections.abc import Collection
from dataclasses import dataclass

from homeassistant.components.media_source.error import Unresolvable
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from .backends.item import ItemKind
from .catalog.search import search
from .catalog_reading import Reading, read
from .const import DOMAIN
from .play_plan import Plan, plan
from .player_browse import spot_of
from .targeting import loaded_sources

# Of what is called so, something is played: collections may be empty, and shows have nothing but their name.
_LIKELY = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be played."""

    plan: Plan
    at_ms: int | None = None
    """From where on, if that was said."""


async def asked(hass: HomeAssistant, media_id: str) -> Asked:
    """Return what a place stands for; raises `Unresolvable` for one that cannot be played."""
    spot = spot_of(media_id)
    if spot.source is not None and spot.item is not None:
        key = (spot.source, spot.item)
        found = await read(hass, loaded_sources(hass), lambda reading: plan(reading, *key))
        if found is not None:
            return Asked(found, None if spot.at is None else spot.at * 1000)
    raise Unresolvable(translation_domain=DOMAIN, translation_key="not_playable")


async def meant(hass: HomeAssistant, words: str, kinds: Collection[ItemKind]) -> Asked:
    """Return what is called like some words, the likeliest of all; raises `ServiceValidationError` if nothing is."""

    def work(reading: Reading) -> Plan | None:
        found = search(reading.database, words, sources=reading.sources, kinds=kinds or None, limit=_LIKELY)
        plans = (plan(reading, each.source, each.item.identity) for each in found)
        return next((each for each in plans if each is not None), None)

    if likeliest := await read(hass, loaded_sources(hass), work):
        return Asked(likeliest)
    raise ServiceValidationError(
        translation_domain=DOMAIN, translation_key="nothing_found", translation_placeholders={"query": words}
    )
