"""Config flow: how an account is added, and the sources it brings."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import suppress
from typing import Any, Final, override
from uuid import uuid4

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_PASSWORD, CONF_PATH, CONF_TOKEN, CONF_URL, CONF_USERNAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio as vol

from .account import new_subentry
from .backends.errors import Busy, SourceError, Unreachable
from .backends.plex.model import Pin, Share
from .backends.plex.tv import LINK, PinExpired
from .const import CONF_SERVERS, DOMAIN
from .errors import InvalidInput, error_key, error_placeholders
from .remote import plex_tv
from .sign_in import NewAccount, jellyfin_account, local_account, plex_account, plex_server

# plex.tv wants to be asked about once a second at most.
PIN_POLL_SECONDS: Final = 2.0

_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url"))
_SECRET: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))

PLEX_MANUAL_SCHEMA: Final = vol.Schema({vol.Required(CONF_URL): _URL, vol.Required(CONF_TOKEN): _SECRET})
JELLYFIN_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_URL): _URL,
        vol.Required(CONF_USERNAME): TextSelector(TextSelectorConfig(autocomplete="username")),
        # A Jellyfin user may have no password.
        vol.Optional(CONF_PASSWORD, default=""): _SECRET,
    }
)
LOCAL_SCHEMA: Final = vol.Schema({vol.Required(CONF_PATH): TextSelector()})


class ReelConfigFlow(ConfigFlow, domain=DOMAIN):
    """Adds an account. Whatever goes wrong is told in the form, and the flow goes on from there."""

    VERSION = 1
    MINOR_VERSION = 1

    _pin: Pin
    _token: asyncio.Task[str]
    _account: NewAccount

    def __init__(self) -> None:
        # Servers list a device per identifier: one for this account, for as long as it lives.
        self._client_id = uuid4().hex
        self._errors: dict[str, str] = {}
        self._placeholders: dict[str, str] = {}
        self._shares: list[Share] = []

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what kind of account it is."""
        return self.async_show_menu(step_id="user", menu_options=["plex", "plex_manual", "jellyfin", "local"])

    # Plex, by plex.tv

    async def async_step_plex(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start a sign-in at plex.tv, and again if it failed or ran out."""
        pin = await self._try(plex_tv(self.hass, self._client_id).create_pin())
        if pin is None:
            return await self.async_step_plex_failed()
        self._pin = pin
        self._token = self.hass.async_create_background_task(self._approved(pin), "Reel: waiting for plex.tv")
        return await self.async_step_plex_pin()

    async def async_step_plex_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the code until the user has approved it."""
        if self._token.done():
            return self.async_show_progress_done(next_step_id="plex_approved")
        return self.async_show_progress(
            step_id="plex_pin",
            progress_action="plex_pin",
            description_placeholders={"code": self._pin.code, "link": LINK},
            progress_task=self._token,
        )

    async def async_step_plex_approved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the account behind the token that was earned."""
        token = await self._try(self._token)
        found = await self._try(plex_account(self.hass, self._client_id, token)) if token else None
        if found is None:
            return await self.async_step_plex_failed()
        self._account, self._shares = found
        await self.async_set_unique_id(self._account.unique_id)
        self._abort_if_unique_id_configured()
        if not self._shares:
            return self.async_abort(reason="no_servers")
        return await self.async_step_plex_servers()

    async def async_step_plex_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell what went wrong at plex.tv, and try again if the user likes."""
        if user_input is not None:
            return await self.async_step_plex()
        return self._form("plex_failed", vol.Schema({}), None)

    async def async_step_plex_servers(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the account's servers to add."""
        if user_input is not None and user_input[CONF_SERVERS]:
            return self._create(self._account, user_input[CONF_SERVERS])
        if user_input is not None:
            self._errors = {CONF_SERVERS: "no_server_chosen"}
        return self._form("plex_servers", _servers_schema(self._shares), user_input)

    # The others

    async def async_step_plex_manual(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a Plex server that needs no plex.tv, by its URL and a token."""
        if user_input is not None:
            url, token = user_input[CONF_URL], user_input[CONF_TOKEN]
            if account := await self._try(plex_server(self.hass, self._client_id, url, token)):
                return await self._add(account)
        return self._form("plex_manual", PLEX_MANUAL_SCHEMA, user_input)

    async def async_step_jellyfin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a Jellyfin user, by the server's URL, name and password."""
        if user_input is not None:
            url, name, password = user_input[CONF_URL], user_input[CONF_USERNAME], user_input[CONF_PASSWORD]
            if account := await self._try(jellyfin_account(self.hass, self._client_id, url, name, password)):
                return await self._add(account)
        return self._form("jellyfin", JELLYFIN_SCHEMA, user_input)

    async def async_step_local(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a folder; all of them share one account."""
        if user_input is not None and (account := await self._try(local_account(self.hass, user_input[CONF_PATH]))):
            existing = await self.async_set_unique_id(account.unique_id)
            if existing is None:
                return self._create(account, account.sources)
            (identity, folder), *_ = account.sources.items()
            if any(subentry.unique_id == identity for subentry in existing.subentries.values()):
                self._errors = {CONF_PATH: "already_configured"}
            else:
                self.hass.config_entries.async_add_subentry(existing, new_subentry(folder))
                return self.async_abort(reason="folder_added")
        return self._form("local", LOCAL_SCHEMA, user_input)

    # What the steps share

    async def _approved(self, pin: Pin) -> str:
        """Return the token once the user has approved the PIN; raises `PinExpired` when that took too long."""
        tv, ends = plex_tv(self.hass, self._client_id), self.hass.loop.time() + pin.expires_in
        while self.hass.loop.time() < ends:
            # plex.tv may stumble while somebody looks for their phone; only time or plex.tv itself ends a PIN.
            with suppress(Busy, Unreachable):
                if token := await tv.redeem(pin):
                    return token
            await asyncio.sleep(PIN_POLL_SECONDS)
        raise PinExpired

    async def _try[T](self, work: Awaitable[T]) -> T | None:
        """Return what the work returns, or None with the reason noted for the next form."""
        self._errors, self._placeholders = {}, {}
        try:
            return await work
        except SourceError as error:
            self._errors, self._placeholders = {"base": error_key(error)}, error_placeholders(error)
        except InvalidInput as error:
            self._errors = {error.field: error.key}
        return None

    async def _add(self, account: NewAccount) -> ConfigFlowResult:
        await self.async_set_unique_id(account.unique_id)
        self._abort_if_unique_id_configured()
        return self._create(account, account.sources)

    def _create(self, account: NewAccount, identities: list[str] | Mapping[str, object]) -> ConfigFlowResult:
        subentries = [account.sources[identity] for identity in identities]
        return self.async_create_entry(title=account.title, data=account.data, subentries=subentries)

    def _form(self, step: str, schema: vol.Schema, user_input: dict[str, Any] | None) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=self._errors,
            description_placeholders=self._placeholders,
        )


def _servers_schema(shares: list[Share]) -> vol.Schema:
    """Return the choice of servers, owned ones first and chosen."""
    options = [
        SelectOptionDict(
            value=share.server.identity,
            label=f"{share.server.name} ({share.owner})" if share.owner else share.server.name,
        )
        for share in shares
    ]
    config = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
    owned = [share.server.identity for share in shares if share.ownership == "owned"]
    return vol.Schema({vol.Required(CONF_SERVERS, default=owned): SelectSelector(config)})
