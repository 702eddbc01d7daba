"""The steps of Home Assistant's config flow that lead to a Plex account."""

import asyncio
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_PIN, CONF_TOKEN, CONF_URL, CONF_VERIFY_SSL
from homeassistant.data_entry_flow import AbortFlow

from . import forms
from .account import sources_of
from .account_flow import AccountFlow
from .backends.plex.model import Member, Pin, Share
from .backends.plex.qr import qr_svg
from .backends.plex.tv import LINK
from .const import CONF_ADVANCED, CONF_SERVERS, CONF_USER_ID
from .server_list import count_manual_question
from .sign_in import Home, NewAccount, meet_again, plex_account, plex_home, plex_server, redeemed_pin
from .wires import plex_tv


class PlexFlow(AccountFlow):
    """Signs in at plex.tv with a code, or at one server with its URL and a token."""

    _pin: Pin
    _approval: asyncio.Task[str]
    _home: Home
    _plex_token: str
    _member: Member
    _account: NewAccount
    _shares: list[Share]
    _found_url: str | None = None
    """Where discovery saw a server."""

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Keep the tokens of the servers from the browser: Home Assistant only withholds the account's own data."""
        return ConfigFlowResult(**{**result, "subentries": ()})

    # By plex.tv

    async def async_step_plex(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Start a sign-in at plex.tv, and again if it failed or ran out."""
        pin = await self._try(plex_tv(self.hass, self._client_id).create_pin())
        if pin is None:
            return await self.async_step_plex_failed()
        self._pin = pin
        self._approval = self.hass.async_create_background_task(
            redeemed_pin(self.hass, self._client_id, pin), "Reel: waiting for plex.tv"
        )
        return await self.async_step_plex_pin()

    async def async_step_plex_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the code until the user has approved it."""
        if self._approval.done():
            return self.async_show_progress_done(next_step_id="plex_approved")
        code = self._pin.code
        return self.async_show_progress(
            step_id="plex_pin",
            progress_action="plex_pin",
            description_placeholders={"code": code, "link": LINK, "qr": qr_svg(f"{LINK}?pin={code}")},
            progress_task=self._approval,
        )

    async def async_step_plex_approved(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look who signed in, and who else of the same Home the account may be."""
        token = await self._try(self._approval)
        home = await self._try(plex_home(self.hass, self._client_id, token)) if token else None
        if token is None or home is None:
            return await self.async_step_plex_failed()
        self._plex_token, self._home = token, home
        if entry := self.known_entry:
            wanted = [each for each in home.members if each.user.identity == entry.data.get(CONF_USER_ID)]
            return await self._become(wanted[0]) if wanted else await self._accept_token(token)
        return await self.async_step_plex_user() if len(home.members) > 1 else await self._accept_token(token)

    async def async_step_plex_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell what went wrong at plex.tv, and try again if the user likes."""
        if user_input is not None:
            return await self.async_step_plex()
        return self._form("plex_failed", forms.NOTHING)

    async def async_step_plex_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which user of the Plex Home it is."""
        members = {each.user.identity: each for each in self._home.members}
        if user_input is not None:
            return await self._become(members[user_input[CONF_USER_ID]])
        me = self._home.user.identity
        schema = forms.user([each.user for each in members.values()], me if me in members else None)
        return self._form("plex_user", schema)

    async def async_step_plex_user_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Become another user of the Home, with the PIN that protects them, if any."""
        if user_input is not None:
            pin = user_input.get(CONF_PIN, "")
            tv = plex_tv(self.hass, self._client_id)
            if token := await self._try(tv.switch(self._plex_token, self._member, pin)):
                return await self._accept_token(token)
        schema = forms.PIN if self._member.protected else forms.NOTHING
        return self._form("plex_user_pin", schema, name=self._member.user.name)

    async def async_step_plex_servers(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask which of the account's servers to add."""
        if user_input is not None and user_input[CONF_SERVERS]:
            return self._create(self._account, user_input[CONF_SERVERS])
        if user_input is not None:
            self._trial.fail(CONF_SERVERS, "no_server_chosen")
        return self._form("plex_servers", await forms.servers(self.hass, self._shares), user_input)

    async def async_step_plex_refresh(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask plex.tv anew how the servers of a known account are reached, and with which tokens."""
        entry = self._get_reconfigure_entry()
        if found := await self._try(plex_account(self.hass, self._client_id, entry.data[CONF_TOKEN])):
            await count_manual_question(entry)
            return await self._finish(found[0])
        return self._form("plex_refresh", forms.NOTHING)

    async def _become(self, member: Member) -> ConfigFlowResult:
        """Go on as a user of the Home; whoever signed in needs no switch."""
        if member.user.identity == self._home.user.identity:
            return await self._accept_token(self._plex_token)
        self._member = member
        self._trial.clear()
        return await self.async_step_plex_user_pin(None if member.protected else {})

    async def _accept_token(self, token: str) -> ConfigFlowResult:
        """Go on with an account token that was earned."""
        found = await self._try(plex_account(self.hass, self._client_id, token))
        if found is None:
            return await self.async_step_plex_failed()
        self._account, self._shares = found
        if self.known_entry:
            return await self._finish(self._account)
        await self.async_set_unique_id(self._account.unique_id)
        self._abort_if_unique_id_configured(reload_on_update=False)
        if not self._shares:
            raise AbortFlow("no_servers")
        return await self.async_step_plex_servers()

    # By URL and token

    async def async_step_plex_manual(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a Plex server that needs no plex.tv, by its URL and a token; or change where a known one is."""
        entry = self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None
        source = next(sources_of(entry), None) if entry else None
        former = next(iter(forms.user_urls(source)), None) if source else self._found_url
        if user_input is not None:
            verify_ssl = user_input[CONF_ADVANCED].get(CONF_VERIFY_SSL, True)
            url, token = user_input[CONF_URL], user_input[CONF_TOKEN]
            work = plex_server(self.hass, self._client_id, url, token, verify_ssl=verify_ssl)
            if account := await self._try(work):
                self._instead_of = former
                return await self._finish(account)
            # A token that was typed is not sent back to the browser.
            user_input = {key: value for key, value in user_input.items() if key != CONF_TOKEN}
        schema = forms.address(token=True, verify_ssl=source.verify_ssl if source else True)
        return self._form("plex_manual", schema, user_input or ({CONF_URL: former} if former else None))

    async def async_step_plex_token(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a new token of a server that was added by its URL."""
        entry = self._get_reauth_entry()
        source = next(sources_of(entry))
        if user_input is not None and (met := await self._try(meet_again(self.hass, source))):
            token, verify_ssl = user_input[CONF_TOKEN], source.verify_ssl
            work = plex_server(self.hass, self._client_id, met.uri, token, verify_ssl=verify_ssl)
            if account := await self._try(work):
                return await self._finish(account)
        return self._form("plex_token", forms.PLEX_TOKEN, name=entry.title)
