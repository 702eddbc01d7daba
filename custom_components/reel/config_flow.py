"""Config flow: how an account is added, signed in again, changed, and how servers that were seen are offered."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, ConfigSubentryFlow
from homeassistant.const import CONF_NAME, CONF_PATH, CONF_TOKEN, CONF_URL
from homeassistant.core import callback
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo

from . import forms, migration
from .account import new_subentry
from .backends.errors import SourceError
from .backends.model import Kind
from .const import CONF_ACCOUNT, CONF_IDENTITY, CONF_KIND, DOMAIN, SUBENTRY_SOURCE
from .folders import offered_folders
from .jellyfin_flow import JellyfinFlow
from .lan import async_add_lan_connection
from .player_entry import is_player
from .player_flow import PlayerFlow
from .player_options import PlayerOptionsFlow
from .plex_flow import PlexFlow
from .server_list import count_manual_question
from .sign_in import introduce, local_account, share_subentry
from .source_flow import SourceFlow
from .wires import plex_tv

KINDS: Final = ["plex", "plex_manual", "jellyfin", "local", "player"]


class ReelConfigFlow(PlexFlow, JellyfinFlow, PlayerFlow, domain=DOMAIN):
    """Adds an account, or renews one; adds a Reel player, or changes it."""

    VERSION = migration.VERSION
    MINOR_VERSION = migration.MINOR_VERSION

    _new_server: dict[str, Any]
    """What a discovery told of a server that a known account may use."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry[Any]) -> dict[str, type[ConfigSubentryFlow]]:
        """Return how sources are added and changed; a Reel player has none."""
        return {} if is_player(config_entry) else {SUBENTRY_SOURCE: SourceFlow}

    @classmethod
    @callback
    @override
    def async_supports_options_flow(cls, config_entry: ConfigEntry[Any]) -> bool:
        """Tell whether there is anything to decide: about a Reel player, but not about an account."""
        return is_player(config_entry)

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry[Any]) -> PlayerOptionsFlow:
        """Return how that is decided."""
        return PlayerOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what kind of account it is, or whether it is a Reel player."""
        return self.async_show_menu(step_id="user", menu_options=KINDS)

    async def async_step_local(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a folder; all of them share one account."""
        if user_input is not None and (account := await self._try(local_account(self.hass, user_input[CONF_PATH]))):
            existing = await self.async_set_unique_id(account.unique_id)
            if existing is None:
                return self._create(account, account.sources)
            (identity, folder), *_ = account.sources.items()
            if any(subentry.unique_id == identity for subentry in existing.subentries.values()):
                self._trial.fail(CONF_PATH, "already_configured")
            else:
                self._add(existing, new_subentry(folder))
                return self.async_abort(reason="folder_added")
        return self._form("local", forms.folder(await offered_folders(self.hass)), user_input)

    # An account that is known

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to sign in again."""
        self._know(self._get_reauth_entry())
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say which account it is, and sign in as its kind does."""
        entry = self._get_reauth_entry()
        if user_input is None:
            return self._form("reauth_confirm", forms.NOTHING, name=entry.title)
        if entry.data[CONF_KIND] == Kind.JELLYFIN:
            return await self.async_step_jellyfin_known()
        return await (self.async_step_plex() if CONF_TOKEN in entry.data else self.async_step_plex_token())

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is to change, as far as the kind of account has anything to change."""
        entry = self._get_reconfigure_entry()
        if is_player(entry):
            return await self.async_step_player_output()
        self._know(entry)
        kind = Kind(entry.data[CONF_KIND])
        if kind is Kind.LOCAL:
            return self.async_abort(reason="nothing_to_change")
        if kind is Kind.PLEX and CONF_TOKEN in entry.data:
            return self.async_show_menu(step_id="reconfigure", menu_options=["plex_refresh", "plex"])
        if not entry.get_subentries_of_type(SUBENTRY_SOURCE):
            return self.async_abort(reason="no_source_left")
        if kind is Kind.PLEX:
            return await self.async_step_plex_manual()
        return self.async_show_menu(step_id="reconfigure", menu_options=["jellyfin", "jellyfin_known"])

    # Servers that were seen

    @override
    async def async_step_zeroconf(self, discovery_info: ZeroconfServiceInfo) -> ConfigFlowResult:
        """Meet a Plex server that announces itself; who it is, only the server itself can say."""
        host = f"[{discovery_info.host}]" if ":" in discovery_info.host else discovery_info.host
        url = f"http://{host}:{discovery_info.port}"
        try:
            server = await introduce(self.hass, Kind.PLEX, url)
        except SourceError:
            return self.async_abort(reason="cannot_connect")
        name = discovery_info.name.partition("._")[0]
        return await self._discovered(Kind.PLEX, server.identity, name, url)

    @override
    async def async_step_integration_discovery(self, discovery_info: dict[str, Any]) -> ConfigFlowResult:
        """Meet a server that answered on the LAN, or one that plex.tv lists anew for a known account."""
        kind, identity, name = Kind(discovery_info[CONF_KIND]), discovery_info[CONF_IDENTITY], discovery_info[CONF_NAME]
        if CONF_ACCOUNT in discovery_info:
            await self.async_set_unique_id(identity)
            self._abort_if_unique_id_configured(reload_on_update=False)
            self._new_server = discovery_info
            self.context["title_placeholders"] = {"name": name}
            return await self.async_step_plex_new_server()
        return await self._discovered(kind, identity, name, discovery_info[CONF_URL])

    async def _discovered(self, kind: Kind, identity: str, name: str, url: str) -> ConfigFlowResult:
        """Give a known server its address on the LAN; offer an unknown one."""
        await self.async_set_unique_id(identity)
        self._abort_if_unique_id_configured(reload_on_update=False)
        if await async_add_lan_connection(self.hass, kind, identity, url):
            return self.async_abort(reason="already_configured")
        self.context["title_placeholders"] = {"name": name}
        self._former_url = self._found_url = url
        if kind is Kind.JELLYFIN:
            return await self.async_step_jellyfin()
        return await self.async_step_plex_found()

    async def async_step_plex_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how to sign in for a Plex server that was seen."""
        names = self.context["title_placeholders"]
        options = ["plex", "plex_manual"]
        return self.async_show_menu(step_id="plex_found", menu_options=options, description_placeholders=names)

    async def async_step_plex_new_server(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to add a server that appeared to the account that may use it."""
        entry = self.hass.config_entries.async_get_entry(self._new_server[CONF_ACCOUNT])
        identity, name = self._new_server[CONF_IDENTITY], self._new_server[CONF_NAME]
        if entry is None or identity in {each.unique_id for each in entry.subentries.values()}:
            return self.async_abort(reason="already_configured")
        if user_input is not None:
            self._know(entry)
            shares = await self._try(plex_tv(self.hass, self._client_id).shares(entry.data[CONF_TOKEN]))
            if shares is not None:
                await count_manual_question(entry)
            share = next((each for each in shares or () if each.server.identity == identity), None)
            if share:
                self._add(entry, new_subentry(share_subentry(share)))
                return self.async_abort(reason="server_added")
            if shares is not None:
                self._trial.fail("base", "server_gone")
        return self._form("plex_new_server", forms.NOTHING, name=name, account=entry.title)
