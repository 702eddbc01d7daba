"""What the steps of Home Assistant's config flow have in common, whatever kind of account it is."""

from collections.abc import Awaitable, Iterable
from typing import Any
from uuid import uuid4

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
)
from homeassistant.core import callback
import probatio as vol

from .account import renewed_subentry
from .const import CONF_CLIENT_ID
from .lan import async_drop_discoveries
from .sign_in import NewAccount
from .trial import Trial


class AccountFlow(ConfigFlow):
    """Ends in an account: a new one, or one whose credentials and addresses are replaced by what was tried out.

    Whatever goes wrong is told in the next form, and the flow goes on from there.
    """

    _instead_of: str | None = None
    """The address that a known server is reached at no more."""

    def __init__(self) -> None:
        # Servers list a device per identifier: one for this account, for as long as it lives.
        self._client_id = uuid4().hex
        self._trial = Trial()

    @property
    def known_entry(self) -> ConfigEntry[Any] | None:
        """The account that is signed in again or reconfigured, None for a new one."""
        if self.source == SOURCE_REAUTH:
            return self._get_reauth_entry()
        return self._get_reconfigure_entry() if self.source == SOURCE_RECONFIGURE else None

    @callback
    def _know(self, entry: ConfigEntry[Any]) -> None:
        """Go on as the device that servers know the account by."""
        self._client_id = entry.data.get(CONF_CLIENT_ID, self._client_id)

    async def _try[T](self, work: Awaitable[T]) -> T | None:
        """Return what the work returns, or None with the reason noted for the next form."""
        return await self._trial.run(work)

    def _form(
        self, step: str, schema: vol.Schema, user_input: dict[str, Any] | None = None, **placeholders: str
    ) -> ConfigFlowResult:
        """Show a form, with what went wrong and what was filled in before."""
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=self._trial.errors,
            description_placeholders={**placeholders, **self._trial.placeholders},
        )

    async def _finish(self, account: NewAccount) -> ConfigFlowResult:
        """Add the account with all it brings, or renew the one that is known."""
        await self.async_set_unique_id(account.unique_id)
        if entry := self.known_entry:
            self._abort_if_unique_id_mismatch(reason="other_account")
            return self._renew(entry, account)
        self._abort_if_unique_id_configured(reload_on_update=False)
        return self._create(account, account.sources)

    def _create(self, account: NewAccount, identities: Iterable[str]) -> ConfigFlowResult:
        """Add the account with some of its sources."""
        subentries = [account.sources[identity] for identity in identities]
        async_drop_discoveries(self.hass, [str(each["unique_id"]) for each in subentries])
        return self.async_create_entry(title=account.title, data=account.data, subentries=subentries)

    def _renew(self, entry: ConfigEntry[Any], account: NewAccount) -> ConfigFlowResult:
        """Replace credentials and addresses in place; sources that are not listed any more are left alone."""
        for subentry in tuple(entry.subentries.values()):
            if fresh := account.sources.get(str(subentry.unique_id)):
                renewed = renewed_subentry(subentry, fresh, self._instead_of)
                self.hass.config_entries.async_update_subentry(
                    entry, subentry, title=renewed["title"], data=renewed["data"]
                )
        return self.async_update_and_abort(entry, data_updates=account.data)

    def _add(self, entry: ConfigEntry[Any], subentry: ConfigSubentry) -> None:
        """Add a source to an account that exists."""
        async_drop_discoveries(self.hass, [str(subentry.unique_id)])
        self.hass.config_entries.async_add_subentry(entry, subentry)
