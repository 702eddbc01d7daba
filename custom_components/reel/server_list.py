"""The servers of a Plex account for Home Assistant: asked of plex.tv seldom, and compared with what is configured."""

import asyncio
import logging
from typing import TYPE_CHECKING

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY, ConfigEntryState
from homeassistant.const import CONF_NAME, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import discovery_flow

from .account import connections_of, written
from .backends.errors import SignInRefused, SourceError
from .backends.model import Kind
from .backends.plex.model import Share
from .connection.discovery import DiscoveryLog, Trigger
from .connection.merge import connections_merged
from .const import CONF_ACCOUNT, CONF_CLIENT_ID, CONF_CONNECTIONS, CONF_IDENTITY, CONF_KIND, CONF_USER_ID, DOMAIN
from .storage import storage_of
from .wires import clock, plex_tv

if TYPE_CHECKING:
    from .coordinator import ReelConfigEntry

_LOGGER = logging.getLogger(__name__)


class ServerList:
    """What plex.tv knows of one account. Being without plex.tv changes nothing for servers that are reached."""

    def __init__(self, hass: HomeAssistant, entry: ReelConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._clock = clock(hass)
        self._storage = storage_of(hass)
        self._asking = asyncio.Lock()

    @property
    def log(self) -> DiscoveryLog:
        """When plex.tv was asked."""
        return self._storage.connections.discovery.get(self._entry.entry_id, DiscoveryLog())

    async def begin(self) -> None:
        """Count the question that came with the sign-in; only a new account has no log."""
        if self._entry.entry_id not in self._storage.connections.discovery:
            await self.count(Trigger.FIRST_AUTH)

    async def count(self, trigger: Trigger) -> None:
        """Count a question that somebody else asked, and that was answered."""
        await self._note(self.log.asked(trigger, self._clock.wall(), answered=True))

    async def refresh(self, trigger: Trigger) -> bool:
        """Ask plex.tv if this trigger may, and take over what it says; tell whether it was asked and answered.

        A refused account token starts the sign-in anew; anything else that goes wrong says nothing about the account.
        """
        async with self._asking:
            now = self._clock.wall()
            if not self.log.allows(trigger, now):
                return False
            shares = await self._ask()
            await self._note(self.log.asked(trigger, now, answered=shares is not None))
        if shares is None:
            return False
        self._apply(shares)
        return True

    async def bore_fruit(self) -> None:
        """Take note that a source is reached again, so that the next emergency is heard at once."""
        if self.log.fruitless:
            await self._note(self.log.bore_fruit())

    async def confirm_sign_in(self) -> None:
        """Find out what a server's refusal means: an old access token, or an account that has to sign in again."""
        await self.refresh(Trigger.AUTH_CHANGED)

    async def _ask(self) -> list[Share] | None:
        tv, token = plex_tv(self._hass, self._entry.data[CONF_CLIENT_ID]), self._entry.data[CONF_TOKEN]
        try:
            return await tv.shares(token)
        except SignInRefused:
            await self._sign_in_again_if_refused_by_user()
        except SourceError as error:
            _LOGGER.debug("plex.tv did not tell the servers of %s: %s", self._entry.entry_id, type(error).__name__)
        return None

    async def _sign_in_again_if_refused_by_user(self) -> None:
        """Believe a refusal only from the place that knows about accounts."""
        tv = plex_tv(self._hass, self._entry.data[CONF_CLIENT_ID])
        try:
            await tv.user(self._entry.data[CONF_TOKEN])
        except SignInRefused:
            self._entry.async_start_reauth(self._hass)
        except SourceError:
            _LOGGER.debug("plex.tv could not say whether %s has to sign in again", self._entry.entry_id)

    async def _note(self, log: DiscoveryLog) -> None:
        await self._storage.connections.log_discovery(self._entry.entry_id, log)

    def _apply(self, shares: list[Share]) -> None:
        """Give every source its new connections and token, and offer servers that are new; nothing is taken away."""
        configured = {subentry.unique_id: subentry for subentry in self._entry.subentries.values()}
        for share in shares:
            if subentry := configured.get(share.server.identity):
                connections = connections_merged(connections_of(subentry), share.connections)
                data = {**subentry.data, CONF_CONNECTIONS: written(connections), CONF_TOKEN: share.token}
                # Home Assistant compares, and tells nobody when nothing changed.
                self._hass.config_entries.async_update_subentry(self._entry, subentry, data=data)
            else:
                self._offer(share)

    def _offer(self, share: Share) -> None:
        discovery_flow.async_create_flow(
            self._hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data={
                CONF_KIND: Kind.PLEX.value,
                CONF_IDENTITY: share.server.identity,
                CONF_NAME: share.server.name,
                CONF_ACCOUNT: self._entry.entry_id,
            },
        )


async def count_manual_question(entry: ReelConfigEntry) -> None:
    """Count that a flow asked plex.tv about an account, so that nobody else does for a while."""
    if entry.state is ConfigEntryState.LOADED and (servers := entry.runtime_data.servers):
        await servers.count(Trigger.MANUAL)


def has_server_list(entry: ReelConfigEntry) -> bool:
    """Tell whether an account is one of plex.tv; a server that was added by its URL is not."""
    return entry.data[CONF_KIND] == Kind.PLEX and CONF_USER_ID in entry.data
