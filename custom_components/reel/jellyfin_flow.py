"""The steps of Home Assistant's config flow that lead to a Jellyfin account."""

import asyncio
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_API_KEY, CONF_PASSWORD, CONF_URL, CONF_USERNAME, CONF_VERIFY_SSL

from . import forms
from .account import sources_of
from .account_flow import AccountFlow
from .backends.jellyfin.model import QuickCode, SignedIn
from .backends.model import User
from .const import CONF_ADVANCED, CONF_USER_ID
from .sign_in import (
    Met,
    begin_quick_connect,
    jellyfin_account,
    jellyfin_by_password,
    jellyfin_moved,
    jellyfin_users,
    meet_again,
    meet_jellyfin,
    redeemed_code,
)


class JellyfinFlow(AccountFlow):
    """Meets a server at its URL; then a user signs in by Quick Connect or password, or an API key acts as one."""

    _met: Met
    _offers_code: bool
    _code: QuickCode
    _code_approval: asyncio.Task[SignedIn]
    _api_key: str
    _users: dict[str, User]
    _former_url: str | None = None
    """What a form is filled in with: where discovery saw the server, or where it was until now."""

    async def async_step_jellyfin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the server is, and find out who answers there."""
        entry = self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None
        source = next(sources_of(entry)) if entry else None
        if source:
            self._former_url = next(iter(forms.user_urls(source)), None)
        if user_input is not None:
            verify_ssl = user_input[CONF_ADVANCED].get(CONF_VERIFY_SSL, True)
            if await self._meet(user_input[CONF_URL], verify_ssl=verify_ssl) and (
                result := await (self._move(entry) if entry else self.async_step_jellyfin_sign_in())
            ):
                return result
        former = {CONF_URL: self._former_url} if self._former_url else None
        schema = forms.address(verify_ssl=source.verify_ssl if source else True)
        return self._form("jellyfin", schema, user_input or former)

    async def async_step_jellyfin_known(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Find the server of a known account, for its user to sign in again."""
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        source = next(sources_of(entry))
        met = await self._try(meet_again(self.hass, source))
        if met and await self._meet(met.uri, verify_ssl=source.verify_ssl):
            return await self.async_step_jellyfin_sign_in()
        return self._form("jellyfin_known", forms.NOTHING, name=source.name)

    async def async_step_jellyfin_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Introduce the server, and ask how to sign in there."""
        ways = ["jellyfin_password", "jellyfin_api_key"]
        server = self._met.server
        return self.async_show_menu(
            step_id="jellyfin_sign_in",
            menu_options=["jellyfin_quick_connect", *ways] if self._offers_code else ways,
            description_placeholders={"name": server.name, "version": server.version},
        )

    # Quick Connect

    async def async_step_jellyfin_quick_connect(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Get a code for the user to approve."""
        code = await self._try(begin_quick_connect(self.hass, self._client_id, self._met))
        if code is None:
            return await self.async_step_jellyfin_failed()
        self._code = code
        self._code_approval = self.hass.async_create_background_task(
            redeemed_code(self.hass, self._client_id, self._met, code), "Reel: waiting for Quick Connect"
        )
        return await self.async_step_jellyfin_code()

    async def async_step_jellyfin_code(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the code until the user has approved it."""
        if self._code_approval.done():
            return self.async_show_progress_done(next_step_id="jellyfin_approved")
        return self.async_show_progress(
            step_id="jellyfin_code",
            progress_action="jellyfin_code",
            description_placeholders={"code": self._code.code, "name": self._met.server.name},
            progress_task=self._code_approval,
        )

    async def async_step_jellyfin_approved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add the user who approved the code."""
        if signed_in := await self._try(self._code_approval):
            return await self._finish(jellyfin_account(self._client_id, self._met, signed_in))
        return await self.async_step_jellyfin_failed()

    async def async_step_jellyfin_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell why there is no code or what became of it, and let the user choose again."""
        if user_input is not None:
            return await self.async_step_jellyfin_sign_in()
        return self._form("jellyfin_failed", forms.NOTHING)

    # Password

    async def async_step_jellyfin_password(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign a user in by name and password."""
        if user_input is not None:
            name, password = user_input[CONF_USERNAME], user_input[CONF_PASSWORD]
            work = jellyfin_by_password(self.hass, self._client_id, self._met, name, password)
            if account := await self._try(work):
                return await self._finish(account)
            # What was typed is not sent back to the browser.
            user_input = {CONF_USERNAME: name}
        return self._form("jellyfin_password", forms.PASSWORD, user_input, name=self._met.server.name)

    # API key

    async def async_step_jellyfin_api_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for an API key, and find out whom it may act as."""
        if user_input is not None:
            self._api_key = user_input[CONF_API_KEY]
            found = await self._try(jellyfin_users(self.hass, self._client_id, self._met, self._api_key))
            if found:
                self._users = {user.identity: user for user in found}
                return await self.async_step_jellyfin_user()
            if found is not None:
                self._trial.fail("base", "no_users")
        return self._form("jellyfin_api_key", forms.API_KEY)

    async def async_step_jellyfin_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whose libraries and progress it is; a known account stays with its user."""
        entry = self.known_entry
        chosen = user_input[CONF_USER_ID] if user_input else entry.data[CONF_USER_ID] if entry else None
        if chosen in self._users:
            signed_in = SignedIn(self._users[chosen], self._api_key)
            return await self._finish(jellyfin_account(self._client_id, self._met, signed_in, by_api_key=True))
        return self._form("jellyfin_user", forms.user(list(self._users.values())))

    # What the steps share

    async def _meet(self, url: str, *, verify_ssl: bool) -> bool:
        """Find out who answers at a URL; tell whether it is a server to sign in to."""
        found = await self._try(meet_jellyfin(self.hass, self._client_id, url, verify_ssl=verify_ssl))
        if found is not None:
            self._met, self._offers_code = found
        return found is not None

    async def _move(self, entry: ConfigEntry[Any]) -> ConfigFlowResult | None:
        """Go on with a known server at another URL; None, with the reason noted, where that is not possible."""
        if account := await self._try(jellyfin_moved(self.hass, entry, self._met)):
            self._instead_of = self._former_url
            return await self._finish(account)
        if self._trial.errors.get("base") != "invalid_auth":
            return None
        self._instead_of = self._former_url
        return await self.async_step_jellyfin_sign_in()
