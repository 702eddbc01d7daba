"""What happens when a form of the config flow was filled in? It is tried out, and becomes an account."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.const import CONF_PATH, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant

from .account import folder_subentry, server_subentry
from .backends.errors import SourceError, Unreachable
from .backends.jellyfin.server import introduce as introduce_jellyfin, require_new_enough, sign_in
from .backends.local.folder import Folder, open_folder
from .backends.model import Kind, Server
from .backends.plex.model import Share
from .backends.plex.server import introduce as introduce_plex, open_server
from .connection.address import guesses, is_private
from .connection.model import Connection, Origin
from .const import CONF_CLIENT_ID, CONF_KIND, CONF_USER_ID
from .errors import InvalidInput
from .remote import jellyfin_wire, plex_tv, plex_wire

PLEX_PORTS: Final = (("http", 32400), ("https", 32400))
JELLYFIN_PORTS: Final = (("http", 8096), ("https", 8920))
LOCAL_UNIQUE_ID: Final = "local"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that was tried out, and what may be added with it, by identity."""

    unique_id: str
    title: str
    data: Mapping[str, Any] = field(repr=False)
    sources: Mapping[str, ConfigSubentryData] = field(repr=False)


async def plex_account(hass: HomeAssistant, client_id: str, token: str) -> tuple[NewAccount, list[Share]]:
    """Return the account of a plex.tv token, and the servers it may use; raises `SourceError`."""
    tv = plex_tv(hass, client_id)
    user, shares = await tv.user(token), await tv.shares(token)
    account = NewAccount(
        unique_id=f"plex:{user.identity}",
        title=user.name,
        data={CONF_KIND: Kind.PLEX, CONF_CLIENT_ID: client_id, CONF_TOKEN: token, CONF_USER_ID: user.identity},
        sources={
            share.server.identity: server_subentry(share.server, share.connections, share.token) for share in shares
        },
    )
    return account, shares


async def plex_server(hass: HomeAssistant, client_id: str, url: str, token: str) -> NewAccount:
    """Return an account for a server without plex.tv; raises `SourceError` or `InvalidInput`."""
    wire = plex_wire(hass, client_id)
    uri, server = await _first_answer(url, PLEX_PORTS, lambda uri: introduce_plex(wire, uri))
    opened = await open_server(wire, uri, token)
    return NewAccount(
        unique_id=f"plex:{server.identity}",
        title=opened.name,
        data={CONF_KIND: Kind.PLEX, CONF_CLIENT_ID: client_id},
        sources={server.identity: server_subentry(opened, (_typed(uri),), token)},
    )


async def jellyfin_account(hass: HomeAssistant, client_id: str, url: str, name: str, password: str) -> NewAccount:
    """Return the account of a Jellyfin user; raises `SourceError` or `InvalidInput`. The password is not kept."""
    wire = jellyfin_wire(hass, client_id)
    uri, server = await _first_answer(url, JELLYFIN_PORTS, lambda uri: introduce_jellyfin(wire, uri))
    require_new_enough(server)
    signed_in = await sign_in(wire, uri, name, password)
    user = signed_in.user
    return NewAccount(
        unique_id=f"jellyfin:{server.identity}:{user.identity}",
        title=f"{user.name} ({server.name})",
        data={
            CONF_KIND: Kind.JELLYFIN,
            CONF_CLIENT_ID: client_id,
            CONF_TOKEN: signed_in.token,
            CONF_USER_ID: user.identity,
        },
        sources={server.identity: server_subentry(server, (_typed(uri),))},
    )


async def local_account(hass: HomeAssistant, path: str) -> NewAccount:
    """Return the account of this machine's folders with one folder; raises `SourceError` or `InvalidInput`."""
    folder = await hass.async_add_executor_job(_allowed_folder, hass, Path(path))
    return NewAccount(
        unique_id=LOCAL_UNIQUE_ID,
        title="Folders",
        data={CONF_KIND: Kind.LOCAL},
        sources={folder.identity: folder_subentry(folder)},
    )


async def _first_answer(
    typed: str, ports: tuple[tuple[str, int], ...], introduce: Callable[[str], Awaitable[Server]]
) -> tuple[str, Server]:
    """Return where and who answers first of all that may have been meant; raises what tells most of why none did."""
    try:
        uris = guesses(typed, ports)
    except ValueError as error:
        raise InvalidInput(CONF_URL, "invalid_url") from error
    failures: list[SourceError] = []
    for uri in uris:
        try:
            return uri, await introduce(uri)
        except SourceError as error:
            failures.append(error)
    # Somebody who answers is closer to what was meant than a port where nobody does.
    raise next((each for each in failures if not isinstance(each, Unreachable)), failures[0])


def _typed(uri: str) -> Connection:
    connection = Connection.at(uri, origin=Origin.USER)
    return Connection.at(uri, local=is_private(connection.address), origin=Origin.USER)


def _allowed_folder(hass: HomeAssistant, path: Path) -> Folder:
    """Return a folder that may be read and is none of Home Assistant's own. Blocks."""
    if not path.is_absolute():
        raise InvalidInput(CONF_PATH, "path_not_absolute")
    folder = open_folder(path)
    config = Path(hass.config.config_dir).resolve()
    media = [Path(each).resolve() for each in hass.config.media_dirs.values()]
    in_media = any(folder.path.is_relative_to(each) for each in media)
    if (folder.path.is_relative_to(config) and not in_media) or config.is_relative_to(folder.path):
        raise InvalidInput(CONF_PATH, "folder_in_config")
    if not in_media and not hass.config.is_allowed_path(str(folder.path)):
        raise InvalidInput(CONF_PATH, "folder_not_allowed")
    return folder
