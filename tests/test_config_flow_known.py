"""A known account is signed in again or changed: in place, after the new credentials were tried, with all it has."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.reel.const import DOMAIN

from .house import JellyfinHouse, PlexHouse, add_folder, add_jellyfin, add_plex, choose, fill_in, start
from .servers.jellyfin import JellyfinServer
from .servers.library import make_library
from .servers.plex import PlexServer
from .test_config_flow_jellyfin import approve as approve_jellyfin
from .test_config_flow_plex import approve, placeholders, resubmit
from .test_init import state

Entry = ConfigEntry[Any]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask often whether a code was approved."""
    monkeypatch.setattr("custom_components.reel.sign_in.POLL_SECONDS", 0.01)


async def reauth(hass: HomeAssistant, entry: Entry) -> ConfigFlowResult:
    """Begin to sign in again, as far as the question whether to."""
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if flow["step_id"] == "reauth_confirm"
    ]
    return await hass.config_entries.flow.async_configure(flow["flow_id"])


async def reconfigure(hass: HomeAssistant, entry: Entry) -> ConfigFlowResult:
    """Begin to change an account."""
    context = {"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    return await hass.config_entries.flow.async_init(DOMAIN, context=context)  # type: ignore[arg-type]


def tokens(entry: Entry) -> list[str]:
    """Return the tokens of the sources of an account."""
    return [subentry.data["token"] for subentry in entry.subentries.values()]


def uris(entry: Entry) -> list[str]:
    """Return the ways to the sources of an account."""
    return [each["uri"] for subentry in entry.subentries.values() for each in subentry.data["connections"]]


# Plex


async def test_signing_in_to_plex_again_replaces_every_token_and_nothing_else(
    hass: HomeAssistant,
    plex: PlexHouse,
    monkeypatch: pytest.MonkeyPatch,
    entity_registry: er.EntityRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    before = {entity.id for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)}
    ids, client = list(entry.subentries), entry.data["client_id"]
    plex.tv.revoke(plex.user)
    plex.server.revoke(plex.token)
    new_token = plex.tv.give(plex.server, plex.user, owned=True)
    result = await reauth(hass, entry)
    assert placeholders(result)["name"] == "ada (Plex)"
    result = await approve(hass, plex, await resubmit(hass, result), plex.user)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (entry.data["token"], tokens(entry)) == (plex.user.token, [new_token])
    # It was reloaded once, however much was replaced.
    assert caplog.text.count("Setting up reel.sensor") == 2
    assert (list(entry.subentries), entry.data["client_id"]) == (ids, client)
    assert {entity.id for entity in er.async_entries_for_config_entry(entity_registry, entry.entry_id)} == before
    assert state(hass, "sensor.den_status") == "connected"


async def test_signing_in_as_somebody_else_changes_nothing(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    data = dict(entry.data)
    result = await resubmit(hass, await reauth(hass, entry))
    result = await approve(hass, plex, result, plex.tv.add_user("grace@example.com"))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_account")
    assert dict(entry.data) == data


async def test_a_home_user_is_signed_in_again_through_the_one_who_holds_the_account(
    hass: HomeAssistant, plex: PlexHouse
) -> None:
    child = plex.tv.add_user("bob@example.com", username="bob", admin=plex.user, pin="1397")
    plex.tv.give(plex.server, child, home=True)
    result = await approve(hass, plex, await start(hass, "plex"), plex.user)
    result = await fill_in(hass, result, {"user_id": child.uuid})
    result = await fill_in(hass, result, {"pin": "1397"})
    entry = (await fill_in(hass, result, {"servers": [plex.server.identifier]}))["result"]
    plex.tv.revoke(child)
    result = await approve(hass, plex, await resubmit(hass, await reauth(hass, entry)), plex.user)
    assert result["step_id"] == "plex_user_pin"
    result = await fill_in(hass, result, {"pin": "1397"})
    assert result["reason"] == "reauth_successful"
    assert entry.data["token"] == child.token


async def test_the_servers_of_a_plex_account_are_refreshed_and_those_not_listed_any_more_are_kept(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.server.open("moved")
    plex.tv.withdraw(plex.server, "remote")
    plex.tv.advertise(plex.server, "moved", local=True)
    result = await choose(hass, await reconfigure(hass, entry), "plex_refresh")
    assert result["reason"] == "reconfigure_successful"
    assert uris(entry) == [plex.server.url(door) for door in ("local", "relay", "moved")]
    plex.tv.take(plex.server, plex.user)
    result = await choose(hass, await reconfigure(hass, entry), "plex_refresh")
    assert result["reason"] == "reconfigure_successful"
    assert len(entry.subentries) == 1
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_plex_tv_being_down_while_servers_are_refreshed_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    await plex.tv.shut("local")
    result = await choose(hass, await reconfigure(hass, entry), "plex_refresh")
    assert (result["step_id"], result["errors"]) == ("plex_refresh", {"base": "cannot_connect"})
    await plex.tv.open("local")
    result = await resubmit(hass, result)
    assert result["reason"] == "reconfigure_successful"


async def test_a_server_that_was_renamed_gives_its_source_the_new_name_unless_the_user_gave_one(
    hass: HomeAssistant, plex: PlexHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = await add_plex(hass, plex, monkeypatch)
    (subentry,) = entry.subentries.values()
    plex.server.name = "Study"
    await choose(hass, await reconfigure(hass, entry), "plex_refresh")
    assert entry.subentries[subentry.subentry_id].title == "Study"
    await hass.async_block_till_done(wait_background_tasks=True)
    hass.config_entries.async_update_subentry(entry, entry.subentries[subentry.subentry_id], title="Mine")
    plex.server.name = "Kitchen"
    await choose(hass, await reconfigure(hass, entry), "plex_refresh")
    assert entry.subentries[subentry.subentry_id].title == "Mine"
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.fixture
async def manual(hass: HomeAssistant, plex: PlexHouse) -> Entry:
    """Add a Plex server by its URL."""
    values = {"url": plex.server.url(), "token": plex.token}
    entry: Entry = (await fill_in(hass, await start(hass, "plex_manual"), values))["result"]
    return entry


async def test_a_server_without_plex_tv_is_given_a_new_token(
    hass: HomeAssistant, plex: PlexHouse, manual: Entry
) -> None:
    result = await resubmit(hass, await reauth(hass, manual))
    assert result["step_id"] == "plex_token"
    result = await fill_in(hass, result, {"token": "wrong"})
    assert result["errors"] == {"base": "invalid_auth"}
    await plex.server.shut("local")
    result = await fill_in(hass, result, {"token": plex.server.token})
    assert result["errors"] == {"base": "cannot_connect"}
    await plex.server.open("local")
    plex.server.pretend("local", "0" * 40)
    result = await fill_in(hass, result, {"token": plex.server.token})
    assert result["errors"] == {"base": "cannot_connect"}
    plex.server.pretend("local", None)
    new_token = plex.server.admit(plex.user)
    result = await fill_in(hass, result, {"token": new_token})
    assert result["reason"] == "reauth_successful"
    assert tokens(manual) == [new_token]


async def test_a_server_without_plex_tv_gets_another_url(hass: HomeAssistant, plex: PlexHouse, manual: Entry) -> None:
    result = await reconfigure(hass, manual)
    assert result["step_id"] == "plex_manual"
    result = await fill_in(hass, result, {"url": plex.server.url("remote"), "token": plex.token})
    assert result["reason"] == "reconfigure_successful"
    assert uris(manual) == [plex.server.url("remote")]
    async with PlexServer("Cabin") as cabin:
        result = await reconfigure(hass, manual)
        result = await fill_in(hass, result, {"url": cabin.url(), "token": cabin.token})
        assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_account")
    assert uris(manual) == [plex.server.url("remote")]


# Jellyfin


async def test_a_jellyfin_user_signs_in_again_by_password_or_code(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    jellyfin.server.revoke(entry.data["token"])
    result = await resubmit(hass, await reauth(hass, entry))
    result = await choose(hass, result, "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ada", "password": "wrong"})
    assert result["errors"] == {"base": "invalid_auth"}
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    assert result["reason"] == "reauth_successful"
    assert entry.data["token"] in jellyfin.server.state.accounts.devices
    jellyfin.server.revoke(entry.data["token"])
    result = await choose(hass, await resubmit(hass, await reauth(hass, entry)), "jellyfin_quick_connect")
    result = await approve_jellyfin(hass, jellyfin, result)
    assert result["reason"] == "reauth_successful"
    assert state(hass, "sensor.attic_status") == "connected"


async def test_a_jellyfin_user_signs_in_again_as_the_same_user_only(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    jellyfin.server.add_user("bob")
    result = await choose(hass, await resubmit(hass, await reauth(hass, entry)), "jellyfin_password")
    result = await fill_in(hass, result, {"username": "bob"})
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "other_account")


async def test_a_jellyfin_server_that_is_down_while_signing_in_is_told_and_the_flow_goes_on(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    await jellyfin.server.shut("local")
    result = await resubmit(hass, await reauth(hass, entry))
    assert (result["step_id"], result["errors"]) == ("jellyfin_known", {"base": "cannot_connect"})
    await jellyfin.server.open("local")
    result = await resubmit(hass, result)
    assert result["step_id"] == "jellyfin_sign_in"


async def test_a_new_api_key_acts_as_the_same_user_without_asking(hass: HomeAssistant, jellyfin: JellyfinHouse) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    result = await choose(hass, await resubmit(hass, await reauth(hass, entry)), "jellyfin_api_key")
    key = jellyfin.server.make_api_key()
    result = await fill_in(hass, result, {"api_key": key})
    assert result["reason"] == "reauth_successful"
    assert (entry.data["token"], entry.data["by_api_key"]) == (key, True)


@pytest.mark.parametrize("by_key", [False, True])
async def test_a_jellyfin_server_that_moved_keeps_its_credentials(
    hass: HomeAssistant, jellyfin: JellyfinHouse, *, by_key: bool
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    if by_key:
        result = await choose(hass, await reconfigure(hass, entry), "jellyfin_known")
        result = await choose(hass, result, "jellyfin_api_key")
        await fill_in(hass, result, {"api_key": jellyfin.server.make_api_key()})
    token = entry.data["token"]
    await jellyfin.server.open("moved")
    result = await choose(hass, await reconfigure(hass, entry), "jellyfin")
    async with JellyfinServer("Loft", library=make_library(3)) as other:
        result = await fill_in(hass, result, {"url": other.url()})
        assert (result["step_id"], result["errors"]) == ("jellyfin", {"url": "other_server"})
        assert not [seen for seen in other.traffic.requests if seen.token]
    result = await fill_in(hass, result, {"url": jellyfin.server.url("moved")})
    assert result["reason"] == "reconfigure_successful"
    assert (uris(entry), entry.data["token"]) == ([jellyfin.server.url("moved")], token)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.state is ConfigEntryState.LOADED


async def test_a_jellyfin_server_that_moved_and_forgot_us_asks_to_sign_in(
    hass: HomeAssistant, jellyfin: JellyfinHouse
) -> None:
    entry = await add_jellyfin(hass, jellyfin)
    jellyfin.server.revoke(entry.data["token"])
    await jellyfin.server.open("moved")
    result = await choose(hass, await reconfigure(hass, entry), "jellyfin")
    result = await fill_in(hass, result, {"url": jellyfin.server.url("moved")})
    assert result["step_id"] == "jellyfin_sign_in"
    result = await choose(hass, result, "jellyfin_password")
    result = await fill_in(hass, result, {"username": "ada", "password": jellyfin.password})
    assert result["reason"] == "reconfigure_successful"
    assert uris(entry) == [jellyfin.server.url("moved")]


# The others


async def test_there_is_nothing_to_change_about_folders_or_an_account_without_sources(
    hass: HomeAssistant, films: Path, jellyfin: JellyfinHouse
) -> None:
    result = await reconfigure(hass, (await add_folder(hass, films))["result"])
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "nothing_to_change")
    entry = await add_jellyfin(hass, jellyfin)
    (key,) = entry.subentries
    hass.config_entries.async_remove_subentry(entry, key)
    await hass.async_block_till_done(wait_background_tasks=True)
    result = await reconfigure(hass, entry)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "no_source_left")
