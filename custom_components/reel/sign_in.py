"""What Home Assistant's forms were filled in with, tried out: every way to sign in ends in an account or an error."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentryData
from homeassistant.const import CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from .account import Source, folder_subentry, server_subentry, sources_of
from .backends.errors import Busy, ForeignServer, SourceError, Unreachable
from .backends.jellyfin import quick_connect
from .backends.jellyfin.model import QuickCode, SignedIn
from .backends.jellyfin.server import (
    introduce as introduce_jellyfin,
    require_new_enough,
    sign_in,
    user_by_id,
    users,
    who_am_i,
)
from .backends.model import Kind, Server, User
from .backends.plex.model import Member, Pin, Share
from .backends.plex.server import introduce as introduce_plex, open_server
from .backends.plex.tv import PinExpired
from .connection.address import guesses, is_private
from .connection.model import Connection, Origin
from .const import CONF_BY_API_KEY, CONF_CLIENT_ID, CONF_KIND, CONF_USER_ID
from .errors import InvalidInput
from .folders import open_allowed_folder
from .wires import jellyfin_wire, plex_tv, plex_wire

# How often a server is asked whether the user has approved; plex.tv wants once a second at most.
POLL_SECONDS: Final = 2.0

PORTS: Final = {
    Kind.PLEX: (("http", 32400), ("https", 32400)),
    Kind.JELLYFIN: (("http", 8096), ("https", 8920)),
}
LOCAL_UNIQUE_ID: Final = "local"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was tried out, and what may be added with it, by identity."""

    unique_id: str
    title: str
    data: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, ConfigSubentryData] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Met:
    """A server that answered who it is, and where; nobody has signed in yet."""

    uri: str
    server: Server
    verify_ssl: bool = True


@dataclass(frozen=True, slots=True)
class Home:
    """Who signed in at plex.tv, and who else lives in that Home."""

    user: User
    members: list[Member]


# Plex


async def redeemed_pin(hass: HomeAssistant, client_id: str, pin: Pin) -> str:
    """Return the account token once the user has approved; raises `PinExpired` when that took too long."""
    tv = plex_tv(hass, client_id)
    return await _approved(hass, lambda: tv.redeem(pin), pin.expires_in, PinExpired())


async def plex_home(hass: HomeAssistant, client_id: str, token: str) -> Home:
    """Return who an account may become; raises `SourceError`."""
    tv = plex_tv(hass, client_id)
    return Home(await tv.user(token), await tv.members(token))


async def plex_account(hass: HomeAssistant, client_id: str, token: str) -> tuple[NewAccount, list[Share]]:
    """Return the account of a plex.tv token, and the servers it may use; raises `SourceError`."""
    tv = plex_tv(hass, client_id)
    user, shares = await tv.user(token), await tv.shares(token)
    account = NewAccount(
        unique_id=f"plex:{user.identity}",
        title=f"{user.name} (Plex)",
        data={CONF_KIND: Kind.PLEX, CONF_CLIENT_ID: client_id, CONF_TOKEN: token, CONF_USER_ID: user.identity},
        sources={share.server.identity: share_subentry(share) for share in shares},
    )
    return account, shares


def share_subentry(share: Share) -> ConfigSubentryData:
    """Return what a server that plex.tv lists becomes in its account."""
    return server_subentry(share.server, share.connections, share.token)


async def plex_server(
    hass: HomeAssistant, client_id: str, url: str, token: str, *, verify_ssl: bool = True
) -> NewAccount:
    """Return an account for a server without plex.tv; raises `SourceError` or `InvalidInput`."""
    met = await meet(hass, Kind.PLEX, client_id, url, verify_ssl=verify_ssl)
    opened = await open_server(plex_wire(hass, client_id, verify_ssl=verify_ssl), met.uri, token)
    return NewAccount(
        unique_id=f"plex:{opened.identity}",
        title=opened.name,
        data={CONF_KIND: Kind.PLEX, CONF_CLIENT_ID: client_id},
        sources={opened.identity: server_subentry(opened, (typed(met.uri),), token, verify_ssl=verify_ssl)},
    )


# Jellyfin


async def meet_jellyfin(hass: HomeAssistant, client_id: str, url: str, *, verify_ssl: bool) -> tuple[Met, bool]:
    """Return the server that was meant, and whether it offers Quick Connect; raises `SourceError` or `InvalidInput`."""
    met = await meet(hass, Kind.JELLYFIN, client_id, url, verify_ssl=verify_ssl)
    require_new_enough(met.server)
    wire = jellyfin_wire(hass, client_id, verify_ssl=verify_ssl)
    return met, await quick_connect.is_enabled(wire, met.uri)


async def begin_quick_connect(hass: HomeAssistant, client_id: str, met: Met) -> QuickCode:
    """Return a code for the user to approve."""
    return await quick_connect.begin(jellyfin_wire(hass, client_id, verify_ssl=met.verify_ssl), met.uri)


async def redeemed_code(hass: HomeAssistant, client_id: str, met: Met, code: QuickCode) -> SignedIn:
    """Return user and token once the user has approved; raises `CodeExpired` when that took too long."""
    wire = jellyfin_wire(hass, client_id, verify_ssl=met.verify_ssl)
    return await _approved(
        hass, lambda: quick_connect.redeem(wire, met.uri, code), quick_connect.LIFETIME, quick_connect.CodeExpired()
    )


async def jellyfin_by_password(hass: HomeAssistant, client_id: str, met: Met, name: str, password: str) -> NewAccount:
    """Return the account of a user; raises `SourceError`. The password is not kept."""
    wire = jellyfin_wire(hass, client_id, verify_ssl=met.verify_ssl)
    return jellyfin_account(client_id, met, await sign_in(wire, met.uri, name, password))


async def jellyfin_users(hass: HomeAssistant, client_id: str, met: Met, key: str) -> list[User]:
    """Return everybody an API key may act as; raises `SourceError`."""
    return await users(jellyfin_wire(hass, client_id, verify_ssl=met.verify_ssl), met.uri, key)


def jellyfin_account(client_id: str, met: Met, signed_in: SignedIn, *, by_api_key: bool = False) -> NewAccount:
    """Return the account of a user who signed in, or as whom an API key acts."""
    user, server = signed_in.user, met.server
    return NewAccount(
        unique_id=f"jellyfin:{server.identity}:{user.identity}",
        title=f"{user.name} ({server.name})",
        data={
            CONF_KIND: Kind.JELLYFIN,
            CONF_CLIENT_ID: client_id,
            CONF_TOKEN: signed_in.token,
            CONF_USER_ID: user.identity,
            CONF_BY_API_KEY: by_api_key,
        },
        sources={server.identity: server_subentry(server, (typed(met.uri),), verify_ssl=met.verify_ssl)},
    )


async def jellyfin_moved(hass: HomeAssistant, entry: ConfigEntry[Any], met: Met) -> NewAccount:
    """Return an account whose server moved, its credentials tried there; raises `SourceError` or `InvalidInput`."""
    source = next(sources_of(entry))
    if met.server.identity != source.identity:
        raise InvalidInput(CONF_URL, "other_server", url=met.uri)
    wire = jellyfin_wire(hass, source.client_id, verify_ssl=met.verify_ssl)
    if source.by_api_key:
        user = await user_by_id(wire, met.uri, source.token, source.user_id)
    else:
        user = await who_am_i(wire, met.uri, source.token)
    return jellyfin_account(source.client_id, met, SignedIn(user, source.token), by_api_key=source.by_api_key)


# Folders


async def local_account(hass: HomeAssistant, path: str) -> NewAccount:
    """Return the account of this machine's folders with one folder; raises `SourceError` or `InvalidInput`."""
    folder = await open_allowed_folder(hass, path)
    return NewAccount(
        unique_id=LOCAL_UNIQUE_ID,
        title="Folders",
        data={CONF_KIND: Kind.LOCAL},
        sources={folder.identity: folder_subentry(folder)},
    )


# Who is there?


async def introduce(
    hass: HomeAssistant, kind: Kind, uri: str, *, client_id: str = "", verify_ssl: bool = True
) -> Server:
    """Return who answers at a URI, without any credentials; raises `SourceError`."""
    if kind is Kind.PLEX:
        return await introduce_plex(plex_wire(hass, client_id, verify_ssl=verify_ssl), uri)
    return await introduce_jellyfin(jellyfin_wire(hass, client_id, verify_ssl=verify_ssl), uri)


async def meet(hass: HomeAssistant, kind: Kind, client_id: str, url: str, *, verify_ssl: bool = True) -> Met:
    """Return who answers first of all that may have been meant; raises what tells most of why none did."""
    try:
        uris = guesses(url, PORTS[kind])
    except ValueError as error:
        raise InvalidInput(CONF_URL, "invalid_url", url=url) from error
    failures: list[SourceError] = []
    for uri in uris:
        try:
            return Met(uri, await introduce(hass, kind, uri, client_id=client_id, verify_ssl=verify_ssl), verify_ssl)
        except SourceError as error:
            failures.append(error)
    # Somebody who answers is closer to what was meant than a port where nobody does.
    raise next((each for each in failures if not isinstance(each, Unreachable)), failures[0])


async def meet_again(hass: HomeAssistant, source: Source) -> Met:
    """Return where a known server answers, over whichever of its connections; raises `SourceError`."""
    failure: SourceError = ForeignServer()
    for connection in source.connections:
        try:
            server = await introduce(
                hass, source.kind, connection.uri, client_id=source.client_id, verify_ssl=source.verify_ssl
            )
        except SourceError as error:
            failure = error
        else:
            if server.identity == source.identity:
                return Met(connection.uri, server, source.verify_ssl)
    raise failure


def typed(uri: str) -> Connection:
    """Return the connection of an address that a person typed."""
    connection = Connection.at(uri, origin=Origin.USER)
    return Connection.at(uri, local=is_private(connection.address), origin=Origin.USER)


async def _approved[T](
    hass: HomeAssistant, redeem: Callable[[], Awaitable[T | None]], seconds: float, expired: SourceError
) -> T:
    """Return what the user's approval earns; raises `expired` when that took too long."""
    ends = hass.loop.time() + seconds
    while hass.loop.time() < ends:
        # The server may stumble while somebody looks for their phone; only time or the server itself ends a code.
        with suppress(Busy, Unreachable):
            if earned := await redeem():
                return earned
        await asyncio.sleep(POLL_SECONDS)
    raise expired
