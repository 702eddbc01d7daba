"""Repairs: a way out of each trouble of a source, which ends when the trouble does."""

import sqlite3
from typing import override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.components.repairs.const import FlowType
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import probatio as vol

from .const import DOMAIN, SUBENTRY_SOURCE
from .coordinator import ReelConfigEntry
from .issues import WATCHES
from .troubles import Trouble

type IssueData = dict[str, str | int | float | None] | None


async def async_create_fix_flow(hass: HomeAssistant, issue_id: str, data: IssueData) -> RepairsFlow:
    """Return the flow that mends an issue."""
    known = data or {}
    entry_id, subentry_id = str(known.get("entry_id")), str(known.get("subentry_id"))
    match known.get("trouble"):
        case Trouble.SIGN_IN:
            return SignInFlow(entry_id, subentry_id)
        case Trouble.CERTIFICATE:
            return ReconfigureFlow(entry_id, subentry_id)
        case Trouble.MASS_DISAPPEARANCE:
            return LetGoFlow(entry_id, subentry_id)
        case _:
            return CheckAgainFlow(entry_id, subentry_id)


class SourceRepair(RepairsFlow):
    """Explains what is wrong with a source, and does something about it when the form is submitted."""

    def __init__(self, entry_id: str, subentry_id: str) -> None:
        self._entry_id = entry_id
        self._subentry_id = subentry_id

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Explain."""
        return await self.async_step_confirm()

    async def async_step_confirm(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Do it once the user has read what it is about."""
        if user_input is not None:
            return await self.mend()
        return self._explain()

    async def mend(self) -> RepairsFlowResult:
        """Do what can be done from here."""
        raise NotImplementedError

    @property
    def is_cured(self) -> bool:
        """Whether the issue is gone."""
        return ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) is None

    def _explain(self, error: str | None = None) -> RepairsFlowResult:
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({}),
            errors={"base": error} if error else None,
            description_placeholders=issue.translation_placeholders if issue else None,
        )


class CheckAgainFlow(SourceRepair):
    """For what is mended outside of Home Assistant: looks whether it was."""

    @override
    async def mend(self) -> RepairsFlowResult:
        """Try everything; the issue goes if that helps."""
        if watch := self.hass.data.get(WATCHES, {}).get(self._subentry_id):
            await watch.look_again()
        return self.async_create_entry(data={}) if self.is_cured else self._explain("not_cured")


class LetGoFlow(SourceRepair):
    """Lets go of items that seem gone, since somebody says that they are."""

    @override
    async def mend(self) -> RepairsFlowResult:
        """Let go of them."""
        if watch := self.hass.data.get(WATCHES, {}).get(self._subentry_id):
            try:
                await watch.let_go()
            except sqlite3.Error:
                return self._explain("not_cured")
        return self.async_create_entry(data={})


class SignInFlow(SourceRepair):
    """Leads into the sign-in of the account."""

    @override
    async def mend(self) -> RepairsFlowResult:
        """Go on with the sign-in, the one that waits already or a new one."""
        entry: ReelConfigEntry = self.hass.config_entries.async_get_known_entry(self._entry_id)
        waiting = next(entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}), None)
        flow = waiting or await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={
                "source": SOURCE_REAUTH,
                "entry_id": entry.entry_id,
                "title_placeholders": {"name": entry.title},
                "unique_id": entry.unique_id,
            },
            data=dict(entry.data),
        )
        return self.async_abort(reason="continued", next_flow=(FlowType.CONFIG_FLOW, flow["flow_id"]))


class ReconfigureFlow(SourceRepair):
    """Leads to the settings of the source."""

    @override
    async def mend(self) -> RepairsFlowResult:
        """Go on with the settings, where the address can be changed and the certificate be trusted."""
        flow = await self.hass.config_entries.subentries.async_init(
            (self._entry_id, SUBENTRY_SOURCE),
            context={"source": SOURCE_RECONFIGURE, "subentry_id": self._subentry_id},
        )
        return self.async_abort(reason="continued", next_flow=(FlowType.CONFIG_SUBENTRIES_FLOW, flow["flow_id"]))
