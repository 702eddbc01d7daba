"""The forms that Home Assistant shows in the flows: what they ask, and what may be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import (
    CONF_API_KEY,
    CONF_PASSWORD,
    CONF_PATH,
    CONF_PIN,
    CONF_TOKEN,
    CONF_URL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
from homeassistant.helpers.translation import async_get_translations
import probatio as vol

from .account import Source, SourceDelivery
from .backends.clients import ClientKind
from .backends.model import Kind, Library, User
from .backends.naming import labels
from .backends.plex.model import Ownership, Share
from .connection.model import Origin, Quality
from .connection.schedule import INTERVALS
from .const import (
    CONF_ADVANCED,
    CONF_DELIVERY,
    CONF_EXTRA_URLS,
    CONF_IGNORED_CLIENTS,
    CONF_INTERVALS,
    CONF_LIBRARIES,
    CONF_PREFERRED,
    CONF_REFUSE_RELAY,
    CONF_SERVERS,
    CONF_TRUST_CACHED_CHECKS,
    CONF_USER_ID,
    DOMAIN,
)

AUTOMATIC: Final = "automatic"
SHORTEST_INTERVAL: Final = 10
LONGEST_INTERVAL: Final = 3600

_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))
_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_SECONDS: Final = NumberSelector(
    NumberSelectorConfig(
        min=SHORTEST_INTERVAL, max=LONGEST_INTERVAL, unit_of_measurement="s", mode=NumberSelectorMode.BOX
    )
)

NOTHING: Final = vol.Schema({})
PLEX_TOKEN: Final = vol.Schema({vol.Required(CONF_TOKEN): _SECRET})
PIN: Final = vol.Schema({vol.Required(CONF_PIN): _SECRET})
PASSWORD: Final = vol.Schema(
    {
        vol.Required(CONF_USERNAME): TextSelector(TextSelectorConfig(autocomplete="username")),
        # A Jellyfin user may have no password.
        vol.Optional(CONF_PASSWORD, default=""): _SECRET,
    }
)
API_KEY: Final = vol.Schema({vol.Required(CONF_API_KEY): _SECRET})


def address(*, token: bool = False, verify_ssl: bool = True) -> vol.Schema:
    """Return the question where a server is; whether to check its certificate is asked in small print."""
    small_print = vol.Schema({vol.Required(CONF_VERIFY_SSL, default=verify_ssl): BooleanSelector()})
    fields = {vol.Required(CONF_URL): _URL} | ({vol.Required(CONF_TOKEN): _SECRET} if token else {})
    return vol.Schema(
        {
            **fields,
            # The whole default: the frontend takes it as the section's value, and misses what is not in it.
            vol.Optional(CONF_ADVANCED, default={CONF_VERIFY_SSL: verify_ssl}): section(
                small_print, {"collapsed": verify_ssl}
            ),
        }
    )


def folder(offered: Sequence[str]) -> vol.Schema:
    """Return the choice of a folder; any other may be typed."""
    config = SelectSelectorConfig(options=list(offered), custom_value=True, mode=SelectSelectorMode.DROPDOWN)
    return vol.Schema({vol.Required(CONF_PATH): SelectSelector(config)})


def user(users: Sequence[User], chosen: str | None = None) -> vol.Schema:
    """Return the choice of a user."""
    options = [SelectOptionDict(value=each.identity, label=each.name) for each in users]
    config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
    default = chosen or users[0].identity
    return vol.Schema({vol.Required(CONF_USER_ID, default=default): SelectSelector(config)})


async def servers(hass: HomeAssistant, shares: Sequence[Share]) -> vol.Schema:
    """Return the choice of servers, owned ones first and chosen."""
    words = await _words(hass, "ownership")
    options = [SelectOptionDict(value=share.server.identity, label=_server(share, words)) for share in shares]
    config = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
    owned = [share.server.identity for share in shares if share.ownership is Ownership.OWNED]
    return vol.Schema({vol.Required(CONF_SERVERS, default=owned): SelectSelector(config)})


def options(source: Source, libraries: Sequence[Library] = ()) -> vol.Schema:
    """Return what a user may decide about a source, as it is now; `libraries` are those it has, as far as is known."""
    policy = source.policy
    fields: dict[vol.Marker, Any] = {}
    if source.kind is not Kind.LOCAL:
        fields |= {
            vol.Required(CONF_PREFERRED, default=_preferred(source)): _connections(source),
            # No default: whoever empties the list means it.
            vol.Optional(CONF_EXTRA_URLS, description={"suggested_value": user_urls(source)}): TextSelector(
                TextSelectorConfig(type=TextSelectorType.URL, multiple=True)
            ),
            vol.Required(CONF_VERIFY_SSL, default=source.verify_ssl): BooleanSelector(),
        }
    if source.kind is Kind.PLEX:
        fields[vol.Required(CONF_REFUSE_RELAY, default=policy.refuse_relay)] = BooleanSelector()
    if libraries:
        fields[vol.Optional(CONF_LIBRARIES, description={"suggested_value": _chosen(source, libraries)})] = _libraries(
            libraries
        )
    if source.kind is not Kind.LOCAL:
        fields |= {
            vol.Required(CONF_DELIVERY, default=source.delivery.value): _choice(CONF_DELIVERY, SourceDelivery),
            vol.Required(CONF_IGNORED_CLIENTS, default=sorted(source.ignored_clients)): _choice(
                CONF_IGNORED_CLIENTS, ClientKind, multiple=True
            ),
        }
    fields |= {
        vol.Required(CONF_TRUST_CACHED_CHECKS, default=policy.trust_cached_checks): BooleanSelector(),
        vol.Optional(CONF_INTERVALS, default=_intervals(source)): section(
            vol.Schema({vol.Required(name, default=now): _SECONDS for name, now in _intervals(source).items()}),
            {"collapsed": True},
        ),
    }
    return vol.Schema(fields)


def _choice(name: str, options: Iterable[StrEnum], *, multiple: bool = False) -> SelectSelector:
    """Return a choice whose options have texts of their own."""
    values = [option.value for option in options]
    return SelectSelector(
        SelectSelectorConfig(options=values, multiple=multiple, mode=SelectSelectorMode.LIST, translation_key=name)
    )


def user_urls(source: Source) -> list[str]:
    """Return the addresses that a person typed."""
    return [each.uri for each in source.connections if each.origin is Origin.USER]


def _preferred(source: Source) -> str:
    known = {each.uri for each in source.connections}
    return source.policy.pinned if source.policy.pinned in known else AUTOMATIC


def _connections(source: Source) -> SelectSelector:
    named = [SelectOptionDict(value=uri, label=label) for label, uri in labels(source.connections).items()]
    # The frontend translates the values it has a text for, and shows the labels of the others.
    every = [SelectOptionDict(value=AUTOMATIC, label=AUTOMATIC), *named]
    return SelectSelector(
        SelectSelectorConfig(options=every, mode=SelectSelectorMode.DROPDOWN, translation_key=CONF_PREFERRED)
    )


def _chosen(source: Source, libraries: Sequence[Library]) -> list[str]:
    """Return the libraries that are seen now."""
    return [each.identity for each in libraries if source.libraries is None or each.identity in source.libraries]


def _libraries(libraries: Sequence[Library]) -> SelectSelector:
    named = [SelectOptionDict(value=each.identity, label=each.name) for each in libraries]
    return SelectSelector(SelectSelectorConfig(options=named, multiple=True, mode=SelectSelectorMode.LIST))


def _intervals(source: Source) -> dict[str, float]:
    """Return how often each quality is checked now; a folder has only one."""
    qualities = [Quality.LOCAL] if source.kind is Kind.LOCAL else list(Quality)
    intervals: Mapping[Quality, float] = {**INTERVALS, **source.policy.intervals}
    return {quality.value: intervals[quality] for quality in qualities}


async def _words(hass: HomeAssistant, selector: str) -> dict[str, str]:
    """Return the texts of a selector's options, for labels that say more than one of them."""
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    texts = await async_get_translations(hass, hass.config.language, "selector", [DOMAIN])
    return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}


def _server(share: Share, words: Mapping[str, str]) -> str:
    word = words.get(share.ownership, share.ownership.value)
    return f"{share.server.name} ({word}: {share.owner})" if share.owner else f"{share.server.name} ({word})"
