"""Subentry flow: how a source is added to an account that exists, and what a user may decide about it."""

import asyncio
from contextlib import suppress
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_PATH, CONF_TOKEN, CONF_VERIFY_SSL
import probatio as vol

from . import forms
from .account import Source, folder_subentry, new_subentry, source_of, written
from .backends.errors import Cause, SourceError, Unreachable
from .backends.model import Kind, Library
from .backends.plex.model import Share
from .connection.model import Connection, Origin
from .const import (
    CONF_CLIENT_ID,
    CONF_CONNECTIONS,
    CONF_DELIVERY,
    CONF_EXTRA_URLS,
    CONF_IGNORED_CLIENTS,
    CONF_INTERVALS,
    CONF_KIND,
    CONF_LIBRARIES,
    CONF_PREFERRED,
    CONF_REFUSE_RELAY,
    CONF_SERVERS,
    CONF_TRUST_CACHED_CHECKS,
)
from .errors import InvalidInput
from .folders import offered_folders, open_allowed_folder
from .lan import async_drop_discoveries
from .server_list import count_manual_question
from .sign_in import meet, share_subentry, typed
from .trial import Trial
from .wires import libraries, plex_tv

# Every answer of the form that is kept as it is.
_KEPT: Final = (
    CONF_VERIFY_SSL,
    CONF_REFUSE_RELAY,
    CONF_TRUST_CACHED_CHECKS,
    CONF_INTERVALS,
    CONF_DELIVERY,
    CONF_IGNORED_CLIENTS,
)
# A source that is slow to answer has its other settings shown meanwhile.
PATIENCE: Final = 5.0


class SourceFlow(ConfigSubentryFlow):
    """Adds sources, and changes one. Whatever goes wrong is told in the form, and the flow goes on from there."""

    _shares: list[Share]
    _libraries: list[Library]

    def __init__(self) -> None:
        self._trial = Trial()

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add what this kind of account can have more of."""
        data = self._get_entry().data
        if data[CONF_KIND] == Kind.LOCAL:
            return await self.async_step_folder()
        if data[CONF_KIND] == Kind.PLEX and CONF_TOKEN in data:
            return await self.async_step_plex_tv()
        return self.async_abort(reason="one_server")

    async def async_step_folder(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a folder."""
        if user_input is not None:
            folder = await self._trial.run(open_allowed_folder(self.hass, user_input[CONF_PATH]))
            if folder and folder.identity in self._known():
                self._trial.fail(CONF_PATH, "already_configured")
            elif folder:
                new = folder_subentry(folder)
                return self.async_create_entry(title=new["title"], data=new["data"], unique_id=new["unique_id"])
        offered = [path for path in await offered_folders(self.hass) if path not in self._known()]
        return self._form("folder", forms.folder(offered), user_input)

    async def async_step_plex_tv(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask plex.tv for the servers of the account, and again if it did not answer."""
        entry = self._get_entry()
        data = entry.data
        shares = await self._trial.run(plex_tv(self.hass, data[CONF_CLIENT_ID]).shares(data[CONF_TOKEN]))
        if shares is None:
            return self._form("plex_tv", forms.NOTHING)
        await count_manual_question(entry)
        self._shares = [share for share in shares if share.server.identity not in self._known()]
        return await self.async_step_servers() if self._shares else self.async_abort(reason="no_more_servers")

    async def async_step_servers(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask which servers to add."""
        if user_input is not None and user_input[CONF_SERVERS]:
            return self._add([share for share in self._shares if share.server.identity in user_input[CONF_SERVERS]])
        if user_input is not None:
            self._trial.fail(CONF_SERVERS, "no_server_chosen")
        return self._form("servers", await forms.servers(self.hass, self._shares), user_input)

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what the user wants of a source; new addresses are tried before they are kept."""
        entry, subentry = self._get_entry(), self._get_reconfigure_subentry()
        source = source_of(entry, subentry)
        if user_input is None:
            self._libraries = await self._find_libraries(source)
        elif (connections := await self._trial.run(self._connections(source, user_input))) is not None:
            data = {**subentry.data, **self._decided(user_input, connections)}
            kept = {key: value for key, value in data.items() if value is not None}
            return self.async_update_and_abort(entry, subentry, data=kept)
        return self._form("reconfigure", forms.options(source, self._libraries), user_input, name=source.name)

    def _decided(self, answers: dict[str, Any], connections: tuple[Connection, ...]) -> dict[str, Any]:
        """Return what the answers change about a source; None for what it is no longer to say."""
        decided: dict[str, Any] = {key: answers[key] for key in _KEPT if key in answers}
        preferred = answers.get(CONF_PREFERRED)
        decided[CONF_PREFERRED] = preferred if preferred in {each.uri for each in connections} else None
        if self._libraries:
            chosen = answers.get(CONF_LIBRARIES, [])
            # All of them means those of tomorrow, too; and to want none is to want no source.
            decided[CONF_LIBRARIES] = chosen if 0 < len(chosen) < len(self._libraries) else None
        return decided | {CONF_CONNECTIONS: written(connections)}

    async def _find_libraries(self, source: Source) -> list[Library]:
        """Return the libraries to choose from; none while nobody can tell."""
        entry = self._get_entry()
        if source.kind is Kind.LOCAL or entry.state is not ConfigEntryState.LOADED:
            return []
        coordinator = entry.runtime_data.coordinators[source.key]
        with suppress(SourceError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                found: list[Library] = await coordinator.connector.run(
                    lambda connection: libraries(self.hass, source, connection)
                )
                return found
        return []

    def _add(self, shares: list[Share]) -> SubentryFlowResult:
        """Add several servers: a subentry flow makes one source, so the others are added before."""
        async_drop_discoveries(self.hass, [share.server.identity for share in shares])
        *others, last = (share_subentry(share) for share in shares)
        for other in others:
            self.hass.config_entries.async_add_subentry(self._get_entry(), new_subentry(other))
        return self.async_create_entry(title=last["title"], data=last["data"], unique_id=last["unique_id"])

    async def _connections(self, source: Source, answers: dict[str, Any]) -> tuple[Connection, ...]:
        """Return the ways to a source with the addresses of the form; raises `InvalidInput`."""
        if source.kind is Kind.LOCAL:
            return source.connections
        typed_before = {each.uri: each for each in source.connections if each.origin is Origin.USER}
        found = {each.uri: each for each in source.connections if each.origin is not Origin.USER}
        for url in answers.get(CONF_EXTRA_URLS, []):
            way = typed_before.get(url.rstrip("/")) or await self._tried(source, url, answers[CONF_VERIFY_SSL])
            found.setdefault(way.uri, way)
        if not found:
            raise InvalidInput(CONF_EXTRA_URLS, "no_connection_left")
        return tuple(found.values())

    async def _tried(self, source: Source, url: str, verify_ssl: bool) -> Connection:  # noqa: FBT001  # an answer
        """Return a new address where the right server answered; raises `InvalidInput`."""
        try:
            met = await meet(self.hass, source.kind, source.client_id, url, verify_ssl=verify_ssl)
        except SourceError as error:
            certificate = isinstance(error, Unreachable) and error.cause is Cause.CERTIFICATE
            raise InvalidInput(CONF_EXTRA_URLS, "url_certificate" if certificate else "url_failed", url=url) from error
        except InvalidInput as error:
            raise InvalidInput(CONF_EXTRA_URLS, error.key, url=url) from error
        if met.server.identity != source.identity:
            raise InvalidInput(CONF_EXTRA_URLS, "other_server", url=url)
        return typed(met.uri)

    def _known(self) -> set[str | None]:
        """Return the identities of the sources that the account has."""
        return {subentry.unique_id for subentry in self._get_entry().subentries.values()}

    def _form(
        self, step: str, schema: vol.Schema, user_input: dict[str, Any] | None = None, **placeholders: str
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=self._trial.errors,
            description_placeholders={**placeholders, **self._trial.placeholders},
        )
